/** Harbor's value for "no limit", in quotas and in `storage_per_project`. */
export const UNLIMITED = -1;
/** 1 PiB: Harbor refuses more (docs/harbor-behavior.md 5.8). */
export const MAX_SIZE_BYTES = 1024 ** 5;

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const;
const SIZE = /^(\d{1,16}(?:\.\d{1,6})?) ?(B|KiB|MiB|GiB|TiB|PiB)$/;

/** `GB` is not accepted: Harbor's portal shows 1024-based sizes under that name, so its meaning would be unclear. */
export const sizeSchema = {
  description:
    'A size such as 500GiB (B, KiB, MiB, GiB, TiB or PiB), or unlimited. A plain number is bytes, and -1 unlimited.',
  examples: ['500GiB', '1.5TiB', 'unlimited'],
  oneOf: [
    {
      description: 'bytes as a whole number; -1 is unlimited',
      type: 'integer',
      minimum: UNLIMITED,
      maximum: MAX_SIZE_BYTES,
    },
    {
      description: 'a size such as 500GiB (B, KiB, MiB, GiB, TiB or PiB), or unlimited',
      type: 'string',
      pattern: `${SIZE.source}|^unlimited$`,
      maxLength: 32,
    },
  ],
} as const;

/** Bytes; -1 for `unlimited`; NaN for a value that `sizeSchema` would refuse. */
export function parseSize(value: unknown): number {
  if (typeof value === 'number') return value;
  if (value === 'unlimited') return UNLIMITED;
  const [, amount, unit] = typeof value === 'string' ? (SIZE.exec(value) ?? []) : [];
  return Number(amount) * 1024 ** UNITS.indexOf(unit as (typeof UNITS)[number]);
}

/** In the largest unit that represents it exactly: `500GiB`, `1000B`, `unlimited`. */
export function formatSize(bytes: number): string {
  if (bytes === UNLIMITED) return 'unlimited';
  let amount = bytes;
  let unit = 0;
  while (amount !== 0 && amount % 1024 === 0 && unit < UNITS.length - 1) {
    amount /= 1024;
    unit += 1;
  }
  return `${amount}${UNITS[unit]}`;
}

/** Why Harbor would refuse this limit (400 `invalid non-positive value for quota limit`). */
export function sizeProblem(bytes: number): string | undefined {
  if (bytes === UNLIMITED) return undefined;
  if (!Number.isSafeInteger(bytes)) return 'a limit must be a whole number of bytes';
  if (bytes < 1) return 'a limit must be at least one byte, or unlimited';
  return bytes > MAX_SIZE_BYTES ? 'a limit must be at most 1PiB, or unlimited' : undefined;
}
