import { createClient, type HarborClient } from '../../src/harbor';
import { kinds } from '../../src/kinds';
import type { AnyKind, Live, SecretDelivery, WriteContext } from '../../src/kinds/kind';
import { CONFIGURATION_KEYS } from '../../src/kinds/support/configuration-keys';
import { PERMISSIONS, type Level } from '../../src/kinds/support/robot-permissions';
import { allDifferences, compare, mergeOver } from '../../src/plan/diff';
import { createRefs, type LearningRefs } from '../../src/reconcile/refs';
import { startSandbox, type Sandbox } from '../../src/sandbox';
import { startFixtureUpstream, type FixtureUpstream } from '../../src/upstream';

const PASSWORD = 'Harbor12345';
const SECRETS: Readonly<Record<string, string>> = {
  ROBOT: 'Declared1',
  UPSTREAM: 'pass1',
  OIDC: 'oidc-secret',
  USER: 'Changed1',
};

let sandbox: Sandbox;
let upstream: FixtureUpstream;
let client: HarborClient;
let refs: LearningRefs;
const delivered: SecretDelivery[] = [];
const context = (): WriteContext => ({
  client,
  refs,
  secret: async (reference) => SECRETS['env' in reference ? reference.env : ''] ?? '',
  checkDelivery: async () => {},
  deliver: async (delivery) => void delivered.push(delivery),
});

function kindOf(name: string): AnyKind {
  return kinds.find((kind) => kind.name === name)!;
}

async function listed(kind: AnyKind): Promise<Live<object>[]> {
  function wires<Wire>(name: string): Promise<readonly Wire[]> {
    return kindOf(name).list({ client, parents: [], wires }) as Promise<readonly Wire[]>;
  }
  const found = await kind.list({ client, parents: ['prx', 'plain'], wires });
  return found.map((wire) => kind.fromWire(wire, refs) as Live<object>);
}

async function create(name: string, spec: object, carried: ReadonlyMap<string, object> = new Map()): Promise<void> {
  const kind = kindOf(name);
  const { id } = await kind.create(context(), kind.normalise(spec), carried);
  refs.learn(name, kind.identity(spec), id);
}

beforeAll(async () => {
  upstream = await startFixtureUpstream();
  sandbox = await startSandbox({ password: PASSWORD, timeScale: 0.01 });
  client = createClient({ url: sandbox.url, user: { username: 'admin', password: async () => PASSWORD } });
  refs = createRefs();
  await client.post('/users', { username: 'alice', email: 'a@example.com', realname: 'Alice', password: 'Passw0rd1' });
  await create('registry', { name: 'up', type: 'docker-registry', url: upstream.url, insecure: true });
  await create('project', { name: 'prx', registry: 'up', public: true });
  await create('project', { name: 'plain' });
  await create('user-group', { name: 'platform', type: 'oidc' });
  await create('preheat-instance', { name: 'p2p', vendor: 'dragonfly', endpoint: 'https://dragonfly.example.com' });
});

afterAll(async () => {
  await client?.close();
  await sandbox?.close();
  await upstream?.close();
});

interface Life {
  readonly kind: string;
  readonly spec: () => object;
  readonly change: object;
}

