import { createClient, type HarborClient } from '../../src/harbor';
import { kinds } from '../../src/kinds';
import type { AnyKind, Live, SecretDelivery, WriteContext } from '../../src/kinds/kind';
import { CONFIGURATION_KEYS } from '../../src/kinds/support/configuration-keys';
import { PERMISSIONS, type Level } from '../../src/kinds/support/robot-permissions';
import { allDifferences, compare, mergeOver } from '../../src/plan/diff';
import { createRefs, type LearningRefs } from '../../src/reconcile/refs';
import { startSandbox, type Sandbox } from '../../src/sandbox';
import { kitted } from './kits';
import { startWorld, type TestWorld } from './support/world';

const PASSWORD = 'Harbor12345';
const SECRETS: Readonly<Record<string, string>> = {
  ROBOT: 'Declared1',
  UPSTREAM: 'pass1',
  OIDC: 'oidc-secret',
  USER: 'Changed1',
};

let sandbox: Sandbox;
let world: TestWorld;
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
  world = await startWorld();
  sandbox = await startSandbox({ password: PASSWORD, timeScale: 0.01 });
  client = createClient({ url: sandbox.url, user: { username: 'admin', password: async () => PASSWORD } });
  refs = createRefs();
  await client.post('/users', { username: 'alice', email: 'a@example.com', realname: 'Alice', password: 'Passw0rd1' });
  await create('registry', { name: 'up', type: 'docker-registry', url: world.upstream, insecure: true });
  await create('project', { name: 'prx', registry: 'up', public: true });
  await create('project', { name: 'plain' });
  await create('user-group', { name: 'platform', type: 'oidc' });
  await create('preheat-instance', { name: 'p2p', vendor: 'dragonfly', endpoint: 'https://dragonfly.example.com' });
});

afterAll(async () => {
  await client?.close();
  await sandbox?.close();
  await world?.close();
});

const lives = kitted.flatMap(({ name, kit }) => (kit.lives ?? []).map((life) => [name, life] as const));

it.each(lives)('a %s is created, listed, changed, read and removed', async (name, life) => {
  const kind = kindOf(name);
  const declared = kind.normalise(life.spec(world)) as object;
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
});

it('returns the generated secret once, with the full name', () => {
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

it('verifies that the declared secret of a robot works', async () => {
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

  it('creates one for an ordinary project, and empties it', async () => {
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

it("treats the creator's membership as created by Harbor", async () => {
  const members = await listed(kindOf('project-member'));
  expect(
    members
      .filter(({ builtIn }) => builtIn)
      .map(({ identity }) => identity)
      .sort(),
  ).toEqual(['plain/user:admin', 'prx/user:admin']);
});

it('changes the configuration, and recognizes the new prefix of robots', async () => {
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
  // `scan_all_policy` is read-only and empty (docs/harbor-behavior.md 3.2).
  const declarable = new Set([...answered.filter((key) => key !== 'scan_all_policy'), ...secrets]);
  expect(Object.keys(CONFIGURATION_KEYS).sort()).toEqual([...declarable].sort());
});
