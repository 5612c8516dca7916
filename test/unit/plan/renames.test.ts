import { idleRenames, renameClashes, renamesOf, underNewNames } from '../../../src/plan/renames';
import { foundObject, type Declared, type World } from '../../../src/plan/world';
import { box, shelf } from '../../support/invented-kinds';

const at = { file: 'policies/a.yaml', line: 3, column: 5 };
const renamedShelf = { kind: 'shelf', identity: 'new', address: 'shelf/new', renamedFrom: 'old', at } as Declared;

describe('what `renamed_from` comes to', () => {
  it.each([
    [['shelf/old'], 'pending'],
    [['shelf/new'], 'done'],
    [['shelf/old', 'shelf/new'], 'clash'],
    [[], 'missing'],
  ])('with %j in Harbor it is %s', (live, state) => {
    const found = new Map(live.map((address) => [address, undefined]));
    expect([...renamesOf([renamedShelf], found)]).toEqual([['shelf/new', { from: 'shelf/old', state }]]);
  });

  it('is nothing if it is not written', () => {
    expect(renamesOf([{ ...renamedShelf, renamedFrom: undefined } as unknown as Declared], new Map()).size).toBe(0);
  });
});

describe('what is live, under its new names', () => {
  const found = [
    foundObject({ id: 1, identity: 'old', spec: { name: 'old', url: 'u' } }, shelf),
    foundObject({ id: 2, identity: 'x', spec: { name: 'x', shelf: 'old' } }, box),
    foundObject({ id: 3, identity: 'y', spec: { name: 'y', shelf: 'other' } }, box),
  ];
  const declared = new Map([['shelf/new', renamedShelf]]);

  it('is listed at its new address, and so are objects that refer to it', () => {
    const moved = underNewNames(found, declared, renamesOf([renamedShelf], new Map([['shelf/old', undefined]])));
    expect(moved.map(({ address }) => address)).toEqual(['shelf/new', 'box/x', 'box/y']);
    expect(moved.map(({ live }) => live.spec)).toEqual([
      { name: 'old', url: 'u' },
      { name: 'x', shelf: 'new' },
      { name: 'y', shelf: 'other' },
    ]);
    expect(moved[1]?.references).toMatchObject([{ kind: 'shelf', identity: 'new' }]);
  });

  it.each([[['shelf/new']], [['shelf/old', 'shelf/new']], [[]]])('does not change with %j in Harbor', (live) => {
    const renames = renamesOf([renamedShelf], new Map(live.map((address) => [address, undefined])));
    expect(underNewNames(found, declared, renames)).toEqual(found);
  });
});

describe('several renames at once', () => {
  const robot = { kind: 'box', identity: 'new', address: 'box/new', renamedFrom: 'old', at } as Declared;
  const found = [
    foundObject({ id: 1, identity: 'old', spec: { name: 'old' } }, shelf),
    foundObject({ id: 2, identity: 'old', spec: { name: 'old', shelf: 'old', open: true } }, box),
  ];
  const both = new Map([renamedShelf, robot].map((one) => [one.address, one]));

  it('keep kinds apart: a box and a shelf may have the same old name', () => {
    const renames = renamesOf([robot], new Map([['box/old', undefined]]));
    expect(underNewNames(found, both, renames).map(({ address }) => address)).toEqual(['shelf/old', 'box/new']);
  });

  it('move each object once; one that is renamed itself keeps its old reference until it is written', () => {
    const live = new Map(found.map(({ address }) => [address, undefined]));
    const moved = underNewNames(found, both, renamesOf([renamedShelf, robot], live));
    expect(moved.map(({ address }) => address)).toEqual(['shelf/new', 'box/new']);
    expect(moved[1]?.live).toEqual(found[1]?.live);
  });

  it('keep facts, ids and every field that is not a reference', () => {
    const facts = { things: 2 };
    const user = foundObject({ id: 7, identity: 'x', spec: { name: 'x', shelf: 'old', open: true }, facts }, box);
    const [moved] = underNewNames([user], both, renamesOf([renamedShelf], new Map([['shelf/old', undefined]])));
    expect(moved?.live).toEqual({ id: 7, identity: 'x', spec: { name: 'x', shelf: 'new', open: true }, facts });
  });
});

describe('messages about renames', () => {
  const worldWith = (state: 'pending' | 'done' | 'clash' | 'missing'): World => ({
    ranks: new Map(),
    missing: [],
    declared: new Map([['shelf/new', renamedShelf]]),
    found: new Map(),
    renames: new Map([['shelf/new', { from: 'shelf/old', state }]]),
  });

  it.each([
    ['clash', [], ['rename-clash']],
    ['clash', ['shelf/new'], ['rename-clash']],
    ['clash', ['box/x'], []],
    ['pending', [], []],
    ['done', [], []],
    ['missing', [], []],
  ] as const)('%s with targets %j is refused by %j', (state, targets, expected) => {
    const refusals = renameClashes(worldWith(state), targets);
    expect(refusals.map(({ rule }) => rule)).toEqual(expected);
    for (const { hint } of refusals) expect(hint).toContain('policies/a.yaml:3');
  });

  it('names no place for an object that the declaration does not have', () => {
    const [refusal] = renameClashes({ ...worldWith('clash'), declared: new Map() }, []);
    expect(refusal?.hint).toBe('remove `renamed_from` to keep both, or delete one of the two in Harbor');
  });

  it.each([
    ['pending', []],
    ['clash', []],
    ['done', ['is already renamed; remove `renamed_from` (shelf/old)']],
    ['missing', ['shelf/old does not exist, so this object is created with its new name']],
  ] as const)('%s: the notes are %j', (state, expected) => {
    expect(idleRenames(worldWith(state)).map(({ message }) => message)).toEqual(expected);
  });
});