const lives: readonly Life[] = [
  {
    kind: 'registry',
    spec: () => ({ name: 'other', type: 'docker-registry', url: `${upstream.url}/`, description: 'one' }),
    change: { description: 'two', insecure: true },
  },
  {
    kind: 'project',
    spec: () => ({ name: 'second', registry: 'up', public: true, max_upstream_conn: 5, severity: 'high' }),
    change: {
      public: false,
      max_upstream_conn: 0,
      proxy_cache_local_on_not_found: true,
      reuse_sys_cve_allowlist: false,
      cve_allowlist: { items: ['CVE-2026-0001'], expires_at: '2027-03-01T12:00:00Z' },
    },
  },
  {
    kind: 'project',
    spec: () => ({ name: 'ordinary', auto_scan: true, enable_content_trust: true }),
    change: { auto_scan: false, prevent_vul: true, severity: 'critical' },
  },
  {
    kind: 'user',
    spec: () => ({
      username: 'bob',
      email: 'bob@example.com',
      realname: 'Bob',
      password: { env: 'ROBOT' },
      sysadmin: true,
    }),
    change: { email: 'b@example.com', comment: 'moved', sysadmin: false, password: { env: 'USER' } },
  },
  {
    kind: 'preheat-instance',
    spec: () => ({
      name: 'second-p2p',
      vendor: 'kraken',
      endpoint: 'https://kraken.example.com',
      auth_mode: 'BASIC',
      auth_info: { user: { env: 'ROBOT' } },
    }),
    change: { enabled: false, description: 'spare', insecure: true, default: true },
  },
  {
    kind: 'preheat-policy',
    spec: () => ({
      project: 'plain',
      name: 'base',
      provider: 'p2p',
      filters: [
        { type: 'tag', value: 'v*' },
        { type: 'repository', value: 'base/**' },
      ],
      trigger: 'event_based',
    }),
    change: { enabled: false, trigger: { scheduled: '0 0 2 * * *' }, filters: [{ type: 'label', value: 'stable' }] },
  },
  { kind: 'user-group', spec: () => ({ name: 'cluster_admins', type: 'oidc' }), change: {} },
  {
    kind: 'webhook',
    spec: () => ({
      project: 'plain',
      name: 'ci',
      event_types: ['PUSH_ARTIFACT', 'DELETE_ARTIFACT'],
      targets: [
        {
          type: 'http',
          address: 'https://ci.example.com/hook',
          skip_cert_verify: true,
          payload_format: 'CloudEvents',
          authenticated: true,
        },
      ],
      auth_headers: { 'http https://ci.example.com/hook': { env: 'UPSTREAM' } },
    }),
    change: { enabled: false, event_types: ['REPLICATION'], description: 'quiet' },
  },
  {
    kind: 'immutable-tag-rule',
    spec: () => ({ project: 'plain', tags: 'v*', disabled: true }),
    change: { disabled: false },
  },
  {
    kind: 'immutable-tag-rule',
    spec: () => ({ project: 'prx', tags_exclude: 'dev-*', repositories: 'prod/**' }),
    change: { disabled: true },
  },
  {
    kind: 'label',
    spec: () => ({ name: 'team/blue', color: '#0065ab', description: 'blue' }),
    change: { color: '#FF8400', description: '' },
  },
  { kind: 'label', spec: () => ({ name: 'stable', project: 'plain' }), change: { color: '#0065AB' } },
  {
    kind: 'project-member',
    spec: () => ({ project: 'plain', group: 'platform', role: 'maintainer' }),
    change: { role: 'developer' },
  },
  {
    kind: 'project-member',
    spec: () => ({ project: 'prx', user: 'alice', role: 'guest' }),
    change: { role: 'projectAdmin' },
  },
  {
    kind: 'robot',
    spec: () => ({
      name: 'gitops',
      duration: 90,
      system: ['registry:list', 'quota:list'],
      projects: { '*': ['repository:pull'] },
      secret: { env: 'ROBOT' },
    }),
    change: { duration: 30, disable: true, system: [], projects: { plain: ['repository:pull', 'repository:push'] } },
  },
  {
    kind: 'robot',
    spec: () => ({
      name: 'puller',
      project: 'prx',
      duration: -1,
      access: ['repository:pull'],
      secret_to: { file: 'puller.json', as: 'plain' },
    }),
    change: { description: 'pulls', access: ['repository:list', 'repository:pull'] },
  },
  {
    kind: 'replication-policy',
    spec: () => ({
      name: 'nightly-base',
      from: 'up',
      filters: [
        { type: 'tag', value: '*-rc*', decoration: 'excludes' },
        { type: 'name', value: 'library/**' },
      ],
      dest_namespace: 'base',
      trigger: { scheduled: '0 0 2 * * *' },
      speed: 1024,
    }),
    change: { filters: [], trigger: 'manual', enabled: false, override: true, speed: -1, description: 'by hand' },
  },
  {
    kind: 'replication-policy',
    spec: () => ({ name: 'outward', to: 'up', trigger: 'event_based', deletion: true }),
    change: {
      trigger: { scheduled: '0 30 1 * * 0' },
      deletion: false,
      single_active_replication: true,
      dest_namespace: 'copies/here',
      dest_namespace_replace_count: 1,
      copy_by_chunk: true,
    },
  },
];

