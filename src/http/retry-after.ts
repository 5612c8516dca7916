/** Retry-After is seconds or an HTTP date; other values, or a time in the past, are ignored. */
export function retryAfterMs(value: string | undefined, nowMs: number): number | undefined {
  if (value === undefined) return undefined;
  if (/^\s*\d+\s*$/.test(value)) return Number(value) * 1000;
  const at = Date.parse(value);
  return Number.isNaN(at) || at < nowMs ? undefined : at - nowMs;
}
