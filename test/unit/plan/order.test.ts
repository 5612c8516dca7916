import { inOrder, kindRanks, stage } from '../../../src/plan/order';
import type { Change } from '../../../src/plan/plan';

const kinds = [
  { name: 'member', dependsOn: ['project', 'group'] },
  { name: 'project', dependsOn: ['registry'] },
  { name: 'registry', dependsOn: [] },
  { name: 'group', dependsOn: ['not-here'] },
];
const kind = (name: string, ...dependsOn: string[]) => ({ name, dependsOn });
const change = (address: string, action: Change['action'] = 'create', dependsOn: readonly string[] = []): Change => {
  const [kind = '', identity = ''] = address.split('/');
  return { action, kind, identity, address, dependsOn, fields: [], precondition: null };
};

describe('kindRanks', () => {
  it('puts every kind below all that it needs', () => {
    expect(Object.fromEntries(kindRanks(kinds))).toEqual({ registry: 0, group: 0, project: 1, member: 2 });
  });

  it.each<[string, { name: string; dependsOn: string[] }[], Record<string, number>]>([
    ['no kinds', [], {}],
    ['kinds that need nothing', [kind('a'), kind('b')], { a: 0, b: 0 }],
    ['a chain, whatever its order', [kind('c', 'b'), kind('a'), kind('b', 'a')], { a: 0, b: 1, c: 2 }],
    [
      'the longest of several ways',
      [kind('d', 'a', 'c'), kind('c', 'b'), kind('b', 'a'), kind('a')],
      { a: 0, b: 1, c: 2, d: 3 },
    ],
    ['a kind that needs only unknown ones', [kind('a', 'not-here', 'nor-this')], { a: 0 }],
  ])('ranks %s', (_case, given, expected) => {
    expect(Object.fromEntries(kindRanks(given))).toEqual(expected);
  });

  it.each([
    ['itself', [kind('a', 'a')], 'a -> a'],
    ['each other', [kind('a', 'b'), kind('b', 'a')], 'a -> b -> a'],
    ['each other over a third one', [kind('a', 'b'), kind('b', 'c'), kind('c', 'b')], 'a -> b -> c -> b'],
  ])('refuses kinds that need %s', (_case, given, circle) => {
    expect(() => kindRanks(given)).toThrow(circle);
  });
});

describe('inOrder', () => {
  const ranks = kindRanks(kinds);
  it.each([
    [
      'by rank, then by address',
      ['member/x', 'project/b', 'project/a', 'registry/z'],
      ['registry/z', 'project/a', 'project/b', 'member/x'],
    ],
    ['by code unit, not by locale', ['project/a', 'project/B', 'project/ä'], ['project/B', 'project/a', 'project/ä']],
  ])('orders %s', (_case, given, expected) => {
    expect(
      inOrder(
        given.map((address) => change(address)),
        ranks,
      ).map(({ address }) => address),
    ).toEqual(expected);
  });

  it('puts deletes last, dependants first', () => {
    const all = [
      change('registry/old', 'delete'),
      change('member/old', 'delete'),
      change('member/new'),
      change('project/old', 'delete'),
    ];
    expect(inOrder(all, ranks).map(({ address }) => address)).toEqual([
      'member/new',
      'member/old',
      'project/old',
      'registry/old',
    ]);
  });

  it('follows references inside one kind, however long the chain', () => {
    const chain = Array.from({ length: 20_000 }, (_, i) =>
      change(
        `project/${String(i).padStart(5, '0')}`,
        'create',
        i < 19_999 ? [`project/${String(i + 1).padStart(5, '0')}`] : [],
      ),
    );
    const ordered = inOrder(chain, ranks).map(({ address }) => address);
    expect(ordered[0]).toBe('project/19999');
    expect(ordered.at(-1)).toBe('project/00000');
  });

  it.each<[string, Change[], string[]]>([
    [
      'a reference to a kind of a higher rank before its rank',
      [change('project/a', 'create', ['member/m']), change('member/m'), change('registry/r')],
      ['registry/r', 'member/m', 'project/a'],
    ],
    [
      'a diamond once each',
      [
        change('project/a', 'create', ['project/b', 'project/c']),
        change('project/b', 'create', ['project/d']),
        change('project/c', 'create', ['project/d']),
        change('project/d'),
      ],
      ['project/d', 'project/b', 'project/c', 'project/a'],
    ],
    [
      'a delete after the update that ends the use of it',
      [change('registry/r', 'delete', ['project/p']), change('project/p', 'update')],
      ['project/p', 'registry/r'],
    ],
    [
      'a change without its dependency, where that is not in the plan',
      [change('project/a', 'create', ['registry/elsewhere']), change('registry/r')],
      ['registry/r', 'project/a'],
    ],
    ['a replace with the creates', [change('project/a', 'replace'), change('project/b')], ['project/a', 'project/b']],
    ['nothing', [], []],
  ])('orders %s', (_case, changes, expected) => {
    expect(inOrder(changes, ranks).map(({ address }) => address)).toEqual(expected);
  });

  it('ends although changes name each other', () => {
    const loop = [change('project/a', 'create', ['project/b']), change('project/b', 'create', ['project/a'])];
    expect(inOrder(loop, ranks)).toHaveLength(2);
  });
});

describe('stage', () => {
  it.each([
    ['registry/a', 'create' as const, 0],
    ['member/a', 'replace' as const, 2],
    ['member/a', 'delete' as const, 3],
    ['project/a', 'delete' as const, 4],
    ['registry/a', 'delete' as const, 5],
    ['unknown/a', 'update' as const, 0],
    ['unknown/a', 'delete' as const, 5],
  ])('%s %s is in stage %s', (address, action, expected) => {
    expect(stage(change(address, action), kindRanks(kinds))).toBe(expected);
  });

  it.each([
    ['create' as const, 0],
    ['delete' as const, 1],
  ])('without any kinds a %s is in stage %s', (action, expected) => {
    expect(stage(change('registry/a', action), new Map())).toBe(expected);
  });
});
