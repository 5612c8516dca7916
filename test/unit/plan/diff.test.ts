import {
  allDifferences,
  compare,
  fieldsGone,
  mergeOver,
  observedFields,
  preconditionOn,
  withGuarded,
  writeOnlyFields,
  type DiffRules,
  type SecretKnowledge,
  type WriteReason,
} from '../../../src/plan/diff';
import type { FieldChange } from '../../../src/plan/plan';

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
    [
      'nothing for a write-only field with a plain value',
      { login: { secret: 'plain' } },
      { login: { secret: '' } },
      [],
    ],
    [
      'an inner map that is named like a whole one by its declared keys',
      { a: { marks: { x: 1 } } },
      { a: { marks: { y: 2 } } },
      [{ path: 'a.marks.x', after: 1 }],
    ],
    ['the order of keys irrelevant', { a: [{ x: 1, y: 2 }] }, { a: [{ y: 2, x: 1 }] }, []],
    ['a text against a map', { a: 'text' }, { a: { b: 1 } }, [{ path: 'a', before: { b: 1 }, after: 'text' }]],
    ['an empty map that is missing', { a: {} }, {}, [{ path: 'a', after: {} }]],
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

  it('shows a value like the kind', () => {
    const show = (field: string, value: unknown): string | undefined =>
      field === 'size' ? `${Number(value)} B` : undefined;
    expect(compare({ size: 1, other: 1 }, { size: 2 }, { ...rules, show })).toEqual([
      { path: 'other', after: 1 },
      { path: 'size', before: 2, after: 1, shown: { before: '2 B', after: '1 B' } },
    ]);
  });
});

describe('writeOnlyFields', () => {
  const NEW = 'new since the policies of --base';
  const desired = { url: 'u', name: 'n', login: { user: 'x', secret } };
  const row = { path: 'login.secret', after: secret, writeOnly: true };
  it.each<[string, FieldChange[], WriteReason, FieldChange[]]>([
    ['on a create', [], 'create', [row]],
    ['together with what it travels with', [{ path: 'url' }], {}, [{ ...row, why: 'it is forgotten' }]],
    ['together with a deep companion', [{ path: 'login.user' }], {}, [{ ...row, why: 'it is forgotten' }]],
    [
      'together with anything else, because it is unknown whether it is there',
      [{ path: 'name' }],
      {},
      [{ ...row, why: 'cannot be compared, so it is written too' }],
    ],
    ['not where nothing is written', [], {}, []],
    ['where the object is declared for the first time', [], { declaredBefore: null }, [{ ...row, why: NEW }]],
    ['where it is declared for the first time', [], { declaredBefore: { url: 'u' } }, [{ ...row, why: NEW }]],
    [
      'where another one was declared',
      [],
      { declaredBefore: { login: { secret: { env: 'OLD' } } } },
      [{ ...row, why: NEW }],
    ],
    ['not where it was declared before', [], { declaredBefore: { login: { secret } } }, []],
    ['when asked for', [], 'rotate', [{ ...row, why: 'requested with --rotate' }]],
  ])('lists the secret %s', (_case, changed, reason, rows) => {
    expect(writeOnlyFields(desired, changed, rules, reason)).toEqual(rows);
  });

  const proven: DiffRules = { writeOnly: [{ ...rules.writeOnly[0]!, provable: 'always' }] };
  it.each<[string, FieldChange[], SecretKnowledge, string[]]>([
    ['is the declared one', [{ path: 'name' }], { proof: { outcome: 'same' }, declaredBefore: null }, []],
    ['is the declared one, and Harbor would forget it', [{ path: 'url' }], { proof: { outcome: 'same' } }, ['it is f']],
    ['works, and may be another', [{ path: 'name' }], { proof: { outcome: 'works' } }, ['cannot be compared']],
    ['is dead', [], { proof: { outcome: 'dead', why: 'it is dead' } }, ['it is dead']],
    ['is not known', [], { proof: { outcome: 'unverifiable', reason: 'x' } }, []],
  ])('if Harbor reports that it %s', (_case, changed, knowledge, why) => {
    const found = writeOnlyFields(desired, changed, proven, knowledge);
    expect(found).toEqual(why.map((text) => expect.objectContaining({ why: expect.stringContaining(text) })));
  });

  it('never makes a new secret because the object is written or taken over', () => {
    const made: DiffRules = { writeOnly: [{ ...rules.writeOnly[0]!, with: [], generated: true }] };
    expect(writeOnlyFields(desired, [{ path: 'name' }], made, {})).toEqual([]);
    expect(writeOnlyFields(desired, [], made, { declaredBefore: null })).toEqual([]);
    expect(writeOnlyFields(desired, [], made, { declaredBefore: { login: { secret: { env: 'O' } } } })).toEqual([]);
    expect(writeOnlyFields(desired, [], made, { declaredBefore: { url: 'u' } })).toMatchObject([{ why: NEW }]);
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
    ['a map as a whole where a text is declared', { a: { b: 1, c: 2 } }, { a: 'text' }, { a: { b: 1, c: 2 } }],
    ['a text where a map is declared', { a: 'text' }, { a: { b: 1 } }, { a: 'text' }],
    [
      'an inner map that is named like a whole one by its declared keys',
      { a: { marks: { x: 1, y: 2 } } },
      { a: { marks: { x: 5 } } },
      { a: { marks: { x: 1 } } },
    ],
    ['no secret that Harbor masks', { token: '*****', a: 1 }, { token: secret, a: 1 }, { a: 1 }],
    ['a field that is false', { a: false }, { a: true }, { a: false }],
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
    [
      'merges an inner map that is named like a whole one',
      { a: { marks: { x: 1 } } },
      { a: { marks: { y: 2 } } },
      { a: { marks: { x: 1, y: 2 } } },
    ],
    ['replaces a text with a map', { a: 'text' }, { a: { b: 1 } }, { a: { b: 1 } }],
    ['replaces a map with a text', { a: { b: 1 } }, { a: 'text' }, { a: 'text' }],
    ['keeps what is declared as undefined', { a: 1 }, { a: undefined }, { a: 1 }],
    ['does not merge a secret into a map', { token: { b: 1 } }, { token: secret }, { token: secret }],
    ['does not merge a secret reference', { token: { file: 'x' } }, { token: secret }, { token: secret }],
  ])('%s', (_case, live, desired, merged) => {
    expect(mergeOver(live, desired, rules)).toEqual(merged);
  });
});

