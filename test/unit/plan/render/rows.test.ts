import type { Change, ExplainedObject, FieldChange, Plan } from '../../../../src/plan/plan';
import { createsByKind, othersOf, rowsOf } from '../../../../src/plan/render/rows';
import { declare, plan } from '../../../support/declare';

const at = { file: 'policies/a.yaml', line: 3, column: 5 };

const change = (address: string, more: Partial<Change> = {}): Change => {
  const [kind = '', identity = ''] = address.split('/');
  return { action: 'update', kind, identity, address, fields: [], precondition: null, dependsOn: [], ...more };
};
const EMPTY = plan(declare({ box: [{ name: 'x' }] }), { box: [{ name: 'x' }] });
const planWith = (more: Partial<Plan>): Plan => ({ ...EMPTY, ...more });
const updates = (count: number, field: FieldChange = { path: 'open', before: false, after: true }): Change[] =>
  Array.from({ length: count }, (_, i) => change(`box/b${i}`, { fields: [field] }));

describe('the rows of a plan', () => {
  it('are sorted: what destroys, then updates, creates, adoptions and explanations', () => {
    const explained: ExplainedObject = { address: 'box/e', kind: 'box', changes: false, fields: [], at };
    const rows = rowsOf(
      planWith({
        changes: [change('box/c', { action: 'create' }), change('box/u'), change('box/d', { action: 'delete' })],
        adoptions: [{ address: 'box/a', changed: false }],
        explained: [explained],
      }),
    );
    expect(rows.map(({ sign, address }) => `${sign} ${address}`)).toEqual([
      '- box/d',
      '~ box/u',
      '+ box/c',
      '= box/a',
      '= box/e',
    ]);
  });

  it.each<[string, Change[], (readonly [string, number])[]]>([
    [
      'two alike: a row each',
      updates(2),
      [
        ['box/b0', 0],
        ['box/b1', 0],
      ],
    ],
    ['three alike: one row', updates(3), [['box/b0', 2]]],
    [
      'another value is another row',
      [...updates(3), change('box/other', { fields: [{ path: 'open', before: true, after: false }] })],
      [
        ['box/b0', 2],
        ['box/other', 0],
      ],
    ],
    [
      'new objects that differ only in their names',
      ['x', 'y', 'z'].map((name) =>
        change(`box/${name}`, { action: 'create', fields: [{ path: 'name', after: name }] }),
      ),
      [['box/x', 2]],
    ],
    [
      'new objects that differ in more',
      ['x', 'y', 'z'].map((name) =>
        change(`box/${name}`, { action: 'create', fields: [{ path: 'tag', after: `of ${name}` }] }),
      ),
      [
        ['box/x', 0],
        ['box/y', 0],
        ['box/z', 0],
      ],
    ],
  ])('fold: %s', (_case, changes, expected) => {
    expect(rowsOf(planWith({ changes })).map(({ address, others }) => [address, others.length])).toEqual(expected);
  });

  it.each([
    [
      'an update: ten of them',
      'update' as const,
      'also: box/b1, box/b2, box/b3, box/b4, box/b5, box/b6, box/b7, box/b8, box/b9, box/b10 and 1 more (--format json lists all)',
    ],
    [
      'a delete: all of them',
      'delete' as const,
      `also: ${Array.from({ length: 11 }, (_, i) => `box/b${i + 1}`).join(', ')}`,
    ],
  ])('name the others of %s', (_case, action, expected) => {
    const [row] = rowsOf(planWith({ changes: updates(12).map((one) => ({ ...one, action })) }));
    expect(row && othersOf(row)).toEqual([expected]);
  });

  it('name no others of a single object', () => {
    const [row] = rowsOf(planWith({ changes: updates(1) }));
    expect(row && othersOf(row)).toEqual([]);
  });

  it.each<[string, Partial<Change>, Partial<Plan>, string[]]>([
    ['nothing', {}, {}, []],
    [
      'an adoption',
      {},
      { adoptions: [{ address: 'box/x', changed: true }] },
      ['adopted: it exists in Harbor; these fields will be changed'],
    ],
    ['a rename', { renamedFrom: 'box/old' }, {}, ['renamed in place from box/old']],
    ['the request that carries it', { carriedBy: 'box/y' }, {}, ['sent in the request that creates box/y']],
    [
      'the object that Harbor creates it with',
      { bornOf: 'box/y' },
      {},
      ['created by Harbor together with box/y, then updated'],
    ],
    ['hazards that were accepted', { accepts: ['a', 'b'] }, {}, ['allowed with --target: a, b']],
    ['names without control characters', { renamedFrom: 'box/o\u001bd' }, {}, ['renamed in place from box/o\\u001bd']],
  ])('note %s', (_case, more, whole, expected) => {
    const changes = [change('box/x', { fields: [{ path: 'open', before: false, after: true }], ...more })];
    expect(rowsOf(planWith({ changes, ...whole }))[0]?.notes).toEqual(expected);
  });

  it.each([
    [true, 'adopted: it exists in Harbor, differs, but will not be changed'],
    [false, 'adopted: it exists in Harbor, as declared'],
  ])('an adoption without a change, which differs: %s', (changed, note) => {
    expect(rowsOf(planWith({ adoptions: [{ address: 'box/x', changed, at }] }))).toMatchObject([
      { sign: '=', address: 'box/x', kind: 'box', at: 'policies/a.yaml:3', notes: [note], fields: [] },
    ]);
  });
});

