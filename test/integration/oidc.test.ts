import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { startSandbox, type Sandbox } from '../../src/sandbox';
import { cli, directoryWith } from '../support/cli';
import { makePrivateCa, type PrivateCa } from '../unit/harbor/support/private-ca';

const CLIENT_ID = 'harbor';
const CLIENT_SECRET = 'a-secret-of-the-client';
const ENV = { HARBOR_PASSWORD: 'Harbor12345', OIDC_SECRET: CLIENT_SECRET };

interface Found {
  readonly outcome: string;
  readonly message: string;
  readonly details?: readonly string[];
}

describe('doctor, of an OpenID Connect provider', () => {
  let ca: PrivateCa;
  let sandbox: Sandbox;
  let provider: ChildProcess;
  let issuer: string;

  beforeAll(async () => {
    ca = makePrivateCa();
    sandbox = await startSandbox({ password: ENV.HARBOR_PASSWORD });
    const redirectUri = `${sandbox.url}/c/oidc/callback`;
    const options = { cert: ca.cert, key: ca.key, client: { id: CLIENT_ID, secret: CLIENT_SECRET, redirectUri } };
    const script = join(__dirname, '../support/oidc-provider.mjs');
    provider = spawn(process.execPath, [script, JSON.stringify(options)], { stdio: ['ignore', 'pipe', 'ignore'] });
    const [line] = (await once(createInterface(provider.stdout!), 'line')) as [string];
    issuer = line;
  }, 60_000);

  afterAll(async () => {
    provider.kill();
    await sandbox.close();
  });

  function declare(change: Readonly<Record<string, string>> = {}, caFile = 'ca.pem'): string {
    const configuration = {
      auth_mode: 'oidc_auth',
      oidc_endpoint: `"${issuer}"`,
      oidc_client_id: CLIENT_ID,
      oidc_client_secret: '{ env: OIDC_SECRET }',
      oidc_scope: '"openid,groups,offline_access"',
      oidc_groups_claim: 'groups',
      ...change,
    };
    const keys = Object.entries(configuration).map(([key, value]) => `${key}: ${value}`);
    const harbor = `harbor: { url: "${sandbox.url}", username: admin, password: { env: HARBOR_PASSWORD }, ca_file: ${caFile} }`;
    return directoryWith({
      'harbor.yaml': `${harbor}\nconfiguration: { ${keys.join(', ')} }\n`,
      'ca.pem': ca.ca,
      'other.pem': makePrivateCa().ca,
    });
  }

  async function doctor(policies: string, env: Record<string, string> = ENV): Promise<Found & { out: string }> {
    const { out } = await cli(['doctor', '--policies', policies, '--format', 'json'], env);
    const { examinations } = JSON.parse(out) as { examinations: (Found & { name: string })[] };
    return { ...examinations.find(({ name }) => name === 'oidc')!, out };
  }

  it('finds nothing wrong if everything matches', async () => {
    expect(await doctor(declare())).toMatchObject({ outcome: 'ok', message: `${issuer} matches the declaration` });
  });

  it.each<[string, () => Record<string, string>, RegExp]>([
    [
      'an issuer with a slash too many',
      () => ({ oidc_endpoint: `"${issuer}/"` }),
      /issuer is "https:\/\/localhost:\d+", but oidc_endpoint is .*including the last slash/,
    ],
    [
      'an invalid path',
      () => ({ oidc_endpoint: `"${issuer}/realms/none"` }),
      /returned 404: oidc_endpoint must be the issuer/,
    ],
    ['a scope that is not offered', () => ({ oidc_scope: '"openid,roles"' }), /does not offer the scope roles/],
    [
      'a groups claim that is not offered',
      () => ({ oidc_groups_claim: 'teams' }),
      /oidc_groups_claim: the provider does not offer the claim teams/,
    ],
    [
      'a client that is not known',
      () => ({ oidc_client_id: 'harbour' }),
      /refuses client "harbour" with the redirect URI http:.*\/c\/oidc\/callback/,
    ],
    [
      'a provider that is down',
      () => ({ oidc_endpoint: '"https://localhost:1"' }),
      /connection refused .*checked from this machine/,
    ],
  ])('reports %s', async (_what, change, words) => {
    const { outcome, message, details = [] } = await doctor(declare(change()));
    expect(outcome).toBe('warning');
    expect([message, ...details].join('\n')).toMatch(words);
  });

  it('reports a wrong client secret without showing it', async () => {
    const found = await doctor(declare(), { ...ENV, OIDC_SECRET: 'another-secret' });
    expect(found).toMatchObject({
      outcome: 'warning',
      message: expect.stringMatching(/rejects client "harbor".*invalid_client/),
    });
    expect(found.out).not.toContain('another-secret');
  });

  it('reports an untrusted certificate, also one that Harbor would accept', async () => {
    const found = await doctor(declare({ oidc_verify_cert: 'false' }, 'other.pem'));
    expect(found.outcome).toBe('warning');
    expect(found.message).toMatch(/certificate was not accepted.*Harbor ignores this with oidc_verify_cert: false/);
  });

  it('reports a redirect URI that is registered for another Harbor', async () => {
    const other = await startSandbox({ password: ENV.HARBOR_PASSWORD });
    const policies = declare();
    const elsewhere = directoryWith({
      'harbor.yaml': `harbor: { url: "${other.url}", username: admin, password: { env: HARBOR_PASSWORD }, ca_file: ${join(policies, 'ca.pem')} }
configuration: { auth_mode: oidc_auth, oidc_endpoint: "${issuer}", oidc_client_id: ${CLIENT_ID}, oidc_client_secret: { env: OIDC_SECRET }, oidc_scope: openid }
`,
    });
    const found = await doctor(elsewhere);
    await other.close();
    expect(found.message).toMatch(/register exactly this URI/);
  });

  it.each([
    ['true', 'warning', /Harbor cannot verify https:\/\/localhost:\d+\. Likely causes: .*oidc_verify_cert/],
    ['false', 'ok', /Harbor can reach configuration/],
  ])(
    'has Harbor check as well, which does not know the private CA; oidc_verify_cert: %s',
    async (verifies, outcome, words) => {
      const { out } = await doctor(declare({ oidc_verify_cert: verifies }));
      const { examinations } = JSON.parse(out) as { examinations: (Found & { name: string })[] };
      const pings = examinations.find(({ name }) => name === 'pings');
      expect([pings?.outcome, pings?.message]).toEqual([outcome, expect.stringMatching(words)]);
    },
  );

  it('reports nothing if no provider is declared', async () => {
    expect(await doctor(declare({ auth_mode: 'db_auth' }))).toMatchObject({
      outcome: 'ok',
      message: expect.stringContaining('no OpenID'),
    });
  });

  describe('with a server that is not a provider', () => {
    let page: Server;
    afterEach(() => new Promise((resolve) => page.close(resolve)));

    it('reports an HTML page', async () => {
      page = createServer((_request, response) => response.end('<html>'));
      await new Promise<void>((resolve) => page.listen(0, '127.0.0.1', resolve));
      const url = `http://127.0.0.1:${(page.address() as AddressInfo).port}`;
      const found = await doctor(declare({ oidc_endpoint: `"${url}"` }));
      expect(found.message).toMatch(/returned a response that is not JSON/);
    });
  });
});
