import {
  headline,
  runConformance,
  type CheckResult,
  type ConformanceReport,
  type ProjectTarget,
} from '../../../../src/conformance';
import type { RobotAnswer } from '../../../../src/conformance/harbor-api';
import type { Failure, Findings } from '../../../../src/conformance/cause/findings';
import { applyRules } from '../../../../src/conformance/cause/rule';
import { RULES } from '../../../../src/conformance/cause/rules';
import { problem } from '../../../../src/conformance/model/problem';
import { frontDoorCause } from '../../../../src/conformance/cause/front-door';
import { ownCause } from '../../../../src/conformance/cause/own-error';
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

const MISSING = [request(404)];
const LOGIN = [request(401, 'http://upstream/v2/a/manifests/1'), request(401, 'http://upstream/token?service=u')];

describe('a symptom', () => {
  it.each<[string, Parameters<typeof symptomOf>[0], Symptom | undefined]>([
    ['wrong bytes', { message: 'wrong bytes', requests: [request(401), request(200)] }, undefined],
    ['missing', { message: '', requests: [request(401), request(404)] }, 'missing'],
    ['limited', { message: '', requests: [request(401), request(429)] }, 'rate-limited'],
    ['policy', { message: '', requests: [request(401), request(412)] }, 'policy'],
    ['refused', { message: '', requests: [request(401), request(401)] }, 'refused'],
    ['broken', { message: '', requests: [request(200, PULL, 'reset')] }, 'broken'],
    ['missing, then the challenge of the upstream', { message: '', requests: [...MISSING, ...LOGIN] }, 'missing'],
    ['missing, after the challenge of the upstream', { message: '', requests: [...LOGIN, ...MISSING] }, 'missing'],
    ['refused by another host', { message: '', requests: [request(307), LOGIN[0]!] }, 'refused'],
    ['the API is no pull', { message: '', requests: [request(404, 'http://h/api/v2.0/projects/p')] }, undefined],
    ['interrupted', { message: 'interrupted: SIGTERM', requests: [request(0, PULL, 'stopped')] }, undefined],
  ])('%s', (_what, result, expected) => {
    expect(symptomOf(result)).toBe(expected);
  });
});

