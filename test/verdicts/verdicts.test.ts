import { causesOf, type ConformanceReport, type RootCause } from '../../src/conformance';
import { mapBounded } from '../../src/map-bounded';
import { RANKS } from '../../src/conformance/model/result';
import { COMBINED, ALL_FAULTS } from './faults';
import type { Expected, Fault } from './injections';
import { World } from './world';

/** `right`: every cause, its rank and its action, and no other. `silent`: one is missing. `wrong`: one is not so. */
type Score = 'right' | 'silent' | 'wrong';

interface Verdict {
  readonly name: string;
  readonly score: Score;
  readonly said: readonly string[];
  readonly report: ConformanceReport;
}

/** Nobody may pull, so that only Harbor's own check of the registry shows that its upstream is down. */
const NOTICED_BY_HARBOR: ReadonlyMap<string, string> = new Map([
  ['project closed + the private upstream returns 500 + robot disabled', 'inner'],
]);

const AT_ONCE = 4;
const CASES: readonly (readonly string[])[] = [...Object.keys(ALL_FAULTS).map((name) => [name]), ...COMBINED];

async function judge(names: readonly string[]): Promise<Verdict> {
  const faults = names.map((name): Fault => ALL_FAULTS[name]!);
  const options = Object.assign({}, ...(await Promise.all(faults.map(async (fault) => fault.options?.())))) as object;
  const world = await World.start(options);
  try {
    for (const { arrange } of faults) await arrange?.(world);
    const down = NOTICED_BY_HARBOR.get(names.join(' + '));
    if (down !== undefined) await world.untilUnhealthy(down);
    const report = await world.run();
    const causes = causesOf(report.results).filter(({ rank }) => rank !== 'known');
    const score = scoreOf(
      causes,
      faults.flatMap((fault) => fault.causes),
    );
    return {
      name: names.join(' + '),
      score,
      said: causes.map(describe),
      report,
    };
  } finally {
    await world.close();
  }
}

function scoreOf(causes: readonly RootCause[], expected: readonly Expected[]): Score {
  const said = causes.filter(({ rank }) => rank !== 'undetermined');
  const isExpected = (cause: RootCause): boolean => expected.some((one) => fits(cause, one));
  if (!said.every(isExpected)) return 'wrong';
  const isWhole = expected.every((one) => said.some((cause) => fits(cause, one)));
  return isWhole && said.length === causes.length ? 'right' : 'silent';
}

function fits(cause: RootCause, { kind, rank, action, projects }: Expected): boolean {
  const does = `${cause.whatToDo ?? ''} ${cause.command ?? ''}`;
  const isThere = projects === undefined || projects.every((name) => cause.projects.includes(name));
  return cause.kind === kind && cause.rank === rank && action.test(does) && isThere;
}

function describe({ kind, rank, words, command, checks }: RootCause): string {
  const where = checks.map(({ id, project }) => (project === undefined ? id : `${id} ${project}`)).join(', ');
  return `${kind} (${rank}): ${words} [${command ?? ''}] ${where}`;
}

const only = process.env['VERDICT'];
const chosen = CASES.filter((names) => only === undefined || names.join(' + ').includes(only));
const found: Verdict[] = [];

/** Begun once, some at a time: a test waits for its own case alone, and a case that waits holds up none but itself. */
let verdicts: readonly Promise<Verdict>[] = [];

beforeAll(() => {
  const settle: ((verdict: Promise<Verdict>) => void)[] = [];
  verdicts = chosen.map(() => new Promise<Verdict>((resolve) => settle.push(resolve)));
  // A case that cannot be judged fails its own test, which may begin later.
  for (const verdict of verdicts) verdict.catch(() => undefined);
  void mapBounded(chosen, AT_ONCE, async (names, at) => {
    const verdict = judge(names);
    settle[at]!(verdict);
    await verdict.catch(() => undefined);
  });
});

it.each(chosen.map((names, at) => [names.join(' + '), at] as const))(
  'names no cause wrongly: %s',
  async (name, at) => {
    const verdict = await verdicts[at]!;
    found.push(verdict);
    const { score, said, report } = verdict;
    if (score !== 'right') process.stdout.write(`${score}: ${name}\n${said.map((line) => `    ${line}\n`).join('')}`);
    everyFailureHasOneCause(report);
    theWorstComesFirst(report);
    expect(score).not.toBe('wrong');
  },
  // A machine that has other things to do takes longer, but not for ever.
  600_000,
);

it('names at least nine of ten rightly', () => {
  const count = (score: Score): number => found.filter((one) => one.score === score).length;
  process.stdout.write(
    `verdicts: ${found.length} cases, ${count('right')} right, ${count('silent')} silent, ${count('wrong')} wrong\n`,
  );
  expect(count('right')).toBeGreaterThanOrEqual(Math.ceil(0.9 * found.length));
});

function everyFailureHasOneCause({ results }: ConformanceReport): void {
  const causes = causesOf(results);
  for (const { id, project, status, cause } of results) {
    if (status !== 'fail' && status !== 'error') continue;
    const named = causes.filter(({ checks }) => checks.some((check) => check.id === id && check.project === project));
    expect(named.length).toBeGreaterThan(0);
    if (cause) expect(named.map(({ kind }) => kind)).toContain(cause.kind);
  }
}

function theWorstComesFirst({ results }: ConformanceReport): void {
  const ranks = causesOf(results).map(({ rank }) => RANKS.indexOf(rank));
  expect(ranks).toEqual([...ranks].sort((a, b) => a - b));
}
