import type { Declaration } from '../../../src/declaration/declaration';
import type { AccessRow, Verdict } from '../../../src/harbor';
import type { AnyKind, Unreadable } from '../../../src/kinds/kind';
import type { Plan } from '../../../src/plan/plan';
import { declare, live, plan, type Specs } from '../../support/declare';
import { box, inventedKinds, shelf } from '../../support/invented-kinds';

const texts = ({ warnings }: Plan): string[] =>
  warnings.map(({ address, message }) => (address === undefined ? message : `${address}: ${message}`));

/** The invented kinds, one of them with more traits. */
const kindsWith = (kind: AnyKind): AnyKind[] => inventedKinds.map((one) => (one.name === kind.name ? kind : one));

describe('the warnings of a plan', () => {
  const yes: Verdict = { may: 'robot' };
  const denied: AccessRow = {
    kind: 'box',
    read: yes,
    create: { may: 'nobody', missing: 'x:create' },
    update: yes,
    remove: yes,
  };

  it('come in the order: about the run, then by address', () => {
    const declaration = declare({
      shelf: [
        { name: 'b', url: 'u' },
        { name: 'a', url: 'u' },
      ],
      box: [{ name: 'x' }],
    });
    const found = {
      shelf: [
        { name: 'b', url: 'v' },
        { name: 'a', url: 'v' },
      ],
      box: [{ name: 'x' }],
    };
    const made = plan(declaration, found, {
      mode: 'create-only',
      access: [denied],
      outOfVersion: [{ rule: 'r', severity: 'warning', message: 'no longer offered' }],
      unreadable: [{ kind: 'label', address: 'label/(id 7)', reason: 'no name' }],
    });
    expect(texts(made)).toEqual([
      'no longer offered',
      expect.stringContaining('these credentials cannot manage box (create needs x:create)'),
      'label/(id 7): unreadable, so it is not changed or deleted: no name',
      'shelf/a: would be updated; mode create-only does not change it',
      'shelf/b: would be updated; mode create-only does not change it',
    ]);
  });

  it.each<[string, string, Specs, string[]]>([
    ['done', 'old', { shelf: [{ name: 'new' }] }, ['shelf/new: is already renamed; remove `renamed_from` (shelf/old)']],
    ['pending', 'old', { shelf: [{ name: 'old' }] }, []],
  ])('a rename that is %s', (_case, renamedFrom, found, expected) => {
    const declaration = declare({ shelf: [{ name: 'new' }] });
    const objects = declaration.objects.map((one) => ({ ...one, renamedFrom }));
    expect(texts(plan({ ...declaration, objects }, found))).toEqual(expected);
  });

  const login = { user: 'u', secret: { env: 'S' } };
  const told = {
    ...shelf,
    writeOnly: shelf.writeOnly.map((one) => ({ ...one, afterWrite: 'log in again' })),
  } as AnyKind;
  it.each<[string, Specs, string[], string[]]>([
    [
      'written to an object in use',
      { shelf: [{ name: 'a', url: 'v', login: { user: 'u' } }] },
      [],
      ['shelf/a: login.secret is written: log in again'],
    ],
    [
      'rotated',
      { shelf: [{ name: 'a', url: 'u', login: { user: 'u' } }] },
      ['shelf/a'],
      ['shelf/a: login.secret is written: log in again'],
    ],
    ['of a new object: no client uses it yet', {}, [], []],
    ['that stays as it is', { shelf: [{ name: 'a', url: 'u', login: { user: 'u' } }] }, [], []],
  ])('a secret %s', (_case, found, rotate, expected) => {
    const kinds = kindsWith(told);
    const declaration = declare({ shelf: [{ name: 'a', url: 'u', login }] }, { kinds });
    expect(texts(plan(declaration, {}, { kinds, current: live(found, kinds), rotate }))).toEqual(expected);
  });

  it('a secret that needs nothing afterwards has none', () => {
    const declaration = declare({ shelf: [{ name: 'a', url: 'u', login }] });
    expect(texts(plan(declaration, { shelf: [{ name: 'a', url: 'v', login: { user: 'u' } }] }))).toEqual([]);
  });

  it('a warning tells how long Harbor remembers a replaced object', () => {
    const kinds = kindsWith({ ...box, recreated: () => ({ days: 7, effect: 'nothing is cached' }) } as AnyKind);
    const declaration = declare({ shelf: [{ name: 'a' }], box: [{ name: 'x', shelf: 'a' }] }, { kinds });
    const current = live({ shelf: [{ name: 'a' }], box: [{ name: 'x' }] }, kinds);
    expect(texts(plan(declaration, {}, { kinds, current, mode: 'sync' }))).toEqual([
      'box/x: for 7 days nothing is cached',
    ]);
  });

  it('an accepted object that does not exist, of a kind that is only searched', () => {
    const at = { file: 'policies/test.yaml', line: 4, column: 1 };
    const declaration: Declaration = {
      ...declare({ shelf: [{ name: 'a' }] }),
      unmanaged: ['label/*', 'rack/*'].map((object) => ({ object, reason: 'owned by another team', at })),
    };
    const beyond = new Map([['label', []]]);
    const current = new Map([['shelf', live({ shelf: [{ name: 'a' }] }).get('shelf')!]]);
    expect(texts(plan(declaration, {}, { beyond, current }))).toEqual([
      'unmanaged entry label/* (policies/test.yaml:4) matches no undeclared object in Harbor: remove it',
    ]);
  });
});