describe('a cause', () => {
  const project: ProjectTarget = { name: 'p', public: true, proxy: true, images: ['a:1'], platforms: [] };
  const secret = { username: 'robot$p+x', password: () => 's', address: 'robot/p+x' };
  const base: Findings = { host: 'h', project, upstream: 'quay.io', problems: [] };
  const result = { ...({} as CheckResult), id: 'M1', status: 'fail' as const, message: '', evidence: [], requests: [] };
  const answers = (status: number, more: object = {}): Partial<Findings> => ({
    origin: { state: 'answers', status, requestId: 'bw-2', isManifest: status === 200, ...more },
  });
  const gone = (code: NetworkErrorCode): Partial<Findings> => ({ origin: { state: 'unreachable', code, why: code } });
  const login = { project: { ...project, origin: { url: 'https://quay.io', credential: secret } } };
  const dead = (harbor: RobotAnswer, status = 401): Partial<Findings> => ({
    project: { ...project, pullCredential: secret },
    robots: { [secret.username]: { status, harbor } },
  });
  const stored = problem('not-stored', 'a:1', '100');
  const roomy = { quota: { hardBytes: 1000, usedBytes: 50 } };
  const well = { harbor: { isReadOnly: false, ill: [] } };

  const arm = problem('missing-platform', 'linux/arm64');
  const offers = (platforms: string[]) => ({ digest: 'sha256:0', platforms });
  const hub = { project: { ...project, registryType: 'docker-hub' } };
  const open = problem('policy-open', 'a:1', '2 found, the worst Critical');
  const guardedBy = (value: string) => ({
    ...{ state: 'present' as const, id: 1 },
    metadata: { prevent_vul: value, severity: 'high' },
  });

  it.each<[Partial<Failure>, Partial<Findings>, string | undefined]>([
    [{ symptom: 'missing' }, gone('NETWORK_DNS'), 'upstream-unreachable'],
    [{ symptom: 'missing' }, { ...gone('NETWORK_DNS'), reach: { asked: 3, reached: 0 } }, 'network'],
    [{ symptom: 'missing' }, { ...gone('NETWORK_REFUSED'), reach: { asked: 3, reached: 1 } }, 'upstream-unreachable'],
    // Harbor reaches it: then it is only this machine that does not.
    [{ symptom: 'missing' }, { ...gone('NETWORK_REFUSED'), reaches: true }, undefined],
    [{ symptom: 'missing' }, { ...answers(401, { login: 401 }), ...login }, 'upstream-credential'],
    // A login that was limited, or could not be tried, is not refused.
    [{ symptom: 'missing' }, { ...answers(401), ...login }, undefined],
    [{ symptom: 'missing' }, { ...answers(401, { login: 429 }), ...login }, undefined],
    [{ problem: problem('login-refused') }, { ...answers(401, { login: 503 }), ...login }, undefined],
    // A page with 403 is one of a firewall.
    [{ symptom: 'missing' }, { ...answers(403, { login: 401, isPage: true }), ...login }, 'upstream-broken'],
    [{ symptom: 'missing' }, answers(403, { isPage: true }), 'upstream-broken'],
    [{ symptom: 'missing' }, { ...answers(401, { login: 200 }), ...login }, 'upstream-repository-refused'],
    [{ symptom: 'missing' }, answers(401), 'upstream-wants-login'],
    [{ symptom: 'missing' }, answers(404, { isRegistry: true }), 'image-removed'],
    [{ symptom: 'missing' }, answers(404, { isRegistry: false }), 'not-a-registry'],
    // Whether a registry returned it is not known.
    [{ symptom: 'missing' }, answers(404), undefined],
    [{ symptom: 'missing' }, answers(429), 'upstream-limit'],
    // Only this machine is limited: Harbor passes on a limit of its own, except one of tokens.
    [{ symptom: 'missing' }, { ...answers(429), again: 404, reaches: true }, undefined],
    [{ symptom: 'missing' }, { ...answers(429, { isOfToken: true }), again: 404, reaches: true }, 'upstream-limit'],
    // The same pull works by now, whatever the upstream says to this machine.
    [{ symptom: 'missing' }, { ...answers(429), again: 200 }, undefined],
    [{ symptom: 'broken' }, { ...answers(503), again: 200 }, undefined],
    [{ symptom: 'broken' }, { ...gone('NETWORK_TIMEOUT'), again: 200 }, undefined],
    [{ symptom: 'broken' }, { ...gone('NETWORK_TIMEOUT'), again: 200, reach: { asked: 3, reached: 0 } }, undefined],
    [{ symptom: 'broken' }, answers(503), 'upstream-broken'],
    [{ symptom: 'missing' }, { ...answers(200, { isManifest: false }), again: 404 }, 'upstream-page'],
    [{ symptom: 'missing' }, { ...answers(200), again: 404, registryStatus: 'unhealthy' }, 'registry-unhealthy'],
    [{ symptom: 'missing' }, { ...answers(200), again: 404 }, 'served-here-only'],
    [{ symptom: 'missing' }, { ...answers(200), again: 404, reaches: false }, 'upstream-blocked'],
    // A stored secret that is wrong fails Harbor's own test as well.
    [{ symptom: 'missing' }, { ...answers(200), again: 404, reaches: false, ...login }, 'served-here-only'],
    // The pull succeeds by now, or was not tried again: nothing sets Harbor and this machine apart.
    [{ symptom: 'missing' }, { ...answers(200), again: 200 }, undefined],
    [{ symptom: 'missing' }, answers(200), undefined],
    // What was served, and not stored, is not kept from Harbor.
    [{ problem: stored }, { ...answers(200), again: 404 }, undefined],
    [{ problem: stored }, { ...roomy, ...well }, 'stores-nothing'],
    [{ problem: stored }, roomy, undefined],
    [{ problem: stored }, { quota: { hardBytes: 1000, usedBytes: 950 } }, 'quota-full'],
    [{ problem: stored }, { quota: { hardBytes: -1, usedBytes: 100 } }, undefined],
    [{ problem: stored }, { ...roomy, harbor: { isReadOnly: true, ill: [] } }, 'read-only'],
    [{ problem: stored }, { ...roomy, harbor: { ill: ['jobservice'] } }, 'component-down'],
    // A full quota explains no 404.
    [{ symptom: 'missing' }, { quota: { hardBytes: 1, usedBytes: 1 } }, undefined],
    [{ symptom: 'rate-limited' }, { ...answers(200), again: 429 }, 'upstream-limit'],
    // The limit is over, and may have been one of a proxy in front.
    [{ symptom: 'rate-limited' }, { ...answers(200), again: 200, isOfRegistry: true }, undefined],
    [{ symptom: 'missing' }, { ...answers(200), again: 502, isOfRegistry: false }, undefined],
    [{ symptom: 'denied' }, { again: 403, isOfRegistry: false, ...well }, 'front-error'],
    // Without a look at the upstream, the error may come from there.
    [{ symptom: 'missing' }, { ...login, again: 404, isOfRegistry: false, ...well }, undefined],
    [{ symptom: 'refused' }, dead({ state: 'present', expiresAt: 1, isDisabled: false }), 'robot-expired'],
    [{ symptom: 'refused' }, dead({ state: 'present', expiresAt: -1, isDisabled: true }), 'robot-disabled'],
    [{ symptom: 'refused' }, dead({ state: 'present', expiresAt: -1, isDisabled: false }), 'robot-secret'],
    [{ symptom: 'refused' }, dead({ state: 'absent' }), 'robot-missing'],
    [{ symptom: 'refused' }, dead({ state: 'hidden' }), 'credential-refused'],
    [{ symptom: 'refused' }, dead({ state: 'present', expiresAt: -1, isDisabled: false }, 200), undefined],
    [{ symptom: 'policy' }, { policyWords: 'PROJECTPOLICYVIOLATION current image' }, 'policy'],
    // A gateway error after which the repetition worked explains no other failure.
    [
      { result: { ...result, requests: [request(503), request(200)] } },
      { host: 'h', harbor: { door: 401, tokens: 200 } },
      undefined,
    ],
    [
      { result: { ...result, requests: [request(200), request(503)] } },
      { host: 'h', harbor: { door: 401, tokens: 200 } },
      'harbor-was-away',
    ],
    [
      { symptom: 'broken', result: { ...result, requests: [request(503)] } },
      { host: 'h', harbor: { door: 401, tokens: 200 }, again: 200, isOfRegistry: false },
      undefined,
    ],
    // Headers that the upstream may lack itself.
    [
      { problem: problem('headers-changed', 'HEAD of a manifest') },
      { ...login, ...gone('NETWORK_TIMEOUT'), again: 200 },
      undefined,
    ],
    [
      { problem: problem('headers-changed', 'HEAD of a manifest') },
      { ...login, ...answers(200, { digest: 'sha256:1' }), again: 401 },
      undefined,
    ],
    // The token of anonymous clients shows it, although the API refuses the credential of the run.
    [
      { symptom: 'refused' },
      { problems: [problem('anonymous-refused')], harbor: { isRefused: true } },
      'project-closed',
    ],
    [{ symptom: 'policy' }, { again: 412, isOfRegistry: false }, undefined],
    [{ symptom: 'policy' }, { again: 412, isOfRegistry: false, ...well }, 'front-error'],
    [{ symptom: 'denied' }, {}, undefined],
    // The 401 of a proxy judges no secret.
    [
      { symptom: 'refused' },
      {
        ...dead({ state: 'present', expiresAt: -1, isDisabled: false }),
        robots: {
          [secret.username]: {
            status: 401,
            isHarbors: false,
            harbor: { state: 'present', expiresAt: -1, isDisabled: false },
          },
        },
      },
      undefined,
    ],
    [{ problem: problem('missing-right', secret.username, 'pull') }, dead({ state: 'hidden' }, 503), undefined],
    [
      { problem: problem('missing-right', secret.username, 'push') },
      dead({ state: 'hidden' }, 200),
      'undeclared-right',
    ],
    [
      { symptom: 'missing' },
      { originBlob: { state: 'right', host: 'up' }, blobAgain: { status: 404, isOfRegistry: true, isStored: true } },
      'stored-layers-lost',
    ],
    [
      { symptom: 'refused' },
      { originBlob: { state: 'right', host: 'up' }, blobAgain: { status: 401, isOfRegistry: true, isStored: true } },
      undefined,
    ],
    [
      { symptom: 'broken' },
      { originBlob: { state: 'right', host: 'up' }, blobAgain: { status: 'silent', isStored: true } },
      undefined,
    ],
    [
      { symptom: 'missing' },
      {
        ...gone('NETWORK_TIMEOUT'),
        originBlob: { state: 'unreachable', code: 'NETWORK_TIMEOUT', why: '', host: 'up' },
        blobAgain: { status: 404, isOfRegistry: true },
      },
      'upstream-unreachable',
    ],
    [
      { symptom: 'broken' },
      { originBlob: { state: 'right', host: 'up' }, blobAgain: { status: 502, isOfRegistry: false, isStored: true } },
      undefined,
    ],
    [{ problem: problem('wrong-bytes', 'sha256:1') }, { originBlob: { state: 'cut', host: 'up' } }, undefined],
    [
      { problem: problem('short-bytes', 'sha256:1') },
      { originBlob: { state: 'cut', host: 'up' } },
      'upstream-wrong-bytes',
    ],
    [
      { problem: problem('wrong-bytes', 'sha256:1') },
      { originBlob: { state: 'wrong', host: 'up' } },
      'upstream-wrong-bytes',
    ],
    [{ problem: problem('wrong-bytes', 'sha256:1') }, { originBlob: { state: 'right', host: 'up' } }, 'wrong-bytes'],
    [{ problem: problem('wrong-bytes', 'sha256:1') }, {}, 'damaged-blob'],
    [{ problem: problem('wrong-manifest', 'sha256:1') }, { originManifest: offers([]) }, 'upstream-wrong-bytes'],
    [{ problem: problem('wrong-manifest', 'sha256:0') }, { originManifest: offers([]) }, 'wrong-bytes'],
    [{ problem: problem('wrong-manifest', 'sha256:1') }, {}, 'damaged-manifest'],
    [
      { problem: problem('digest-differs', 'sha256:1', 'sha256:0') },
      { originManifest: offers([]) },
      'wrong-announced-digest',
    ],
    [{ problem: problem('digest-differs', 'sha256:0', 'sha256:1') }, { originManifest: offers([]) }, 'wrong-bytes'],
    [{ problem: problem('digest-differs', 'sha256:1', 'sha256:2') }, { originManifest: offers([]) }, undefined],
    [{ problem: problem('missing-platform', 'linux/arm64') }, answers(200, { digest: 'sha256:2' }), undefined],
    [{ problem: arm }, { originManifest: offers(['linux/amd64']) }, 'image-platform'],
    [{ problem: arm }, { originManifest: offers(['linux/amd64', 'linux/arm64']) }, 'index-trimmed'],
    [{ problem: arm }, { originManifest: { platforms: [] } }, undefined],
    // An image whose bytes are wrong was not built wrong.
    [{ problem: problem('image-malformed', 'its config') }, {}, 'image-malformed'],
    [{ problem: problem('image-malformed', 'its config') }, { problems: [problem('wrong-bytes')] }, undefined],
    [{ problem: problem('clients-differ') }, {}, 'clients-differ'],
    [{ problem: problem('ranges', 'sha256:1', '200') }, {}, 'ranges-not-served'],
    [{ problem: problem('slow', '0.5 MiB/s', '40 ms') }, {}, 'slow'],
    [{ problem: problem('not-listed', 'library/nginx') }, { ...hub, again: 200 }, 'short-name'],
    [
      { problem: problem('not-listed', 'library/nginx') },
      { ...hub, ...answers(404, { isRegistry: true }) },
      'image-removed',
    ],
    [{ problem: problem('not-listed', 'library/nginx') }, { ...hub, ...answers(200), again: 429 }, 'upstream-limit'],
    [{ problem: problem('not-listed', 'library/nginx') }, { again: 200 }, undefined],
    [{ symptom: 'broken' }, { ...answers(200), ...well, again: 'silent', reaches: 'silent' }, 'upstream-silent'],
    // Harbor may be slow itself.
    [{ symptom: 'broken' }, { ...answers(200), ...well, again: 'silent' }, undefined],
    [{ symptom: 'broken' }, { ...answers(200), ...well, again: 'silent', reaches: true }, undefined],
    [
      { symptom: 'missing' },
      { ...answers(200), ...well, again: 404, registryStatus: 'unhealthy', reaches: 'silent' },
      'upstream-silent',
    ],
    [{ problem: stored }, { ...roomy, harbor: { storage: { freeBytes: 10, totalBytes: 1e9 } } }, 'storage-full'],
    [{ problem: open }, { live: guardedBy('false') }, 'policy-off'],
    [{ problem: open }, { live: guardedBy('true'), hasScanner: false }, 'no-scanner'],
    [{ problem: open }, { live: guardedBy('true'), hasScanner: true }, 'policy-open'],
    [{ problem: problem('policy-open', 'a:1', '0 found') }, { live: guardedBy('true') }, 'finding-gone'],
    [{ problem: problem('policy-open', 'a:1', '2 found, the worst Low') }, { live: guardedBy('true') }, 'finding-gone'],
    [{ problem: problem('first-pull-served', 'a:1') }, {}, 'first-pull-served'],
    [{ problem: problem('egress-open', 'quay.io', '401') }, {}, 'egress-open'],
    [{ problem: problem('scan-failed', 'a:1') }, {}, 'scan-failed'],
    [{ problem: problem('not-scanned', 'a:1') }, {}, 'not-scanned'],
    [{ problem: problem('unscanned-refused', 'a:1') }, {}, 'image-unscanned'],
    [{ problem: problem('certificate-not-yet') }, {}, 'certificate-not-yet'],
    [{ problem: problem('ns-ignored', 'h') }, {}, 'ns-refused'],
    [{}, { ...answers(404), quota: { hardBytes: 1, usedBytes: 1 } }, undefined],
  ])('of %j with %j: %s', (failure, more, kind) => {
    expect(applyRules(RULES, { result, ...failure }, { ...base, ...more })?.kind).toBe(kind);
  });

  it.each<[number | undefined, RegExp]>([
    [undefined, /^layers are redirected to https:\/\/s3\.test, which clients cannot reach$/],
    [403, /^layers are redirected to https:\/\/s3\.test, which returns 403 to clients$/],
  ])('says of a storage that returns %s what it does', (status, words) => {
    const blob = `http://h/v2/p/a/blobs/sha256:${'1'.repeat(64)}`;
    const requests = [request(307, blob), request(status, 'https://s3.test/x')];
    expect(applyRules(RULES, { result: { ...result, requests } }, base)).toMatchObject({
      kind: 'storage-redirect',
      words: expect.stringMatching(words),
    });
  });

  it('has a unique kind per rule, and no cause without evidence', () => {
    expect(new Set(RULES.map(({ kind }) => kind)).size).toBe(RULES.length);
    expect(RULES.filter((rule) => rule.seen({ result }, base) !== undefined)).toEqual([]);
  });
});

