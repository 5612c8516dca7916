import fc from 'fast-check';
import type { Mode } from '../../src/plan/plan';
import type { Box, Label, Limit, Shelf, Tidy } from '../support/invented-kinds';
import type { Specs } from '../support/declare';
import { StoreDouble } from '../support/store-double';

/** Few names, so that what is declared and what is there collide: that is the point. */
const SHELVES = ['s1', 's2', 's3', 's4', 's5'];
const BOXES = ['b1', 'b2', 'b3', 'b4', 'b5', 'b6'];

export interface World {
  readonly shelf: readonly Shelf[];
  readonly box: readonly Box[];
  readonly limit: readonly Limit[];
  readonly tidy: readonly Tidy[];
  readonly label: readonly Label[];
}

export interface Case {
  readonly live: World;
  readonly declared: World;
  readonly mode: Mode;
  readonly prune: readonly string[];
  readonly protect: readonly string[];
}

const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined });

/** Without the keys that are undefined: what is not declared is not there. */
function spec<T extends object>(shape: { [K in keyof T]: fc.Arbitrary<T[K] | undefined> }): fc.Arbitrary<T> {
  return fc
    .record<Record<string, unknown>>(shape as Record<string, fc.Arbitrary<unknown>>)
    .map((made) => Object.fromEntries(Object.entries(made).filter(([, value]) => value !== undefined)) as T);
}

const shelfOf = (name: string, withSecret: boolean): fc.Arbitrary<Shelf> =>
  spec<Shelf>({
    name: fc.constant(name),
    url: maybe(fc.constantFrom('https://a', 'https://b')),
    login: maybe(
      spec<NonNullable<Shelf['login']>>({
        user: maybe(fc.constantFrom('x', 'y')),
        secret: withSecret ? maybe(fc.constant({ env: 'SECRET' })) : fc.constant(undefined),
      }),
    ),
    marks: maybe(fc.dictionary(fc.constantFrom('k', 'env', 'a.b'), fc.constantFrom('1', '2'), { maxKeys: 2 })),
  });

const boxOf = (name: string, shelves: readonly string[]): fc.Arbitrary<Box> =>
  spec<Box>({
    name: fc.constant(name),
    shelf: shelves.length > 0 ? maybe(fc.constantFrom(...shelves)) : fc.constant(undefined),
    open: maybe(fc.boolean()),
    tags: maybe(fc.uniqueArray(fc.constantFrom('t1', 't2', 't3'))),
  });

const someOf = (names: readonly string[]): fc.Arbitrary<string[]> => fc.shuffledSubarray([...names]);
const all = <T>(items: readonly fc.Arbitrary<T>[]): fc.Arbitrary<T[]> => fc.tuple(...items);

function world(shelvesElsewhere: readonly string[], withSecrets: boolean): fc.Arbitrary<World> {
  return fc.tuple(someOf(SHELVES), someOf(BOXES)).chain(([shelves, boxes]) => {
    const known = [...new Set([...shelves, ...shelvesElsewhere])];
    return fc.record({
      shelf: all(shelves.map((name) => shelfOf(name, withSecrets))),
      box: all(boxes.map((name) => boxOf(name, known))),
      limit: someOf(boxes).chain((some) =>
        all(some.map((box) => spec<Limit>({ box: fc.constant(box), bytes: fc.integer({ min: 1, max: 3 }) }))),
      ),
      tidy: someOf(boxes).chain((some) =>
        all(some.map((box) => spec<Tidy>({ box: fc.constant(box), days: fc.constantFrom(7, 30) }))),
      ),
      label: someOf(boxes).chain((some) =>
        all(
          some.map((box) =>
            spec<Label>({
              box: fc.constant(box),
              name: fc.constantFrom('l1', 'l2'),
              colour: maybe(fc.constantFrom('red', 'blue')),
            }),
          ),
        ),
      ),
    });
  });
}

export const cases: fc.Arbitrary<Case> = world([], false).chain((live) =>
  fc.record({
    live: fc.constant(live),
    declared: world(
      live.shelf.map(({ name }) => name),
      true,
    ),
    mode: fc.constantFrom<Mode>('upsert-only', 'create-only', 'sync'),
    prune: fc.subarray(['shelf', 'box', 'label']),
    protect: fc.subarray(
      BOXES.map((name) => `box/${name}`),
      { maxLength: 1 },
    ),
  }),
);

export function specsOf(world: World): Specs {
  return { ...world };
}

/** A store that holds `live`, as if somebody had made it by hand. */
export function storeOf(live: World): StoreDouble {
  const store = new StoreDouble();
  for (const shelf of live.shelf) store.seed('shelf', shelf.name, shelf);
  for (const { shelf, ...box } of live.box) {
    const on = shelf === undefined ? {} : { shelf_id: store.all('shelf').get(shelf)!.id };
    store.seed('box', box.name, { ...box, ...on });
  }
  for (const limit of live.limit) store.seed('limit', limit.box, limit);
  for (const tidy of live.tidy) store.seed('tidy', tidy.box, tidy);
  for (const label of live.label) store.seed('label', `${label.box}/${label.name}`, label);
  return store;
}
