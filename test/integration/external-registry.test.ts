import { startSandbox, type Sandbox } from '../../src/sandbox';
import { startFixtureUpstream, type FixtureUpstream } from '../../src/upstream';
import { cli, directoryWith, type CliResult } from '../support/cli';

const PASSWORD = 'Harbor12345';
const env = { HARBOR_PASSWORD: PASSWORD };
let sandbox: Sandbox;
let upstream: FixtureUpstream;

beforeEach(async () => {
  sandbox = await startSandbox({ password: PASSWORD });
  upstream = await startFixtureUpstream();
});
afterEach(async () => {
  await sandbox.close();
  await upstream.close();
});

/** The command in the policies of somebody who manages only a part. */
function run(command: string, more: string, ...options: string[]): Promise<CliResult> {
  const harbor = `harbor: { url: "${sandbox.url}", username: admin, password: { env: HARBOR_PASSWORD } }\n`;
  return cli([command, '--policies', directoryWith({ 'p.yaml': harbor + more }), ...options], env);
}

const OURS = 'registries: { gen: { external: true } }\nprojects: { proxy.gen: { registry: gen } }\n';
const theirs = (): string => `registries: { gen: { type: docker-registry, url: "${upstream.url}" } }\n`;

describe('a registry that is managed elsewhere', () => {
  it('is refused by the plan while Harbor does not have it, and nothing is created', async () => {
    const { code, out } = await run('plan', OURS);
    expect(code).toBe(6);
    expect(out).toMatch(
      /\[external-missing\]: registry\/gen is declared external \(.*p\.yaml:2\), but Harbor does not have it/,
    );
    expect((await run('apply', OURS, '--yes')).code).toBe(6);
    expect((await run('drift', OURS)).code).not.toBe(0);
  });

  it('is looked up by name, and never changed, listed or deleted', async () => {
    expect(await run('apply', theirs(), '--yes')).toMatchObject({ code: 0 });
    const applied = await run('apply', OURS, '--yes');
    expect(applied).toMatchObject({ code: 0 });
    expect(applied.out).toMatch(/Apply: \d applied/);

    const drift = await run('drift', OURS, '--fail-on-unmanaged', '--mode', 'sync');
    expect(drift.out).not.toContain('registry/gen');
    const prune = `prune: { registries: true }\n${OURS}`;
    const synced = await run('plan', prune, '--mode', 'sync', '--format', 'json');
    expect(JSON.parse(synced.out)).toMatchObject({ changes: [], refusals: [] });
  });
});
