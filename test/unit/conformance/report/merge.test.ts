import {
  inShard,
  isConformant,
  mergeReports,
  parseShard,
  toJson,
  type ConformanceReport,
  type Shard,
} from '../../../../src/conformance';
import { countStatuses } from '../../../../src/conformance/model/outcome';
import { BAD_NIGHT, fleetNight, nightReport } from '../../../support/example-night';

/** What a run of one shard reports of the night. */
function shardOf(report: ConformanceReport, shard: Shard): ConformanceReport {
  const mine = inShard(
    report.projects.map(({ name }) => [name]),
    shard,
  );
  const results = report.results.filter(({ project }) => project === undefined || mine.includes(project));
  const projects = report.projects.filter(({ name }) => mine.includes(name));
  return { ...report, shard, projects, results, summary: countStatuses(results) };
}

const WHOLE = nightReport(BAD_NIGHT);
const parts = [1, 2, 3].map((index) => shardOf(WHOLE, { index, of: 3 }));

describe('inShard', () => {
  it.each([1, 2, 3, 7, 40])('%i shards: every project in exactly one, however they are declared', (of) => {
    const names = Array.from({ length: 23 }, (_none, at) => `project-${(at * 7) % 23}`);
    const groups = names.map((name) => [name]);
    const shards = Array.from({ length: of }, (_none, at) => inShard(groups, { index: at + 1, of }));
    const sizes = shards.map(({ length }) => length);
    expect(shards.flat().sort()).toEqual([...names].sort());
    expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
    expect(inShard([...groups].reverse(), { index: of, of })).toEqual(shards.at(-1));
  });

  it('does not divide projects of one canary: each would stop it for the other', () => {
    const groups = [['z', 'b', 'm'], ['a'], ['c'], ['d']];
    const shards = [1, 2].map((index) => inShard(groups, { index, of: 2 }));
    expect(shards).toEqual([
      ['b', 'm', 'z'],
      ['a', 'c', 'd'],
    ]);
  });
});

describe('parseShard', () => {
  it.each<[string, Shard | undefined]>([
    ['1/1', { index: 1, of: 1 }],
    ['3/12', { index: 3, of: 12 }],
    ['0/3', undefined],
    ['4/3', undefined],
    ['1/0', undefined],
    ['1', undefined],
    ['1/3x', undefined],
    ['-1/3', undefined],
  ])('%s', (text, shard) => expect(parseShard(text)).toEqual(shard));
});

describe('mergeReports', () => {
  it('merges shards into the report of a single run', () => {
    const merged = mergeReports(parts) as ConformanceReport;
    expect(merged.summary).toEqual(WHOLE.summary);
    expect(merged.complete).toBe(true);
    expect(merged).not.toHaveProperty('shard');
    expect(merged.results).toHaveLength(WHOLE.results.length);
    expect(new Set(merged.results)).toEqual(new Set(WHOLE.results));
    expect(merged.projects.map(({ name }) => name)).toEqual(WHOLE.projects.map(({ name }) => name).sort());
  });

  it('gives the same bytes in any order', () => {
    expect(toJson(mergeReports([...parts].reverse()))).toBe(toJson(mergeReports(parts)));
    const fleet = [nightReport({}), nightReport({}, 0, 'https://a.example.com/')];
    expect(toJson(mergeReports([...fleet].reverse()))).toBe(toJson(mergeReports(fleet)));
  });

  it('takes the time from the first beginning to the last end', () => {
    const late = { ...parts[1]!, startedAt: '2026-11-21T03:05:00.000Z', durationMs: 1000 };
    expect(mergeReports([parts[0]!, late, parts[2]!])).toMatchObject({
      startedAt: '2026-11-21T03:00:00.000Z',
      durationMs: 301_000,
    });
  });

  it('is not green if a shard is missing', () => {
    const green = [1, 2, 3].map((index) => shardOf(nightReport({}), { index, of: 3 }));
    expect(isConformant(mergeReports(green))).toBe(true);
    const merged = mergeReports(green.slice(0, 2));
    expect(merged).toMatchObject({ complete: false, stopped: 'shard 3 of 3 is missing' });
    expect(isConformant(merged)).toBe(false);
  });

  it('reports which shard was stopped', () => {
    const stopped = { ...parts[1]!, complete: false, stopped: 'SIGTERM' };
    expect(mergeReports([parts[0]!, stopped, parts[2]!])).toMatchObject({ stopped: 'shard 2: SIGTERM' });
  });

  it('contains the front door once, with the worst result of the shards', () => {
    const seen = parts[1]!.results.map((one) => (one.id === 'T4' ? { ...one, status: 'fail' as const } : one));
    const merged = mergeReports([parts[0]!, { ...parts[1]!, results: seen }, parts[2]!]) as ConformanceReport;
    expect(merged.results.filter(({ id }) => id === 'T4').map(({ status }) => status)).toEqual(['fail']);
    expect(merged.summary.fail).toBe(WHOLE.summary.fail + 1);
  });

  it('makes a fleet of several Harbors, also of their shards', () => {
    const other = { ...nightReport({}, 0, 'https://harbor.eu.example.com/'), instance: 'eu' };
    const merged = mergeReports([other, ...parts]);
    expect('instances' in merged && merged.instances.map(({ harbor }) => harbor.url)).toEqual([
      'https://harbor.example.com/',
      'https://harbor.eu.example.com/',
    ]);
    expect(mergeReports([merged])).toEqual(merged);
    expect(mergeReports([fleetNight()])).toEqual(fleetNight());
  });

  it.each<[string, ConformanceReport[], string]>([
    ['nothing', [], 'no report to merge'],
    ['a shard twice', [parts[0]!, parts[0]!], 'shard 1/3 of harbor.example.com was given twice'],
    ['two whole runs', [WHOLE, WHOLE], 'harbor.example.com has several reports, and one of them is not a shard'],
    ['another split', [parts[0]!, shardOf(WHOLE, { index: 2, of: 2 })], 'harbor.example.com was split by 3 and by 2'],
  ])('refuses %s', (_name, reports, message) => {
    expect(() => mergeReports(reports)).toThrow(message);
  });
});
