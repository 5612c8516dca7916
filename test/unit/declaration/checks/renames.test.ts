import { kinds } from '../../../../src/kinds';
import { assembleSchema } from '../../../../src/declaration/schema/schema';
import { load } from '../support/policies-on-disk';

const group = (from?: string): string => `{ type: oidc${from === undefined ? '' : `, renamed_from: ${from}`} }`;
const hook = '{ event_types: [PUSH_ARTIFACT], targets: [{ type: slack, address: "https://slack.example.com" }]';

it.each([
  [`groups: { new: ${group('old')} }`, 'user-group/new', 'old'],
  ['labels: { new: { renamed_from: a/b } }', 'label/new', 'a%2Fb'],
  ['projects: { x: { labels: { new: { renamed_from: old } } } }', 'label/x/new', 'x/old'],
  [`projects: { x: { webhooks: { new: ${hook}, renamed_from: old } } } }`, 'webhook/x/new', 'x/old'],
])('%s', async (yaml, address, renamedFrom) => {
  const { declaration, diagnostics } = await load({ 'a.yaml': yaml }, { kinds });
  expect(diagnostics).toEqual([]);
  const object = declaration?.objects.find((one) => one.address === address);
  expect(object?.renamedFrom).toBe(renamedFrom);
  expect(object?.spec).not.toHaveProperty('renamed_from');
});

it.each([
  ['projects: { new: { renamed_from: old } }', 'cannot-rename', /second project/],
  [
    'projects: { x: { robots: { new: { renamed_from: old, duration: 30, access: [{ resource: repository, action: pull }], secret: { env: A } } } } }',
    'cannot-rename',
    /hand out its secret/,
  ],
  [
    'users: { new: { email: a@example.com, realname: A, password: { env: A }, renamed_from: old } }',
    'cannot-rename',
    /cannot change a user name/,
  ],
  [`groups: { a: ${group('a')} }`, 'bad-rename', undefined],
  [`groups: { a: ${group()}, b: ${group('a')} }`, 'bad-rename', /two steps/],
  [`groups: { a: ${group('old')}, b: ${group('old')} }`, 'bad-rename', undefined],
])('%s is %s', async (yaml, rule, hint) => {
  const { declaration, diagnostics } = await load({ 'a.yaml': yaml }, { kinds });
  expect(declaration).toBeUndefined();
  const found = diagnostics.filter(({ severity }) => severity === 'error');
  expect(found.map((one) => one.rule)).toEqual([rule]);
  expect(found[0]?.path).toMatch(/\.renamed_from$/);
  expect(yaml.slice((found[0]?.at?.column ?? 0) - 1)).toMatch(/^(?:old|a)\b/);
  if (hint) expect(found[0]?.hint).toMatch(hint);
});

it('is a change of the declaration, so that a plan from before is stale', async () => {
  const hash = async (yaml: string) => (await load({ 'a.yaml': yaml }, { kinds })).declaration?.hash;
  expect(await hash(`groups: { new: ${group('old')} }`)).not.toBe(await hash(`groups: { new: ${group()} }`));
});

it('is offered if Harbor can do it, and in the defaults of no kind', () => {
  type Schema = { readonly properties: Record<string, Schema>; readonly additionalProperties: Schema };
  const { properties } = assembleSchema(kinds) as unknown as Schema;
  const offers = (section: string): boolean =>
    'renamed_from' in (properties[section]?.additionalProperties.properties ?? {});
  const able = ['registries', 'groups', 'labels', 'replications', 'scanners'];
  expect([...able, 'projects', 'robots', 'users'].filter(offers)).toEqual(able);
  const defaults = Object.values(properties['defaults']?.properties ?? {});
  expect(defaults.filter((one) => 'renamed_from' in one.properties)).toEqual([]);
});
