import { writePolicies, type WritableObject } from '../../../src/export';
import { objectForm } from '../../../src/export/without-defaults';
import type { Json, JsonObject } from '../../../src/json';
import { kinds } from '../../../src/kinds';
import type { AnyKind, JsonSchema, Placement } from '../../../src/kinds/kind';
import { METADATA, type MetadataKey } from '../../../src/kinds/support/project-metadata';
import { makePlan } from '../../../src/plan/make-plan';
import { kitOf } from '../../kinds/kits';

const options = { kinds, origin: 'Exported.', harbor: { url: 'https://harbor.example.com' } };

interface Case {
  readonly kind: AnyKind;
  readonly placement: Placement<object>;
  readonly field: string;
}

/** Every marked field at every placement that has it. */
const cases = kinds.flatMap((kind) =>
  (kind.placements as readonly Placement<object>[]).flatMap((placement) =>
    (kind.alwaysWritten ?? [])
      .filter((field) => schemaAt(placement.schema, field) !== undefined)
      .map((field) => [`${placement.path} ${field}`, { kind, placement, field }] as const),
  ),
);

function schemaAt(schema: JsonSchema, field: string): JsonSchema | undefined {
  return field.split('.').reduce<JsonSchema | undefined>((at, key) => {
    const properties = (at && objectForm(at)['properties']) as Record<string, JsonSchema> | undefined;
    return properties?.[key];
  }, schema);
}

function withField(value: JsonObject, [key = '', ...rest]: readonly string[], to: Json): JsonObject {
  const below = (value[key] ?? {}) as JsonObject;
  return { ...value, [key]: rest.length === 0 ? to : withField(below, rest, to) };
}

/** A value as somebody would set it by hand; it need not be valid together with the others. */
function another(schema: JsonSchema, from: Json | undefined): Json {
  const { type, enum: values } = schema as {
    readonly type?: string | readonly string[];
    readonly enum?: readonly Json[];
  };
  if (values) return values.find((value) => value !== from)!;
  if (typeof from === 'boolean' || type === 'boolean') return from !== true;
  if (type === 'integer') return ((from as number | undefined) ?? 1) + 1;
  if (type === 'array') return [another(schema['items'] as JsonSchema, undefined)];
  if (type === 'object' && schema['properties'] === undefined && schema['additionalProperties']) {
    return { x: another(schema['additionalProperties'] as JsonSchema, undefined) };
  }
  if (schema['properties'] && type === 'object') {
    const properties = Object.entries(schema['properties'] as Record<string, JsonSchema>);
    return Object.fromEntries(properties.map(([key, below]) => [key, another(below, undefined)]));
  }
  return { trigger: 'event_based', expires_at: '2031-01-01' }[String(schema['title'])] ?? '2031-01-01';
}

function specOf({ kind, placement }: Case, value: Json): object {
  const isBelow = placement.path.startsWith('projects.*.');
  const names = isBelow ? ['parent', 'child'] : ['child'];
  return kind.normalise(placement.toSpec(value, names)) as object;
}

/** As Harbor has it after a creation with nothing but what is required. */
function atDefault(one: Case): { readonly value: JsonObject; readonly spec: object } {
  const example = { ...(one.placement.example?.value as JsonObject) };
  const schema = schemaAt(one.placement.schema, one.field)!;
  const isOrdinary = METADATA[one.field as MetadataKey]?.only === 'ordinary';
  const { registry: _proxied, ...ordinary } = example;
  const beside = { ...(isOrdinary ? ordinary : example), ...kitOf(one.kind.name).beside?.[one.field] };
  const initial = schema['default'] as Json | undefined;
  const value = initial === undefined ? beside : withField(beside, one.field.split('.'), initial);
  return { value, spec: specOf(one, value) };
}

it('covers what lets people in, and what is trusted', () => {
  expect(cases.map(([name]) => name)).toEqual(
    expect.arrayContaining([
      'projects.* public',
      'projects.* prevent_vul',
      'projects.* severity',
      'registries.* insecure',
      'robots.* disable',
      'projects.*.robots.* access',
      'users.* sysadmin',
      'configuration oidc_verify_cert',
      'configuration self_registration',
      'replications.* filters',
    ]),
  );
});

it.each(cases)('%s is written at its default, and a change of it by hand is drift', async (_name, one) => {
  const { kind, field, placement } = one;
  const { value, spec } = atDefault(one);
  const around: WritableObject[] = kinds
    // Harbor lets no two preheat instances share an endpoint.
    .filter(({ name }) => name !== kind.name || name !== 'preheat-instance')
    .filter(({ name }) => ['registry', 'project', 'preheat-instance'].includes(name))
    .map((other) => {
      const [at] = other.placements as readonly Placement<object>[];
      return {
        kind: other,
        spec: other.normalise(at!.toSpec(at!.example!.value, namesAround(other))) as object,
        facts: {},
      };
    });
  const policies = await writePolicies([...around, { kind, spec, facts: {} }], options);
  expect(policies.leftOut).toEqual([]);

  const before = at(value, field);
  const changed = withField(value, field.split('.'), another(schemaAt(placement.schema, field)!, before));
  const planned = (found: object) =>
    makePlan({
      tool: 'breakwater 0.0.0-test',
      declaration: policies.declaration,
      current: currentOf([...around, { kind, spec: found, facts: {} }]),
      kinds,
      mode: 'upsert-only',
      targets: [],
      rotate: [],
      identity: { user: { username: 'admin', userId: 1, sysadmin: true, localAdmin: true } },
      target: { url: 'https://harbor.example.com' },
    }).changes.map(({ kind: name }) => name);

  expect(planned(spec)).toEqual([]);
  expect(planned(specOf(one, changed))).toEqual([kind.name]);
});

function at(value: Json | undefined, field: string): Json | undefined {
  return field.split('.').reduce<Json | undefined>((below, key) => (below as JsonObject | undefined)?.[key], value);
}

function namesAround({ name }: AnyKind): string[] {
  return [{ registry: 'docker-hub', project: 'parent', 'preheat-instance': 'p2p' }[name] ?? name];
}

function currentOf(objects: readonly WritableObject[]) {
  return new Map(
    kinds.map((kind) => [
      kind.name,
      objects
        .filter((one) => one.kind === kind)
        .map(({ spec }, i) => ({ id: i + 1, identity: kind.identity(spec), spec, facts: {} })),
    ]),
  );
}
