import { startSandbox, type Sandbox } from '../../../../src/sandbox';
import { startFixtureUpstream, type FixtureUpstream } from '../../../../src/upstream';
import { call } from '../api-client';
import { pushImage } from '../push-image';

/** The four seconds of a run are 400 ms here. */
const TIME_SCALE = 0.1;

let sandbox: Sandbox;
/** What runs here is still in progress when it is asked about, on any machine. */
let slow: Sandbox;
let upstream: FixtureUpstream;
let registry: number;
let names = 0;

beforeAll(async () => {
  [sandbox, slow, upstream] = await Promise.all([
    startSandbox({ timeScale: TIME_SCALE }),
    startSandbox({ timeScale: 10 }),
    startFixtureUpstream(),
  ]);
  const body = { name: 'up', type: 'docker-registry', url: upstream.url };
  registry = (await call(sandbox, 'POST registries', body)).id;
  expect((await call(slow, 'POST registries', body)).id).toBe(registry);
});
afterAll(async () => {
  await sandbox.close();
  await slow.close();
  await upstream.close();
});

const draft = (more: object = {}): object => ({
  name: `policy-${++names}`,
  src_registry: { id: registry },
  enabled: true,
  ...more,
});
const make = async (more: object = {}, on = sandbox): Promise<number> =>
  (await call(on, 'POST replication/policies', draft(more))).id;
const start = (policy: number, query = '', on = sandbox) =>
  call(on, `POST replication/executions${query}`, { policy_id: policy });
const execution = async (id: number, on = sandbox) => (await call(on, `GET replication/executions/${id}`)).body;

