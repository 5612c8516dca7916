import type { Json } from '../../../src/json';
import { withoutDefaults } from '../../../src/export/without-defaults';

const schema = {
  type: 'object',
  properties: {
    type: { type: 'string', default: 'basic' },
    public: { type: 'boolean', default: false },
    limit: { type: 'integer', default: -1 },
    list: { type: 'array', default: [] },
    login: {
      type: 'object',
      properties: { kind: { type: 'string', default: 'basic' }, user: { type: 'string', default: '' } },
    },
    free: { type: 'object', additionalProperties: { type: 'string' } },
  },
  required: ['type'],
} as const;

describe("Harbor's own defaults", () => {
  it.each<[string, Json, Json]>([
    ['is left out', { public: false, limit: -1, list: [] }, {}],
    ['is written where it is required', { type: 'basic', public: false }, { type: 'basic' }],
    ['is left out of what is nested, with that', { login: { kind: 'basic', user: '' } }, {}],
    ['is omitted next to fields that are not', { login: { kind: 'basic', user: 'bot' } }, { login: { user: 'bot' } }],
    ['does not hide that a map is empty', { free: {}, login: {} }, { login: {}, free: {} }],
    [
      'is not mistaken for its like',
      { public: 'false', limit: '-1', list: [0] },
      { public: 'false', limit: '-1', list: [0] },
    ],
    ['does not touch what the schema does not know', { other: false, public: true }, { public: true, other: false }],
    ['is nothing that a scalar has', 'unlimited', 'unlimited'],
  ])('%s', (_what, value, expected) => {
    expect(withoutDefaults(value, schema, new Set())).toEqual(expected);
  });

  it('is written where it is to be kept', () => {
    const keep = new Set(['public', 'login.user']);
    expect(withoutDefaults({ public: false, limit: -1, login: { kind: 'basic', user: '' } }, schema, keep)).toEqual({
      public: false,
      login: { user: '' },
    });
  });

  it('is left out of the one form that has fields', () => {
    const schedule = { oneOf: [{ const: 'none' }, schema] };
    expect(withoutDefaults({ type: 'basic', public: false, limit: 3 }, schedule, new Set())).toEqual({
      type: 'basic',
      limit: 3,
    });
    expect(withoutDefaults('none', schedule, new Set())).toBe('none');
  });

  it('leaves the rest in the order of the schema', () => {
    expect(Object.keys(withoutDefaults({ limit: 1, public: true, type: 'x' }, schema, new Set()) as object)).toEqual([
      'type',
      'public',
      'limit',
    ]);
  });
});
