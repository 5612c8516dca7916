import { startSandbox, type Sandbox } from '../../../../src/sandbox';
import { call } from '../api-client';
import { eventually } from '../push-image';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox({ timeScale: 0.01 });
  const alice = { username: 'alice', email: 'alice@example.com', realname: 'Alice', password: 'Passw0rd1' };
  await call(sandbox, 'POST users', alice);
});
afterAll(() => sandbox.close());

const custom = { type: 'Custom', cron: '0 0 4 * * *' };
const purge = { audit_retention_hour: 24, include_event_types: 'pull_artifact' };

it.each([
  ['PUT system/gc/schedule', { schedule: { type: 'Daily', cron: '' } }, 400, /scheduled gc: , error: empty cron/],
  ['PUT system/gc/schedule', {}, 500, undefined],
  ['PUT system/gc/schedule', { schedule: { type: 1 } }, 422, /cannot unmarshal number/],
  ['POST system/gc/schedule', { schedule: custom, parameters: { workers: 0 } }, 400, /Invalid number of workers:0/],
  ['POST system/purgeaudit/schedule', { schedule: custom }, 400, /parameter cann't be empty/],
  [
    'PUT system/purgeaudit/schedule',
    { schedule: { type: 'None' }, parameters: { dry_run: false } },
    400,
    /audit_retention_hour should provide/,
  ],
  [
    'PUT system/purgeaudit/schedule',
    { schedule: custom, parameters: { audit_retention_hour: 1 } },
    400,
    /include_event_types should provide/,
  ],
  [
    'PUT system/purgeaudit/schedule',
    { schedule: custom, parameters: { ...purge, audit_retention_hour: 240_001 } },
    400,
    /should be less than 240000/,
  ],
  [
    'PUT system/purgeaudit/schedule',
    { schedule: { type: 'Custom', cron: '* * * * * *' }, parameters: purge },
    400,
    /the 1st field/,
  ],
])('%s %j is refused', async (line, body, status, message) => {
  const answer = await call(sandbox, line, body);
  expect(answer.status).toBe(status);
  if (message === undefined) expect(answer.body).toBeUndefined();
  else expect(answer.message).toMatch(message);
});

it('keeps a purge with its parameters, until it is None', async () => {
  const line = 'system/purgeaudit/schedule';
  expect((await call(sandbox, `POST ${line}`, { schedule: custom, parameters: purge })).status).toBe(201);
  const { body } = await call(sandbox, `GET ${line}`);
  expect(body).toMatchObject({ job_kind: '0 0 4 * * *', schedule: custom });
  expect(JSON.parse(body.job_parameters)).toEqual(purge);
  expect(Date.parse(body.schedule.next_scheduled_time)).toBeGreaterThan(Date.now());
  await call(sandbox, `PUT ${line}`, { schedule: { type: 'None' }, parameters: purge });
  expect((await call(sandbox, `GET ${line}`)).body).toBeUndefined();
});

it.each([
  ['gc', { schedule: { type: 'Manual' }, parameters: { delete_untagged: true } }],
  ['purgeaudit', { schedule: { type: 'Manual' }, parameters: purge }],
])('runs %s by hand, and remembers it', async (path, body) => {
  const { id } = await call(sandbox, `POST system/${path}/schedule`, body);
  const execution = { id, job_kind: 'MANUAL', job_status: 'Success', schedule: { type: 'Manual' } };
  const ask = async () => (await call(sandbox, `GET system/${path}/${id}`)).body;
  expect(await eventually(ask, ({ job_status }) => job_status !== 'Running')).toMatchObject(execution);
  expect((await call(sandbox, `GET system/${path}`)).body).toEqual([expect.objectContaining({ id })]);
  expect((await call(sandbox, `PUT system/${path}/${id}`)).status).toBe(200);
  expect((await call(sandbox, `GET system/${path}/99/log`)).status).toBe(404);
});

it.each(['gc/schedule', 'purgeaudit/schedule', 'scanAll/schedule', 'gc', 'purgeaudit'])(
  'shows system/%s only with permission',
  async (path) => {
    expect((await call(sandbox, `GET system/${path}`, undefined, { as: null })).status).toBe(401);
    expect((await call(sandbox, `GET system/${path}`, undefined, { as: 'alice:Passw0rd1' })).status).toBe(403);
  },
);
