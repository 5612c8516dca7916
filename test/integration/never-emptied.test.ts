import { startSandbox, type Sandbox } from '../../src/sandbox';
import { cli, directoryWith } from '../support/cli';

const ENV = { HARBOR_PASSWORD: 'Harbor12345' };
let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox({ timeScale: 0.01 });
});
afterAll(() => sandbox.close());

const policies = (url: string): string =>
  directoryWith({
    'policies.yaml': `harbor: { url: ${sandbox.url}, username: admin, password: { env: HARBOR_PASSWORD } }
configuration: { ldap_url: "${url}", ldap_base_dn: "dc=example,dc=com" }
`,
  });
const run = (command: string, url: string, ...more: string[]) =>
  cli([command, '--policies', policies(url), ...more], ENV);

it('warns before the first write that it cannot be undone, and refuses to undo it, with file and line', async () => {
  const first = await run('plan', 'ldaps://ldap.example.com');
  expect([first.code, first.out]).toEqual([0, expect.stringMatching(/Note: .*ldap_url is set for the first time at /)]);
  expect((await run('apply', 'ldaps://ldap.example.com', '--yes')).code).toBe(0);
  const again = await run('plan', 'ldaps://other.example.com');
  expect(again.out).not.toMatch(/Note: /);
  for (const flags of [[], ['--target', 'configuration/harbor']]) {
    const { code, out } = await run('plan', '', ...flags);
    expect([code, out]).toEqual([
      6,
      expect.stringMatching(
        /\[cannot-be-emptied\]: ldap_url is declared empty at .*policies\.yaml:2, .*remove the line/s,
      ),
    ]);
  }
});

it('accepts an empty value if nothing was ever set', async () => {
  const fresh = await startSandbox({ timeScale: 0.01 });
  const text = `harbor: { url: ${fresh.url}, username: admin, password: { env: HARBOR_PASSWORD } }
configuration: { ldap_url: "" }
`;
  const { code, out } = await cli(['plan', '--policies', directoryWith({ 'p.yaml': text })], ENV);
  expect([code, out]).toEqual([0, expect.stringContaining('No changes')]);
  await fresh.close();
});
