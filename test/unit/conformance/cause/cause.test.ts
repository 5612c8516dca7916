import { headline, runConformance, type ConformanceReport, type ProjectTarget } from '../../../../src/conformance';
import { causeOf, type Findings } from '../../../../src/conformance/cause/cause';
import { frontDoorCause } from '../../../../src/conformance/front-door';
import { ownCause } from '../../../../src/conformance/own-error';
import { failedImage, symptomOf, type Symptom } from '../../../../src/conformance/cause/symptom';
import { UpstreamProbes, type Reach } from '../../../../src/conformance/cause/upstream-probes';
import { NetworkError, SecretError, type NetworkErrorCode } from '../../../../src/errors';
import { startDouble } from '../../oci/registry-double';
import { SANDBOX_PASSWORD, startSandboxUnderTest, type SandboxUnderTest } from '../sandbox-target';

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
    ['interrupted', { id: 'M1', message: 'interrupted: SIGTERM', requests: [request(0, PULL, 'stopped')] }, undefined],
    ['unhealthy', { id: 'X1', message: 'Harbor calls the upstream unhealthy', requests: [request(200)] }, 'unhealthy'],
    ['not stored', { id: 'S1', message: 'pulled right, but not stored after', requests: [] }, 'not-stored'],
  ])('%s', (_what, result, expected) => {
    expect(symptomOf(result)).toBe(expected);
  });
});

