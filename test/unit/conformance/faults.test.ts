import type { ConformanceReport } from '../../../src/conformance';
import { both, named, proveDouble } from './fault-run';
import type { DoubleFault } from './harbor-double';

/** A run of every check at a registry with this fault: several tests look at the same report. */
const reports = new Map<DoubleFault, Promise<ConformanceReport>>();

/** Downloads are counted only before Harbor fetches by itself, after 200 s: a busy machine needs more than 200 ms. */
const UNHURRIED: Partial<Record<DoubleFault, number>> = { 'downloads three times': 0.1 };

function reportOf(fault: DoubleFault): Promise<ConformanceReport> {
  const report = reports.get(fault) ?? proveDouble(fault, [], UNHURRIED[fault]);
  reports.set(fault, report);
  return report;
}

describe('a healthy registry', () => {
  it('raises no alarm, and leaves out only what does not apply', async () => {
    const report = await proveDouble();
    expect(named(report, 'fail')).toEqual([]);
    expect(named(report, 'error')).toEqual([]);
    expect(named(report, 'known-deviation')).toEqual(['A6 private']);
    expect(named(report, 'skip')).toEqual(SKIPPED);
    expect(report.complete).toBe(true);
  });

  it('is equally healthy if storage serves cached content', async () => {
    const report = await proveDouble('blobs in storage');
    expect(named(report, 'fail')).toEqual([]);
    expect(named(report, 'error')).toEqual([]);
    expect(named(report, 'skip')).toEqual(SKIPPED);
    const redirected = report.results.filter(({ requests }) => requests.some(({ status }) => status === 307));
    expect(named({ ...report, results: redirected }, 'pass')).toEqual(expect.arrayContaining(both('B3', 'B4')));
  });
});

/** What needs a guarded project, or a mirror domain. */
const ELSEWHERE = 'P1 P2 P3 P4 V1 V2 V3 V4 V5 D1 D2 D3 D4 D5 D6 D7 D8'.split(' ');

/** A deep run, Docker Hub, a filter, a limit of connections and a quota are none of the double's. */
const CANNOT = ['S4b', 'S11', 'S12', 'S13', 'S14'];

/** The double speaks plain HTTP, names no upstream and no mirror, guards nothing, and is not asked to unpack layers. */
const SKIPPED = [
  ...['T1', 'T2'],
  ...[
    'A4 open',
    'A5 open',
    'M6 open',
    'B5 open',
    ...ELSEWHERE.map((id) => `${id} open`),
    ...CANNOT.map((id) => `${id} open`),
  ],
  ...[
    'M5 private',
    'M6 private',
    'B5 private',
    ...ELSEWHERE.map((id) => `${id} private`),
    ...CANNOT.map((id) => `${id} private`),
  ],
];

/** The first check of each list is the one that must name the fault; the others cannot pass beside it. */
describe('a registry with one fault, in addition to the twelve', () => {
  it.each<[fault: DoubleFault, failures: string[]]>([
    ['wrong service', ['T4']],
    ['no scope in the challenge', both('A1')],
    ['served without a token', both('A1')],
    [
      'anonymous may not pull what is public',
      ['A2 open', 'A3 open', 'M1 open', 'M4 open', 'S1 open', 'S8 open', 'S9 open'],
    ],
    ['dead robot', ['A4 private', 'A5 private', 'M1 private', 'M4 private', 'S1 private', 'S8 private', 'S9 private']],
    ['any robot secret accepted', ['A4 private']],
    ['robot may push', ['A5 private']],
    ['token opens other projects', ['A5 private']],
    ['no digest on HEAD', both('M1', 'M2', 'S1', 'S8', 'S9', 'S10')],
    ['wrong manifest bytes', both('M2', 'M3', 'M4', 'S6', 'S7')],
    ['wrong child bytes', ['M3 open', 'M5 open', 'S1 open', 'S5 open', 'S5 private']],
    ['wrong child size', ['M5 open']],
    ['config of another platform', ['M7 open']],
    ['layer cut by the connection', both('B1', 'S1', 'S8', 'S9')],
    ['layer is an HTML page', both('B1', 'S1', 'S8', 'S9')],
    ['push accepted', both('W1')],
    ['another visibility than declared', both('X1')],
    ['everyone may delete', both('W3')],
    ['downloads three times', both('S1')],
    ['fetches again', both('S2')],
    ['nothing without upstream', both('S4a')],
    ['another image without upstream', both('S4a')],
    ['removed with the tag', both('S5')],
    ['serves a removed tag', both('S5')],
    ['a refused login reaches what is cached', both('S6')],
    ['a rate limit reaches what is cached', both('S7')],
    ['a rate limit reads as not found', both('S7')],
    ['clock an hour behind', ['T3']],
    ['catalog is a page', ['T6']],
    ['any token accepted', ['A6 private']],
    ['token POST forbidden', ['A7', 'M4 private']],
    ['missing project is an error', ['A8']],
    ['another image for podman', both('M4')],
    ['sends again what has not changed', both('M8')],
    ['tag not listed', both('M10')],
    ['referrers are a page', both('M11')],
    ['referrers without their type', both('M11')],
    ['missing digest wants a login', both('M9')],
    ['huge manifest', ['M5 open', 'M12 open', 'M12 private']],
    ['ranges are ignored', both('B3')],
    ['range of other bytes', both('B3')],
    ['range without its size', both('B3')],
    ['blob HEAD of another size', both('B4')],
    ['layer elsewhere, at an unknown place', ['B6 private']],
    ['forgets that it was pulled', both('S15')],
    ['a silent upstream reaches what is cached', both('S4c')],
    ['keeps what the upstream cut', both('S8')],
    ['keeps what a client left', both('S10')],
    ['an error in a crowd', both('S9')],
  ])('%s: %j', async (fault, failures) => {
    const report = await reportOf(fault);
    expect(named(report, 'fail')).toEqual(failures);
    expect(named(report, 'error')).toEqual([]);
  });

  it.each<[DoubleFault, string, string[]]>([
    ['tokens are a page', 'T5', ['T5']],
    ['missing tag is an error', 'M9', both('M9')],
    ['redirects to nowhere', 'B2', both('B2')],
    ['registry unhealthy', 'X1', both('X1')],
  ])('%s is found by %s; other checks cannot run then', async (fault, id, failures) => {
    expect(named(await proveDouble(fault, [id]), 'fail')).toEqual(failures);
  });

  it('reports that the portal responds instead of the registry', async () => {
    const report = await proveDouble('portal page', ['T4']);
    expect(report.results[0]?.message).toMatch(/expected 401, got 200 an HTML page .* no Bearer challenge/);
  });

  it('fails the front door for a foreign realm, and sends no credential there', async () => {
    const report = await proveDouble('foreign realm', ['T4', 'M1']);
    expect(named(report, 'fail')).toEqual(['T4']);
    const refused = report.results.find(({ project }) => project === 'private');
    expect(refused).toMatchObject({ status: 'error', message: expect.stringContaining('the credential was not sent') });
  });
});

