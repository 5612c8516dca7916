import { startSandbox } from '../../src/sandbox';
import { cli, directoryWith, type CliResult } from '../support/cli';

const POLICIES = (url: string, version = ''): string =>
  [
    `harbor: { url: "${url}", username: admin, password: { env: HARBOR_PASSWORD }${version} }`,
    'registries: { hub: { type: docker-hub, url: "https://hub.docker.com" } }',
    'projects: { proxy: { registry: hub, public: true } }',
  ].join('\n');

const run = (url: string, version: string, ...argv: string[]): Promise<CliResult> =>
  cli([...argv, '--policies', directoryWith({ 'p.yaml': POLICIES(url, version) })], { HARBOR_PASSWORD: 'Harbor12345' });

it.each([
  ['v2.15.0', true],
  ['2.15.1', false],
  ['2.15', true],
])('validate compares the declaration with the known faults of %s', async (version, broken) => {
  const { code, out } = await run('http://127.0.0.1:1', `, version: "${version}"`, 'validate');
  expect(code).toBe(0);
  expect(/p\.yaml:2:\d+.*\n?.*pulls through Docker Hub fail/.test(out)).toBe(broken);
  expect(out).toMatch(/a robot named like the scanner's robots can push .* \(project\/proxy\)/);
});

it('validate lists them separately from findings in its JSON, except critical ones', async () => {
  const { out } = await run('http://127.0.0.1:1', ', version: "2.15.0"', 'validate', '--format', 'json');
  const told = JSON.parse(out) as Record<'diagnostics' | 'advisories', { rule: string }[]>;
  expect(told.diagnostics.map(({ rule }) => rule)).toEqual(['HP019', 'advisory-docker-hub-login', 'HP027']);
  const rules = told.advisories.map(({ rule }) => rule);
  expect(rules.slice(0, 2)).toEqual(['advisory-docker-hub-login', 'advisory-proxy-cache-poisoning']);
});

it('validate reports no faults for a release that is not declared', async () => {
  const { out } = await run('http://127.0.0.1:1', '', 'validate');
  expect(out).toMatch(/is valid: 2 objects in 1 file, 2 warnings\n$/);
  expect(out).not.toContain('advisory-');
});

describe.each([
  ['v2.15.0', true],
  ['v2.15.2', false],
])('against a Harbor %s', (harborVersion, broken) => {
  let url: string;
  let close: () => Promise<void>;
  beforeAll(async () => {
    const sandbox = await startSandbox({ timeScale: 0.01, harborVersion });
    ({ url } = sandbox);
    close = () => sandbox.close();
  });
  afterAll(() => close());

  it.each([['plan'], ['drift'], ['apply', '--yes', '--no-prove']])(
    '%s explains in full what breaks it, and names the rest',
    async (...argv) => {
      const { err } = await run(url, '', ...argv);
      expect(err.includes('pulls through Docker Hub fail')).toBe(broken);
      const version = harborVersion.slice(1).replaceAll('.', '\\.');
      expect(err).toMatch(new RegExp(`known faults of Harbor ${version} that apply here: proxy-cache-poisoning`));
    },
  );

  it('doctor reports all of it', async () => {
    const { out } = await run(url, '', 'doctor', '--format', 'json');
    const { examinations } = JSON.parse(out) as {
      examinations: { name: string; outcome: string; details: string[] }[];
    };
    const release = examinations.find(({ name }) => name === 'release')!;
    expect(release.outcome).toBe(broken ? 'error' : 'warning');
    expect(JSON.stringify(release)).toMatch(/hanging-upstream/);
    expect(JSON.stringify(release).includes('docker-hub-login')).toBe(broken);
  });
});