async function ended(id: number): Promise<Awaited<ReturnType<typeof execution>>> {
  for (;;) {
    const found = await execution(id);
    if (found.status !== 'InProgress') return found;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe('a policy', () => {
  it.each<[string, object, number, string]>([
    ['no name', { name: '' }, 400, 'empty name'],
    ['a filter of no type', { filters: [{ value: 'x' }] }, 400, 'invalid filter type'],
    ['a list for a name', { filters: [{ type: 'name', value: ['x'] }] }, 400, "the type of filter value isn't string"],
    [
      'a text for labels',
      { filters: [{ type: 'label', value: 'x' }] },
      400,
      "the type of label filter value isn't string slice",
    ],
    ['charts', { filters: [{ type: 'resource', value: 'chart' }] }, 400, 'invalid resource filter: chart'],
    [
      'an excluded name',
      { filters: [{ type: 'name', value: 'x', decoration: 'excludes' }] },
      400,
      'only tag and label filter support decoration',
    ],
    [
      'another decoration',
      { filters: [{ type: 'tag', value: 'x', decoration: 'likes' }] },
      400,
      'invalid filter decoration, :likes',
    ],
    ['a namespace in upper case', { dest_namespace: 'base/X' }, 400, 'invalid destination namespace: base/X'],
    ['another trigger', { trigger: { type: 'hourly' } }, 400, 'invalid trigger type'],
    [
      'no schedule',
      { trigger: { type: 'scheduled' } },
      400,
      'the cron string cannot be empty when the trigger type is scheduled',
    ],
    [
      'seconds',
      { trigger: { type: 'scheduled', trigger_settings: { cron: '5 0 2 * * *' } } },
      400,
      'the 1st field (indicating Seconds of time) of the cron setting must be 0',
    ],
    [
      'every minute',
      { trigger: { type: 'scheduled', trigger_settings: { cron: '0 * 2 * * *' } } },
      400,
      '* is not allowed for the Minutes field of the cron setting of replication policy',
    ],
    [
      'a single active one on events',
      { trigger: { type: 'event_based' }, single_active_replication: true },
      500,
      'internal server error',
    ],
    ['a registry that is not', { src_registry: { id: 999 } }, 404, 'registry 999 not found'],
  ])('is refused with %s', async (_what, more, status, message) => {
    expect(await call(sandbox, 'POST replication/policies', draft(more))).toMatchObject({ status, message });
  });

  it('accepts the deletion by its new name, and returns both', async () => {
    const id = await make({ replicate_deletion: true });
    const path = `replication/policies/${id}`;
    expect((await call(sandbox, `GET ${path}`)).body).not.toHaveProperty('deletion');
    await call(sandbox, `PUT ${path}`, draft({ deletion: true }));
    expect((await call(sandbox, `GET ${path}`)).body).toMatchObject({ deletion: true, replicate_deletion: true });
  });

  it('keeps its name for itself', async () => {
    await make({ name: 'taken' });
    const id = await make();
    const taken = { status: 409, message: 'replication policy taken already exists' };
    expect(await call(sandbox, `PUT replication/policies/${id}`, draft({ name: 'taken' }))).toMatchObject(taken);
  });

  it('is listed newest first, found by a part of its name, and sorted as asked', async () => {
    await make({ name: 'Listed-1' });
    await make({ name: 'listed-2' });
    const listed = async (query: string) =>
      (await call(sandbox, `GET replication/policies?name=listed${query}`)).body.map(
        ({ name }: { name: string }) => name,
      );
    expect(await listed('')).toEqual(['listed-2', 'Listed-1']);
    expect(await listed('&sort=id')).toEqual(['Listed-1', 'listed-2']);
  });

  it.each(['GET replication/policies', 'GET replication/executions', 'GET replication/policies/1'])(
    '%s is for administrators',
    async (line) => {
      expect((await call(sandbox, line, undefined, { as: null })).status).toBe(401);
    },
  );

  it('is unknown in part to Harbor 2.13, which has no single active ones', async () => {
    const old = await startSandbox({ harborVersion: 'v2.13.5' });
    const up = await call(old, 'POST registries', { name: 'up', type: 'docker-registry', url: upstream.url });
    const policy = { name: 'x', src_registry: { id: up.id }, single_active_replication: true };
    const { id } = await call(old, 'POST replication/policies', policy);
    const { body } = await call(old, `GET replication/policies/${id}`);
    await old.close();
    expect(body).toMatchObject({ name: 'x' });
    expect(body).not.toHaveProperty('single_active_replication');
  });
});

describe('a run', () => {
  it('is in progress', async () => {
    const policy = await make({}, slow);
    const { status, id } = await start(policy, '', slow);
    expect(status).toBe(201);
    const shown = { policy_id: policy, status: 'InProgress', trigger: 'manual', total: 0 };
    expect(await execution(id, slow)).toMatchObject(shown);
  });

  it('finds nothing to copy and succeeds', async () => {
    const { status, id } = await start(await make());
    expect(status).toBe(201);
    expect(await ended(id)).toMatchObject({ status: 'Succeed', status_text: 'no resources need to be replicated' });
    expect(await call(sandbox, `GET replication/executions/${id}/tasks`)).toMatchObject({ status: 200, body: [] });
  });

  it('can be stopped, once', async () => {
    const { id } = await start(await make({}, slow), '?trigger=scheduled', slow);
    expect((await call(slow, `PUT replication/executions/${id}`)).status).toBe(200);
    const stopped = await execution(id, slow);
    expect(stopped).toMatchObject({ status: 'Stopped', trigger: 'scheduled' });
    await call(slow, `PUT replication/executions/${id}`);
    expect(await execution(id, slow)).toEqual(stopped);
  });

  it('that was stopped does not end once more', async () => {
    const { id } = await start(await make());
    await call(sandbox, `PUT replication/executions/${id}`);
    const stopped = await execution(id);
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(await execution(id)).toEqual(stopped);
  });

  it.each([
    [true, 'Failed', 'Execution skipped: active replication still in progress.'],
    [false, 'InProgress', ''],
  ])('next to another one, single active %s: %s', async (single, status, text) => {
    const policy = await make({ single_active_replication: single }, slow);
    await start(policy, '', slow);
    const { id } = await start(policy, '', slow);
    expect(await execution(id, slow)).toMatchObject({ status, status_text: text });
  });

  it('is of a policy that exists and is enabled', async () => {
    const policy = await make({ enabled: false });
    expect(await start(policy)).toMatchObject({ status: 412, message: `the policy ${policy} is disabled` });
    expect(await start(999)).toMatchObject({ status: 404, message: 'replication policy 999 not found' });
  });

  it('is found by its policy, status and trigger, and goes with its policy', async () => {
    const policy = await make();
    const first = await start(policy);
    await ended(first.id);
    const second = await start(policy);
    const found = async (query: string) =>
      (await call(sandbox, `GET replication/executions?policy_id=${policy}${query}`)).body.map(
        (each: { id: number }) => each.id,
      );
    expect(await found('')).toEqual([second.id, first.id]);
    expect(await found('&status=Succeed')).toEqual([first.id]);
    expect(await found('&trigger=scheduled')).toEqual([]);
    await call(sandbox, `DELETE replication/policies/${policy}`);
    expect(await call(sandbox, `GET replication/executions/${first.id}`)).toMatchObject({
      status: 404,
      message: `replication execution ${first.id} not found`,
    });
  });

  it('has no task if there is nothing to copy, and so no log', async () => {
    const { id } = await start(await make());
    expect((await call(sandbox, `GET replication/executions/${id}/tasks/1/log`)).message).toBe(
      'replication task 1 not found',
    );
  });
});

describe('a run that copies', () => {
  const tasksOf = async (id: number) => (await call(sandbox, `GET replication/executions/${id}/tasks`)).body;
  const tagsIn = async (project: string, repository: string): Promise<string[]> => {
    const { body } = await call(sandbox, `GET projects/${project}/repositories/${repository}/artifacts`);
    const all = (body as { tags: { name: string }[] | null }[]).flatMap(({ tags }) => tags ?? []);
    return all.map(({ name }) => name).sort();
  };
  const run = async (policy: object) => ended((await start(await make(policy))).id);
  let away: FixtureUpstream;
  let source: number;

  beforeAll(async () => {
    away = await startFixtureUpstream();
    await away.act({ op: 'put', repository: 'team/base/app', tag: 'v1', image: 'a' });
    await away.act({ op: 'put', repository: 'team/base/app', tag: 'v2', image: 'idx' });
    await away.act({ op: 'put', repository: 'team/base/app', tag: 'nightly', image: 'b' });
    await away.act({ op: 'put', repository: 'other/tool', tag: 'v1', image: 'c' });
    source = (await call(sandbox, 'POST registries', { name: 'away', type: 'docker-registry', url: away.url })).id;
  });
  afterAll(() => away.close());

  it('brings images that the filters name, with the children of an index, into a project that it creates', async () => {
    const filters = [
      { type: 'name', value: 'team/**' },
      { type: 'tag', value: 'v*' },
    ];
    const policy = { src_registry: { id: source }, dest_namespace: 'fresh', dest_namespace_replace_count: 1, filters };
    const done = await run(policy);
    expect(done).toMatchObject({ status: 'Succeed', status_text: '', total: 1, succeed: 1, failed: 0 });
    const [task] = await tasksOf(done.id);
    expect(task).toMatchObject({
      src_resource: 'team/base/app [2 item(s) in total]',
      dst_resource: 'fresh/base/app [2 item(s) in total]',
      resource_type: 'image',
      status: 'Succeed',
    });
    expect(await tagsIn('fresh', 'base%252Fapp')).toEqual(['v1', 'v2']);
    const log = await call(sandbox, `GET replication/executions/${done.id}/tasks/${task.id}/log`);
    expect(log.body).toMatch(/copy team\/base\/app:v1\(source registry\) to fresh\/base\/app:v1/);
  });

  it('overrides existing artifacts only if requested', async () => {
    const filters = [{ type: 'name', value: 'other/tool' }];
    const policy = { src_registry: { id: source }, dest_namespace: 'again', dest_namespace_replace_count: 1, filters };
    await run(policy);
    const digest = async () =>
      (await call(sandbox, 'GET projects/again/repositories/tool/artifacts/v1')).body.digest as string;
    const before = await digest();
    await away.act({ op: 'put', repository: 'other/tool', tag: 'v1', image: 'b' });
    expect((await run(policy)).status).toBe('Succeed');
    expect(await digest()).toBe(before);
    await run({ ...policy, override: true });
    expect(await digest()).not.toBe(before);
  });

  it.each([
    [
      'a repository that is not there',
      { filters: [{ type: 'name', value: 'no/such' }] },
      /failed to list artifacts of repository no\/such/,
    ],
    ['more levels than there are', { dest_namespace: 'x', dest_namespace_replace_count: 5 }, /flattening level is 5$/],
  ])('fails for %s, and reports why', async (_what, changes, text) => {
    const done = await run({ src_registry: { id: source }, ...changes });
    expect(done).toMatchObject({ status: 'Failed', status_text: expect.stringMatching(text), total: 0 });
  });

  it('fails if a tag of the destination is immutable', async () => {
    const selector = (decoration: string) => [{ kind: 'doublestar', decoration, pattern: '**' }];
    await call(sandbox, 'POST projects', { project_name: 'frozen' });
    const policy = {
      src_registry: { id: source },
      dest_namespace: 'frozen',
      override: true,
      filters: [
        { type: 'name', value: 'team/base/app' },
        { type: 'tag', value: 'v1' },
      ],
    };
    await run(policy);
    await call(sandbox, 'POST projects/frozen/immutabletagrules', {
      action: 'immutable',
      template: 'immutable_template',
      tag_selectors: selector('matches'),
      scope_selectors: { repository: selector('repoMatches') },
    });
    expect((await run(policy)).status).toBe('Succeed');
    await away.act({ op: 'put', repository: 'team/base/app', tag: 'v1', image: 'b' });
    expect(await run(policy)).toMatchObject({ status: 'Failed', failed: 1 });
  });

  it('copies between two projects of one Harbor, by pushing to itself', async () => {
    await call(sandbox, 'POST projects', { project_name: 'from' });
    await pushImage(sandbox, 'from/app', 'v7');
    const self = await call(sandbox, 'POST registries', {
      name: 'self',
      type: 'harbor',
      url: sandbox.url,
      credential: { type: 'basic', access_key: 'admin', access_secret: 'Harbor12345' },
    });
    const named = { filters: [{ type: 'name', value: 'from/**' }], dest_namespace: 'pulled' };
    await call(sandbox, 'POST projects', { project_name: 'pushed' });
    const push = { src_registry: undefined, dest_registry: { id: self.id }, ...named, dest_namespace: 'pushed' };
    for (const policy of [{ src_registry: { id: self.id }, ...named }, push]) {
      const done = await run(policy);
      expect(done).toMatchObject({ status: 'Succeed', succeed: 1 });
      expect((await tasksOf(done.id))[0].resource_type).toBe('artifact');
      expect(await tagsIn(policy.dest_namespace, 'app')).toEqual(['v7']);
    }
  });
});
