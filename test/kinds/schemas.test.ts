import Ajv2020 from 'ajv/dist/2020';
import type { Placement } from '../../src/kinds/kind';
import { kitted } from './kits';

const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, strictRequired: false });

const rows = kitted.flatMap(({ kind, kit }) =>
  (kind.placements as readonly Placement<object>[]).map(
    (placement) => [placement.path, { placement, examples: kit.places[placement.path]! }] as const,
  ),
);

describe.each(rows)('%s', (_path, { placement, examples }) => {
  it('reads its defaults from the place that its kit names', () => {
    expect(placement.defaultsKey).toBe(examples.defaults);
  });

  it('has an example of what is valid, and of what is not', () => {
    expect([examples.valid.length, examples.invalid.length]).not.toContain(0);
  });

  it.each(examples.valid.map((value) => [value]))('may be %j', (value) => {
    expect(ajv.validate(placement.schema, value)).toBe(true);
  });

  it.each([...examples.invalid])('may not be %j: %s', (value) => {
    expect(ajv.validate(placement.schema, value)).toBe(false);
  });
});
