import { inOrder, kindRanks, stage } from '../../../src/plan/order';
import type { Change } from '../../../src/plan/plan';

const kinds = [
  { name: 'member', dependsOn: ['project', 'group'] },
  { name: 'project', dependsOn: ['registry'] },
  { name: 'registry', dependsOn: [] },
  { name: 'group', dependsOn: ['not-here'] },
];
const change = (address: string, action: Change['action'] = 'create', dependsOn: readonly string[] = []): Change => {
  const [kind = '', identity = ''] = address.split('/');
  return { action, kind, identity, address, dependsOn, fields: [], precondition: null };
};

describe('kindRanks', () => {
  it('puts every kind below all that it needs', () => {
    expect(Object.fromEntries(kindRanks(kinds))).toEqual({ registry: 0, group: 0, project: 1, member: 2 });
  });

  it('refuses kinds that need each other', () => {
    const loop = [
      { name: 'a', dependsOn: ['b'] },
      { name: 'b', dependsOn: ['a'] },
    ];
    expect(() => kindRanks(loop)).toThrow('a -> b -> a');
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
    ['registry/a', 'delete' as const, 5],
  ])('%s %s is in stage %s', (address, action, expected) => {
    expect(stage(change(address, action), kindRanks(kinds))).toBe(expected);
  });
});
