import { InvalidArgumentError } from 'commander';
import { DURATION_HINT, parseDuration } from '../../duration';

/** For options that may be repeated. */
export function collect(value: string, before: readonly string[]): string[] {
  return [...before, value];
}

/** For options with an age, which no timer waits for: `24h`, `30d`. @returns seconds @throws InvalidArgumentError */
export function age(value: string): number {
  const seconds = parseDuration(value);
  if (seconds === undefined) throw new InvalidArgumentError(`${DURATION_HINT.replace(/^w/, 'W')}.`);
  return seconds;
}

/** Node's maximum; a longer timer fires at once. */
const MAX_SECONDS = 24 * 24 * 3600;

/** For options with a time to wait: `90`, `90s`, `30m`, `2h`. @returns seconds @throws InvalidArgumentError */
export function duration(value: string): number {
  const seconds = age(value);
  if (seconds > MAX_SECONDS) throw new InvalidArgumentError('The longest duration is 24 days.');
  return seconds;
}

/** @returns seconds, more than 0 @throws InvalidArgumentError */
export function someTime(value: string): number {
  const seconds = duration(value);
  if (seconds === 0) throw new InvalidArgumentError('Must be longer than 0 s, for example 90s, 30m or 2h.');
  return seconds;
}

/** For options with a whole number. @throws InvalidArgumentError */
export function wholeNumber(value: string): number {
  if (!/^\d{1,15}$/.test(value)) throw new InvalidArgumentError('Must be a whole number.');
  return Number(value);
}

const MAX_PORT = 65_535;

/** For options with a port to listen on; 0 uses a free one. @throws InvalidArgumentError */
export function portNumber(value: string): number {
  const port = wholeNumber(value);
  if (port > MAX_PORT) throw new InvalidArgumentError(`A port must be between 0 and ${String(MAX_PORT)}.`);
  return port;
}

/** For options with a number of at least 1. @throws InvalidArgumentError */
export function atLeastOne(value: string): number {
  const number = wholeNumber(value);
  if (number === 0) throw new InvalidArgumentError('Must be at least 1.');
  return number;
}

/** For options with a factor for time. @throws InvalidArgumentError */
export function factor(value: string): number {
  const number = Number(value);
  if (!(number > 0 && number < Infinity)) throw new InvalidArgumentError('Must be a number above 0, such as 0.05.');
  return number;
}
