import { startSandbox, type Sandbox } from '../../../../src/sandbox';
import { call } from '../api-client';
import { pushImage } from '../push-image';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox({ timeScale: 0.01 });
  await call(sandbox, 'POST projects', { project_name: 'other' });
  await pushImage(sandbox, 'library/app', 'v1');
});
afterAll(() => sandbox.close());

const PATH = 'projects/library/repositories/app/artifacts/v1';
const make = async (name: string, more: object): Promise<number> =>
  (await call(sandbox, 'POST labels', { name, ...more })).id;
const labels = async (): Promise<string[]> =>
  ((await call(sandbox, `GET ${PATH}?with_label=true`)).body.labels ?? []).map(({ name }: { name: string }) => name);

it('gives an artifact a label, once, and takes it away', async () => {
  const id = await make('stable', { scope: 'g' });
  expect((await call(sandbox, `POST ${PATH}/labels`, { id })).status).toBe(200);
  expect(await labels()).toEqual(['stable']);
  expect(await call(sandbox, `POST ${PATH}/labels`, { id })).toMatchObject({
    status: 409,
    message: expect.stringMatching(/^label \d+ is already added to the artifact \d+$/),
  });
  expect((await call(sandbox, `DELETE ${PATH}/labels/${id}`)).status).toBe(200);
  expect(await labels()).toEqual([]);
  expect(await call(sandbox, `DELETE ${PATH}/labels/${id}`)).toMatchObject({
    status: 404,
    message: expect.stringMatching(/^reference with label \d+ and artifact \d+ not found$/),
  });
});

it.each([
  ['that is not there', async () => 999, /^label 999 not found$/],
  ['of another project', () => make('theirs', { scope: 'p', project_id: 2 }), /^project id 1, label \d+ not found$/],
])('finds no label %s', async (_what, of, message) => {
  const answer = await call(sandbox, `POST ${PATH}/labels`, { id: await of() });
  expect([answer.status, answer.message]).toEqual([404, expect.stringMatching(message)]);
});

it('asks for the right to label', async () => {
  const user = { username: 'guest', email: 'g@example.com', realname: 'G', password: 'Passw0rd1' };
  await call(sandbox, 'POST users', user);
  await call(sandbox, 'POST projects/library/members', { role_id: 3, member_user: { username: 'guest' } });
  const id = await make('mine', { scope: 'g' });
  expect((await call(sandbox, `POST ${PATH}/labels`, { id }, { as: 'guest:Passw0rd1' })).status).toBe(403);
});
