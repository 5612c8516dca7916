import { kinds } from '../../src/kinds';
import { CONFIGURATION_KEYS } from '../../src/kinds/support/configuration-keys';
import type { FieldChange } from '../../src/plan/plan';
import type { Declaration } from '../../src/declaration/declaration';
import { startFixtureUpstream, type FixtureUpstream } from '../../src/upstream';
import { directoryWith } from '../support/cli';
import { declarationIn, startSandboxRun, type SandboxRun } from '../support/sandbox-run';
import { policies } from './drift-policies';
import { HAND_MADE, rawHarbor, type HandMade, type RawHarbor } from './drift-by-hand';

/** Why a key of the configuration is not turned by hand here. */
const FIXED_KEYS: Readonly<Record<string, string>> = {
  auth_mode: 'fixed as soon as there is a user besides admin',
  banner_message: 'the same as banner, in its raw form',
  audit_log_forward_endpoint: 'Harbor connects to it before it takes it',
  skip_audit_log_database: 'needs such an endpoint',
  robot_name_prefix: 'would rename every robot of this test',
};

/** Every other key that can be read back, with a value to declare and another one for the hand. */
function turnable(): [key: string, declared: unknown, byHand: unknown][] {
  return Object.entries(CONFIGURATION_KEYS)
    .filter(([key, { form }]) => form !== 'secret' && FIXED_KEYS[key] === undefined)
    .map(([key, { schema, form }]) => [key, ...valuesFor(key, schema as Record<string, unknown>, form)]);
}

function valuesFor(key: string, schema: Record<string, unknown>, form?: string): [declared: unknown, byHand: unknown] {
  if (form === 'size') return ['5GiB', 7 * 1024 ** 3];
  if (form === 'list') return [['pull_artifact'], 'create_artifact'];
  if (form === 'map') return [{ a: 'b' }, '{"a":"c"}'];
  if (Array.isArray(schema['enum'])) return [schema['enum'][0], schema['enum'][1]];
  if (schema['type'] === 'boolean') return [key !== 'read_only', key === 'read_only'];
  if (schema['type'] === 'integer') return [50, 51];
  return [
    key.includes('url') || key.includes('endpoint') ? 'https://ours.example.com' : 'ours',
    'https://hand.example.com',
  ];
}

function CONFIGURED(): object {
  return Object.fromEntries(turnable().map(([key, declared]) => [key, declared]));
}

/** Fields whose change by hand is not tried, each with its reason. */
const EXCEPTIONS: Readonly<Record<string, string>> = {
  'registry.type': 'Harbor never changes it',
  'registry.ca_certificate': 'needs a certificate: test/kinds/registry.test.ts',
  'registry.credential.access_secret': 'Harbor never answers it',
  'user.password': 'Harbor never answers it',
  'user-group.type': 'Harbor never changes it',
  'user-group.ldap_group_dn': 'Harbor never changes it',
  'project.registry': 'Harbor answers 200 and ignores it',
  'project-member.group': 'part of what it is',
  'project-member.user': 'part of what it is',
  'robot.secret': 'Harbor never answers it',
  'robot.secret_to': 'nothing of Harbor',
  'webhook.auth_headers': 'test/integration/secrets.test.ts',
  'replication-policy.from': 'turned round in test/integration/replication.test.ts',
  'replication-policy.to': 'as above',
  'preheat-instance.vendor': 'needs another instance: an endpoint has one vendor',
  'preheat-instance.auth_mode': 'needs auth_info',
  'preheat-instance.auth_info': 'Harbor never answers it',
  'preheat-instance.default': 'an only instance is the default',
  'preheat-policy.provider': 'needs a second instance',
  'preheat-policy.extra_attrs': 'undeclared here: test/kinds/preheat-policy.test.ts',
  'immutable-tag-rule.*': 'a rule is all that it says: a changed one is another one',
  'scanner.*': 'needs an adapter that answers: test/integration/scanning.test.ts',
  'project-scanner.*': 'as above',
};

