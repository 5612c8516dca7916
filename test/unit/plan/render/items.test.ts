import type { Json } from '../../../../src/json';
import { itemsOf } from '../../../../src/plan/render/items';

const LONG = 'a-tag-with-a-name-that-is-so-long-that-a-list-of-it-does-not-fit-on-one-line-any-more';

describe('a value as lines', () => {
  it.each<[string, Json | undefined, Json | undefined, readonly string[] | undefined]>([
    ['a new text: one line is enough', undefined, 'x', undefined],
    ['a new short list: one line is enough', undefined, ['a', 'b'], undefined],
    ['a new long list: a line per item', undefined, [LONG, 'b'], [`+ "${LONG}"`, '+ "b"']],
    ['a new list of maps: a line per item', undefined, [{ a: 1 }], ['+ {"a":1}']],
    ['a removed list of maps', [{ a: 1 }], undefined, ['- {"a":1}']],
    ['a new map: a line per key', undefined, { a: 1, b: 'x' }, ['+ a = 1', '+ b = "x"']],
    ['a removed map', { a: 1 }, undefined, ['- a = 1']],
    ['an empty map', undefined, {}, undefined],
    ['a reference to a secret is one value', undefined, { env: 'S' }, undefined],
    ['a secret inside a map is named by its reference', undefined, { h: { env: 'S' } }, ['+ h = (secret: env S)']],
    ['a changed text', 'a', 'b', undefined],
    ['a list that became a text', ['a'], 'a', undefined],
    ['added and removed items, without the common ones', ['a', 'b'], ['b', 'c'], ['- "a"', '+ "c"']],
    ['an item that is listed twice now', ['a'], ['a', 'a'], ['+ "a"']],
    ['the same items in another order', ['a', 'b'], ['b', 'a'], undefined],
    [
      'one changed map in a list: its fields',
      [{ name: 'r', days: 7, old: true }, { name: 's' }],
      [{ name: 's' }, { name: 'r', days: 8, new: 'n' }],
      ['~ days = 7 -> 8', '+ new = "n"', '- old = true'],
    ],
    [
      'two changed maps in a list: whole items',
      [{ a: 1 }, { b: 1 }],
      [{ a: 2 }, { b: 2 }],
      ['- {"a":1}', '- {"b":1}', '+ {"a":2}', '+ {"b":2}'],
    ],
    ['control characters are visible', undefined, { 'a\n': '\u001b' }, ['+ a\\u000a = "\\u001b"']],
  ])('%s', (_case, before, after, expected) => {
    expect(itemsOf(before, after)?.map(({ sign, text }) => `${sign} ${text}`)).toEqual(expected);
  });
});
