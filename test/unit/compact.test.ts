import { compact, pick } from '../../src/compact';
import { faultsOf, withFaults } from '../../src/shape';

interface Shape {
  readonly name: string;
  readonly size?: number;
  readonly note?: string | null;
}

describe('compact', () => {
  it.each<[Shape, Shape]>([
    [compact<Shape>({ name: 'a', size: undefined }), { name: 'a' }],
    [compact<Shape>({ name: 'a', size: 0, note: null }), { name: 'a', size: 0, note: null }],
    [compact<Shape>({ name: '', size: undefined, note: '' }), { name: '', note: '' }],
  ])('%j: only what is undefined is left out', (made, expected) => {
    expect(made).toStrictEqual(expected);
    expect(Object.keys(made)).toEqual(Object.keys(expected));
  });

  it('keeps the mark of an unreliable response', () => {
    const faults = { reason: 'entity_name is missing', anonymous: true };
    const wire = withFaults<Shape>({ name: 'a' }, faults);
    expect(faultsOf(compact<Shape>({ ...wire, size: undefined }))).toEqual(faults);
  });

  it('is refused by the compiler if a field is misspelled, or may not be absent', () => {
    // @ts-expect-error no such field
    compact<Shape>({ name: 'a', sise: 1 });
    // @ts-expect-error a name there has to be
    compact<Shape>({ name: undefined });
    expect(pick({ a: 1, b: undefined, c: 3 }, ['a', 'b'])).toStrictEqual({ a: 1 });
  });
});
