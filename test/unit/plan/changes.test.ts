import type { Change, Mode, Plan } from '../../../src/plan/plan';
import type { Declaration } from '../../../src/declaration/declaration';
import type { AnyKind } from '../../../src/kinds/kind';
import { declare, live, plan, type Specs } from '../../support/declare';
import { box, inventedKinds, shelf } from '../../support/invented-kinds';

const fields = ({ fields }: Change): string[] => fields.map(({ path, why }) => (why ? `${path} (${why})` : path));
const brief = ({ changes }: Plan): string[] => changes.map(({ action, address }) => `${action} ${address}`);

describe('the action for one declared object', () => {
  it.each<[string, object, object | undefined, string | undefined, string[]]>([
    ['missing: create', { name: 'x', open: true }, undefined, 'create', ['name', 'open']],
    ['as declared: nothing', { name: 'x', open: true }, { name: 'x', open: true }, undefined, []],
    ['another value: update', { name: 'x', open: true }, { name: 'x', open: false }, 'update', ['open']],
    ['declared, and not set: update', { name: 'x', tags: ['t'] }, { name: 'x' }, 'update', ['tags']],
    ['set, and not declared: nothing', { name: 'x' }, { name: 'x', open: true, tags: ['t'] }, undefined, []],
    ['an empty list declares none: update', { name: 'x', tags: [] }, { name: 'x', tags: ['t'] }, 'update', ['tags']],
    [
      'what cannot change in place: replace',
      { name: 'x', shelf: 'b' },
      { name: 'x', shelf: 'a' },
      'replace',
      ['shelf (Harbor cannot change it in place)'],
    ],
    [
      'a replace writes all that is declared',
      { name: 'x', shelf: 'b', open: true },
      { name: 'x', shelf: 'a', open: false },
      'replace',
      ['open', 'shelf (Harbor cannot change it in place)'],
    ],
  ])('%s', (_case, spec, found, action, paths) => {
    const shelves = [{ name: 'a' }, { name: 'b' }];
    const made = plan(declare({ box: [spec] }), { shelf: shelves, box: found ? [found] : [] });
    expect(made.changes.map((change) => change.action)).toEqual(action ? [action] : []);
    expect(made.changes.flatMap(fields)).toEqual(paths);
  });
});

describe('what a mode touches', () => {
  const declaration = declare(
    { shelf: [{ name: 'new' }, { name: 'differs', url: 'u' }, { name: 'same' }] },
    { prune: ['shelf'] },
  );
  const found: Specs = { shelf: [{ name: 'differs', url: 'v' }, { name: 'same' }, { name: 'undeclared' }] };

  it.each<[Mode, string[]]>([
    ['create-only', ['create shelf/new']],
    ['upsert-only', ['create shelf/new', 'update shelf/differs']],
    ['sync', ['create shelf/new', 'update shelf/differs', 'delete shelf/undeclared']],
  ])('%s', (mode, expected) => {
    expect(brief(plan(declaration, found, { mode })).sort()).toEqual([...expected].sort());
  });
});

describe('what sync deletes', () => {
  it.each<[string, Specs, string[], Specs, string[]]>([
    ['what is pruned and not declared', {}, ['shelf'], { shelf: [{ name: 'a' }] }, ['delete shelf/a']],
    ['nothing of a kind that is not pruned', {}, ['box'], { shelf: [{ name: 'a' }] }, []],
    [
      'what lives in an object that declares its kind',
      { box: [{ name: 'x' }], label: [{ box: 'x', name: 'kept' }] },
      ['label'],
      {
        box: [{ name: 'x' }],
        label: [
          { box: 'x', name: 'kept' },
          { box: 'x', name: 'by-hand' },
        ],
      },
      ['delete label/x/by-hand'],
    ],
    [
      'nothing in an object that is not declared',
      { box: [{ name: 'x' }] },
      ['label'],
      { box: [{ name: 'x' }, { name: 'foreign' }], label: [{ box: 'foreign', name: 'l' }] },
      [],
    ],
    [
      'an object, and what lives in it unlisted',
      { shelf: [{ name: 'a' }] },
      ['box', 'label'],
      { shelf: [{ name: 'a' }], box: [{ name: 'x' }], label: [{ box: 'x', name: 'l' }] },
      ['delete box/x'],
    ],
  ])('%s', (_case, specs, prune, found, expected) => {
    expect(brief(plan(declare(specs, { prune }), found, { mode: 'sync' }))).toEqual(expected);
  });
});

