import { startSandbox, type Sandbox } from '../../../../src/sandbox';
import { call } from '../api-client';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox({ timeScale: 0.01 });
  await call(sandbox, 'POST projects', { project_name: 'kept' });
});
afterAll(() => sandbox.close());

const RULES = 'projects/kept/immutabletagrules';
const rule = (pattern: string) => ({
  action: 'immutable',
  template: 'immutable_template',
  tag_selectors: [{ kind: 'doublestar', decoration: 'matches', pattern }],
  scope_selectors: { repository: [{ kind: 'doublestar', decoration: 'repoMatches', pattern: '**' }] },
});

it('takes no rule twice, and ignores that it be disabled', async () => {
  expect((await call(sandbox, `POST ${RULES}`, { ...rule('v*'), disabled: true })).status).toBe(201);
  const again = await call(sandbox, `POST ${RULES}`, { ...rule('v*'), disabled: true });
  expect([again.status, again.message]).toEqual([409, 'immutable rule already exists']);
  const { body } = await call(sandbox, `GET ${RULES}`);
  expect(body).toEqual([{ ...rule('v*'), id: expect.any(Number) }]);
});

it.each([
  ['a scope of nothing and none', { scope_selectors: {} }, {}, 409],
  ['no tags and a list of none', {}, { tag_selectors: [] }, 201],
  [
    'keys in another order, and extras',
    { tag_selectors: [{ kind: 'doublestar', pattern: '9*' }], scope_selectors: { a: [], b: [] } },
    { scope_selectors: { b: [], a: [] }, tag_selectors: [{ pattern: '9*', extras: '{}', kind: 'doublestar' }] },
    409,
  ],
])('what is the same rule: %s', async (template, first, second, status) => {
  const { id } = await call(sandbox, `POST ${RULES}`, { template, ...first });
  expect((await call(sandbox, `POST ${RULES}`, { template, ...second })).status).toBe(status);
  await call(sandbox, `DELETE ${RULES}/${id}`);
});

it('changes either whether a rule is disabled, or its content', async () => {
  const { id } = await call(sandbox, `POST ${RULES}`, rule('one'));
  const seen = async () =>
    (await call(sandbox, `GET ${RULES}`)).body.find((found: { id: number }) => found.id === id) as object;
  await call(sandbox, `PUT ${RULES}/${id}`, { ...rule('two'), id, disabled: true });
  expect(await seen()).toEqual({ ...rule('one'), id, disabled: true });
  await call(sandbox, `PUT ${RULES}/${id}`, { ...rule('two'), id, disabled: true });
  expect(await seen()).toEqual({ ...rule('two'), id, disabled: true });
  expect((await call(sandbox, `DELETE ${RULES}/${id}`)).status).toBe(200);
  expect(await seen()).toBeUndefined();
});

it.each([
  [`PUT ${RULES}/99`, { id: 98 }, 400, /^bad request: the immutable_rule_id doesn't match/],
  [`PUT ${RULES}/99`, { id: 99 }, 404, /^immutable rule 99 not found$/],
  [`DELETE projects/library/immutabletagrules/1`, undefined, 404, /project id 1 does not match$/],
])('%s %j: %i', async (line, body, status, message) => {
  const answer = await call(sandbox, line, body);
  expect(answer.status).toBe(status);
  expect(answer.message).toMatch(message);
});

it.each([
  ['GET', undefined],
  ['POST', rule('x')],
])('%s is not for the anonymous', async (method, body) => {
  expect((await call(sandbox, `${method} ${RULES}`, body, { as: null })).status).toBe(401);
});
