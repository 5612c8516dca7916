import { startSandbox, type Sandbox } from '../../../../src/sandbox';
import { call } from '../api-client';
import { pushImage } from '../push-image';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox({ timeScale: 0.01 });
});
afterAll(() => sandbox.close());

const selector = (decoration: string, pattern: string) => ({ kind: 'doublestar', decoration, pattern });
const rule = (tags: string, repositories = '**', decoration = 'matches') => ({
  action: 'immutable',
  template: 'immutable_template',
  tag_selectors: [selector(decoration, tags)],
  scope_selectors: { repository: [selector('repoMatches', repositories)] },
});

let number = 0;
/** A project of its own with an image `team/api:stable`, and rules. */
async function project(...rules: object[]): Promise<string> {
  const name = `imm-${number++}`;
  await call(sandbox, 'POST projects', { project_name: name });
  await pushImage(sandbox, `${name}/team/api`, 'stable');
  for (const one of rules) await call(sandbox, `POST projects/${name}/immutabletagrules`, one);
  return name;
}

const API = 'repositories/team%252Fapi';

it('refuses to push onto an immutable tag, also what it points to already', async () => {
  const name = await project(rule('stab*', 'team/*'));
  for (const content of ['stable', 'other']) {
    const { status, message } = await pushImage(sandbox, `${name}/team/api`, 'stable', { content });
    expect([status, message]).toEqual([
      412,
      "Failed to process request due to 'team/api:stable' configured as immutable.",
    ]);
  }
  expect((await pushImage(sandbox, `${name}/team/api`, 'stable-2')).status).toBe(201);
  expect((await pushImage(sandbox, `${name}/api`, 'stable')).status).toBe(201);
});

it('refuses to delete what has an immutable tag, and deletes nothing of it', async () => {
  const name = await project(rule('stable'));
  const { digest } = await pushImage(sandbox, `${name}/team/api`, 'edge', { content: 'stable' });
  const refusal = 'the tag stable configured as immutable, cannot be deleted';
  for (const path of [
    `projects/${name}/${API}/artifacts/stable/tags/stable`,
    `projects/${name}/${API}/artifacts/edge`,
    `projects/${name}/${API}`,
    `/v2/${name}/team/api/manifests/${digest}`,
  ]) {
    const answer = await call(sandbox, `DELETE ${path}`);
    expect([path, answer.status, answer.message]).toEqual([path, 412, refusal]);
  }
  const { body } = await call(sandbox, `GET projects/${name}/${API}/artifacts/stable`);
  expect(body.tags.map((tag: { name: string }) => tag.name)).toEqual(['edge', 'stable']);
  expect((await call(sandbox, `DELETE projects/${name}/${API}/artifacts/stable/tags/edge`)).status).toBe(200);
});

it('shows that a tag is immutable only on request', async () => {
  const name = await project(rule('*'));
  const path = `projects/${name}/${API}/artifacts`;
  const status = async (line: string) => {
    const { body } = await call(sandbox, `GET ${line}`);
    return (body[0].tags ?? body)[0].immutable as boolean;
  };
  expect(await status(`${path}/stable/tags`)).toBe(false);
  expect(await status(`${path}/stable/tags?with_immutable_status=true`)).toBe(true);
  expect(await status(`${path}?with_immutable_status=true`)).toBe(true);
  expect(await status(path)).toBe(false);
});

it.each([
  ['a rule that excludes the tag', [rule('stable', '**', 'excludes')]],
  ['a rule for another repository', [rule('stable', 'api')]],
  ['a broken pattern', [rule('{stable')]],
  ['a broken pattern before a good one', [rule('{stable'), rule('stable')]],
  ['an unknown decoration', [rule('stable', '**', 'nonsense')]],
  ['no selector for repositories', [{ ...rule('stable'), scope_selectors: {} }]],
])('does not protect by %s', async (_what, rules) => {
  const name = await project(...rules);
  expect((await pushImage(sandbox, `${name}/team/api`, 'stable', { content: 'new' })).status).toBe(201);
  expect((await call(sandbox, `DELETE projects/${name}/${API}`)).status).toBe(200);
});

it('protects no longer once a rule is disabled', async () => {
  const name = await project();
  const { id } = await call(sandbox, `POST projects/${name}/immutabletagrules`, rule('stable'));
  expect((await call(sandbox, `DELETE projects/${name}/${API}`)).status).toBe(412);
  await call(sandbox, `PUT projects/${name}/immutabletagrules/${id}`, { ...rule('stable'), id, disabled: true });
  expect((await call(sandbox, `DELETE projects/${name}/${API}`)).status).toBe(200);
});
