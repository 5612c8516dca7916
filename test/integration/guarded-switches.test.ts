import { join } from 'node:path';
import { kinds } from '../../src/kinds';
import type { Plan } from '../../src/plan/plan';
import { startSandbox, type Sandbox } from '../../src/sandbox';
import { startFixtureUpstream, type FixtureUpstream } from '../../src/upstream';
import { startScannerAdapter, type ScannerAdapter, scannerThatFinds } from '../../src/scanner-adapter';
import { cli, directoryWith, type CliResult } from '../support/cli';
import { callApi } from './harbor-api';

type Wire = Record<string, unknown>;

let sandbox: Sandbox;
let upstream: FixtureUpstream;
let adapter: ScannerAdapter;
let directory: string;

/** Nothing here says whether it is on, off, or allowed more. */
const policies = (): string => `
harbor: { url: ${sandbox.url}, username: admin, password: { env: HARBOR_PASSWORD } }
registries: { up: { type: docker-registry, url: "${upstream.url}" } }
users: { alice: { email: a@example.com, realname: A, password: { env: SECRET } } }
robots:
  clusters: { duration: 90, secret: { env: SECRET }, projects: { "*": [{ resource: repository, action: pull }] } }
scanners: { own: { url: "${adapter.url}", auth: Bearer, access_credential: { env: ADAPTER } } }
preheat: { instances: { p2p: { vendor: dragonfly, endpoint: "http://127.0.0.1:9" } } }
replications: { base: { from: up, trigger: manual } }
projects:
  cache:
    public: true
    immutable_tags: [{ tags: "v*" }]
    webhooks: { hook: { event_types: [PULL_ARTIFACT], targets: [{ type: http, address: "http://127.0.0.1:9" }] } }
`;

const ran = (...argv: string[]): Promise<CliResult> =>
  cli([...argv, '--policies', directory], {
    HARBOR_PASSWORD: 'Harbor12345',
    SECRET: 'Declared-5ecret',
    ADAPTER: 'Adapter-5ecret',
  });
const applied = (...more: string[]): Promise<CliResult> =>
  ran('apply', '--yes', '--journal', join(directory, 'journal.jsonl'), ...more);

beforeAll(async () => {
  upstream = await startFixtureUpstream();
  adapter = await startScannerAdapter({ authorization: 'Bearer Adapter-5ecret' });
  sandbox = await startSandbox({ timeScale: 0.01, scanner: scannerThatFinds({}) });
  directory = directoryWith({ 'harbor.yaml': policies() });
  expect(await applied()).toMatchObject({ code: 0 });
  expect(await ran('drift')).toMatchObject({ code: 0 });
}, 60_000);
afterAll(async () => {
  await sandbox.close();
  await adapter.close();
  await upstream.close();
});

/** PUT of what a list answers of one object, with these keys changed. */
async function turn(list: string, change: Wire, path: (wire: Wire) => string, by: Wire = {}): Promise<void> {
  const found = ((await callApi(sandbox, 'GET', list)).body as Wire[]).find((wire) =>
    Object.entries(by).every(([key, value]) => wire[key] === value),
  )!;
  const { status } = await callApi(sandbox, 'PUT', path(found), { ...found, ...change });
  expect(status).toBe(200);
}
const id = ({ id: number }: Wire): string => String(number);
const SWITCHES: [address: string, field: string, change: () => Promise<void>][] = [
  [
    'user/alice',
    'sysadmin',
    () =>
      turn('/users', { sysadmin_flag: true }, ({ user_id }) => `/users/${String(user_id)}/sysadmin`, {
        username: 'alice',
      }),
  ],
  [
    'robot/clusters',
    'disable',
    () => turn('/robots', { disable: true }, (wire) => `/robots/${id(wire)}`, { name: 'robot$clusters' }),
  ],
  ['registry/up', 'insecure', () => turn('/registries', { insecure: true }, (wire) => `/registries/${id(wire)}`)],
  [
    'registry/up',
    'credential.access_key',
    () =>
      turn(
        '/registries',
        { credential_type: 'basic', access_key: 'injected', access_secret: 'injected' },
        (wire) => `/registries/${id(wire)}`,
      ),
  ],
  [
    'scanner/own',
    'disabled',
    () => turn('/scanners', { disabled: true }, ({ uuid }) => `/scanners/${String(uuid)}`, { name: 'own' }),
  ],
  [
    'scanner/own',
    'skip_certVerify',
    () => turn('/scanners', { skip_certVerify: true }, ({ uuid }) => `/scanners/${String(uuid)}`, { name: 'own' }),
  ],
  [
    'preheat-instance/p2p',
    'enabled',
    () => turn('/p2p/preheat/instances', { enabled: false }, () => '/p2p/preheat/instances/p2p'),
  ],
  [
    'preheat-instance/p2p',
    'insecure',
    () => turn('/p2p/preheat/instances', { insecure: true }, () => '/p2p/preheat/instances/p2p'),
  ],
  [
    'replication-policy/base',
    'enabled',
    () => turn('/replication/policies', { enabled: false }, (wire) => `/replication/policies/${id(wire)}`),
  ],
  [
    'replication-policy/base',
    'deletion',
    () => turn('/replication/policies', { deletion: true }, (wire) => `/replication/policies/${id(wire)}`),
  ],
  [
    'immutable-tag-rule/cache/v*@**',
    'disabled',
    () =>
      turn(
        '/projects/cache/immutabletagrules',
        { disabled: true },
        (wire) => `/projects/cache/immutabletagrules/${id(wire)}`,
      ),
  ],
  [
    'webhook/cache/hook',
    'enabled',
    () =>
      turn(
        '/projects/cache/webhook/policies',
        { enabled: false },
        (wire) => `/projects/cache/webhook/policies/${id(wire)}`,
      ),
  ],
];

describe('an undeclared switch that was changed by hand', () => {
  it.each(SWITCHES)('%s %s is drift, and is reverted', async (address, field, change) => {
    await change();
    const { code, out } = await ran('drift', '--format', 'json');
    const { changes } = JSON.parse(out) as Plan;
    expect(code).toBe(2);
    expect(changes.map((one) => one.address)).toEqual([address]);
    const row = changes[0]!.fields.find(({ path }) => path === field);
    expect(row).toMatchObject({ why: expect.stringMatching(/^not declared/) });
    expect(await applied()).toMatchObject({ code: 0 });
    expect(await ran('drift')).toMatchObject({ code: 0 });
  });

  it('is tried for every guarded field', () => {
    const guarded = kinds.flatMap(({ name, guarded = [] }) => guarded.map(({ field }) => `${name} ${field}`));
    const tried = SWITCHES.map(([address, field]) => `${address.split('/')[0]} ${field}`);
    expect([...new Set(tried)].sort()).toEqual(guarded.sort());
  });

  it('stays if it is declared', async () => {
    await turn('/replication/policies', { enabled: false }, (wire) => `/replication/policies/${id(wire)}`);
    const declared = policies().replace('trigger: manual', 'trigger: manual, enabled: false');
    directory = directoryWith({ 'harbor.yaml': declared });
    expect(await ran('drift')).toMatchObject({ code: 0 });
  });
});
