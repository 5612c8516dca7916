import { runConformance, type ConformanceReport } from '../../../src/conformance';
import { causeOf, type Findings } from '../../../src/conformance/cause';
import { symptomOf, type Symptom } from '../../../src/conformance/symptom';
import { startDouble } from '../oci/registry-double';
import { SANDBOX_PASSWORD, startSandboxUnderTest, type SandboxUnderTest } from './sandbox-target';

const PULL = 'http://h/v2/p/library/a/manifests/1';
const request = (status: number | undefined, url = PULL, error?: string) => ({
  id: 'bw-1',
  method: 'GET',
  url,
  durationMs: 1,
  bytes: 0,
  ...(status !== undefined && { status }),
  ...(error !== undefined && { error }),
});

describe('a symptom', () => {
  it.each<[string, Parameters<typeof symptomOf>[0], Symptom | undefined]>([
    ['wrong bytes', { id: 'B1', message: 'wrong bytes', requests: [request(401), request(200)] }, undefined],
    ['missing', { id: 'M1', message: '', requests: [request(401), request(404)] }, 'missing'],
    ['limited', { id: 'M1', message: '', requests: [request(401), request(429)] }, 'rate-limited'],
    ['policy', { id: 'M1', message: '', requests: [request(401), request(412)] }, 'policy'],
    ['refused', { id: 'M1', message: '', requests: [request(401), request(401)] }, 'refused'],
    ['broken', { id: 'B1', message: '', requests: [request(200, PULL, 'reset')] }, 'broken'],
    [
      'the API is no pull',
      { id: 'X1', message: '', requests: [request(404, 'http://h/api/v2.0/projects/p')] },
      undefined,
    ],
    ['not stored', { id: 'S1', message: 'pulled right, but not stored after', requests: [] }, 'not-stored'],
  ])('%s', (_what, result, expected) => {
    expect(symptomOf(result)).toBe(expected);
  });
});

describe('a cause', () => {
  const base: Findings = { project: 'p', upstream: 'quay.io' };
  const answers = (status: number): Partial<Findings> => ({ origin: { state: 'answers', status, requestId: 'bw-2' } });
  it.each<[Symptom, Partial<Findings>, string | undefined]>([
    ['missing', { origin: { state: 'unreachable', why: 'refused' } }, 'upstream quay.io cannot be reached from here'],
    ['missing', { ...answers(401), originLogin: true }, 'upstream quay.io refuses the declared credential (401)'],
    ['missing', answers(401), 'upstream quay.io wants a login, and none is declared (401)'],
    ['missing', answers(404), 'upstream quay.io has no such image (404)'],
    ['missing', answers(429), 'upstream quay.io limits pulls (429)'],
    ['broken', answers(503), 'upstream quay.io is broken (503)'],
    [
      'missing',
      { ...answers(200), registryStatus: 'unhealthy' },
      'Harbor holds the registry of p for unhealthy, and asks upstream quay.io no more',
    ],
    [
      'missing',
      { ...answers(200), registryStatus: 'healthy' },
      'upstream quay.io gives the image to this machine, and not to Harbor',
    ],
    ['missing', answers(200), undefined],
    ['rate-limited', answers(200), 'upstream quay.io limits pulls (429)'],
    [
      'refused',
      { credential: { username: 'robot$p+x', status: 401 } },
      'robot$p+x is refused by the token service (401)',
    ],
    ['refused', { credential: { username: 'robot$p+x', status: 200 } }, undefined],
    [
      'policy',
      { policyWords: 'PROJECTPOLICYVIOLATION current image' },
      'the policy of p refuses the image (PROJECTPOLICYVIOLATION current image)',
    ],
    [
      'not-stored',
      { quota: { hardBytes: 100, usedBytes: 100 } },
      'the quota of p is full, so that nothing new is cached',
    ],
    ['not-stored', { quota: { hardBytes: -1, usedBytes: 100 } }, undefined],
    ['not-stored', { quota: { hardBytes: 100, usedBytes: 50 } }, undefined],
  ])('of %s with %j: %s', (symptom, more, words) => {
    expect(causeOf(symptom, { ...base, ...more })?.words).toBe(words);
  });
});

describe('who is at fault, found out by probes', () => {
  let under: SandboxUnderTest;
  beforeEach(async () => {
    under = await startSandboxUnderTest(0.01);
  });
  afterEach(() => under.close());

  async function runM1(): Promise<ConformanceReport> {
    const target = { ...under.target, projects: under.target.projects.slice(1) };
    const options = { tool: { name: 'breakwater', version: '0.0.0' }, timeScale: 0.01, checks: ['M1'] };
    return runConformance(target, { ...options, retry: { attempts: 1, baseDelayMs: 1, maxDelayMs: 1 } });
  }

  const admin = {
    authorization: `Basic ${Buffer.from(`admin:${SANDBOX_PASSWORD}`).toString('base64')}`,
    'content-type': 'application/json',
  };

  it.each<[string, () => Promise<void> | void, RegExp]>([
    ['the upstream is down', () => under.upstream.stop(), /^upstream 127\.0\.0\.1:\d+ cannot be reached from here$/],
    [
      'the upstream wants another login',
      () => under.upstream.setAuth('bot:new-secret'),
      /wants a login, and none is declared \(401\)$/,
    ],
    ['the upstream limits pulls', () => under.upstream.setMode('429'), /limits pulls \(429\)$/],
    ['the upstream is broken', () => under.upstream.setMode('500'), /is broken \(500\)$/],
    ['the image is gone', () => under.upstream.removeTag('library/single', '1'), /has no such image \(404\)$/],
  ])('%s', async (_what, arrange, words) => {
    await arrange();
    const { results } = await runM1();
    expect(results[0]?.status).toBe('fail');
    expect(results[0]?.cause?.words).toMatch(words);
    expect(results[0]?.cause?.party).toBe('upstream');
    expect(results[0]?.cause?.whatToDo).toBeTruthy();
    await under.upstream.start().catch(() => undefined);
  });

  it('a robot that was disabled', async () => {
    const list = await fetch(`${under.sandbox.url}/api/v2.0/robots?q=Level%3Dproject,ProjectID%3D3`, {
      headers: admin,
    });
    const robots = (await list.json()) as { id: number; name: string }[];
    const robot = robots.find(({ name }) => name.endsWith('+puller'));
    await fetch(`${under.sandbox.url}/api/v2.0/robots/${robot!.id}`, {
      method: 'PUT',
      headers: admin,
      body: JSON.stringify({ ...robot, disable: true }),
    });
    const { results } = await runM1();
    expect(results[0]?.cause).toMatchObject({
      party: 'pull credential',
      words: expect.stringMatching(/puller is refused by the token service \(401\)/),
    });
  });

  it('blames nobody where nothing failed', async () => {
    const { results } = await runM1();
    expect(results.map(({ status, cause }) => [status, cause])).toEqual([['pass', undefined]]);
  });
});

it('names the front door where Harbor cannot be reached at all', async () => {
  const gone = await startDouble(() => undefined);
  await gone.close();
  const project = { name: 'p', public: true, proxy: true, images: ['a:1'], platforms: [] };
  const report = await runConformance(
    { harborUrl: gone.url, projects: [project] },
    {
      tool: { name: 'breakwater', version: '0.0.0' },
      checks: ['T4', 'M1'],
      retry: { attempts: 1, baseDelayMs: 1, maxDelayMs: 1 },
    },
  );
  expect(report.results.map(({ cause }) => cause?.words)).toEqual(
    Array(2).fill(expect.stringMatching(/^127\.0\.0\.1:\d+ cannot be reached$/)),
  );
});