describe('a cause', () => {
  const base: Findings = { project: 'p', upstream: 'quay.io' };
  const answers = (status: number): Partial<Findings> => ({ origin: { state: 'answers', status, requestId: 'bw-2' } });
  const gone = (code: NetworkErrorCode): Partial<Findings> => ({ origin: { state: 'unreachable', code, why: code } });
  it.each<[Symptom, Partial<Findings>, string | undefined]>([
    [
      'unhealthy',
      { ...answers(200), registryStatus: 'unhealthy', quota: { hardBytes: 1, usedBytes: 1 } },
      'Harbor holds the registry of p for unhealthy, and asks upstream quay.io no more',
    ],
    ['missing', gone('NETWORK_OTHER'), 'upstream quay.io cannot be reached from here'],
    ['missing', gone('NETWORK_DNS'), 'upstream quay.io cannot be reached from here: its name does not resolve'],
    ['missing', gone('NETWORK_REFUSED'), 'upstream quay.io cannot be reached from here: it takes no connection'],
    ['missing', gone('NETWORK_TLS'), 'upstream quay.io cannot be reached from here: TLS with it fails'],
    [
      'missing',
      { ...gone('NETWORK_DNS'), reach: { asked: 3, reached: 0 } },
      'none of 3 upstreams can be reached from here',
    ],
    [
      'missing',
      { ...gone('NETWORK_REFUSED'), reach: { asked: 3, reached: 1 } },
      'upstream quay.io cannot be reached from here: it takes no connection',
    ],
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
    [
      'the upstream is down',
      () => under.upstream.stop(),
      /^upstream 127\.0\.0\.1:\d+ cannot be reached from here: it takes no connection$/,
    ],
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
    Array(2).fill(expect.stringMatching(/^127\.0\.0\.1:\d+ cannot be reached from here: it takes no connection$/)),
  );
});

describe('a front door that does not answer', () => {
  const none = { asked: 0, reached: 0 };
  it.each<[Parameters<typeof frontDoorCause>[1], Reach, string, string]>([
    ['NETWORK_DNS', none, 'DNS', 'h cannot be reached from here: its name does not resolve'],
    [
      'NETWORK_REFUSED',
      { asked: 2, reached: 1 },
      'front door',
      'h cannot be reached from here: it takes no connection',
    ],
    ['NETWORK_TLS', none, 'front door', 'h cannot be reached from here: TLS with it fails'],
    ['NETWORK_TIMEOUT', none, 'front door', 'h cannot be reached from here: it does not answer in time'],
    [
      'NETWORK_DNS',
      { asked: 2, reached: 0 },
      'this machine',
      'this machine reaches neither h nor any upstream that it asked (2)',
    ],
    ['answers', none, 'front door', 'h could not be reached for a while, and answers again'],
  ])('%s, and %j of the upstreams: %s', (code, reach, party, words) => {
    expect(frontDoorCause('h', code, reach)).toMatchObject({ party, words });
  });
});

describe('an error of our own', () => {
  it.each([
    [new TypeError('x is not a function'), 'breakwater', 'breakwater itself went wrong (TypeError)'],
    [
      new SecretError('PULLER is not set', 'SECRET_UNSET'),
      'this run',
      'this run was given no usable secret: PULLER is not set',
    ],
    [new NetworkError('no answer', 'NETWORK_TIMEOUT', 'http://h/'), undefined, undefined],
  ])('%s', (thrown, party, words) => {
    expect([ownCause(thrown)?.party, ownCause(thrown)?.words]).toEqual([party, words]);
  });

  it('is an error of the check, and the first line names it', async () => {
    const under = await startSandboxUnderTest();
    try {
      const [, own] = under.target.projects;
      const password = (): never => {
        throw new SecretError('environment variable PULLER is not set', 'SECRET_UNSET');
      };
      const project = { ...own!, pullCredential: { username: 'robot$puller', password } };
      const options = { tool: { name: 'breakwater', version: '0.0.0' }, timeScale: 0.01, checks: ['T4', 'M1', 'M2'] };
      const report = await runConformance({ ...under.target, projects: [project] }, options);
      expect(report.results.map(({ id, status }) => `${id} ${status}`)).toEqual(['T4 pass', 'M1 error', 'M2 error']);
      expect(headline(report).words).toBe(
        'This run was given no usable secret: environment variable PULLER is not set: M1, M2 could not be found out in proxy.private',
      );
    } finally {
      await under.close();
    }
  });
});

describe('the image that failed', () => {
  const project = { name: 'p', images: ['library/a:1', 'library/a:2', 'library/b:1'] };
  const asked = (url: string): { requests: ReturnType<typeof request>[] } => ({ requests: [request(404, url)] });
  it.each([
    ['a tag', asked('http://h/v2/p/library/a/manifests/2'), 'library/a:2'],
    ['a layer', asked(`http://h/v2/p/library/b/blobs/sha256:${'0'.repeat(64)}`), 'library/b:1'],
    ['at a mirror domain', asked('http://h/v2/library/b/manifests/1'), 'library/b:1'],
    ['what a scenario published', asked('http://h/v2/p/scratch/x/manifests/7'), 'scratch/x:7'],
    ['what the check names', { ...asked('http://h/v2/p/library/a/manifests/2'), image: 'library/b:1' }, 'library/b:1'],
    ['no request at all', { requests: [] }, 'library/a:1'],
  ])('%s', (_what, result, expected) => {
    expect(failedImage(result, project)).toBe(expected);
  });

  it('is asked for by its full name at Docker Hub', () => {
    const short = asked('http://h/v2/p/nginx/manifests/1');
    expect(failedImage(short, { ...project, registryType: 'docker-hub' })).toBe('library/nginx:1');
  });
});

describe('upstreams, asked after a failure', () => {
  const project = (name: string, url: string): ProjectTarget => ({
    name,
    public: true,
    proxy: true,
    images: ['a:1', 'b:1'],
    platforms: [],
    origin: { url },
  });
  const wire = { record: () => undefined };

  it.each([
    ['once when they are broken', 503, 1],
    ['once for each image when they answer', 404, 2],
  ])('%s', async (_what, status, times) => {
    const asked: string[] = [];
    const upstream = await startDouble((incoming, response) => {
      asked.push(incoming.url ?? '');
      response.writeHead(status).end();
    });
    const probes = new UpstreamProbes();
    for (const name of ['p', 'q'])
      for (const image of ['a:1', 'b:1'])
        expect(await probes.ask({ project: project(name, upstream.url), wire }, image)).toMatchObject({ status });
    expect(new Set(asked).size).toBe(times);
    expect(await probes.reach()).toEqual({ asked: 1, reached: 1 });
    await upstream.close();
  });
});
