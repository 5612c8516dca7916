import { startSandbox, type Sandbox } from '../../../../src/sandbox';
import { call } from '../api-client';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox({ timeScale: 0.01 });
  await call(sandbox, 'POST projects', { project_name: 'kept' });
});
afterAll(() => sandbox.close());

const POLICIES = 'projects/kept/webhook/policies';
const target = { type: 'http', address: 'https://ci.example.com/hook?x=1', auth_header: 'Bearer x' };
const policy = (more: object = {}) => ({ name: 'ci', event_types: ['REPLICATION'], targets: [target], ...more });

it('returns everything, also the header, and is disabled by default', async () => {
  const { id } = await call(sandbox, `POST ${POLICIES}`, policy());
  const { body } = await call(sandbox, `GET ${POLICIES}/${id}`);
  expect(body).toMatchObject({ id, enabled: false, targets: [{ ...target, payload_format: 'Default' }] });
  await call(sandbox, `PUT ${POLICIES}/${id}`, policy({ enabled: true, name: 'cd' }));
  expect((await call(sandbox, `GET ${POLICIES}`)).body).toMatchObject([{ name: 'cd', enabled: true }]);
  expect((await call(sandbox, `GET projects/kept/webhook/lasttrigger`)).body).toMatchObject([{ policy_name: 'cd' }]);
  expect((await call(sandbox, `DELETE ${POLICIES}/${id}`)).status).toBe(200);
  expect((await call(sandbox, `GET ${POLICIES}/${id}`)).message).toBe(`notificationPolicy ${id} not found`);
});

it.each<[object, string]>([
  [{ event_types: [] }, 'empty event type'],
  [{ event_types: ['PUSH'] }, 'unsupported event type PUSH'],
  [{ targets: [] }, 'empty notification target with policy ci'],
  [{ targets: [{ ...target, address: ' ' }] }, 'empty URL'],
  [{ targets: [{ ...target, address: 'ftp://x' }] }, 'invalid scheme: ftp'],
  [{ targets: [{ ...target, type: 'mail' }] }, 'unsupported target type mail with policy ci'],
  [
    { targets: [{ ...target, type: 'slack', payload_format: 'Default' }] },
    'set payload format is not allowed for slack',
  ],
  [{ targets: [{ ...target, payload_format: 'XML' }] }, 'unsupported payload format type: XML'],
])('refuses %j', async (more, message) => {
  const answer = await call(sandbox, `POST ${POLICIES}`, policy(more));
  expect([answer.status, answer.message]).toEqual([400, message]);
});

it('takes a name once in a project', async () => {
  await call(sandbox, `POST ${POLICIES}`, policy({ name: 'twice' }));
  const again = await call(sandbox, `POST ${POLICIES}`, policy({ name: 'twice' }));
  expect([again.status, again.message]).toEqual([409, 'notification policy named twice already exists']);
  expect((await call(sandbox, 'POST projects/library/webhook/policies', policy({ name: 'twice' }))).status).toBe(201);
});

it('lists what it supports', async () => {
  const { body } = await call(sandbox, 'GET projects/kept/webhook/events');
  expect(body).toMatchObject({ notify_type: ['http', 'slack'], payload_formats: [{ notify_type: 'http' }] });
  expect(body.event_type).toHaveLength(10);
});

it('is not for the anonymous', async () => {
  expect((await call(sandbox, `GET ${POLICIES}`, undefined, { as: null })).status).toBe(401);
});
