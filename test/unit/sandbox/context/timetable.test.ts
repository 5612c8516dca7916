import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startSandbox, type Sandbox } from '../../../../src/sandbox';
import { call } from '../api-client';
import { eventually, pushImage } from '../push-image';

/** Harbor's minute takes 60 ms. */
const SCALE = 0.001;
const EVERY_MINUTE = '0 */1 * * * *';

let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = await startSandbox({ timeScale: SCALE });
});
afterEach(() => sandbox.close());

const rowsOf = (path: string) => eventually(async () => (await call(sandbox, `GET ${path}`)).body, isDone);
const isDone = (rows: ReturnType<typeof JSON.parse>): boolean =>
  (rows as { status?: string; job_status?: string }[]).some(({ status, job_status }) =>
    /Succe/.test(status ?? job_status ?? ''),
  );

it.each([
  ['system/gc', { delete_untagged: true, dry_run: true, workers: 2 }, { dry_run: true, workers: 2, time_window: 2 }],
  [
    'system/purgeaudit',
    { audit_retention_hour: 24, include_event_types: 'pull_artifact', dry_run: true },
    { audit_retention_hour: 24, dry_run: true },
  ],
])('%s runs when its schedule comes due', async (path, parameters, shown) => {
  const schedule = { type: 'Custom', cron: EVERY_MINUTE };
  await call(sandbox, `POST ${path}/schedule`, { schedule, parameters });
  const rows = await rowsOf(path);
  expect(rows[0]).toMatchObject({ job_kind: 'SCHEDULE', schedule: { type: 'Schedule' } });
  expect(JSON.parse(rows[0].job_parameters)).toMatchObject(shown);
});

it('does not run what was taken off the schedule', async () => {
  const parameters = { delete_untagged: false };
  await call(sandbox, 'POST system/gc/schedule', { schedule: { type: 'Custom', cron: EVERY_MINUTE }, parameters });
  await rowsOf('system/gc');
  await call(sandbox, 'PUT system/gc/schedule', { schedule: { type: 'None' }, parameters });
  const before = (await call(sandbox, 'GET system/gc?page_size=1')).headers.get('x-total-count');
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect((await call(sandbox, 'GET system/gc?page_size=1')).headers.get('x-total-count')).toBe(before);
});

it('runs a retention by its schedule, and deletes what no rule retains', async () => {
  for (const tag of ['v1', 'v2']) await pushImage(sandbox, 'library/app', tag);
  const selector = (decoration: string) => [{ kind: 'doublestar', decoration, pattern: '**' }];
  const { id } = await call(sandbox, 'POST retentions', {
    algorithm: 'or',
    rules: [
      {
        action: 'retain',
        template: 'latestPushedK',
        params: { latestPushedK: 1 },
        tag_selectors: selector('matches'),
        scope_selectors: { repository: selector('repoMatches') },
      },
    ],
    trigger: { kind: 'Schedule', settings: { cron: EVERY_MINUTE } },
    scope: { level: 'project', ref: 1 },
  });
  const rows = await rowsOf(`retentions/${id}/executions`);
  // The one kind of job that does not write it in capitals (src/pkg/retention/models.go).
  expect(rows.at(-1)).toMatchObject({ trigger: 'Schedule', policy_id: id });
  const { body } = await call(sandbox, 'GET projects/library/repositories/app/artifacts');
  expect(body).toHaveLength(1);
});

it('runs a replication by its schedule while it is enabled', async () => {
  const { id: registry } = await call(sandbox, 'POST registries', {
    name: 'self',
    type: 'harbor',
    url: sandbox.url,
    credential: { access_key: 'admin', access_secret: 'Harbor12345' },
  });
  await pushImage(sandbox, 'library/app', 'v1');
  const policy = {
    name: 'nightly',
    src_registry: { id: registry },
    dest_namespace: 'copies',
    filters: [{ type: 'name', value: 'library/**' }],
    trigger: { type: 'scheduled', trigger_settings: { cron: EVERY_MINUTE } },
  };
  const { id: disabled } = await call(sandbox, 'POST replication/policies', { ...policy, name: 'off', enabled: false });
  const { id } = await call(sandbox, 'POST replication/policies', { ...policy, enabled: true });
  const rows = await rowsOf(`replication/executions?policy_id=${id}`);
  expect(rows.at(-1)).toMatchObject({ trigger: 'scheduled', policy_id: id });
  expect((await call(sandbox, 'GET projects/copies/repositories/app/artifacts/v1')).status).toBe(200);
  expect((await call(sandbox, `GET replication/executions?policy_id=${disabled}`)).body).toEqual([]);
});