describe('withGuarded', () => {
  const guarded = [
    { field: 'off', default: false },
    { field: 'login.user', default: '' },
  ];
  it.each<[string, object, object, object, string[]]>([
    ['a switch that was turned', { a: 1 }, { a: 1, off: true }, { a: 1, off: false }, ['off']],
    ['one that was not', { a: 1 }, { off: false }, { a: 1 }, []],
    ['one that is declared', { off: true }, { off: true }, { off: true }, []],
    ['one that Harbor does not have', { a: 1 }, {}, { a: 1 }, []],
    ['a deep one', {}, { login: { user: 'x' } }, { login: { user: '' } }, ['login.user']],
    [
      'a deep one next to another',
      { login: { k: 1 } },
      { login: { user: 'x' } },
      { login: { k: 1, user: '' } },
      ['login.user'],
    ],
  ])('uses the default of %s', (_case, desired, live, spec, assumed) => {
    expect(withGuarded(desired, live, guarded)).toEqual({ spec, assumed });
  });
});

describe('fieldsGone: what is lost with a deleted object', () => {
  it.each<[string, object, object[]]>([
    [
      'every field',
      { b: 1, a: 'x' },
      [
        { path: 'a', before: 'x' },
        { path: 'b', before: 1 },
      ],
    ],
    [
      'inner fields by their paths',
      { a: { b: 1, c: 2 } },
      [
        { path: 'a.b', before: 1 },
        { path: 'a.c', before: 2 },
      ],
    ],
    [
      'no field that Harbor never returns',
      { login: { secret: '*****', user: 'x' } },
      [{ path: 'login.user', before: 'x' }],
    ],
    ['nothing of an empty object', {}, []],
  ])('lists %s', (_case, spec, rows) => {
    expect(fieldsGone(spec, rules)).toEqual(rows);
  });
});

describe('allDifferences: two snapshots of the same fields', () => {
  it.each<[string, object, object, object[]]>([
    ['nothing between equal ones', { a: 1 }, { a: 1 }, []],
    [
      'a field of either side',
      { a: 1, b: 1 },
      { b: 1, c: 1 },
      [
        { path: 'a', before: 1 },
        { path: 'c', after: 1 },
      ],
    ],
    [
      'a text that looks like a secret reference',
      { a: { env: 'A' } },
      { a: { env: 'B' } },
      [{ path: 'a.env', before: 'A', after: 'B' }],
    ],
  ])('finds %s', (_case, before, after, rows) => {
    expect(allDifferences(before, after)).toEqual(rows);
  });
});

describe('preconditionOn', () => {
  it('is the same for any order of keys, and another for another value', () => {
    const [one, same, other] = [
      { a: 1, b: { c: 2, d: 3 } },
      { b: { d: 3, c: 2 }, a: 1 },
      { a: 1, b: { c: 2, d: 4 } },
    ].map(preconditionOn);
    expect(one).toEqual(same);
    expect(one?.hash).not.toBe(other?.hash);
    expect(JSON.stringify(one?.observed)).toBe('{"a":1,"b":{"c":2,"d":3}}');
  });
});