describe('a field in a row', () => {
  it.each<[string, Change['action'], FieldChange, object]>([
    ['is new', 'update', { path: 'a', after: 1 }, { sign: '+', path: 'a', after: '1' }],
    ['changes', 'update', { path: 'a', before: 1, after: 2 }, { sign: '~', path: 'a', before: '1', after: '2' }],
    ['is lost', 'delete', { path: 'a', before: 1 }, { sign: '-', path: 'a', before: '1' }],
    [
      'is a secret of a new object',
      'create',
      { path: 'a', after: { env: 'S' }, writeOnly: true },
      { sign: '+', path: 'a', after: '(secret: env S)' },
    ],
    [
      'is a secret that is written again',
      'update',
      { path: 'a', after: { env: 'S' }, writeOnly: true },
      { sign: '~', path: 'a', after: '(secret: env S)' },
    ],
    [
      'has a reason',
      'update',
      { path: 'a', before: 1, after: 2, why: 'x\ny' },
      { sign: '~', path: 'a', before: '1', after: '2', why: 'x\\u000ay' },
    ],
    [
      'is shown in its unit, under its declared name',
      'update',
      { path: 'hard', before: 1, after: 2, shown: { before: '1 B', after: '2 B', path: 'limit' } },
      { sign: '~', path: 'limit', before: '1 B', after: '2 B' },
    ],
    [
      'comes from the defaults',
      'update',
      { path: 'a', before: 1, after: 2, from: { source: 'defaults', at } },
      { sign: '~', path: 'a', before: '1', after: '2', from: 'from defaults, at policies/a.yaml:3' },
    ],
  ])('%s', (_case, action, field, expected) => {
    expect(rowsOf(planWith({ changes: [change('box/x', { action, fields: [field] })] }))[0]?.fields).toEqual([
      expected,
    ]);
  });
});

describe('an explained object', () => {
  const explained = (fields: ExplainedObject['fields'], more: Partial<ExplainedObject> = {}): ExplainedObject => ({
    address: 'box/x',
    kind: 'box',
    changes: false,
    fields,
    at,
    ...more,
  });

  it.each<[string, ExplainedObject, string]>([
    ['as declared', explained([{ path: 'a', value: 1, state: 'declared' }]), 'as declared'],
    ['differs', explained([{ path: 'a', value: 1, wanted: 2, state: 'declared' }]), 'differs, and is left as it is'],
    ['is not declared', { address: 'box/x', kind: 'box', changes: false, fields: [] }, 'not declared'],
  ])('%s', (_case, object, note) => {
    expect(rowsOf(planWith({ explained: [object] }))[0]?.notes).toEqual([note]);
  });

  it.each<[string, ExplainedObject['fields'][number], string]>([
    [
      'from the declaration',
      { path: 'a', value: 1, state: 'declared', from: { source: 'declared', at } },
      'a = 1  # declared at policies/a.yaml:3',
    ],
    [
      'in its unit',
      { path: 'a', value: 1, shown: '1 B', state: 'declared', from: { source: 'overlay', at } },
      'a = 1 B  # from an overlay, at policies/a.yaml:3',
    ],
    [
      'declared otherwise',
      { path: 'a', value: 1, wanted: 2, state: 'declared', from: { source: 'declared', at } },
      'a = 1  # declared 2, left as it is; declared at policies/a.yaml:3',
    ],
    [
      'not set',
      { path: 'a', wanted: 2, state: 'declared', from: { source: 'declared', at } },
      'a = nothing  # declared 2, left as it is; declared at policies/a.yaml:3',
    ],
    [
      'a secret',
      { path: 'a', value: { env: 'S' }, state: 'secret', from: { source: 'declared', at } },
      'a = (secret: env S)  # Harbor never returns it; declared at policies/a.yaml:3',
    ],
  ])('shows a field %s', (_case, field, expected) => {
    expect(rowsOf(planWith({ explained: [explained([field])] }))[0]?.explained).toEqual([expected]);
  });
});

it.each<[string, number, object[]]>([
  [
    'all, if they are few',
    3,
    [
      { kind: 'box', count: 2, names: ['x', 'y'], more: 0 },
      { kind: 'label', count: 1, names: ['x/l'], more: 0 },
    ],
  ],
  [
    'the first ones, if they are many',
    1,
    [
      { kind: 'box', count: 2, names: ['x'], more: 1 },
      { kind: 'label', count: 1, names: ['x/l'], more: 0 },
    ],
  ],
])('new objects by kind: %s', (_case, most, expected) => {
  const changes = ['box/x', 'label/x/l', 'box/y'].map((address) =>
    change(address, { action: 'create', fields: [{ path: 'tag', after: address }] }),
  );
  expect(createsByKind(rowsOf(planWith({ changes })), most)).toEqual(expected);
});
