/**
 * How people write a duration, in an option and in a file: a whole number and one unit.
 *
 * | unit | seconds |
 * | ---- | ------- |
 * | `s`  | 1       |
 * | `m`  | 60      |
 * | `h`  | 3,600   |
 * | `d`  | 86,400  |
 *
 * There is no month and no year, because their length varies, and no `1h30m`: `90m` is the same.
 */
const SECONDS = { s: 1, m: 60, h: 3_600, d: 86_400 } as const;

/** The hint for every text that is not a duration. */
export const DURATION_HINT = 'write a whole number and a unit (s, m, h or d), such as 90s, 30m, 2h or 7d';

/**
 * For JSON schemas, which need the unit: a bare number in a file does not say what it counts. More than 0. The number
 * of digits keeps the value below the longest duration of Go (292 years); Traefik and the Terraform providers are
 * written in Go and would overflow.
 */
export const DURATION_PATTERN = '^[1-9](?:[0-9]{0,6}[sm]|[0-9]{0,4}[hd])$';

/** A text field of a JSON schema that holds a duration. */
export const durationField = (description: string) =>
  ({ description, type: 'string', pattern: DURATION_PATTERN }) as const;

/**
 * Without a unit the number counts seconds, as options always allowed.
 *
 * @returns seconds, a whole number, 0 or more; undefined if the text is not a duration
 */
export function parseDuration(text: string): number | undefined {
  const [, number, unit = 's'] = /^(\d{1,9})([smhd])?$/.exec(text) ?? [];
  return number === undefined ? undefined : Number(number) * SECONDS[unit as keyof typeof SECONDS];
}

/**
 * For a field that a schema with `DURATION_PATTERN` has accepted.
 *
 * @returns seconds
 * @throws RangeError if the text is not a duration, which is a fault of the caller
 */
export function durationSeconds(text: string): number {
  const seconds = parseDuration(text);
  if (seconds === undefined) throw new RangeError(`"${text}" is not a duration`);
  return seconds;
}

/** What `time.ParseDuration` of Go accepts without a sign: `1s`, `1h30m`, `1.5h`, `0`. It has no days. */
export const GO_DURATION = /^(?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+$|^0$/;

/** A duration for a program written in Go: days become hours, and all else stays as it was written. */
export function toGoDuration(text: string): string {
  return text.endsWith('d') ? `${durationSeconds(text) / SECONDS.h}h` : text;
}
