import { goingAlong, linked, stillUsed } from '../../../src/plan/links';
import type { Change } from '../../../src/plan/plan';
import type { Declared, Found, World } from '../../../src/plan/world';

type Action = Change['action'];

/** `kind/name` uses these, and lives in that one. */
interface Given {
  readonly uses?: readonly string[];
  readonly owner?: string;
  readonly builtIn?: boolean;
}
type Objects = Readonly<Record<string, Given>>;

function worldOf(declared: Objects, found: Objects): World {
  const linksOf = ({ uses = [], owner }: Given) => ({
    references: uses.map((address) => ({ kind: kindOf(address), identity: nameOf(address) })),
    owner,
  });
  const map = <T>(objects: Objects, make: (address: string, given: Given) => object): ReadonlyMap<string, T> =>
    new Map(Object.entries(objects).map(([address, given]) => [address, make(address, given) as T]));
  return {
    ranks: new Map(),
    missing: [],
    renames: new Map(),
    declared: map<Declared>(declared, (address, given) => ({ address, ...linksOf(given) })),
    found: map<Found>(found, (address, given) => ({ address, live: { builtIn: given.builtIn }, ...linksOf(given) })),
  };
}

const kindOf = (address: string): string => address.split('/')[0]!;
const nameOf = (address: string): string => address.split('/')[1]!;

function changesOf(actions: Readonly<Record<string, Action>>, more: Partial<Change> = {}): Map<string, Change> {
  return new Map(
    Object.entries(actions).map(([address, action]) => [
      address,
      {
        action,
        address,
        kind: kindOf(address),
        identity: nameOf(address),
        fields: [],
        precondition: null,
        dependsOn: [],
        ...more,
      },
    ]),
  );
}

describe('what has to have succeeded before a change', () => {
  it.each<[string, Readonly<Record<string, Action>>, Objects, Objects, Readonly<Record<string, readonly string[]>>]>([
    ['nothing, where nothing is used', { 'box/x': 'create' }, { 'box/x': {} }, {}, { 'box/x': [] }],
    [
      'what it uses, where that is in the plan',
      { 'box/x': 'create', 'shelf/s': 'create' },
      { 'box/x': { uses: ['shelf/s', 'shelf/there'] }, 'shelf/s': {} },
      {},
      { 'box/x': ['shelf/s'], 'shelf/s': [] },
    ],
    [
      'each once, in order',
      { 'box/x': 'update', 'shelf/b': 'create', 'shelf/a': 'create' },
      { 'box/x': { uses: ['shelf/b', 'shelf/a', 'shelf/b'] } },
      {},
      { 'box/x': ['shelf/a', 'shelf/b'], 'shelf/a': [], 'shelf/b': [] },
    ],
    ['never itself', { 'box/x': 'create' }, { 'box/x': { uses: ['box/x'] } }, {}, { 'box/x': [] }],
    [
      'of a delete: anyone who still uses it',
      { 'shelf/s': 'delete', 'box/x': 'update' },
      { 'box/x': {} },
      { 'box/x': { uses: ['shelf/s'] }, 'shelf/s': {} },
      { 'shelf/s': ['box/x'], 'box/x': [] },
    ],
    [
      'of a delete: not a user that the plan does not change',
      { 'shelf/s': 'delete' },
      {},
      { 'box/x': { uses: ['shelf/s'] }, 'label/l': { uses: ['shelf/s'], owner: 'box/x' }, 'shelf/s': {} },
      { 'shelf/s': [] },
    ],
    [
      'of a replace: what it uses itself, not its users',
      { 'shelf/s': 'replace', 'box/x': 'update', 'rack/r': 'create' },
      { 'shelf/s': { uses: ['rack/r'] }, 'box/x': {}, 'rack/r': {} },
      { 'box/x': { uses: ['shelf/s'] }, 'shelf/s': {} },
      { 'shelf/s': ['rack/r'], 'box/x': [], 'rack/r': [] },
    ],
    [
      'of a delete: all its users, in order',
      { 'shelf/s': 'delete', 'box/b': 'update', 'box/a': 'delete' },
      { 'box/b': {} },
      { 'box/b': { uses: ['shelf/s'] }, 'box/a': { uses: ['shelf/s'] }, 'shelf/s': {} },
      { 'shelf/s': ['box/a', 'box/b'], 'box/b': [], 'box/a': [] },
    ],
    [
      'of a delete: the owner of anyone who uses it, where that goes with its owner',
      { 'shelf/s': 'delete', 'box/x': 'delete' },
      {},
      { 'label/l': { uses: ['shelf/s'], owner: 'box/x' }, 'box/x': {}, 'shelf/s': {} },
      { 'shelf/s': ['box/x'], 'box/x': [] },
    ],
  ])('%s', (_case, actions, declared, found, expected) => {
    const made = linked(changesOf(actions), worldOf(declared, found));
    expect(Object.fromEntries(made.map(({ address, dependsOn }) => [address, dependsOn]))).toEqual(expected);
  });

  it.each(['carriedBy', 'bornOf'] as const)('what it travels with: %s', (link) => {
    const changes = changesOf({ 'limit/x': 'create' }, { [link]: 'box/x' });
    changes.set('box/x', changesOf({ 'box/x': 'create' }).get('box/x')!);
    const [limit] = linked(changes, worldOf({ 'limit/x': {} }, {}));
    expect(limit?.dependsOn).toEqual(['box/x']);
  });
});

