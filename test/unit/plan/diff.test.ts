import { compare, mergeOver, observedFields, writeOnlyFields, type DiffRules } from '../../../src/plan/diff';

const rules: DiffRules = {
  writeOnly: [{ field: 'login.secret', with: ['url', 'login.user'], why: 'it is forgotten' }],
  whole: ['marks'],
};
const secret = { env: 'SECRET' };

describe('compare', () => {
  it.each<[string, object, object, object[]]>([
    ['nothing where all that is declared is there', { a: 1 }, { a: 1, b: 2 }, []],
    ['a field that differs', { a: 1 }, { a: 2 }, [{ path: 'a', before: 2, after: 1 }]],
    ['a field that is not there', { a: 1 }, {}, [{ path: 'a', after: 1 }]],
    [
      'a deep field by its path',
      { a: { b: { c: 1 } } },
      { a: { b: { c: 2, d: 3 } } },
      [{ path: 'a.b.c', before: 2, after: 1 }],
    ],
    ['a list as a whole', { a: [1, 2] }, { a: [2, 1] }, [{ path: 'a', before: [2, 1], after: [1, 2] }]],
    ['an empty list as "none"', { a: [] }, { a: [1] }, [{ path: 'a', before: [1], after: [] }]],
    ['false against absent', { a: false }, {}, [{ path: 'a', after: false }]],
    ['null against a value', { a: null }, { a: 1 }, [{ path: 'a', before: 1, after: null }]],
    ['a map against something else', { a: { b: 1 } }, { a: 'text' }, [{ path: 'a', before: 'text', after: { b: 1 } }]],
    ['nothing for an empty map, which declares nothing', { a: {} }, { a: { b: 1 } }, []],
    [
      'a key that is gone from a whole map',
      { marks: { a: '1' } },
      { marks: { a: '1', b: '2' } },
      [{ path: 'marks.b', before: '2' }],
    ],
    ['a whole map that was emptied', { marks: {} }, { marks: { b: '2' } }, [{ path: 'marks.b', before: '2' }]],
    [
      'a key of a whole map that looks like a secret',
      { marks: { env: 'X' } },
      { marks: {} },
      [{ path: 'marks.env', after: 'X' }],
    ],
    ['a key with dots in brackets', { marks: { 'a.b': '1' } }, {}, [{ path: 'marks["a.b"]', after: '1' }]],
    ['nothing for what Harbor never answers', { login: { secret } }, {}, []],
    ['nothing for a secret anywhere', { token: secret }, { token: '*****' }, []],
    ['nothing for undefined', { a: undefined }, { a: 1 }, []],
    [
      'keys of the object itself, not of its prototype',
      { constructor: 'x' },
      {},
      [{ path: 'constructor', after: 'x' }],
    ],
  ])('finds %s', (_case, desired, current, rows) => {
    expect(compare(desired, current, rules)).toEqual(rows);
  });

  it('says a value as the kind shows it', () => {
    const show = (field: string, value: unknown): string | undefined =>
      field === 'size' ? `${Number(value)} B` : undefined;
    expect(compare({ size: 1, other: 1 }, { size: 2 }, { ...rules, show })).toEqual([
      { path: 'other', after: 1 },
      { path: 'size', before: 2, after: 1, shown: { before: '2 B', after: '1 B' } },
    ]);
  });
});

describe('writeOnlyFields', () => {
  const desired = { url: 'u', name: 'n', login: { user: 'x', secret } };
  const row = { path: 'login.secret', after: secret, writeOnly: true };
  it.each([
    ['on a create', [], 'create' as const, [row]],
    ['together with what it travels with', [{ path: 'url' }], 'update' as const, [{ ...row, why: 'it is forgotten' }]],
    [
      'together with a deep companion',
      [{ path: 'login.user' }],
      'update' as const,
      [{ ...row, why: 'it is forgotten' }],
    ],
    ['not with anything else', [{ path: 'name' }], 'update' as const, []],
    ['when asked for', [], 'rotate' as const, [{ ...row, why: 'asked for with --rotate' }]],
  ])('lists the secret %s', (_case, changed, reason, rows) => {
    expect(writeOnlyFields(desired, changed, rules, reason)).toEqual(rows);
  });

  it('lists no secret that is not declared', () => {
    expect(writeOnlyFields({ url: 'u' }, [{ path: 'url' }], rules, 'create')).toEqual([]);
  });
});

describe('observedFields', () => {
  it.each<[string, object, object, object]>([
    ['only what is declared', { a: 1, b: 2 }, { a: 5 }, { a: 1 }],
    ['deep fields', { a: { b: 1, c: 2 } }, { a: { b: 5 } }, { a: { b: 1 } }],
    ['whole maps completely', { marks: { a: '1', b: '2' } }, { marks: { a: '5' } }, { marks: { a: '1', b: '2' } }],
    ['nothing where nothing is', {}, { a: 1 }, {}],
    ['no secret', { login: { user: 'x', secret: '***' } }, { login: { secret } }, { login: {} }],
  ])('pins %s', (_case, live, desired, observed) => {
    expect(observedFields(live, desired, rules)).toEqual(observed);
  });
});

describe('mergeOver', () => {
  it.each<[string, object, object, object]>([
    ['keeps what is not declared', { a: 1, b: 2 }, { a: 5 }, { a: 5, b: 2 }],
    ['merges maps deeply', { a: { b: 1, c: 2 } }, { a: { b: 5 } }, { a: { b: 5, c: 2 } }],
    ['replaces lists', { a: [1, 2] }, { a: [3] }, { a: [3] }],
    ['replaces whole maps', { marks: { a: '1' } }, { marks: { b: '2' } }, { marks: { b: '2' } }],
    ['does not merge a secret reference', { token: { file: 'x' } }, { token: secret }, { token: secret }],
  ])('%s', (_case, live, desired, merged) => {
    expect(mergeOver(live, desired, rules)).toEqual(merged);
  });
});
