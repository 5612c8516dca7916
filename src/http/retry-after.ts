/** Retry-After is seconds or an HTTP date; what is neither, or lies in the past, is not there. */
export function retryAfterMs(value: string | undefined, nowMs: number): number | undefined {
  if (value === undefined) return undefined;
  if (/^\s*\d+\s*$/.test(value)) return Number(value) * 1000;
  const at = Date.parse(value);
  return Number.isNaN(at) || at < nowMs ? undefined : at - nowMs;
}
