import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  runConformance,
  type ConformanceReport,
  type ProjectTarget,
  type UpstreamOrigin,
} from '../../../../src/conformance';
import { parseRateLimit, reserveOf } from '../../../../src/conformance/pull/rate-limit';
import { startSandboxUnderTest, TIME_SCALE, type SandboxUnderTest } from '../sandbox-target';

describe('the headers of an upstream that counts', () => {
  it.each([
    ['100;w=21600', '76;w=21600', { limit: 100, remaining: 76, windowS: 21_600 }],
    ['200', '0', { limit: 200, remaining: 0 }],
    [undefined, '76;w=21600', undefined],
    ['100;w=21600', undefined, undefined],
    ['many', 'few', undefined],
  ])('%s, %s', (limit, remaining, expected) => {
    expect(parseRateLimit(limit, remaining)).toEqual(expected);
  });

  it.each([
    [100, 20],
    [200, 40],
    [10, 20],
  ])('of %i pulls %i are kept back', (limit, kept) => {
    expect(reserveOf({ limit, remaining: limit })).toBe(kept);
  });
});

describe('a run in front of an upstream that counts', () => {
  let under: SandboxUnderTest;
  let counting: Server;
  const asked: string[] = [];
  const answer = { remaining: '' };

  beforeAll(async () => {
    under = await startSandboxUnderTest();
    counting = createServer((request, response) => {
      asked.push(`${request.method} ${request.url}`);
      const headers = { 'ratelimit-limit': '100;w=21600', 'docker-ratelimit-source': '192.0.2.7' };
      const left = { 'ratelimit-remaining': answer.remaining };
      response.writeHead(200, answer.remaining === '' ? {} : { ...headers, ...left }).end();
    });
    await new Promise<void>((resolve) => counting.listen(0, '127.0.0.1', resolve));
  });

  afterAll(async () => {
    counting.close();
    await under.close();
  });

  async function run(
    remaining: string,
    checks: string[],
    only?: string[],
    more: Partial<UpstreamOrigin> = {},
    declared: readonly ProjectTarget[] = under.target.projects,
  ): Promise<ConformanceReport> {
    answer.remaining = remaining;
    asked.length = 0;
    under.upstream.takeLog();
    const origin = { ...more, url: `http://127.0.0.1:${(counting.address() as AddressInfo).port}` };
    const projects = declared
      .filter(({ name }) => only?.includes(name) ?? true)
      .map(({ upstream: _control, ...project }) => ({ ...project, origin }));
    const options = { tool: { name: 'breakwater', version: '0.0.0' }, timeScale: TIME_SCALE, checks };
    return runConformance({ ...under.target, projects }, options);
  }

  it('pulls nothing when too little is left, reports it, and still sends free requests', async () => {
    const report = await run('22;w=21600', ['M1', 'M2', 'B1']);
    expect(report.results.map(({ id, status }) => `${id} ${status}`)).toEqual([
      ...['M1 pass', 'M2 skip', 'B1 skip'],
      ...['M1 pass', 'M2 pass', 'B1 pass'],
    ]);
    expect(report.results[1]!.message).toMatch(
      /^rate budget: up to 3 pulls are needed, 2[02] of 100 of 192\.0\.2\.7 are left and 20 are reserved at 127/,
    );
    const pulled = under.upstream.takeLog().filter((line) => line.startsWith('GET') && line.includes('/multi/'));
    expect(pulled).toEqual([]);
  });

  it('pulls nothing in any check of the whole catalogue', async () => {
    const report = await run('0;w=21600', []);
    const pulled = under.upstream.takeLog().filter((line) => /^GET .*\/(manifests|blobs)\//.test(line));
    expect(pulled).toEqual([]);
    expect(report.results.filter(({ message }) => message.startsWith('rate budget'))).not.toEqual([]);
  });

  it('reads the limit once per run with HEAD, and reports the rest as a measure', async () => {
    const report = await run('76;w=21600', ['M2', 'M3', 'M5']);
    expect(asked).toEqual(['HEAD /v2/library/multi/manifests/2']);
    const measures = report.results.flatMap((result) => result.measures ?? []);
    expect(measures).toEqual([
      { name: 'upstream_ratelimit_remaining', of: expect.stringMatching(/^127/) as string, value: 76 },
    ]);
    expect(report.summary).toMatchObject({ fail: 0, error: 0 });
  });

  it('does not limit itself if the upstream does not count', async () => {
    const report = await run('', ['M2']);
    expect(report.summary.pass).toBe(2);
  });

  it('pulls what is cached however little is left', async () => {
    await run('', ['S1'], ['proxy.private']);
    const report = await run('0;w=21600', ['M2', 'B1'], ['proxy.private']);
    expect(report.summary).toMatchObject({ pass: 2, skip: 0 });
  });

  it('counts what a guarded project declares, which pulls nothing else', async () => {
    const list = {
      refused: ['library/single:1'],
      unscanned: [],
      allowed: [],
      refuseFirstPull: false,
      egressClosed: false,
    };
    const [project] = under.target.projects;
    const guarded = { ...project!, images: [], vulnerability: list };
    const report = await run('20;w=21600', ['V1', 'V2', 'V4', 'V5'], undefined, {}, [guarded]);
    expect(report.results.map(({ id, message }) => `${id} ${message}`)).toEqual([
      expect.stringMatching(/^V1 rate budget: up to \d pulls are needed/),
      expect.stringMatching(/^V2 no image is declared/),
      expect.stringMatching(/^V4 rate budget/),
      expect.stringMatching(/^V5 rate budget/),
    ]);
    expect(under.upstream.takeLog().filter((line) => line.startsWith('GET'))).toEqual([]);
  });

  it('asks for the image that the upstream has for this', async () => {
    await run('76;w=21600', ['M2'], ['proxy.private'], { preview: 'ratelimitpreview/test:latest' });
    expect(asked).toEqual(['HEAD /v2/ratelimitpreview/test/manifests/latest']);
  });
});

describe('the same image in several projects of an upstream that counts', () => {
  let under: SandboxUnderTest;
  let counting: Server;

  beforeEach(async () => {
    under = await startSandboxUnderTest();
    counting = createServer((_request, response) => {
      response.writeHead(200, { 'ratelimit-limit': '100;w=21600', 'ratelimit-remaining': '90' }).end();
    });
    await new Promise<void>((resolve) => counting.listen(0, '127.0.0.1', resolve));
  });

  afterEach(async () => {
    counting.close();
    await under.close();
  });

  type Change = Partial<Pick<ProjectTarget, 'images' | 'platforms' | 'origin'>>;

  /** @param changes to the public project and to the private one */
  async function run(changes: readonly [Change, Change], checks: string[]): Promise<ConformanceReport> {
    under.upstream.takeLog();
    const origin = { url: `http://127.0.0.1:${(counting.address() as AddressInfo).port}` };
    const projects = under.target.projects.map(({ upstream: _control, ...project }, at) => ({
      ...project,
      origin,
      images: ['library/multi:2'],
      platforms: ['linux/amd64'],
      ...changes[at],
    }));
    const options = { tool: { name: 'breakwater', version: '0.0.0' }, timeScale: TIME_SCALE, checks };
    return runConformance({ ...under.target, projects }, { ...options, concurrency: 1 });
  }

  const status = ({ results }: ConformanceReport): string[] =>
    results.map(({ id, project, status }) => `${project} ${id} ${status}`);
  const pulled = (): string[] => under.upstream.takeLog().filter((line) => /^GET .*\/manifests\//.test(line));

  it('is pulled through one of them; the other is checked by HEAD', async () => {
    const report = await run([{}, {}], ['M1', 'M2', 'M8', 'B1', 'B4']);
    expect(status(report)).toEqual([
      ...['M1 pass', 'M2 pass', 'M8 skip', 'B1 pass', 'B4 known-deviation'].map((one) => `proxy.public ${one}`),
      ...['M1 pass', 'M2 skip', 'M8 skip', 'B1 skip', 'B4 skip'].map((one) => `proxy.private ${one}`),
    ]);
    expect(report.results.at(-1)!.message).toMatch(
      /^de-duplicated: HEAD of library\/multi:2 returns the digest sha256:\w+, which proxy\.public pulls/,
    );
    const twice = pulled().filter((line, at, all) => all.indexOf(line) !== at);
    expect(twice).toEqual([]);
  });

  it('is the same under another tag', async () => {
    under.upstream.put('library/multi', 'latest', 'idx');
    const report = await run([{}, { images: ['library/multi:latest'] }], ['M2']);
    expect(status(report)).toEqual(['proxy.public M2 pass', 'proxy.private M2 skip']);
  });

  it('skips only that one', async () => {
    const report = await run([{}, { images: ['library/multi:2', 'library/single:1'] }], ['M2']);
    expect(status(report)).toEqual(['proxy.public M2 pass', 'proxy.private M2 pass']);
    expect(report.results[1]!.message).toMatch(/\nde-duplicated: HEAD of library\/multi:2/);
    expect(pulled().filter((line) => line.includes('single'))).not.toEqual([]);
  });

  it.each<[string, readonly [Change, Change]]>([
    ['another image', [{}, { images: ['library/single:1'] }]],
    ['a platform that the first does not pull', [{}, { platforms: ['linux/amd64', 'linux/arm64'] }]],
    ['an upstream that does not count', [{ origin: { url: 'http://127.0.0.1:1' } }, {}]],
  ])('pulls %s', async (_what, changes) => {
    const report = await run(changes, ['M2']);
    expect(status(report)).toEqual(['proxy.public M2 pass', 'proxy.private M2 pass']);
  });
});
