const FIELDS = [
  { name: 'second', min: 0, max: 59 },
  { name: 'minute', min: 0, max: 59 },
  { name: 'hour', min: 0, max: 23 },
  { name: 'day', min: 1, max: 31 },
  { name: 'month', min: 1, max: 12, names: 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ') },
  { name: 'weekday', min: 0, max: 6, names: 'sun mon tue wed thu fri sat'.split(' ') },
] as const;

type Field = { readonly min: number; readonly max: number; readonly names?: readonly string[] };

/** Without seconds: they are always 0 in Harbor (docs/harbor-behavior.md 9.2). */
interface Schedule {
  readonly minutes: ReadonlySet<number>;
  readonly hours: ReadonlySet<number>;
  readonly days: ReadonlySet<number>;
  readonly months: ReadonlySet<number>;
  readonly weekdays: ReadonlySet<number>;
  /** If both days and weekdays are restricted, one match is enough. */
  readonly eitherDay: boolean;
}

/** The error of Harbor's cron parser, or undefined if the text is valid. */
export function cronProblem(cron: string): string | undefined {
  try {
    parse(cron);
  } catch (error) {
    return (error as Error).message;
  }
  return cron.split(' ')[0] === '0' ? undefined : SECONDS_PROBLEM;
}

/** Harbor's own rule, in addition to the parser's (docs/harbor-behavior.md 9.2). */
export const SECONDS_PROBLEM = 'the 1st field (indicating Seconds of time) of the cron setting must be 0';

/**
 * 29 February is at most eight years away around 2100, otherwise four. robfig/cron gives up after five years,
 * too.
 */
const SEARCH_DAYS = 5 * 366;
const DAY_MS = 24 * 3600 * 1000;

/**
 * The next run after `afterMs`, in UTC. Undefined for a day that never comes.
 * Day by day instead of minute by minute: most schedules are due once a day or less, and a sandbox has
 * thousands of them.
 */
export function nextRun(cron: string, afterMs: number): number | undefined {
  const schedule = parse(cron);
  const midnight = Math.floor(afterMs / DAY_MS) * DAY_MS;
  for (let day = 0; day < SEARCH_DAYS; day++) {
    const start = midnight + day * DAY_MS;
    if (!matchesDay(schedule, new Date(start))) continue;
    const found = timesOf(schedule, start).find((time) => time > afterMs);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Both must match if one of them is a star, and one is enough otherwise, as in Vixie cron. */
function matchesDay(schedule: Schedule, date: Date): boolean {
  if (!schedule.months.has(date.getUTCMonth() + 1)) return false;
  const day = schedule.days.has(date.getUTCDate());
  const weekday = schedule.weekdays.has(date.getUTCDay());
  return schedule.eitherDay ? day || weekday : day && weekday;
}

function timesOf({ hours, minutes }: Schedule, startMs: number): number[] {
  return [...hours]
    .flatMap((hour) => [...minutes].map((minute) => startMs + (hour * 60 + minute) * 60_000))
    .sort((a, b) => a - b);
}

/** Messages are those of robfig/cron v3: Harbor puts them into its answer. */
function parse(cron: string): Schedule {
  const texts = cron.trim().split(/\s+/);
  if (texts.length !== FIELDS.length)
    throw new Error(`expected exactly ${FIELDS.length} fields, found ${texts.length}: [${texts.join(' ')}]`);
  const [, minutes, hours, days, months, weekdays] = FIELDS.map((field, index) => values(texts[index]!, field));
  // To robfig, `*/2` is not a star, but `1,*` is.
  const isStar = (item: string): boolean => /^[*?](?:\/0*1)?$/.test(item);
  const restricted = (text = ''): boolean => !text.split(',').some(isStar);
  return {
    minutes: minutes!,
    hours: hours!,
    days: days!,
    months: months!,
    weekdays: weekdays!,
    eitherDay: restricted(texts[3]) && restricted(texts[5]),
  };
}

function values(text: string, field: Field): Set<number> {
  return new Set(text.split(',').flatMap((part) => range(part, field)));
}

/** `a`, `a-b`, `*`, each with `/step`; `a/step` goes on to the end of the field. */
function range(part: string, field: Field): number[] {
  const [span = '', stepText] = part.split('/');
  const step = stepText === undefined ? 1 : number(stepText, field);
  if (step === 0) throw new Error(`step of range should be a positive number: ${part}`);
  const [low, high] = bounds(span, field, stepText !== undefined);
  if (low < field.min) throw new Error(`beginning of range (${low}) below minimum (${field.min}): ${part}`);
  if (high > field.max) throw new Error(`end of range (${high}) above maximum (${field.max}): ${part}`);
  if (low > high) throw new Error(`beginning of range (${low}) beyond end of range (${high}): ${part}`);
  return Array.from({ length: Math.floor((high - low) / step) + 1 }, (_, index) => low + index * step);
}

/** `5/15` means from 5 to the end, `5` alone only 5. */
function bounds(span: string, field: Field, stepped: boolean): [number, number] {
  if (span === '*' || span === '?') return [field.min, field.max];
  const [from = '', to] = span.split('-');
  const low = number(from, field);
  if (to !== undefined) return [low, number(to, field)];
  return [low, stepped ? field.max : low];
}

/** Names of months count from 1, those of weekdays from 0: both from the start of the field. */
function number(text: string, field: Field): number {
  const named = field.names?.indexOf(text.toLowerCase()) ?? -1;
  if (named >= 0) return field.min + named;
  if (!/^\d+$/.test(text))
    throw new Error(`failed to parse int from ${text}: strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`);
  return Number(text);
}