describe('what `prune: removed` deletes', () => {
  const LABEL = { box: 'x', name: 'l' };
  /** Everything that was declared before, by address. */
  const baseOf = (specs: Specs): ReadonlyMap<string, object> =>
    new Map(declare(specs).objects.map(({ address, spec }) => [address, spec]));

  it.each<[string, Specs, Specs, Specs, string[]]>([
    [
      'what was declared, and is no longer',
      { shelf: [{ name: 'a' }] },
      {},
      { shelf: [{ name: 'a' }] },
      ['delete shelf/a'],
    ],
    ['nothing that was never declared', { shelf: [{ name: 'a' }] }, {}, { shelf: [{ name: 'b' }] }, []],
    [
      'nothing that is still declared',
      { shelf: [{ name: 'a' }] },
      { shelf: [{ name: 'a' }] },
      { shelf: [{ name: 'a' }] },
      [],
    ],
    ['nothing that is gone already', { shelf: [{ name: 'a' }] }, {}, {}, []],
    [
      'nothing that a declared object refers to',
      { shelf: [{ name: 'a' }] },
      { box: [{ name: 'x', shelf: 'a' }] },
      { shelf: [{ name: 'a' }], box: [{ name: 'x', shelf: 'a' }] },
      [],
    ],
    [
      'nothing that Harbor cannot delete',
      { box: [{ name: 'x' }], tidy: [{ box: 'x', days: 3 }] },
      { box: [{ name: 'x' }] },
      { box: [{ name: 'x' }], tidy: [{ box: 'x', days: 3 }] },
      [],
    ],
    [
      'an object without an entry for what is inside it',
      { box: [{ name: 'x' }], label: [LABEL] },
      {},
      { box: [{ name: 'x' }], label: [LABEL] },
      ['delete box/x'],
    ],
    [
      'what is inside an object that stays',
      { box: [{ name: 'x' }], label: [LABEL] },
      { box: [{ name: 'x' }] },
      { box: [{ name: 'x' }], label: [LABEL] },
      ['delete label/x/l'],
    ],
  ])('%s', (_case, before, specs, found, expected) => {
    expect(brief(plan(declare(specs), found, { prune: 'removed', base: baseOf(before) }))).toEqual(expected);
  });

  it('nothing without an earlier declaration', () => {
    expect(brief(plan(declare({}), { shelf: [{ name: 'a' }] }, { prune: 'removed' }))).toEqual([]);
  });

  it('nothing that Harbor created itself', () => {
    const current = live({});
    current.set('shelf', [{ identity: 'a', spec: { name: 'a' }, builtIn: true }]);
    const base = baseOf({ shelf: [{ name: 'a' }] });
    expect(brief(plan(declare({ box: [{ name: 'x' }] }), {}, { prune: 'removed', base, current }))).toEqual([
      'create box/x',
    ]);
  });

  it('nothing that `unmanaged` accepts', () => {
    const at = { file: 'policies/test.yaml', line: 1, column: 1 };
    const declaration = { ...declare({}), unmanaged: [{ object: 'shelf/*', reason: 'owned by another team', at }] };
    const base = baseOf({ shelf: [{ name: 'a' }] });
    expect(brief(plan(declaration, { shelf: [{ name: 'a' }] }, { prune: 'removed', base }))).toEqual([]);
  });
});

it('sync never deletes what Harbor created itself', () => {
  const current = live({ shelf: [{ name: 'b' }] });
  current.set('shelf', [...current.get('shelf')!, { identity: 'a', spec: { name: 'a' }, builtIn: true }]);
  const declaration = declare({ box: [{ name: 'x' }] }, { prune: ['shelf'] });
  expect(brief(plan(declaration, {}, { mode: 'sync', current }))).toEqual(['create box/x', 'delete shelf/b']);
});

it('sync deletes nothing below an owner of which the declaration knows no parents', () => {
  const declaration = {
    ...declare({ box: [{ name: 'x' }] }, { prune: ['label'] }),
    parents: new Map<string, string[]>(),
  };
  const found = { box: [{ name: 'x' }], label: [{ box: 'x', name: 'l' }] };
  expect(brief(plan(declaration, found, { mode: 'sync' }))).toEqual([]);
});

