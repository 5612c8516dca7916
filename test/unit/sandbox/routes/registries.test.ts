import { startSandbox, type Sandbox } from '../../../../src/sandbox';
import { startFixtureUpstream, type FixtureUpstream } from '../../../../src/upstream';
import { call } from '../api-client';

/** Five minutes, after which Harbor looks at a registry again, are 1.5 s here. */
const TIME_SCALE = 0.005;

let sandbox: Sandbox;
let upstream: FixtureUpstream;
let id: number;

beforeAll(async () => {
  [sandbox, upstream] = await Promise.all([startSandbox({ timeScale: TIME_SCALE }), startFixtureUpstream()]);
});
afterAll(async () => {
  await sandbox.close();
  await upstream.close();
});

const draft = (more: object = {}) => ({ name: 'up', type: 'docker-registry', url: upstream.url, ...more });
const stored = async () => (await call(sandbox, `GET registries/${id}`)).body;

it('drops a secret without a key, and normalises the URL', async () => {
  const credential = { access_secret: 'alone' };
  id = (await call(sandbox, 'POST registries', draft({ url: ` ${upstream.url}?a=b `, credential }))).id;
  expect(await stored()).toMatchObject({ url: upstream.url, credential: {}, status: 'healthy' });
});

it('never returns the secret', async () => {
  await call(sandbox, `PUT registries/${id}`, { access_key: 'bot', access_secret: 'pass' });
  expect((await stored()).credential).toEqual({ type: 'basic', access_key: 'bot', access_secret: '*****' });
  expect((await call(sandbox, 'GET registries')).body[0].credential.access_secret).toBe('*****');
});

it('keeps the stored secret when only the user changes', async () => {
  upstream.setAuth('robot:pass');
  expect((await call(sandbox, `PUT registries/${id}`, { access_key: 'robot' })).status).toBe(200);
  expect((await call(sandbox, 'POST registries/ping', { id })).status).toBe(200);
  upstream.setAuth(undefined);
});

it.each([
  ['no type', { type: '' }, 500],
  ['an unknown type', { type: 'nonsense' }, 500],
  ['a GCR without credentials', { type: 'google-gcr' }, 400],
  ['an invalid certificate', { ca_certificate: '-----BEGIN CERTIFICATE-----\nxx\n-----END CERTIFICATE-----' }, 400],
])('refuses %s', async (_what, more, status) => {
  expect((await call(sandbox, 'POST registries', draft({ name: 'other', ...more }))).status).toBe(status);
});

const ELSEWHERE = 'https://registry.example.com';
const account = (access_key: string, access_secret = 'x') => ({ credential: { access_key, access_secret } });

// What an adapter refuses before it asks anybody is a plain Go error: 500.
it.each([
  ['an ECR elsewhere', { type: 'aws-ecr', url: ELSEWHERE, credential: {} }],
  ['an ECR without an account', { type: 'aws-ecr' }],
  ['a TCR with the user of docker login', { type: 'tencent-tcr', ...account('100012345678') }],
  ['a TCR elsewhere', { type: 'tencent-tcr', url: ELSEWHERE, ...account('AKIDx') }],
  ['a Volcengine elsewhere', { type: 'volcengine-cr', url: ELSEWHERE, ...account('AKx') }],
  ['a private Volcengine', { type: 'volcengine-cr', url: 'https://t-cn-beijing.cr.ivolces.com', ...account('AKx') }],
  ['a Quay with a password', { type: 'quay', ...account('json_file', 'password') }],
])('returns 500 for %s', async (_what, more) => {
  expect((await call(sandbox, 'POST registries', draft({ name: 'other', ...more }))).status).toBe(500);
});

it.each([
  ['an ECR by the role of the machine', { type: 'aws-ecr', credential: {} }],
  ['a TCR with a SecretId', { type: 'tencent-tcr', ...account('AKIDx') }],
  ['a Quay with its JSON', { type: 'quay', ...account('json_file', '{"account_name":"a","docker_cli_password":"b"}') }],
  ['a Huawei registry that does not respond', { type: 'huawei-SWR', url: 'http://127.0.0.1:1' }],
])('takes %s', async (what, more) => {
  const made = await call(sandbox, 'POST registries', draft({ name: what, ...more }));
  expect(made.status).toBe(201);
  await call(sandbox, `DELETE registries/${made.id}`);
});

it.each([
  [{}, 'type or url cannot be empty'],
  [{ type: 'docker-registry' }, 'type or url cannot be empty'],
  [{ type: 'docker-registry', url: '' }, 'empty string'],
])('refuses to ping %j', async (body, message) => {
  expect((await call(sandbox, 'POST registries/ping', body)).message).toBe(message);
});

it('refuses a name that another registry has', async () => {
  const other = await call(sandbox, 'POST registries', draft({ name: 'second' }));
  const answer = await call(sandbox, `PUT registries/${other.id}`, { name: 'up' });
  expect([answer.status, answer.message]).toEqual([409, 'registry up already exists']);
});

it('shows Harbor itself as id 0', async () => {
  expect((await call(sandbox, 'GET registries/0')).body).toMatchObject({ id: 0, name: 'Local', type: 'harbor' });
});

it('notices an outage at the next look, and the recovery after it', async () => {
  const becomes = async (status: string) => {
    while ((await stored()).status !== status) await new Promise((r) => setTimeout(r, 50));
  };
  await upstream.stop();
  await becomes('unhealthy');
  await upstream.start();
  await becomes('healthy');
});
