import type { Finding } from '../../diagnostic';

interface Field {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly names?: readonly string[];
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

/** Harbor accepts robfig's six fields and no `@daily` descriptors; Sunday is 0, never 7. */
const FIELDS: readonly Field[] = [
  { name: 'seconds', min: 0, max: 59 },
  { name: 'minutes', min: 0, max: 59 },
  { name: 'hours', min: 0, max: 23 },
  { name: 'day of month', min: 1, max: 31 },
  { name: 'month', min: 1, max: 12, names: MONTHS },
  { name: 'day of week', min: 0, max: 6, names: DAYS },
];

/** For each month, in a leap year, because 29 February exists in some years. */
const MONTH_LENGTHS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** What one field allows. */
interface Allowed {
  readonly values: ReadonlySet<number>;
  /** `*` or `?`, also in a list or with the step 1; robfig uses it to combine days of month and week. */
  readonly isStar: boolean;
}

/** Without rule and field: the kind adds its own. */
export type CronProblem = Pick<Finding, 'message' | 'hint'>;

/** One space between fields, none around. */
export function normaliseCron(expression: string): string {
  return expression.trim().split(/\s+/).join(' ');
}

/**
 * Why Harbor would refuse this schedule, or be harmed by it; undefined otherwise. `''` means "no schedule" and is
 * valid.
 */
export function cronProblem(expression: string): CronProblem | undefined {
  const text = normaliseCron(expression);
  if (text === '') return undefined;
  if (text.startsWith('@'))
    return { message: `"${text}" is not a valid schedule`, hint: 'write six fields: "0 0 3 * * *"' };
  const parts = text.split(' ');
  if (parts.length !== FIELDS.length) return wrongCount(text, parts.length);
  // 400 "the 1st field (indicating Seconds of time) of the cron setting must be 0" (docs/harbor-behavior.md 9.2).
  if (parts[0] !== '0') return { message: `the first field (seconds) must be 0, not "${parts[0]}"` };
  const allowed = FIELDS.map((field, i) => allowedBy(parts[i] ?? '', field));
  const bad = allowed.indexOf(undefined);
  if (bad >= 0) return { message: `"${parts[bad]}" is not valid for ${FIELDS[bad]?.name}`, hint: rangeOf(FIELDS[bad]) };
  return neverComes(allowed[3], allowed[4], allowed[5]) ? noSuchDay(text) : undefined;
}

/**
 * robfig requires day of month and day of week if one of them is a star, and one of both otherwise. Each day of the
 * week falls on each date eventually, so only the length of the months can prevent a run.
 */
function neverComes(days?: Allowed, months?: Allowed, weekdays?: Allowed): boolean {
  if (!days || !months || !weekdays?.isStar) return false;
  const longest = Math.max(...[...months.values].map((month) => MONTH_LENGTHS[month - 1] ?? 0));
  return Math.min(...days.values) > longest;
}

/**
 * src/jobservice/period/enqueuer.go requests the next run until it lies beyond the horizon, and robfig returns the year
 * 1 for "none".
 */
function noSuchDay(text: string): CronProblem {
  const message = `"${text}" never runs: the month has no such day. Harbor accepts it, but its job service then hangs`;
  return { message, hint: 'use a day that the month has, such as 28 for February' };
}

function wrongCount(text: string, count: number): CronProblem {
  const message = `Harbor's schedules have six fields, seconds first; "${text}" has ${count}`;
  return count === 5 ? { message, hint: `did you mean "0 ${text}"?` } : { message };
}

function rangeOf(field: Field | undefined): string {
  return `${field?.min} to ${field?.max}, with * , - and /`;
}

/** Undefined if Harbor refuses it. An empty item of a list is ignored, as by robfig. */
function allowedBy(part: string, field: Field): Allowed | undefined {
  const items = part.toLowerCase().split(',').filter(Boolean);
  const ranges = items.map((item) => allowedByItem(item, field));
  if (ranges.length === 0 || ranges.includes(undefined)) return undefined;
  const known = ranges.filter((range) => range !== undefined);
  return { values: new Set(known.flatMap(({ values }) => [...values])), isStar: known.some(({ isStar }) => isStar) };
}

/**
 * One item of a list: `5`, `5-10`, `*`, `5/10`. Undefined if Harbor would not parse it. `isStar` is needed for
 * the days: the rule that one of the two day fields is enough holds only if neither of them is a star.
 */
function allowedByItem(item: string, field: Field): Allowed | undefined {
  const [range = '', step, ...more] = item.split('/');
  if (more.length > 0 || (step !== undefined && !/^\d*[1-9]\d*$/.test(step))) return undefined;
  const width = Number(step ?? 1);
  const isStar = range === '*' || range === '?';
  const [from = '', to, ...rest] = isStar ? [String(field.min), String(field.max)] : range.split('-');
  const low = valueOf(from, field);
  // `5/10` continues to the end of the field.
  const high = to !== undefined ? valueOf(to, field) : step === undefined ? low : field.max;
  if (rest.length > 0 || !(low >= field.min && high <= field.max && low <= high)) return undefined;
  const count = Math.floor((high - low) / width) + 1;
  return { values: new Set(Array.from({ length: count }, (_, i) => low + i * width)), isStar: isStar && width === 1 };
}

/** NaN for a text that is neither a number nor a name, so that every comparison fails. */
function valueOf(text: string, { names, min }: Field): number {
  const named = names?.indexOf(text) ?? -1;
  if (named >= 0) return named + min;
  return /^\d+$/.test(text) ? Number(text) : NaN;
}
