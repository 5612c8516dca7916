import { declare, plan, type Specs } from '../../support/declare';

const declaredBefore = (...addresses: string[]) => new Map(addresses.map((address) => [address, {}]));
const base = declaredBefore('shelf/known');
const shelves = [{ name: 'known' }, { name: 'found', url: 'https://b' }, { name: 'alike' }, { name: 'new' }];
const found = { shelf: [{ name: 'known' }, { name: 'found', url: 'https://a' }, { name: 'alike' }] };

it('reports which objects are declared for the first time and in Harbor already', () => {
  const { adoptions, changes } = plan(declare({ shelf: shelves }), found, { base });
  expect(adoptions).toEqual([
    { address: 'shelf/alike', changed: false, at: expect.anything() },
    { address: 'shelf/found', changed: true, at: expect.anything() },
  ]);
  expect(changes.map(({ action, address }) => [action, address])).toEqual([
    ['update', 'shelf/found'],
    ['create', 'shelf/new'],
  ]);
});

it('reports nothing without a base, because Harbor does not record it', () => {
  expect(plan(declare({ shelf: shelves }), found)).not.toHaveProperty('adoptions');
});

it('adopts nothing if the base knows it all, or knows it by its old name', () => {
  const declaration = declare({ shelf: [{ name: 'b' }] });
  const renamed = { ...declaration, objects: declaration.objects.map((one) => ({ ...one, renamedFrom: 'a' })) };
  const options = { base: declaredBefore('shelf/a') };
  expect(plan(renamed, { shelf: [{ name: 'a' }] }, options).adoptions).toEqual([]);
  expect(plan(renamed, { shelf: [{ name: 'b' }] }, options).adoptions).toEqual([]);
});

it('names only what is targeted', () => {
  const { adoptions } = plan(declare({ shelf: shelves }), found, { base, targets: ['shelf/alike'] });
  expect(adoptions?.map(({ address }) => address)).toEqual(['shelf/alike']);
});

describe('a delete below what is adopted', () => {
  const declaration = declare({ box: [{ name: 'b' }] }, { prune: ['label'] });
  const current = { box: [{ name: 'b' }], label: [{ box: 'b', name: 'by-hand' }] };
  const rulesOf = (options: object): string[] =>
    plan(declaration, current, { mode: 'sync', ...options }).refusals.map(({ rule }) => rule);

  it.each([
    ['is refused', { base: declaredBefore() }, ['delete-in-adopted']],
    ['is allowed by its name', { base: declaredBefore(), targets: ['label/b/by-hand'] }, []],
    ['is a delete as any other where the base declares the owner', { base: declaredBefore('box/b') }, []],
    ['is a delete as any other without a base', {}, []],
  ])('%s', (_name, options, rules) => {
    expect(rulesOf(options)).toEqual(rules);
  });
});

it('is refused to replace the owner of what is protected', () => {
  const declaration = declare(
    { shelf: [{ name: 's' }], box: [{ name: 'b', shelf: 's' }], label: [{ box: 'b', name: 'mine' }] },
    { protect: ['label/b/mine'] },
  );
  const current = { shelf: [{ name: 's' }, { name: 't' }], box: [{ name: 'b', shelf: 't' }] };
  const rules = (labels: object[]): string[] =>
    plan(declaration, { ...current, label: labels }, { mode: 'sync' }).refusals.map(({ rule }) => rule);
  expect(rules([{ box: 'b', name: 'mine' }])).toContain('protected');
  expect(rules([])).not.toContain('protected');
});

describe('what is recreated is not adopted, because the old object is deleted with its owner', () => {
  const shelvesAB = [{ name: 'a' }, { name: 'b' }];
  const specs = {
    shelf: shelvesAB,
    box: [{ name: 'x', shelf: 'b' }],
    label: [{ box: 'x', name: 'l' }],
    tidy: [{ box: 'x', days: 30 }],
  };
  const live = { ...specs, box: [{ name: 'x', shelf: 'a' }], tidy: [{ box: 'x', days: 3 }] };
  const adopted = (declared: Specs, current: Specs): string[] | undefined =>
    plan(declare(declared), current, { mode: 'sync', base: declaredBefore('shelf/a', 'shelf/b') }).adoptions?.map(
      ({ address }) => address,
    );

  it.each<[string, Specs, string[]]>([
    ['below an owner that is replaced', live, ['box/x']],
    ['below an owner that stays', { ...live, box: specs.box }, ['box/x', 'label/x/l', 'tidy/x']],
  ])('%s', (_case, current, expected) => {
    expect(adopted(specs, current)).toEqual(expected);
  });
});

it('an update below an adopted owner is not refused, and neither is a delete at the top', () => {
  const declaration = declare(
    { box: [{ name: 'b' }], label: [{ box: 'b', name: 'l', colour: 'red' }] },
    { prune: ['shelf'] },
  );
  const current = {
    box: [{ name: 'b' }],
    label: [{ box: 'b', name: 'l', colour: 'blue' }],
    shelf: [{ name: 'stray' }],
  };
  const made = plan(declaration, current, { mode: 'sync', base: new Map() });
  expect(made.changes.map(({ action, address }) => `${action} ${address}`)).toEqual([
    'update label/b/l',
    'delete shelf/stray',
  ]);
  expect(made.refusals).toEqual([]);
});
