/**
 * A time for people, to the minute: `2026-11-28 03:14 UTC`.
 * @param at RFC 3339 in UTC; text that is no time stays as it is
 */
export function minuteText(at: string): string {
  const [, day, time] = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d)/.exec(at) ?? [];
  return day === undefined || time === undefined ? at : `${day} ${time} UTC`;
}
