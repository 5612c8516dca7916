import { startSandbox, type Sandbox } from '../../src/sandbox';
import { startFixtureUpstream, type FixtureUpstream } from '../../src/upstream';
import { findingsFrom, scannerThatFinds } from '../../src/scanner-adapter';
import { cli, directoryWith } from '../support/cli';

const ENV = {
  HARBOR_PASSWORD: 'Harbor12345',
  PULLER: 'Puller-5eCr3t-Value',
  PROBE: 'Probe-5eCr3t-Value',
  LIKE_SCANNER: 'Scanner-5eCr3t-Value',
};
const IDS = ['W1', 'W2', 'W3', 'V1', 'V2', 'V3', 'V4', 'V5', 'X1'];
const TIME_SCALE = 0.02;
const FINDINGS = findingsFrom({ '**/library/bad': [{ id: 'CVE-2026-0001', severity: 'Critical' }], '*': [] });

let sandbox: Sandbox;
let upstream: FixtureUpstream;
beforeAll(async () => {
  upstream = await startFixtureUpstream();
  upstream.put('library/bad', '1', 'a');
  upstream.put('library/good', '1', 'b');
  sandbox = await startSandbox({ timeScale: TIME_SCALE, scanner: scannerThatFinds(FINDINGS) });
});
afterAll(async () => {
  await sandbox.close();
  await upstream.close();
});

const robot = (name: string, secret: string, ...actions: string[]): string =>
  `${name}: { duration: -1, secret: { env: ${secret} }, access: [${actions
    .map((action) => `{ resource: repository, action: ${action} }`)
    .join(', ')}] }`;

const policies = (vulnerability: string): string => `
harbor: { url: ${sandbox.url}, username: admin, password: { env: HARBOR_PASSWORD } }
registries: { hub: { type: docker-registry, url: "${upstream.url}" } }
projects:
  guarded:
    registry: hub
    public: false
    prevent_vul: true
    severity: high
    auto_scan: true
    storage_limit: 1GiB
    robots:
      ${robot('puller', 'PULLER', 'pull')}
      ${robot('probe', 'PROBE', 'pull', 'push')}
      ${robot('a1b2c3d4-probe', 'LIKE_SCANNER', 'pull', 'push')}
    conformance:
      pull: []
      write_probe:
        robot: robot$guarded+probe
        secret: { env: PROBE }
        like_scanner: { robot: robot$guarded+a1b2c3d4-probe, secret: { env: LIKE_SCANNER } }
      vulnerability: ${vulnerability}
`;

async function conform(text: string): Promise<{ code: number; told: string[] }> {
  const checks = IDS.flatMap((id) => ['--check', id]);
  const directory = directoryWith({ 'p.yaml': text });
  const { code, out, err } = await cli(
    ['conform', '--policies', directory, '--format', 'json', '--time-scale', String(TIME_SCALE), ...checks],
    ENV,
  );
  for (const secret of Object.values(ENV)) expect(out + err).not.toContain(secret);
  const { results } = JSON.parse(out) as { results: { id: string; status: string; message: string }[] };
  return { code, told: results.map(({ id, status, message }) => `${id} ${status} ${message}`) };
}

it('the declared values of a guarded project are verified', async () => {
  const text = policies('{ refused: [library/bad:1], allowed: [library/good:1] }');
  const applied = await cli(['apply', '--yes', '--policies', directoryWith({ 'p.yaml': text })], ENV);
  expect([applied.code, applied.out + applied.err]).toEqual([0, expect.any(String)]);
  expect(await conform(text)).toEqual({
    code: 0,
    told: [
      expect.stringMatching(/^W1 pass refused: DENIED denied: can not push artifact to a proxy project: guarded$/),
      expect.stringMatching(/^W2 pass refused: DENIED/),
      'W3 pass refused: 401',
      expect.stringMatching(/^V1 pass refused: PROJECTPOLICYVIOLATION current image with 1 vulnerability cannot be/),
      expect.stringMatching(/^V2 skip no image is declared as unscanned/),
      'V3 pass served, 0 found',
      expect.stringMatching(/^V4 known-deviation served by its first pull, unscanned/),
      expect.stringMatching(/^V5 skip no mirror domain is declared/),
      'X1 pass as declared',
    ],
  });
});

it('reports invalid values', async () => {
  const text = policies('{ refused: [library/good:1], allowed: [library/bad:1], refuse_first_pull: true }');
  const { code, told } = await conform(text.replace('storage_limit: 1GiB', 'storage_limit: 2GiB'));
  expect(code).toBe(7);
  expect(told.filter((line) => line.includes(' fail '))).toEqual([
    expect.stringMatching(/^V1 fail HEAD library\/good:1: expected 412, got 200/),
    expect.stringMatching(/^V3 fail HEAD library\/bad:1: expected 200, got 412/),
    'X1 fail storage_limit is 1 GiB, declared 2 GiB',
  ]);
});
