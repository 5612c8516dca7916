import { runConformance, type CheckResult, type ConformanceTarget } from '../../../../src/conformance';
import { startFrontDouble, type FrontFault } from '../mirror-front-double';
import { startSandboxUnderTest, TIME_SCALE, type SandboxUnderTest } from '../sandbox-target';

let under: SandboxUnderTest;
beforeAll(async () => {
  under = await startSandboxUnderTest();
  under.upstream.put('library/other', '1', 'b');
});
afterAll(() => under.close());

const IDS = ['D1', 'D2', 'D3', 'D4', 'D5', 'D6'];

async function prove(target: ConformanceTarget, checks: readonly string[]): Promise<readonly CheckResult[]> {
  const options = { tool: { name: 'breakwater', version: '0.0.0' }, timeScale: TIME_SCALE, checks };
  return (await runConformance(target, options)).results;
}

/** The public project of the sandbox with a mirror domain in front of it, and nothing else. */
async function through(
  checks: readonly string[],
  { fault, images = ['library/single:1'] }: { fault?: FrontFault; images?: readonly string[] } = {},
): Promise<readonly CheckResult[]> {
  const { url, close } = await startFrontDouble(under.sandbox.url, 'proxy.public', fault);
  const [project] = under.target.projects;
  const mirrored = { ...project!, images, platforms: ['linux/amd64'], mirrors: [{ url, serves: 'docker.io' }] };
  try {
    return await prove({ ...under.target, projects: [mirrored] }, checks);
  } finally {
    await close();
  }
}

it.each([[['library/single:1']], [['library/multi:2']]])('a mirror of %j passes', async (images) => {
  const results = await through(IDS, { images });
  expect(results.map(({ id, status, message }) => `${id} ${status} ${message}`)).toEqual(
    IDS.map((id) => expect.stringMatching(`^${id} pass`)),
  );
});

it('is skipped if no mirror is declared', async () => {
  const results = await prove(under.target, IDS);
  expect(new Set(results.map(({ message }) => message))).toEqual(
    new Set(['no mirror domain is declared for this project']),
  );
});

it.each<[id: string, fault: FrontFault, words: RegExp]>([
  ['D1', 'portal at the ping', /expected 200, or 401 with a Bearer challenge, got 200 an HTML page/],
  ['D2', 'ns refused', /^HEAD with ns=docker\.io: 404/],
  ['D2', 'ns is another image', /^HEAD with ns=docker\.io: sha256:\w{64}, but Harbor serves sha256:\w{64}$/],
  ['D2', 'another image', /^HEAD: sha256:\w{64}, but Harbor serves sha256:\w{64}; HEAD with ns/],
  ['D3', 'wants a credential', /^config sha256:\w{64}: 401/],
  ['D4', 'page for what is missing', /^expected 404 with a JSON error, got 200 an HTML page/],
  ['D4', 'login for what is missing', /^expected 404 with a JSON error, got 302/],
  ['D5', 'foreign realm', /^the challenge sends clients to https:\/\/elsewhere\.example\.com\/service\/token$/],
  ['D5', 'redirects away', /^HEAD is redirected to https:\/\/elsewhere\.example\.com/],
])('%s: %s', async (id, fault, words) => {
  const [result] = await through([id], { fault });
  expect(result).toMatchObject({ id, status: 'fail', message: expect.stringMatching(words) });
});

it.each<[FrontFault, status: string, RegExp]>([
  ['ns refused', 'fail', /^HEAD with ns=docker\.io: 404/],
  ['ns is another image', 'fail', /^with ns=docker\.io sha256:\w{64}, without sha256:\w{64}$/],
  ['manifests fail', 'skip', /^Harbor returned 502.* \(see M1\)$/],
])('D6: a Harbor behind a front with %s', async (fault, status, words) => {
  const { url, close } = await startFrontDouble(under.sandbox.url, undefined, fault);
  const [project] = under.target.projects;
  const mirrored = { ...project!, images: ['library/single:1'], mirrors: [{ url, serves: 'docker.io' }] };
  const [result] = await prove({ ...under.target, harborUrl: url, projects: [mirrored] }, ['D6']);
  await close();
  expect(result).toMatchObject({ status, message: expect.stringMatching(words) });
});

it('D6 shows the hosts.toml that was tried', async () => {
  const [result] = await through(['D6']);
  expect(result?.evidence[0]).toEqual({
    label: 'certs.d/docker.io/hosts.toml',
    value: expect.stringContaining(`[host."${under.sandbox.url}/v2/proxy.public"]`),
  });
});
