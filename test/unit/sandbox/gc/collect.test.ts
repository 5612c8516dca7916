import { startSandbox, type Sandbox } from '../../../../src/sandbox';
import { call } from '../api-client';
import { eventually, pushImage } from '../push-image';

/** So short that the time window of two hours is over at once. */
const TIME_SCALE = 0.00001;

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox({ timeScale: TIME_SCALE });
});
afterAll(() => sandbox.close());

async function collect(parameters: object): Promise<{ parameters: Record<string, unknown>; log: string }> {
  const { id } = await call(sandbox, 'POST system/gc/schedule', { schedule: { type: 'Manual' }, parameters });
  const ask = async () => (await call(sandbox, `GET system/gc/${id}`)).body;
  const run = await eventually(ask, ({ job_status }) => job_status !== 'Running');
  expect(run.job_status).toBe('Success');
  const log = (await call(sandbox, `GET system/gc/${id}/log`)).body as string;
  return { parameters: JSON.parse(run.job_parameters), log };
}

it('counts untagged images in a dry run, deletes them in a real one, and then unused blobs', async () => {
  await call(sandbox, 'POST projects', { project_name: 'gc' });
  const { digest } = await pushImage(sandbox, 'gc/app', 'moving', { content: 'first' });
  await pushImage(sandbox, 'gc/app', 'moving', { content: 'second' });
  const artifacts = async () => (await call(sandbox, 'GET projects/gc/repositories/app/artifacts')).body as object[];
  expect(await artifacts()).toHaveLength(2);

  const dry = await collect({ dry_run: true, delete_untagged: true, workers: 3 });
  expect(dry.parameters).toMatchObject({
    dry_run: true,
    time_window: 2,
    workers: 3,
    purged_blobs: 2,
    purged_manifests: 1,
  });
  expect(dry.log).toContain(`Digest:(${digest})`);
  expect(await artifacts()).toHaveLength(2);

  await new Promise((resolve) => setTimeout(resolve, 100));
  const real = await collect({ delete_untagged: true });
  // The configuration is shared with the image that stays.
  expect(real.parameters).toMatchObject({ dry_run: false, workers: 0, purged_blobs: 1, purged_manifests: 1 });
  expect(await artifacts()).toHaveLength(1);
  expect((await collect({})).parameters).toMatchObject({ purged_blobs: 0, freed_space: 0 });
  expect((await pushImage(sandbox, 'gc/app', 'again', { content: 'first' })).status).toBe(201);
});

it('stops a run, which then deletes nothing', async () => {
  const slow = await startSandbox({ timeScale: 1 });
  const body = { schedule: { type: 'Manual' }, parameters: { delete_untagged: true } };
  const { id } = await call(slow, 'POST system/gc/schedule', body);
  expect((await call(slow, `PUT system/gc/${id}`)).status).toBe(200);
  expect((await call(slow, `GET system/gc/${id}`)).body.job_status).toBe('Stopped');
  await slow.close();
});

it('purges entries of the audit log that are older, of the types that were named', async () => {
  await call(sandbox, 'POST projects', { project_name: 'audited' });
  const hour = 3_600_000;
  for (const row of sandbox.store.auditLogs.all())
    sandbox.store.auditLogs.update(row.id, { opTime: Date.now() - 3 * hour });
  const purge = async (parameters: object) => {
    const { id } = await call(sandbox, 'POST system/purgeaudit/schedule', { schedule: { type: 'Manual' }, parameters });
    const ask = async () => (await call(sandbox, `GET system/purgeaudit/${id}`)).body;
    await eventually(ask, ({ job_status }) => job_status !== 'Running');
    return (await call(sandbox, `GET system/purgeaudit/${id}/log`)).body as string;
  };
  const before = sandbox.store.auditLogs.size;
  expect(await purge({ audit_retention_hour: 1, include_event_types: 'delete_project' })).toMatch(
    /Purged 0 rows of audit log exts/,
  );
  expect(await purge({ audit_retention_hour: 1, include_event_types: 'create_project', dry_run: true })).toMatch(
    /\[DRYRUN\]Purged 2 rows/,
  );
  expect(sandbox.store.auditLogs.size).toBeGreaterThanOrEqual(before);
  expect(await purge({ audit_retention_hour: 1, include_event_types: 'create_project' })).toMatch(
    /\]: Purged 2 rows of audit log exts/,
  );
  expect((await call(sandbox, 'GET system/purgeaudit/99')).status).toBe(500);
});
