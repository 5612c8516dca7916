interface Field {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly names?: readonly string[];
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

/** Harbor reads robfig's six fields, and no `@daily` descriptors; Sunday is 0 and never 7. */
const FIELDS: readonly Field[] = [
  { name: 'seconds', min: 0, max: 59 },
  { name: 'minutes', min: 0, max: 59 },
  { name: 'hours', min: 0, max: 23 },
  { name: 'day of month', min: 1, max: 31 },
  { name: 'month', min: 1, max: 12, names: MONTHS },
  { name: 'day of week', min: 0, max: 6, names: DAYS },
];

export interface CronProblem {
  readonly message: string;
  readonly hint?: string;
}

/** One space between fields, none around. */
export function normaliseCron(expression: string): string {
  return expression.trim().split(/\s+/).join(' ');
}

/** Why Harbor would refuse this schedule; undefined where it would not. `''` is "no schedule", and fine. */
export function cronProblem(expression: string): CronProblem | undefined {
  const text = normaliseCron(expression);
  if (text === '') return undefined;
  if (text.startsWith('@')) return { message: `Harbor knows no "${text}"`, hint: 'write six fields: "0 0 3 * * *"' };
  const parts = text.split(' ');
  if (parts.length !== FIELDS.length) return wrongCount(text, parts.length);
  // 400 "the 1st field (indicating Seconds of time) of the cron setting must be 0" (harbor.md 2.10).
  if (parts[0] !== '0') return { message: `the first field (seconds) must be 0, not "${parts[0]}"` };
  const bad = FIELDS.findIndex((field, i) => !isValid(parts[i] ?? '', field));
  return bad < 0 ? undefined : { message: `"${parts[bad]}" is no ${FIELDS[bad]?.name}`, hint: rangeOf(FIELDS[bad]) };
}

function wrongCount(text: string, count: number): CronProblem {
  const message = `Harbor's schedules have six fields, seconds first; "${text}" has ${count}`;
  return count === 5 ? { message, hint: `did you mean "0 ${text}"?` } : { message };
}

function rangeOf(field: Field | undefined): string {
  return `${field?.min} to ${field?.max}, with * , - and /`;
}

function isValid(part: string, field: Field): boolean {
  return part.split(',').every((item) => isValidItem(item.toLowerCase(), field));
}

function isValidItem(item: string, field: Field): boolean {
  const [range = '', step, ...more] = item.split('/');
  if (more.length > 0 || (step !== undefined && !/^[1-9]\d*$/.test(step))) return false;
  if (range === '*' || range === '?') return true;
  const [from = '', to, ...rest] = range.split('-');
  const low = valueOf(from, field);
  const high = to === undefined ? low : valueOf(to, field);
  return rest.length === 0 && low >= field.min && high <= field.max && low <= high;
}

/** NaN for what is neither a number nor a name, so that every comparison fails. */
function valueOf(text: string, { names, min }: Field): number {
  const named = names?.indexOf(text) ?? -1;
  if (named >= 0) return named + min;
  return /^\d+$/.test(text) ? Number(text) : NaN;
}
