import type { AccessRow, Verdict } from '../../../src/harbor';
import { guard, type GuardInput } from '../../../src/plan/guard';
import type { Change } from '../../../src/plan/plan';
import { buildWorld } from '../../../src/plan/build-world';
import { versionWarnings } from '../../../src/plan/version';
import { declare, live, type Specs } from '../../support/declare';
import { inventedKinds } from '../../support/invented-kinds';

/** Changes that the planner would not make in this mode: the guard does not rely on it. */
const change = (address: string, action: Change['action'], fields: Change['fields'] = []): Change => {
  const [kind = '', identity = ''] = address.split('/');
  return { action, kind, identity, address, fields, precondition: null, dependsOn: [] };
};

function judged(changes: readonly Change[], more: Partial<GuardInput> = {}, prune: readonly string[] = []): string[] {
  const found: Specs = { shelf: [{ name: 'a' }, { name: 'b' }] };
  const declaration = declare({ shelf: [{ name: 'a' }] }, { prune });
  const current = live(found);
  const { refusals } = guard({
    changes,
    world: buildWorld(declaration, current, inventedKinds),
    current,
    declaration,
    mode: 'upsert-only',
    targets: [],
    identity: { user: { username: 'admin', userId: 1, sysadmin: true, localAdmin: true } },
    target: {},
    ...more,
  });
  return refusals.map(({ rule, message }) => `${rule}: ${message}`);
}

describe('a delete', () => {
  const gone = [change('shelf/b', 'delete')];
  it.each<[string, Partial<GuardInput>, string[], string[]]>([
    [
      'in another mode than sync is refused',
      {},
      ['shelf'],
      ['delete-needs-sync: shelf/b would be deleted, in mode upsert-only'],
    ],
    [
      'of a kind that is not pruned is refused',
      { mode: 'sync' },
      ['box'],
      ['delete-needs-sync: shelf/b would be deleted, in mode sync'],
    ],
    ['of a pruned kind in mode sync is allowed', { mode: 'sync' }, ['shelf'], []],
    ['of what was removed from the files is allowed in every mode', { prune: 'removed' }, [], []],
  ])('%s', (_case, more, prune, expected) => {
    expect(judged(gone, more, prune)).toEqual(expected);
  });
});

it('a refused replace names only the fields that Harbor cannot change in place', () => {
  const fields = [
    { path: 'url', before: 'u', after: 'v', why: 'Harbor cannot change it in place' },
    { path: 'marks', after: {} },
    { path: 'login.secret', after: { env: 'S' }, why: 'it is forgotten' },
  ];
  expect(judged([change('shelf/a', 'replace', fields)])).toEqual([
    expect.stringContaining('Harbor cannot change url of shelf/a in place;'),
  ]);
});

describe('an empty declaration', () => {
  const empty = (more: Partial<GuardInput>, prune: readonly string[] = []): string[] =>
    judged([], { declaration: declare({}, { prune }), ...more });

  it.each<[string, Partial<GuardInput>, string[], string[]]>([
    [
      'with mode sync would delete whole kinds',
      { mode: 'sync' },
      ['shelf', 'box'],
      ['empty-declaration: nothing is declared, and --mode sync with prune (shelf, box) would delete every object'],
    ],
    ['with mode sync and without prune deletes nothing', { mode: 'sync' }, [], []],
    ['with --prune removed and no change deletes nothing', { prune: 'removed' }, ['shelf'], []],
    ['in another mode deletes nothing', {}, ['shelf'], []],
  ])('%s', (_case, more, prune, expected) => {
    expect(empty(more, prune)).toEqual(expected);
  });

  it('with --prune removed would delete what was declared before', () => {
    const more = { declaration: declare({}), prune: 'removed', changes: [change('shelf/b', 'delete')] } as const;
    expect(judged([], more)).toEqual([
      'empty-declaration: nothing is declared, and --prune removed would delete every object that was declared before',
    ]);
  });
});

describe('what the credentials and the version do not allow', () => {
  const yes: Verdict = { may: 'robot' };
  const row: AccessRow = {
    kind: 'shelf',
    read: yes,
    create: yes,
    update: { may: 'nobody', missing: 'x' },
    remove: yes,
  };

  it.each<[string, Change['action'], string[]]>([
    ['an update', 'update', ['no-permission: these credentials cannot update shelf/a: update needs x']],
    ['not a create', 'create', []],
  ])('refuses %s', (_case, action, expected) => {
    expect(judged([change('shelf/a', action)], { access: [row] })).toEqual(expected);
  });

  const at = { file: 'policies/a.yaml', line: 3, column: 5 };
  const findings = [
    { rule: 'too-new', severity: 'error', message: 'needs Harbor 2.15', at },
    { rule: 'too-new', severity: 'error', message: 'needs Harbor 2.16', hint: 'remove it' },
    { rule: 'old', severity: 'warning', message: 'no longer offered' },
  ] as const;

  it('refuses fields that Harbor would drop, and only warns about old values', () => {
    expect(judged([], { outOfVersion: findings })).toEqual([
      'too-new: needs Harbor 2.15',
      'too-new: needs Harbor 2.16',
    ]);
    expect(versionWarnings(findings)).toEqual([{ message: 'no longer offered' }]);
  });

  it('names the place of such a field, if it is known', () => {
    const world = buildWorld(declare({}), new Map(), inventedKinds);
    const rest = {
      world,
      current: new Map(),
      declaration: declare({}),
      mode: 'upsert-only',
      targets: [],
      target: {},
    } as const;
    const identity = { user: { username: 'admin', userId: 1, sysadmin: true, localAdmin: true } };
    const { refusals } = guard({ ...rest, identity, changes: [], outOfVersion: findings });
    expect(refusals.map(({ hint }) => hint)).toEqual([
      'remove it, or upgrade Harbor (policies/a.yaml:3:5)',
      'remove it',
    ]);
  });
});