describe('failures in words', () => {
  it.each<[DoubleFault, string, RegExp]>([
    ['layer cut by the connection', 'B1', /broke off after \d+ of 3584 bytes \(NETWORK_RESET\)/],
    ['layer is an HTML page', 'B1', /truncated: 26 of 3584 bytes \(an HTML page\)/],
    ['no digest on HEAD', 'S1', /HEAD open\/library\/multi:1 returns no digest: 200/],
    ['config of another platform', 'M7', /the config is for linux\/riscv64, required is linux\/arm64/],
    ['ranges are ignored', 'B3', /^bytes 0-\d+: expected 206, got 200 /],
    ['referrers without their type', 'M11', /the list of referrers is served as application\/json/],
    ['missing digest wants a login', 'M9', /an unknown digest: expected 404, got 401 UNAUTHORIZED/],
    ['push accepted', 'W1', /starting an upload was accepted: 202/],
    ['dead robot', 'A4', /robot\$private\+puller: the token service returned 401/],
    ['robot may push', 'A5', /robot\$private\+puller may push, which is not declared/],
    ['fetches again', 'S2', /fetched again from upstream: GET \/v2\/library\/multi\/manifests\/1/],
    [
      'a silent upstream reaches what is cached',
      'S4c',
      /by tag: expected the cached image, got 404 \[bw-\w+\] after \d+ ms/,
    ],
    [
      'keeps what the upstream cut',
      'S8',
      /after truncated layers the next pull is wrong: .*truncated: \d+ of \d+ bytes/,
    ],
    ['an error in a crowd', 'S9', /2 answers were errors: 500 for .*\/blobs\/sha256:\w+ \[bw-/],
    ['keeps what a client left', 'S10', /the next pull is wrong: .*truncated: 33536 of 67072 bytes/],
    ['forgets that it was pulled', 'S15', /was pulled, but Harbor recorded no pull/],
    ['clock an hour behind', 'T3', /Harbor's clock is (59|60) min behind this machine's/],
    ['tokens are a page', 'T5', /the token service returned 200 an HTML page/],
    ['catalog is a page', 'T6', /an HTML page with 200 at \/v2\/_catalog \[bw-/],
    ['token POST forbidden', 'A7', /containerd gives up after 403 DENIED/],
    ['token POST forbidden', 'M4', /^containerd: POST for a token: 403 DENIED/],
    ['another image for podman', 'M4', /docker.*, crane got sha256:\w+; podman got sha256:\w+/],
    ['missing tag is an error', 'M9', /an unknown tag: expected 404, got 500/],
    ['tag not listed', 'M10', /1 is missing from the list of 0 tags/],
    ['huge manifest', 'M12', /5 MiB, containerd accepts at most 4 MiB/],
    ['redirects to nowhere', 'B2', /redirected to storage\.invalid, which does not resolve here/],
    ['range without its size', 'B3', /Content-Range is "bytes 0-\d+\/\*" instead of "bytes 0-\d+\/\d+"/],
    ['blob HEAD of another size', 'B4', /Content-Length is \d+ instead of \d+/],
  ])('%s is found by %s', async (fault, id, words) => {
    const report = await reportOf(fault);
    const failed = report.results.find((result) => result.status === 'fail' && result.id === id);
    expect(failed?.message).toMatch(words);
    expect(failed?.requests.length).toBeGreaterThan(0);
  });
});
