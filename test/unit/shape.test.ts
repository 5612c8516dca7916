import {
  conform,
  faultsOf,
  flag,
  integer,
  jsonText,
  key,
  list,
  needed,
  object,
  only,
  optional,
  text,
} from '../../src/shape';

interface Thing {
  readonly id: number;
  readonly name: string;
  readonly note?: string;
  readonly on: boolean;
  readonly parts: readonly { readonly size: number }[];
  readonly more: string;
}

const thing = object<Thing>({
  id: needed(integer),
  name: key(text),
  note: optional(text),
  on: flag,
  parts: list(object<{ readonly size: number }>({ size: integer })),
  more: jsonText(object<{ readonly a?: string }>({ a: optional(text) })),
});
const WHOLE = { id: 1, name: 'n', note: 'x', on: true, parts: [{ size: 2 }], more: '{"a":"b"}' };

it('an absent or null field is the zero value, and keys that are not known stay', () => {
  const read = conform(thing, { id: 1, name: 'n', on: null, other: 5 });
  expect(read).toEqual({ id: 1, name: 'n', on: false, parts: [], more: '', other: 5 });
  expect(faultsOf(read)).toBeUndefined();
});

it('of an object of which only some fields are kept, keys that are not known are dropped', () => {
  const small = only<Pick<Thing, 'id' | 'note' | 'on'>>({ id: needed(integer), note: optional(text), on: flag });
  expect(conform(small, { other: 5, on: true, note: null, id: 1 })).toStrictEqual({ id: 1, on: true });
  expect(faultsOf(conform(small, { id: 'one', other: 5 }))?.reason).toBe('id is text, not a whole number');
});

it.each([
  [{ ...WHOLE, id: undefined }, 'id is missing', false],
  [{ ...WHOLE, id: Infinity }, 'id is a number that is too large, not a whole number', false],
  [{ ...WHOLE, name: '' }, 'name is missing', true],
  [{ ...WHOLE, name: ['n'] }, 'name is a list, not text', true],
  [{ ...WHOLE, parts: [null] }, 'parts[0] is missing', false],
  [{ ...WHOLE, parts: [{ size: 'big' }] }, 'parts[0].size is text, not a whole number', false],
  [{ ...WHOLE, more: '{' }, 'more is not JSON', false],
  [{ ...WHOLE, more: '{"a":1}' }, 'more.a is a number, not text', false],
  [[], 'it is a list, not an object', true],
])('%j: %s', (value, reason, anonymous) => {
  const read = conform(thing, value);
  expect(faultsOf(read)?.reason).toContain(reason);
  expect(faultsOf(read)?.anonymous).toBe(anonymous);
  // Whatever it was: code that trusts the type does not fail.
  expect([typeof read.name, Array.isArray(read.parts), typeof read.on]).toEqual(['string', true, 'boolean']);
});

it('faults go along with a copy and never into JSON', () => {
  const copy = { ...conform(thing, { ...WHOLE, id: 'x' }), extra: 1 };
  expect(faultsOf(copy)?.reason).toBe('id is text, not a whole number');
  expect(JSON.stringify(copy)).not.toContain('not a whole number');
});