describe('what a plan leaves alone', () => {
  const declaration = declare({ shelf: [{ name: 'a' }, { name: 'b' }], box: [{ name: 'x' }] }, { prune: ['shelf'] });
  const brief = ({ changes }: Plan): string[] => changes.map(({ action, address }) => `${action} ${address}`);

  it('is everything that was not approved', () => {
    const made = plan(declaration, {}, { approved: new Set(['shelf/b', 'shelf/unknown']) });
    expect([brief(made), made.summary.left]).toEqual([['create shelf/b'], 2]);
  });

  it('does not count deletes that --target excludes: nothing declared is left', () => {
    const made = plan(declaration, { shelf: [{ name: 'stray' }] }, { mode: 'sync', targets: ['shelf/a'] });
    expect([brief(made), made.summary.left]).toEqual([['create shelf/a'], 2]);
  });

  it('is an adopted object that differs, in mode create-only', () => {
    const found = { shelf: [{ name: 'a', url: 'v' }, { name: 'b' }] };
    const differing = declare({ shelf: [{ name: 'a', url: 'u' }, { name: 'b' }] });
    const { adoptions } = plan(differing, found, { mode: 'create-only', base: new Map() });
    expect(adoptions?.map(({ address, changed }) => [address, changed])).toEqual([
      ['shelf/a', true],
      ['shelf/b', false],
    ]);
  });

  it.each<[string, readonly Unreadable[], Specs, Partial<Plan['summary']>, string[]]>([
    [
      'nothing, if everything could be read',
      [],
      {},
      { create: 2, left: 0, unchanged: 0 },
      ['create box/x', 'create label/x/l'],
    ],
    [
      'an object that cannot be read, and what is inside it',
      [{ kind: 'box', address: 'box/x', reason: 'no name' }],
      {},
      { create: 0, unread: 2, left: 0, unchanged: 0 },
      [],
    ],
    [
      'also what is inside it and differs',
      [{ kind: 'box', address: 'box/x', reason: 'no name' }],
      { label: [{ box: 'x', name: 'l', colour: 'blue' }] },
      { update: 0, unread: 2, left: 0, unchanged: 0 },
      [],
    ],
  ])('is %s', (_case, unreadable, found, summary, expected) => {
    const declared = declare({ box: [{ name: 'x' }], label: [{ box: 'x', name: 'l', colour: 'red' }] });
    const made = plan(declared, found, { unreadable, mode: 'create-only' });
    expect(brief(made)).toEqual(expected);
    expect(made.summary).toMatchObject(summary);
    expect('unread' in made.summary).toBe(unreadable.length > 0);
    expect(made.unreadable).toEqual(unreadable.length > 0 ? [{ address: 'box/x', reason: 'no name' }] : undefined);
  });

  it('names on a change only hazards that were accepted', () => {
    const [change] = plan(declaration, {}).changes;
    expect(change && 'accepts' in change).toBe(false);
  });

  it.each([
    ['no kind', [], undefined],
    ['a kind that could not be read', [{ kind: 'label', reason: '403' }], [{ kind: 'label', reason: '403' }]],
  ])('lists as unseen %s', (_case, unseen, expected) => {
    expect(plan(declaration, {}, { unseen }).unseen).toEqual(expected);
  });
});