describe('a warning for objects that still use a deleted one', () => {
  const going = { 'shelf/s': 'delete' } as const;
  it.each<[string, Readonly<Record<string, Action>>, Objects, Objects, readonly string[]]>([
    ['a user that stays', going, {}, { 'box/x': { uses: ['shelf/s'] } }, ['shelf/s: box/x']],
    ['a user that goes too', { ...going, 'box/x': 'delete' }, {}, { 'box/x': { uses: ['shelf/s'] } }, []],
    [
      'a user whose owner goes',
      { ...going, 'box/x': 'delete' },
      {},
      { 'label/l': { uses: ['shelf/s'], owner: 'box/x' } },
      [],
    ],
    [
      'a user that lets go of it',
      { ...going, 'box/x': 'update' },
      { 'box/x': {} },
      { 'box/x': { uses: ['shelf/s'] } },
      [],
    ],
    [
      'a user that goes on using it',
      { 'shelf/s': 'replace', 'box/x': 'update' },
      { 'box/x': { uses: ['shelf/s'] } },
      { 'box/x': { uses: ['shelf/s'] } },
      ['shelf/s: box/x'],
    ],
    ['what lives in it', going, {}, { 'box/x': { uses: ['shelf/s'], owner: 'shelf/s' } }, []],
  ])('%s', (_case, actions, declared, found, expected) => {
    const warnings = stillUsed(changesOf(actions), worldOf(declared, found));
    expect(warnings.map(({ address, message }) => `${address}: ${message.split(' ')[0]}`)).toEqual(expected);
  });
});

describe('what goes along with its owner', () => {
  it.each<[string, Action, Objects, Objects, readonly string[]]>([
    ['what nobody declares', 'delete', {}, { 'label/l': { owner: 'box/x' } }, ['also deletes label/l']],
    ['not what is declared: it is recreated', 'replace', { 'label/l': {} }, { 'label/l': { owner: 'box/x' } }, []],
    ['not what Harbor made by itself', 'delete', {}, { 'label/l': { owner: 'box/x', builtIn: true } }, []],
    ['nothing, where the owner stays', 'update', {}, { 'label/l': { owner: 'box/x' } }, []],
    [
      'five of them by name',
      'delete',
      {},
      Object.fromEntries([1, 2, 3, 4, 5].map((n) => [`label/${n}`, { owner: 'box/x' }])),
      ['also deletes label/1, label/2, label/3, label/4, label/5'],
    ],
    [
      'six: five by name, and one more',
      'delete',
      {},
      Object.fromEntries([1, 2, 3, 4, 5, 6].map((n) => [`label/${n}`, { owner: 'box/x' }])),
      ['also deletes label/1, label/2, label/3, label/4, label/5 and 1 more'],
    ],
    [
      'five by name, and how many more',
      'delete',
      {},
      Object.fromEntries([1, 2, 3, 4, 5, 6, 7].map((n) => [`label/${n}`, { owner: 'box/x' }])),
      ['also deletes label/1, label/2, label/3, label/4, label/5 and 2 more'],
    ],
  ])('%s', (_case, action, declared, found, expected) => {
    const warnings = goingAlong(changesOf({ 'box/x': action }), worldOf(declared, found));
    expect(warnings.map(({ message }) => message)).toEqual(expected);
  });
});
