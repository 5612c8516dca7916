import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { jsonFault } from '../../../src/json-schema/check-json';
import { planSchema } from '../../../src/plan/plan-schema';

const SCHEMA = {
  type: 'object',
  properties: {
    name: { type: 'string' },
    count: { type: 'integer', minimum: 1 },
    kind: { enum: ['a', 'b'] },
    is: { const: true },
    items: { type: 'array', items: { type: 'object', properties: { 'x/y': { type: ['object', 'null'] } } } },
  },
  required: ['name'],
  additionalProperties: false,
};

describe('a JSON file against its schema', () => {
  it.each([
    [{ name: 'x', items: [{ 'x/y': null }] }, undefined],
    [[], 'it must be an object'],
    [{}, 'it lacks name'],
    [{ name: 1 }, 'name must be text'],
    [{ name: 'x', more: 1 }, 'it has the unknown key more'],
    [{ name: 'x', count: 0 }, 'count must be >= 1'],
    [{ name: 'x', count: 1.5 }, 'count must be a whole number'],
    [{ name: 'x', kind: 'c' }, 'kind must be one of a, b'],
    [{ name: 'x', is: false }, 'is must be true'],
    [{ name: 'x', items: [{}, { 'x/y': 1 }] }, 'items[1].x/y must be an object or null'],
  ])('%j: %s', async (value, expected) => expect(await jsonFault(SCHEMA, value)).toBe(expected));
});

describe('the published schema of plans', () => {
  const folder = join(__dirname, '..', '..', 'golden');
  const plans = readdirSync(folder).filter((name) => /^plan-.*\.json$/.test(name));

  it.each(plans)('takes %s as it was printed', async (name) => {
    const plan: unknown = JSON.parse(readFileSync(join(folder, name), 'utf8'));
    expect(await jsonFault(planSchema(), plan)).toBeUndefined();
  });

  it('was tried with every golden plan', () => expect(plans.length).toBeGreaterThan(3));
});
