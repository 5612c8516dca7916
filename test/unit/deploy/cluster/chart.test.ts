import { ownValues } from '../../../../src/deploy/cluster/chart-values';
import { chartOf, readsValue, RECORDED_CHARTS } from '../../../../src/deploy/cluster/chart';
import { isRecord } from '../../../../src/json';
import { cluster, harbor, pins, variants, withoutStorage } from '../../../integration/helm/environments';

function leaves(value: unknown, path = ''): string[] {
  if (!isRecord(value) || Object.keys(value).length === 0) return [path];
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, path === '' ? key : `${path}.${key}`));
}

describe.each(RECORDED_CHARTS)('chart %s', (chart_version) => {
  const chart = chartOf(chart_version)!;
  const unread = (own: object, more: object): string[] =>
    leaves(ownValues({ ...cluster, chart_version, ...own }, { ...harbor, ...more }, pins)).filter(
      (path) => !readsValue(chart, path),
    );

  it('reads every value that can be set here', () => {
    expect(unread({}, {})).toEqual([]);
  });

  it.each(Object.entries(variants))('reads every value of %s', (_name, { cluster: own, harbor: more }) => {
    expect(unread(own, { ...withoutStorage(harbor), ...more })).toEqual([]);
  });
});

it('knows the release of every chart, one chart of each release', () => {
  const releases = RECORDED_CHARTS.map((version) => chartOf(version)!.release);
  expect(new Set(releases).size).toBe(releases.length);
  for (const release of releases) expect(release).toMatch(/^v2\.1[3-5]\.\d+$/);
});
