const MAX_STORAGE_BYTES = 1024 ** 5;

/** Harbor's error for a storage limit that is neither -1 nor between 1 byte and 1 PiB. */
export function storageLimitProblem(bytes: number): string | undefined {
  if (bytes <= 0 && bytes !== -1) return `invalid non-positive value for quota limit, value=${bytes}`;
  if (bytes > MAX_STORAGE_BYTES) return `exceeded 1024TB, which is ${MAX_STORAGE_BYTES} Bytes, value=${bytes}`;
  return undefined;
}