let upstream: FixtureUpstream;
let run: SandboxRun;
let declaration: Declaration;
let harbor: RawHarbor;

beforeAll(async () => {
  upstream = await startFixtureUpstream();
  run = await startSandboxRun({ harborVersion: 'v2.16.0', scanner: { findings: {} } });
  declaration = await declarationIn(directoryWith({ 'policies.yaml': policies(upstream.url, CONFIGURED()) }));
  const report = await run.apply(declaration, await run.plan(declaration));
  expect([report.failed, report.differences]).toEqual([[], []]);
  expect((await run.plan(declaration)).changes).toEqual([]);
  harbor = rawHarbor(run.sandbox.url, 'Harbor12345');
}, 60_000);
afterAll(async () => {
  await run.close();
  await upstream.close();
});

const CONFIGURATION: HandMade[] = turnable().map(([key, , byHand]) => ({
  kind: 'configuration',
  address: 'configuration/harbor',
  field: key,
  change: (raw) => raw.put('/configurations', { [key]: byHand }),
}));
const ALL = [...HAND_MADE, ...CONFIGURATION];

describe('what is changed by hand', () => {
  it.each(ALL.map((row) => [row.address, row.field, row] as const))(
    '%s %s is seen, and put back',
    async (address, field, row) => {
      await row.change(harbor);
      const plan = await run.plan(declaration);
      const report = await run.apply(declaration, plan);
      const seen = plan.changes.map(({ address: where, fields }) => [
        where,
        [...new Set(fields.filter(isShown(row)).map(({ path }) => path.split(/[.[]/)[0]))],
      ]);
      expect(seen).toEqual([[address, [field.split('.')[0], ...(row.also ?? [])]]]);
      expect([report.failed, report.differences]).toEqual([[], []]);
      expect((await run.plan(declaration)).changes).toEqual([]);
    },
  );
});

/** A secret is written along with anything else, as nobody can see whether it is there. */
function isShown({ also = [] }: HandMade): (field: FieldChange) => boolean {
  return ({ path, writeOnly }) => writeOnly !== true || also.some((field) => path.startsWith(field));
}

it('is tried for every managed field of every kind, or says why not', () => {
  const tried = new Set(ALL.map(({ kind, field }) => `${kind}.${field}`));
  const missing = kinds.flatMap(({ name, placements }) =>
    [...new Set(placements.flatMap(({ schema }) => fieldsOf(schema as Schema)))]
      .map((field) => `${name}.${field}`)
      .filter(
        (field) => !isTried(tried, field) && EXCEPTIONS[field] === undefined && EXCEPTIONS[`${name}.*`] === undefined,
      )
      .filter((field) => !field.startsWith('configuration.') || !isFixed(field)),
  );
  expect(missing).toEqual([]);
});

it('has no exception that is tried all the same', () => {
  const tried = new Set(ALL.map(({ kind, field }) => `${kind}.${field}`));
  expect(Object.keys(EXCEPTIONS).filter((field) => tried.has(field))).toEqual([]);
});

interface Schema {
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
}

function fieldsOf(schema: Schema): string[] {
  return [schema, ...(schema.oneOf ?? []), ...(schema.anyOf ?? [])].flatMap(({ properties }) =>
    Object.keys(properties ?? {}).filter((key) => !['protect', 'renamed_from'].includes(key)),
  );
}

/** `credential` is tried where something in it is. */
function isTried(tried: ReadonlySet<string>, field: string): boolean {
  return [...tried].some((one) => one === field || one.startsWith(`${field}.`));
}

function isFixed(field: string): boolean {
  const key = field.slice('configuration.'.length);
  return key === 'banner' || FIXED_KEYS[key] !== undefined || CONFIGURATION_KEYS[key]?.form === 'secret';
}
