import type { Unreadable } from '../../../src/kinds/kind';
import { withheldBy, unreadableWarnings } from '../../../src/plan/unreadable';
import type { World } from '../../../src/plan/world';

/** Declared objects with their owner; `found` are those that were read. */
function world(declared: Readonly<Record<string, string | undefined>>, found: readonly string[]): World {
  const objects = Object.entries(declared).map(([address, owner]) => [
    address,
    { address, kind: address.split('/')[0], owner },
  ]);
  return {
    declared: new Map(objects as never),
    found: new Map(found.map((address) => [address, {}])),
  } as unknown as World;
}

const unreadable = (address: string, more: Partial<Unreadable> = {}): Unreadable => ({
  kind: address.split('/')[0]!,
  address,
  reason: 'name is missing',
  ...more,
});

const PROJECT = { 'project/a': undefined, 'label/a/x': 'project/a', 'robot/r': undefined };

it.each<[string, Unreadable, string[], string[]]>([
  ['the object itself', unreadable('robot/r'), ['project/a', 'label/a/x'], ['robot/r']],
  ['what lives in it', unreadable('project/a'), ['robot/r'], ['project/a', 'label/a/x']],
  [
    'whatever of its kind was not found, where it has no name',
    unreadable('robot/(id 7)', { anonymous: true }),
    ['project/a'],
    ['robot/r'],
  ],
  ['nothing of its kind that was found', unreadable('robot/(id 7)', { anonymous: true }), ['project/a', 'robot/r'], []],
  [
    'what was not found in its project',
    unreadable('label/a', { anonymous: true, project: 'a' }),
    ['project/a'],
    ['label/a/x'],
  ],
  ['nothing in another project', unreadable('label/b', { anonymous: true, project: 'b' }), ['project/a'], []],
  ['nothing in a project that does not exist yet', unreadable('label/(id 7)', { anonymous: true }), [], []],
])('unreadable: %s is not compared', (_name, one, found, expected) => {
  expect([...withheldBy(world(PROJECT, found), [one]).keys()]).toEqual(expected);
});

it('a left-over object is a note, anything else is a warning', () => {
  const warnings = unreadableWarnings(
    [unreadable('quota/(id 7)', { leftOver: true }), unreadable('robot/r')],
    new Map(),
  );
  expect(warnings.map(({ address, level }) => [address, level])).toEqual([
    ['quota/(id 7)', 'info'],
    ['robot/r', undefined],
  ]);
});
