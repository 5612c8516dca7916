import type { Change, Mode, Plan } from '../../../src/plan/plan';
import { declare, plan, type Specs } from '../../support/declare';

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
  ])('%s', (_case, spec, live, action, paths) => {
    const shelves = [{ name: 'a' }, { name: 'b' }];
    const made = plan(declare({ box: [spec] }), { shelf: shelves, box: live ? [live] : [] });
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