it.each(lives.map((life) => [life.kind, life] as const))(
  'a %s is made, listed, changed, read and removed',
  async (name, life) => {
    const kind = kindOf(name);
    const declared = kind.normalise(life.spec()) as object;
    await create(name, declared);

    const found = (await listed(kind)).find(({ identity }) => identity === kind.identity(declared))!;
    expect(compare(declared, found.spec, kind)).toEqual([]);

    const desired = kind.normalise({ ...declared, ...life.change }) as object;
    const changed = Object.keys(life.change);
    const merged = mergeOver(found.spec, desired, kind);
    if (changed.length > 0) await kind.update(context(), { live: found, merged, changed });

    const read = (await kind.read(context(), found.identity)) as Live<object>;
    expect(compare(desired, read.spec, kind)).toEqual([]);
    expect(read.identity).toBe(found.identity);

    await kind.remove(context(), read);
    expect(await kind.read(context(), found.identity)).toBeUndefined();
  },
);

it('tells the generated secret once, under the full name', () => {
  expect(delivered).toEqual([
    {
      robot: 'prx+puller',
      file: 'puller.json',
      as: 'plain',
      name: 'puller',
      username: 'robot$prx+puller',
      secret: expect.stringMatching(/.{8}/),
    },
  ]);
});

it('proves that the declared secret of a robot is the one that works', async () => {
  const robot = kindOf('robot');
  await create('robot', {
    name: 'proof',
    duration: 1,
    system: ['registry:list'],
    projects: {},
    secret: { env: 'ROBOT' },
  });
  const answer = await fetch(`${sandbox.url}/api/v2.0/registries`, {
    headers: { authorization: `Basic ${Buffer.from('robot$proof:Declared1').toString('base64')}` },
  });
  expect(answer.status).toBe(200);
  await robot.remove(context(), (await robot.read(context(), 'proof')) as Live<object>);
});

it('finds the quota of a project that carried its limit, and changes it where it lives', async () => {
  const quota = kindOf('quota');
  await create('project', { name: 'limited' }, new Map([['quota', { project: 'limited', storage_limit: 2048 }]]));
  const found = (await listed(quota)).find(({ identity }) => identity === 'limited')!;
  expect(found.spec).toEqual({ project: 'limited', storage_limit: 2048 });
  await quota.update(context(), {
    live: found,
    merged: { project: 'limited', storage_limit: -1 },
    changed: ['storage_limit'],
  });
  expect((await quota.read(context(), 'limited'))?.spec).toEqual({ project: 'limited', storage_limit: -1 });
});

describe('retention', () => {
  const retention = kindOf('retention');
  const rules = [{ template: 'nDaysSinceLastPull', params: { nDaysSinceLastPull: 30 }, untagged: false }];

  it('knows the silent policy of a proxy cache project, and adopts it', async () => {
    const silent = retention.bornWith!.spec!({ name: 'prx', registry: 'up' }) as object;
    const live = (await retention.read(context(), 'prx')) as Live<object>;
    expect(allDifferences(silent, live.spec)).toEqual([]);
    const merged = retention.normalise({ project: 'prx', schedule: '0 0 3 * * *', rules }) as object;
    await retention.update(context(), { live, merged, changed: ['schedule', 'rules'] });
    const [after] = await listed(retention);
    expect(after).toMatchObject({ identity: 'prx', id: live.id, spec: merged });
  });

  it('makes one for an ordinary project, and empties it', async () => {
    await create('retention', { project: 'plain', schedule: '0 0 3 * * *', rules });
    const live = (await retention.read(context(), 'plain')) as Live<object>;
    expect(compare(retention.normalise({ project: 'plain', rules }) as object, live.spec, retention)).toEqual([]);
    await retention.update(context(), { live, merged: { ...live.spec, rules: [] }, changed: ['rules'] });
    expect((await retention.read(context(), 'plain'))?.spec).toMatchObject({ schedule: '0 0 3 * * *', rules: [] });
  });
});