describe('the party at fault, found by probes', () => {
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
      /^upstream 127\.0\.0\.1:\d+ cannot be reached from here: it refuses connections$/,
    ],
    [
      'the upstream wants another login',
      () => under.upstream.setAuth('bot:new-secret'),
      /requires a login, but none is declared$/,
    ],
    ['the upstream limits pulls', () => under.upstream.setMode('429'), /limits pulls \(429\)$/],
    ['the upstream is broken', () => under.upstream.setMode('500'), /returns errors \(500\)$/],
    ['the image is gone', () => under.upstream.removeTag('library/single', '1'), /has no library\/single:1 \(404\)$/],
  ])('%s', async (_what, arrange, words) => {
    await arrange();
    const { results } = await runM1();
    expect(results[0]?.status).toBe('fail');
    expect(results[0]?.cause?.words).toMatch(words);
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
      kind: 'robot-disabled',
      party: 'credential',
      words: expect.stringMatching(/puller is disabled$/),
    });
  });

  it('names no party if nothing failed', async () => {
    const { results } = await runM1();
    expect(results.map(({ status, cause }) => [status, cause])).toEqual([['pass', undefined]]);
  });
});

it('names the front door if Harbor cannot be reached at all', async () => {
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
    Array(2).fill(expect.stringMatching(/^127\.0\.0\.1:\d+ cannot be reached from here: it refuses connections$/)),
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
      'h cannot be reached from here: it refuses connections',
    ],
    ['NETWORK_TLS', none, 'front door', 'h cannot be reached from here: the TLS handshake fails'],
    ['NETWORK_TIMEOUT', none, 'front door', 'h cannot be reached from here: it does not respond in time'],
    ['NETWORK_DNS', { asked: 2, reached: 0 }, 'this machine', 'this machine can reach neither h nor any upstream (2)'],
    [
      'NETWORK_DNS',
      { asked: 1, reached: 0, unresolved: 1 },
      'this machine',
      'this machine can resolve neither h nor any upstream (1)',
    ],
    // Who is refused has reached somebody: its network works.
    [
      'NETWORK_REFUSED',
      { asked: 2, reached: 0 },
      'front door',
      'h cannot be reached from here: it refuses connections',
    ],
    ['NETWORK_DNS', { asked: 1, reached: 0 }, 'DNS', 'h cannot be reached from here: its name does not resolve'],
  ])('%s, and %j of the upstreams: %s', (code, reach, party, words) => {
    expect(frontDoorCause('h', code, reach)).toMatchObject({ party, words });
  });
});

describe('an error of our own', () => {
  it.each([
    [new TypeError('x is not a function'), 'breakwater', 'internal error in breakwater (TypeError)'],
    [
      new SecretError('PULLER is not set', 'SECRET_UNSET'),
      'this run',
      'this run has no usable secret: PULLER is not set',
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
        'This run has no usable secret: environment variable PULLER is not set: M1, M2 could not be determined in proxy.private',
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
      if (incoming.url !== '/v2/') asked.push(incoming.url ?? '');
      response.writeHead(status).end();
    });
    const probes = new UpstreamProbes();
    for (const name of ['p', 'q'])
      for (const image of ['a:1', 'b:1'])
        expect(await probes.ask({ project: project(name, upstream.url), wire }, image)).toMatchObject({ status });
    expect(new Set(asked).size).toBe(times);
    expect(await probes.reach()).toMatchObject({ asked: 1, reached: 1 });
    await upstream.close();
  });
});
