import type { Plan, UnmanagedObject } from '../../../../src/plan/plan';
import { unmanagedGroups } from '../../../../src/plan/render/unmanaged';

const object = (address: string, more: Partial<UnmanagedObject> = {}): UnmanagedObject => ({
  kind: address.split('/')[0]!,
  address,
  ...more,
});
const groupsOf = (...unmanaged: readonly UnmanagedObject[]) => unmanagedGroups({ unmanaged } as unknown as Plan);

describe('undeclared objects', () => {
  it('are grouped: removed from the files, never declared, accepted', () => {
    const groups = groupsOf(
      object('project/accepted', { accepted: 'owned by team-a' }),
      object('project/never'),
      object('project/removed', { removed: true }),
      object('robot/never'),
    );
    expect(groups.map(({ title, isAccepted }) => [title, isAccepted])).toEqual([
      ['Removed from the files, still in Harbor: 1 object', false],
      ['Not declared, in Harbor: 2 objects', false],
      ['Not declared, accepted in `unmanaged`: 1 object', true],
    ]);
  });

  it('are no group if there is none', () => expect(groupsOf()).toEqual([]));

  it.each<[string, Partial<UnmanagedObject>, string]>([
    ['without a note', {}, 'project/a'],
    ['that prune names', { pruned: true }, 'project/a (its kind is in prune)'],
    ['that left the files', { removed: true }, 'project/a (--prune removed deletes it)'],
    [
      'that left the files, of a kind in prune',
      { removed: true, pruned: true },
      'project/a (--prune removed deletes it)',
    ],
    [
      'that is in use',
      { removed: true, inUse: true },
      'project/a (a declared object refers to it, so it is never deleted)',
    ],
    [
      'that Harbor cannot delete',
      { removed: true, permanent: true },
      'project/a (Harbor cannot delete it; it keeps its last values)',
    ],
    ['that is accepted', { accepted: 'owned by team-a', pruned: true }, 'project/a (owned by team-a)'],
    ['from the installation', { fromInstallation: true }, 'project/a (created at installation)'],
    [
      'with a creator',
      { created: { by: 'alice', at: '2026-11-28T03:14:00Z' }, pruned: true },
      'project/a (created by alice, 2026-11-28 03:14 UTC; its kind is in prune)',
    ],
    ['whose reason has a line break', { accepted: 'a\nb' }, 'project/a (a\\u000ab)'],
  ])('one %s', (_case, more, expected) => {
    expect(groupsOf(object('project/a', more)).flatMap(({ lines }) => lines)).toEqual([expected]);
  });

  it('of one kind are counted after twenty, and another kind is not cut by that', () => {
    const many = Array.from({ length: 23 }, (_, i) => object(`robot/${i}`));
    const [group] = groupsOf(...many, object('project/a'));
    expect(group?.lines).toHaveLength(22);
    expect(group?.lines[20]).toBe('… and 3 more of kind robot (--format json lists all)');
    expect(group?.lines[21]).toBe('project/a');
  });
});
