import { startSandbox, type Sandbox } from '../../../../src/sandbox';
import { startFixtureUpstream, type FixtureUpstream } from '../../../../src/upstream';
import { call } from '../api-client';

/** The four seconds of a run are 400 ms here. */
const TIME_SCALE = 0.1;

let sandbox: Sandbox;
let upstream: FixtureUpstream;
let registry: number;
let names = 0;

beforeAll(async () => {
  [sandbox, upstream] = await Promise.all([startSandbox({ timeScale: TIME_SCALE }), startFixtureUpstream()]);
  registry = (await call(sandbox, 'POST registries', { name: 'up', type: 'docker-registry', url: upstream.url })).id;
});
afterAll(async () => {
  await sandbox.close();
  await upstream.close();
});

const draft = (more: object = {}): object => ({
  name: `policy-${++names}`,
  src_registry: { id: registry },
  enabled: true,
  ...more,
});
const make = async (more: object = {}): Promise<number> =>
  (await call(sandbox, 'POST replication/policies', draft(more))).id;
const start = (policy: number, query = '') =>
  call(sandbox, `POST replication/executions${query}`, { policy_id: policy });
const execution = async (id: number) => (await call(sandbox, `GET replication/executions/${id}`)).body;

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

  it('takes the deletion by its new name, and answers it by both', async () => {
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
  it('is under way, finds nothing to copy and succeeds', async () => {
    const policy = await make();
    const { status, id } = await start(policy);
    expect(status).toBe(201);
    expect(await execution(id)).toMatchObject({ policy_id: policy, status: 'InProgress', trigger: 'manual', total: 0 });
    expect(await ended(id)).toMatchObject({ status: 'Succeed', status_text: 'no resources need to be replicated' });
    expect(await call(sandbox, `GET replication/executions/${id}/tasks`)).toMatchObject({ status: 200, body: [] });
  });

  it('can be stopped, once', async () => {
    const { id } = await start(await make(), '?trigger=scheduled');
    expect((await call(sandbox, `PUT replication/executions/${id}`)).status).toBe(200);
    const stopped = await execution(id);
    expect(stopped).toMatchObject({ status: 'Stopped', trigger: 'scheduled' });
    await call(sandbox, `PUT replication/executions/${id}`);
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(await execution(id)).toEqual(stopped);
  });

  it.each([
    [true, 'Failed', 'Execution skipped: active replication still in progress.'],
    [false, 'InProgress', ''],
  ])('beside another one, single active %s: %s', async (single, status, text) => {
    const policy = await make({ single_active_replication: single });
    await start(policy);
    expect(await execution((await start(policy)).id)).toMatchObject({ status, status_text: text });
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

  it('has no task, and so no log', async () => {
    const { id } = await start(await make());
    expect((await call(sandbox, `GET replication/executions/${id}/tasks/1/log`)).message).toBe(
      'replication task 1 not found',
    );
  });
});