interface Execution {
  readonly id: number;
  readonly metrics?: { readonly success_task_count?: number };
}

describe('preheating', () => {
  const asked: { method: string | undefined; url: string | undefined; body: string }[] = [];
  let provider: Server;
  beforeEach(async () => {
    asked.length = 0;
    provider = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += String(chunk)));
      request.on('end', () => {
        asked.push({ method: request.method, url: request.url, body });
        response.setHeader('content-type', 'application/json').end('{"id":7,"state":"SUCCESS"}');
      });
    });
    await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve));
    const endpoint = `http://127.0.0.1:${(provider.address() as AddressInfo).port}`;
    await call(sandbox, 'POST p2p/preheat/instances', { name: 'df', vendor: 'dragonfly', endpoint, enabled: true });
  });
  const stop = () =>
    new Promise((resolve) => {
      // An error where it is closed already: nothing to wait for.
      provider.close(resolve);
      provider.closeAllConnections();
    });
  afterEach(stop);

  const policy = (trigger: object) => ({
    name: 'hot',
    provider_id: 1,
    enabled: true,
    filters: JSON.stringify([
      { type: 'repository', value: '**' },
      { type: 'tag', value: 'v*' },
    ]),
    trigger: JSON.stringify(trigger),
  });
  const PATH = 'projects/library/preheat/policies';

  it.each([
    [{ type: 'scheduled', trigger_setting: { cron: EVERY_MINUTE } }, EVERY_MINUTE],
    [{ type: 'event_based' }, '-'],
    [{ type: 'manual' }, '-'],
  ])('by %j asks the provider for the image', async (trigger, triggerSetting) => {
    await call(sandbox, `POST ${PATH}`, policy(trigger));
    const { digest } = await pushImage(sandbox, 'library/app', 'v1');
    await pushImage(sandbox, 'library/app', 'other');
    if (trigger.type === 'manual') {
      const started = await call(sandbox, `POST ${PATH}/hot`, policy(trigger));
      expect(started.status).toBe(201);
      expect(started.headers.get('location')).toMatch(/^\/projects\/library\/preheat\/policies\/hot\/executions\/\d+$/);
    }
    const found = async () => {
      const rows: Execution[] = (await call(sandbox, `GET ${PATH}/hot/executions`)).body;
      return rows.find(({ metrics }) => metrics?.success_task_count);
    };
    const done = await eventually(found, (one) => one !== undefined);
    expect(done).toMatchObject({
      vendor_type: 'P2P_PREHEAT',
      trigger: trigger.type,
      extra_attrs: { totalCount: 1, trigger: trigger.type, triggerSetting },
    });
    const tasks = (await call(sandbox, `GET ${PATH}/hot/executions/${done?.id}/tasks`)).body;
    expect(tasks[0]).toMatchObject({ status: 'Success', extra_attrs: { artifact: 'library/app:v1', digest } });
    const log = (await call(sandbox, `GET ${PATH}/hot/executions/${done?.id}/tasks/${tasks[0].id}/logs`)).body;
    expect(log).toMatch(/Sending preheat request is successfully done/);
    const job = JSON.parse(asked.find(({ method }) => method === 'POST')!.body);
    expect(job.args.url).toBe(`${sandbox.url}/v2/library/app/manifests/v1`);
    // What Harbor hands over is a working pass for the image.
    const manifest = await fetch(job.args.url, {
      headers: { ...job.args.headers, accept: 'application/vnd.oci.image.manifest.v1+json' },
    });
    expect(manifest.status).toBe(200);
  });

  it('of a provider that does not answer is a plain error, and leaves no execution', async () => {
    await call(sandbox, `POST ${PATH}`, policy({ type: 'manual' }));
    await stop();
    expect((await call(sandbox, `POST ${PATH}/hot`, policy({ type: 'manual' }))).status).toBe(500);
    expect((await call(sandbox, `GET ${PATH}/hot/executions`)).body).toEqual([]);
  });
});
