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

const AT_ONCE = 4;
const CASES: readonly (readonly string[])[] = [...Object.keys(ALL_FAULTS).map((name) => [name]), ...COMBINED];

async function judge(names: readonly string[]): Promise<Verdict> {
  const faults = names.map((name): Fault => ALL_FAULTS[name]!);
  const options = Object.assign({}, ...(await Promise.all(faults.map(async (fault) => fault.options?.())))) as object;
  const world = await World.start(options);
  try {
    for (const { arrange } of faults) await arrange?.(world);
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

/** A machine that has other things to do takes longer, but not for ever. */
const AT_ONCE_IN_A_TEST = 20;
const chunks = Array.from(
  { length: Math.ceil(chosen.length / AT_ONCE_IN_A_TEST) },
  (_none, at) => at * AT_ONCE_IN_A_TEST,
);

it.each(chunks)(
  'names no cause of injected faults wrongly, from %d',
  async (from) => {
    const verdicts = await mapBounded(chosen.slice(from, from + AT_ONCE_IN_A_TEST), AT_ONCE, judge);
    found.push(...verdicts);
    const lines = verdicts
      .filter(({ score }) => score !== 'right')
      .map(({ name, score, said }) => `${score}: ${name}\n${said.map((line) => `    ${line}\n`).join('')}`);
    process.stdout.write(lines.join(''));
    for (const { report } of verdicts) {
      everyFailureHasOneCause(report);
      theWorstComesFirst(report);
    }
    expect(verdicts.filter(({ score }) => score === 'wrong').map(({ name }) => name)).toEqual([]);
  },
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