describe('why a field is in an update', () => {
  const guardedBox = { ...box, guarded: [{ field: 'open', default: false }] } as AnyKind;
  const kinds = inventedKinds.map((kind) => (kind.name === 'box' ? guardedBox : kind));

  it.each<[string, object, object, string[]]>([
    [
      'not declared, and another value than its default',
      { name: 'x' },
      { name: 'x', open: true },
      ['open (not declared; compared with its default)'],
    ],
    ['declared: no reason is needed', { name: 'x', open: false }, { name: 'x', open: true }, ['open']],
    [
      'another field of the same object has no reason',
      { name: 'x', tags: ['t'] },
      { name: 'x', open: true },
      ['open (not declared; compared with its default)', 'tags'],
    ],
  ])('%s', (_case, spec, found, expected) => {
    const current = live({ box: [found] }, kinds);
    expect(plan(declare({ box: [spec] }, { kinds }), {}, { kinds, current }).changes.flatMap(fields)).toEqual(expected);
  });

  it.each<[string, Specs, boolean, string[]]>([
    ['renamed', { shelf: [{ name: 'old', url: 'u' }] }, true, ['name (renamed)']],
    ['renamed, and changed', { shelf: [{ name: 'old', url: 'v' }] }, true, ['name (renamed)', 'url']],
    ['renamed before: an ordinary update', { shelf: [{ name: 'new', url: 'v' }] }, false, ['url']],
  ])('%s', (_case, found, renames, expected) => {
    const [change] = plan(renamedShelf({ name: 'new', url: 'u' }), found).changes;
    expect(change && fields(change)).toEqual(expected);
    expect(change && 'renamedFrom' in change).toBe(renames);
  });
});

/** One shelf, declared with `renamed_from: old`. */
function renamedShelf(spec: object): Declaration {
  const declaration = declare({ shelf: [spec] });
  return { ...declaration, objects: declaration.objects.map((one) => ({ ...one, renamedFrom: 'old' })) };
}

describe('when a secret is written', () => {
  const login = { user: 'u', secret: { env: 'NEW' } };
  const spec = { name: 'new', url: 'u', login };
  const isWritten = (
    base: ReadonlyMap<string, object> | undefined,
    found: object = { name: 'new', url: 'u', login: { user: 'u' } },
  ) =>
    plan(renamedShelf(spec), { shelf: [found] }, base ? { base } : {})
      .changes.flatMap(fields)
      .some((text) => text.startsWith('login.secret'));
  const before = (address: string, secret: string): ReadonlyMap<string, object> =>
    new Map([[address, { ...spec, login: { user: 'u', secret: { env: secret } } }]]);

  it.each<[string, ReadonlyMap<string, object> | undefined, boolean]>([
    ['no earlier declaration: it is unknown whether it is new', undefined, false],
    ['the same one was declared before', before('shelf/new', 'NEW'), false],
    ['another one was declared before', before('shelf/new', 'OLD'), true],
    ['the same one was declared before, under the old name', before('shelf/old', 'NEW'), false],
    ['another one was declared before, under the old name', before('shelf/old', 'OLD'), true],
    [
      'the new name counts if both were declared',
      new Map([...before('shelf/old', 'OLD'), ...before('shelf/new', 'NEW')]),
      false,
    ],
    ['the object was not declared before', new Map(), true],
  ])('%s', (_case, base, expected) => {
    expect(isWritten(base)).toBe(expected);
  });

  it('a replace writes it again, because the old object takes it away', () => {
    const fixed = { ...shelf, replaceOn: ['url'] } as AnyKind;
    const kinds = inventedKinds.map((kind) => (kind.name === 'shelf' ? fixed : kind));
    const current = live({ shelf: [{ name: 'a', url: 'v', login: { user: 'u' } }] }, kinds);
    const [change] = plan(
      declare({ shelf: [{ name: 'a', url: 'u', login }] }, { kinds }),
      {},
      { kinds, current },
    ).changes;
    expect(change && [change.action, ...fields(change)]).toEqual([
      'replace',
      'url (Harbor cannot change it in place)',
      'login.secret',
    ]);
  });
});
