import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { formatted } from '../../../scripts/formatted';
import record from '../../../scripts/provider-types/docker.json';
import { reduceSchema, type Block, type ProviderSchema } from '../../../scripts/provider-types/schema';
import { typesOf } from '../../../scripts/provider-types/types-page';
import { inputsOf, synth } from './synth';

const ROOT = resolve(__dirname, '../../..');
const RECORD = record as unknown as ProviderSchema;

describe('stacks/docker-types.ts', () => {
  it('is what the recorded schema of the provider gives', () => {
    const file = join(ROOT, 'stacks/docker-types.ts');
    expect(readFileSync(file, 'utf8')).toBe(formatted(file, typesOf(RECORD)));
  });

  it('asks for the version whose schema was recorded', () => {
    const { terraform } = synth(inputsOf()).stacks['harbor']!;
    expect(terraform.required_providers['docker']).toEqual({ source: RECORD.source, version: RECORD.version });
  });
});

describe('the schema of the docker provider', () => {
  const environment = inputsOf().environment;
  const everything = { ...environment.harbor, trivy: true, metrics: true, log_container: true };
  const shielded = { hostname: 'mirror.lab.test', project: 'proxy.docker.io', shield: {} };
  const edge = { certificate: { self_signed: true as const }, mirrors: [shielded] };
  const { stacks } = synth(inputsOf({ harbor: everything, edge, host: { address: 'vm.lab.test' } }));

  it.each(Object.entries(stacks))('has every argument of the stack %s, with its shape', (_, stack) => {
    for (const [type, resources] of Object.entries(stack.resource ?? {}))
      for (const [name, body] of Object.entries(resources))
        expect(faults(RECORD.resources[type]!, body, `${type}.${name}`)).toEqual([]);
    for (const [type, found] of Object.entries(stack.data ?? {}))
      for (const [name, body] of Object.entries(found))
        expect(faults(RECORD.data[type]!, body, `data.${type}.${name}`)).toEqual([]);
    expect(stack.provider.docker.flatMap((body) => faults(RECORD.provider, body, 'provider'))).toEqual([]);
  });

  it.each([
    [{ image: 'x' }, 'c.name is missing'],
    [{ name: 'a', image: 'x', driver: 'y' }, 'c.driver is not an argument'],
    [{ name: 'a', image: 'x', memory: '5' }, 'c.memory is not a number'],
    [{ name: 'a', image: 'x', mounts: [{ target: '/a' }] }, 'c.mounts.type is missing'],
  ])('detects %j', (body, fault) => {
    expect(faults(RECORD.resources['docker_container']!, body, 'c')).toEqual([fault]);
  });
});

describe('reduceSchema', () => {
  const wanted = { source: 'acme/thing', version: '1.0.0', resources: ['thing_a'], data: [] };
  const attributes = {
    name: { type: 'string', required: true, description: 'words' },
    old: { type: 'string', optional: true, deprecated: true },
    id: { type: 'string', computed: true },
    key: { type: 'string', optional: true, computed: true, sensitive: true },
  };
  const schemas = (host: string) => ({
    provider_schemas: {
      [`${host}/acme/thing`]: {
        provider: { block: {} },
        resource_schemas: { thing_a: { block: { attributes } } },
        data_source_schemas: {},
      },
    },
  });

  it.each(['registry.terraform.io', 'registry.opentofu.org'])('keeps what can be written, read from %s', (host) => {
    const { resources } = reduceSchema(schemas(host), wanted);
    expect(resources['thing_a']!.attributes).toEqual({
      name: { type: 'string', required: true },
      key: { type: 'string', sensitive: true },
    });
  });

  it('reports what a schema has when it is not of that provider', () => {
    expect(() => reduceSchema(schemas('registry.terraform.io'), { ...wanted, source: 'acme/other' })).toThrow(
      'the schema has no acme/other: it has registry.terraform.io/acme/thing',
    );
    expect(() => reduceSchema(schemas('registry.terraform.io'), { ...wanted, resources: ['thing_b'] })).toThrow(
      'the provider has no thing_b',
    );
  });
});

/** Written for every resource by Terraform itself. */
const OF_TERRAFORM = new Set(['//', 'depends_on', 'lifecycle', 'provider', 'count', 'for_each']);

function faults({ attributes, block_types: blocks }: Block, body: object, at: string): string[] {
  const missing = Object.entries(attributes).filter(([key, { required }]) => required && !(key in body));
  return [
    ...missing.map(([key]) => `${at}.${key} is missing`),
    ...Object.entries(body).flatMap(([key, value]: [string, unknown]) => {
      if (OF_TERRAFORM.has(key)) return [];
      const nested = blocks[key];
      if (nested) return [value].flat().flatMap((one) => faults(nested.block, one as object, `${at}.${key}`));
      const type = attributes[key]?.type;
      if (type === undefined) return [`${at}.${key} is not an argument`];
      return isOf(type, value) ? [] : [`${at}.${key} is not a ${typeof type === 'string' ? type : type[0]}`];
    }),
  ];
}

function isOf(type: Block['attributes'][string]['type'], value: unknown): boolean {
  if (type === 'bool') return typeof value === 'boolean';
  if (typeof type === 'string') return typeof value === type;
  return type[0] === 'map' || type[0] === 'object' ? typeof value === 'object' : Array.isArray(value);
}
