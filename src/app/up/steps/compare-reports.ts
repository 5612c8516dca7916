import type { CheckResult, ConformanceReport } from '../../../conformance';

/** Each check of each project is in at most one list. Checks that are new after the upgrade are in none. */
export interface Comparison {
  /** Passed before, failed now. */
  readonly broken: readonly string[];
  /** Passed before, not verified now. */
  readonly lost: readonly string[];
  /** Failed before and now: not caused by this upgrade. */
  readonly stillRed: readonly string[];
  readonly mended: readonly string[];
}

type Colour = 'green' | 'red' | 'none';

/** The result of each check of each project. */
export function compareReports(before: ConformanceReport, after: ConformanceReport): Comparison {
  const was = new Map(before.results.map((result) => [keyOf(result), colourOf(result)]));
  const is = new Map(after.results.map((result) => [keyOf(result), colourOf(result)]));
  const moved = (from: Colour, to: Colour): string[] =>
    [...was].filter(([key, colour]) => colour === from && (is.get(key) ?? 'none') === to).map(([key]) => key);
  return {
    broken: moved('green', 'red'),
    lost: moved('green', 'none'),
    stillRed: moved('red', 'red'),
    mended: moved('red', 'green'),
  };
}

function keyOf({ id, project }: CheckResult): string {
  return project === undefined ? id : `${id} ${project}`;
}

function colourOf({ status }: CheckResult): Colour {
  if (status === 'pass' || status === 'known-deviation') return 'green';
  return status === 'fail' || status === 'error' ? 'red' : 'none';
}

/** Empty lists are left out; that nothing is broken is said. */
export function comparisonText({ broken, lost, stillRed, mended }: Comparison): string {
  const rows: [string, readonly string[]][] = [
    ['passed before the upgrade, fails now', broken],
    ['passed before the upgrade, not verified now', lost],
    ['failed before the upgrade, still fails', stillRed],
    ['failed before the upgrade, passes now', mended],
  ];
  const told = rows.filter(([, keys]) => keys.length > 0).map(([what, keys]) => `${what}: ${keys.join(', ')}`);
  return [...told, ...(broken.length === 0 ? ['no check that passed before the upgrade fails now'] : [])].join('\n');
}
