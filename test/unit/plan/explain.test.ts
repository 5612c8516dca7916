import type { Declaration } from '../../../src/declaration/declaration';
import { withExplanations, withoutExplanations } from '../../../src/plan/explain';
import type { PlanInput } from '../../../src/plan/make-plan';
import type { ExplainedObject, Plan } from '../../../src/plan/plan';
import { inventedKinds } from '../../support/invented-kinds';
import { declare, live, plan, type Specs } from '../../support/declare';

const SHELVES = [{ name: 'a' }, { name: 'b' }];
const at = { file: 'policies/box.yaml', line: 9, column: 5 };

function explained(specs: Specs, found: Specs, options: Partial<PlanInput> = {}): Plan {
  const declaration: Declaration = {
    ...declare(specs),
    originOf: (_address, path) => (path === 'open' ? { source: 'defaults', at } : { source: 'declared', at }),
  };
  const input = { declaration, current: live(found), kinds: inventedKinds, targets: [], ...options } as PlanInput;
  return withExplanations(plan(declaration, found, options), input);
}

const brief = ({ address, changes, fields }: ExplainedObject): string =>
  `${address}${changes ? ' changes' : ''}: ${fields.map(({ path, state }) => `${path} ${state}`).join(', ')}`;

describe('the unchanged fields of an explained object', () => {
  it.each<[string, Specs, Specs, readonly string[], readonly string[]]>([
    [
      'of an update: declared and undeclared ones, without the changed one',
      { box: [{ name: 'x', open: true }] },
      { box: [{ name: 'x', open: false, tags: ['t'] }] },
      [],
      ['box/x changes: name declared, tags undeclared'],
    ],
    [
      'of a replace: undeclared ones are lost',
      { shelf: SHELVES, box: [{ name: 'x', shelf: 'b' }] },
      { shelf: SHELVES, box: [{ name: 'x', shelf: 'a', open: true }] },
      [],
      ['box/x changes: name declared, open lost'],
    ],
    ['of a create: none, because nothing exists', { box: [{ name: 'x' }] }, {}, [], []],
    ['of an object as declared: none without --target', { box: [{ name: 'x' }] }, { box: [{ name: 'x' }] }, [], []],
    [
      'of an object as declared that --target names',
      { box: [{ name: 'x' }] },
      { box: [{ name: 'x', open: true }] },
      ['box/x'],
      ['box/x: name declared, open undeclared'],
    ],
    [
      'of a secret: only its reference',
      { shelf: [{ name: 'a', url: 'u', login: { user: 'u', secret: { env: 'S' } } }] },
      { shelf: [{ name: 'a', url: 'u', login: { user: 'u' } }] },
      ['shelf/a'],
      ['shelf/a: login.secret secret, login.user declared, name declared, url declared'],
    ],
  ])('%s', (_case, specs, found, targets, expected) => {
    expect((explained(specs, found, { targets }).explained ?? []).map(brief)).toEqual(expected);
  });

  it('have Harbor’s value, and where the declared one is written', () => {
    const [object] = explained(
      { box: [{ name: 'x', open: true }] },
      { box: [{ name: 'x', open: true, tags: ['t'] }] },
      {
        targets: ['box/x'],
      },
    ).explained!;
    expect(object?.fields).toEqual([
      { path: 'name', value: 'x', state: 'declared', from: { source: 'declared', at } },
      { path: 'open', value: true, state: 'declared', from: { source: 'defaults', at } },
      { path: 'tags', value: ['t'], state: 'undeclared' },
    ]);
  });

  it('of an object that is left alone have the declared value, too', () => {
    const { explained: objects } = explained(
      { box: [{ name: 'x', open: true }] },
      { box: [{ name: 'x', open: false }] },
      { targets: ['box/x'], mode: 'create-only' },
    );
    expect(objects?.[0]?.fields.find(({ path }) => path === 'open')).toMatchObject({ value: false, wanted: true });
  });
});

describe('the origin of a changed field', () => {
  it('is in the explained plan, and not in the one that is approved', () => {
    const made = explained({ box: [{ name: 'x', open: true }] }, { box: [{ name: 'x', open: false }] });
    const [field] = made.changes[0]!.fields;
    expect(field).toEqual({ path: 'open', before: false, after: true, from: { source: 'defaults', at } });
    const approved = withoutExplanations(made);
    expect(approved.changes[0]!.fields).toEqual([{ path: 'open', before: false, after: true }]);
    expect('explained' in approved).toBe(false);
  });

  it('is missing for a value that is removed', () => {
    const made = explained({ shelf: [{ name: 'a', marks: {} }] }, { shelf: [{ name: 'a', marks: { m: '1' } }] });
    expect(made.changes[0]!.fields).toEqual([{ path: 'marks.m', before: '1' }]);
  });
});