it('keeps the allowlists of the system and of a project apart', async () => {
  const system = kindOf('cve-allowlist');
  const [live] = await listed(system);
  expect(live!.spec).toEqual({ items: [], expires_at: 'never' });
  const merged = { items: ['CVE-2026-0002', 'CVE-2026-0001'], expires_at: '2027-03-01' };
  await system.update(context(), { live: live!, merged, changed: ['items', 'expires_at'] });
  expect((await system.read(context(), 'system'))?.spec).toEqual(system.normalise(merged));

  const own = { name: 'listed', reuse_sys_cve_allowlist: false, cve_allowlist: { items: ['CVE-2026-0003'] } };
  await create('project', own);
  const projects = await listed(kindOf('project'));
  const found = (name: string) => projects.find(({ identity }) => identity === name)?.spec;
  expect(found('listed')).toMatchObject({ cve_allowlist: { items: ['CVE-2026-0003'], expires_at: 'never' } });
  expect(found('plain')).toMatchObject({ cve_allowlist: { items: [], expires_at: 'never' } });
});

it("takes the creator's membership for Harbor's own", async () => {
  const members = await listed(kindOf('project-member'));
  expect(
    members
      .filter(({ builtIn }) => builtIn)
      .map(({ identity }) => identity)
      .sort(),
  ).toEqual(['plain/user:admin', 'prx/user:admin']);
});

it('changes the configuration, and takes the new prefix of robots for what it is', async () => {
  const configuration = kindOf('configuration');
  const live = (await listed(configuration))[0]!;
  const declared = configuration.normalise({
    robot_name_prefix: 'bot-',
    token_expiration: 45,
    storage_per_project: 4096,
    disabled_audit_log_event_types: ['pull_artifact', 'create_artifact'],
    oidc_extra_redirect_parms: { prompt: 'login' },
    oidc_client_secret: { env: 'OIDC' },
  }) as object;
  const merged = mergeOver(live.spec, declared, configuration);
  await configuration.update(context(), { live, merged, changed: Object.keys(declared) });
  const read = (await configuration.read(context(), 'harbor')) as Live<object>;
  expect(compare(declared, read.spec, configuration)).toEqual([]);
  expect(JSON.stringify(read)).not.toContain('oidc-secret');

  await create('robot', {
    name: 'renamed',
    duration: 1,
    system: ['registry:list'],
    projects: {},
    secret: { env: 'ROBOT' },
  });
  expect((await kindOf('robot').read(context(), 'renamed'))?.facts).toMatchObject({ full_name: 'bot-renamed' });
});

it('knows every permission that a robot can be given, and no other', async () => {
  const catalogue = await client.get<Record<string, { resource: string; action: string }[]>>('/permissions');
  for (const [level, pairs] of Object.entries(catalogue)) {
    const known = Object.entries(PERMISSIONS[level as Level]).flatMap(([resource, actions]) =>
      actions.map((action) => `${resource}:${action}`),
    );
    expect(known.sort()).toEqual(pairs.map(({ resource, action }) => `${resource}:${action}`).sort());
  }
});

it('knows every key of the configuration that can be declared, and no other', async () => {
  const answered = Object.keys(await client.get<object>('/configurations', { as: 'user' }));
  const secrets = kindOf('configuration').writeOnly.map(({ field }) => field);
  // `scan_all_policy` is read-only and empty (harbor.md 2.3).
  const declarable = new Set([...answered.filter((key) => key !== 'scan_all_policy'), ...secrets]);
  expect(Object.keys(CONFIGURATION_KEYS).sort()).toEqual([...declarable].sort());
});
