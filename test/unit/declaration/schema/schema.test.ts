import { Ajv2020 } from 'ajv/dist/2020';
import { assembleSchema } from '../../../../src/declaration/schema/schema';
import { kinds } from '../../../../src/kinds';
import type { JsonSchema } from '../../../../src/kinds/kind';
import { inventedKinds } from '../support/invented-kinds';

type Schema = Readonly<Record<string, unknown>> & {
  readonly properties: Record<string, Schema>;
  readonly additionalProperties: Schema;
};

const invented = assembleSchema(inventedKinds) as Schema;
const real = assembleSchema(kinds) as Schema;

function everySchema(schema: unknown, path = '#'): [string, JsonSchema][] {
  if (typeof schema !== 'object' || schema === null) return [];
  const inner = Object.entries(schema).flatMap(([key, value]) => everySchema(value, `${path}/${key}`));
  return Array.isArray(schema) ? inner : [[path, schema as JsonSchema], ...inner];
}

describe.each([
  ['invented kinds', invented],
  ['the kinds', real],
])('the schema of %s', (_name, schema) => {
  it('is valid by its own draft', () => {
    const ajv = new Ajv2020({ strict: false });
    expect(ajv.validateSchema(schema)).toBe(true);
  });

  it('closes every object that lists its properties', () => {
    const open = everySchema(schema).filter(
      ([, { type, properties, additionalProperties }]) =>
        type === 'object' && properties && additionalProperties !== false,
    );
    expect(open.map(([path]) => path)).toEqual([]);
  });

  it('describes a secret once', () => {
    const described = everySchema(schema).filter(([, { properties }]) => {
      const keys = Object.keys(properties ?? {});
      return keys.includes('env') && keys.includes('command');
    });
    expect(described.map(([path]) => path)).toEqual(['#/$defs/secret']);
  });

  it('describes every section', () => {
    for (const section of Object.values(schema.properties)) {
      expect(section['title'] ?? section['description']).toEqual(expect.any(String));
    }
  });

  it('never lets a pattern run away', () => {
    const patterns = everySchema(schema)
      .map(([, { pattern }]) => pattern)
      .filter((pattern) => typeof pattern === 'string');
    expect(patterns.length).toBeGreaterThan(0);
    // A quantified group that ends in a quantifier: (a+)* takes exponential time.
    expect(patterns.filter((pattern) => /[+*]\)[+*{]/.test(pattern))).toEqual([]);
  });
});

describe('placements', () => {
  const berth = invented.properties['berths']?.additionalProperties;

  it('has the sections of the kinds and those of the declaration', () => {
    expect(Object.keys(invented.properties)).toEqual([
      'harbours',
      'berths',
      'pilots',
      'light',
      'harbor',
      'clients',
      'defaults',
      'prune',
      'unmanaged',
      'waivers',
      'rules',
    ]);
    const sections = [
      'configuration',
      'groups',
      'projects',
      'registries',
      'robots',
      'harbor',
      'clients',
      'defaults',
      'prune',
      'unmanaged',
      'waivers',
      'rules',
    ];
    expect(Object.keys(real.properties)).toEqual(expect.arrayContaining(sections));
  });

  it('composes what is placed below into what is above', () => {
    expect(Object.keys(berth?.properties ?? {})).toEqual([
      'harbour',
      'open',
      'tide_limit',
      'depth',
      'tags',
      'protect',
      'cargo',
      'crew',
      'pilots',
    ]);
    expect(berth?.properties['crew']).toMatchObject({ type: 'array', items: { required: ['rank'] } });
    expect(berth?.properties['pilots']?.additionalProperties.properties).toMatchObject({
      days: { type: 'integer' },
      protect: { type: 'boolean' },
    });
  });

  it('offers protect to what has a name, and conformance to projects', () => {
    expect(invented.properties['light']?.properties).not.toHaveProperty('protect');
    expect(berth?.properties).not.toHaveProperty('conformance');
    expect(real.properties['projects']?.additionalProperties.properties).toMatchObject({
      conformance: {},
      protect: {},
      members: {},
      robots: {},
      retention: {},
      storage_limit: {},
    });
    expect(real.properties['registries']?.additionalProperties.properties).toHaveProperty('protect');
  });

  it('requires nothing of defaults, down to the children', () => {
    const { harbour, berth: berthDefaults } = invented.properties['defaults']?.properties ?? {};
    expect(harbour).not.toHaveProperty('required');
    expect(berthDefaults?.properties['crew']).not.toHaveProperty('items.required');
    expect(berthDefaults?.properties['crew']).toHaveProperty('items.oneOf');
  });

  it('offers as defaults of robots in two places what both understand', () => {
    const names = Object.keys(real.properties['defaults']?.properties['robot']?.properties ?? {});
    expect(names).toEqual(expect.arrayContaining(['description', 'duration', 'secret', 'protect']));
    expect(names).not.toEqual(expect.arrayContaining(['access']));
    expect(names).not.toEqual(expect.arrayContaining(['system']));
  });

  it('offers to prune kinds that can be deleted, by name and by section', () => {
    expect(Object.keys(invented.properties['prune']?.properties ?? {})).toEqual([
      'berth',
      'berths',
      'crew',
      'harbour',
      'harbours',
      'pilot',
      'pilots',
    ]);
  });
});
