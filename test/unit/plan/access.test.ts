import type { AccessRow, Verdict } from '../../../src/harbor';
import { accessRefusals, accessWarnings, unreadable, unreadableKinds } from '../../../src/plan/access';
import type { Plan } from '../../../src/plan/plan';
import { declare, plan } from '../../support/declare';

const yes: Verdict = { may: 'robot' };
const no = (missing: string): Verdict => ({ may: 'nobody', missing });
const row = (kind: string, over: Partial<AccessRow> = {}): AccessRow => ({
  kind,
  read: yes,
  create: yes,
  update: yes,
  remove: yes,
  ...over,
});

describe('accessWarnings', () => {
  it.each<[string, AccessRow[], Plan['mode'], string[], RegExp | undefined]>([
    ['nothing is missing', [row('box')], 'sync', ['box'], undefined],
    [
      'its value is not known',
      [row('box', { create: { may: 'unknown' }, update: { may: 'partly' } })],
      'sync',
      [],
      undefined,
    ],
    [
      'rights are missing',
      [row('box', { create: no('a:b'), update: no('a:b') })],
      'sync',
      [],
      /box \(create, update needs a:b\)/,
    ],
    ['deleting is missing', [row('box', { remove: no('a:d') })], 'upsert-only', ['box'], undefined],
    [
      'deleting is missing, and pruned',
      [row('box', { remove: no('a:d') })],
      'sync',
      ['box'],
      /box \(delete needs a:d\)/,
    ],
    [
      'deleting is missing, of a kind that is not pruned',
      [row('box', { remove: no('a:d') })],
      'sync',
      ['shelf'],
      undefined,
    ],
    [
      'reading is missing too, in sync',
      [row('box', { read: no('a:r'), remove: no('a:d') })],
      'sync',
      ['box'],
      /box \(read needs a:r; delete needs a:d\)/,
    ],
    [
      'it is unknown what is missing',
      [row('box', { create: { may: 'nobody' } })],
      'sync',
      [],
      /box \(create needs more rights\)/,
    ],
    ['two kinds', [row('box', { read: no('r') }), row('shelf', { read: no('r') })], 'sync', [], /box .*, shelf \(read/],
  ])('if %s', (_case, rows, mode, prune, expected) => {
    const messages = accessWarnings(rows, mode, prune).map(({ message }) => message);
    expect(messages).toEqual(expected ? [expect.stringMatching(expected)] : []);
  });
});

describe('accessRefusals', () => {
  const made = plan(
    declare({
      shelf: [{ name: 's' }, { name: 'old', url: 'u' }],
      box: [{ name: 'x', shelf: 's' }],
      limit: [{ box: 'x', bytes: 5 }],
    }),
    { shelf: [{ name: 'old', url: 'v' }] },
  );

  it.each<[string, AccessRow[], string[]]>([
    ['what may be done', [row('shelf'), row('box')], []],
    ['what is not known', [row('shelf', { create: { may: 'unknown' } })], []],
    ['a create', [row('shelf', { create: no('shelf:create') })], ['shelf/s']],
    ['an update', [row('shelf', { update: no('shelf:update') })], ['shelf/old']],
    ['only what would be done', [row('shelf', { remove: no('shelf:delete') })], []],
    ['nothing that travels in the call of another', [row('limit', { create: no('quota:create') })], []],
  ])('refuses %s', (_case, rows, addresses) => {
    expect(accessRefusals(made.changes, rows).map(({ address }) => address)).toEqual(addresses);
  });
});

it('a kind that cannot be read is named with what is missing', () => {
  expect(unreadable([row('box'), row('shelf', { read: no('shelf:list') })])).toEqual(['shelf (read needs shelf:list)']);
});

it.each<[string, Verdict, string[]]>([
  ['certainly not', no('shelf:list'), ['shelf']],
  ['perhaps', { may: 'unknown' }, []],
  ['in part', { may: 'partly' }, []],
  ['yes', yes, []],
])('a kind is not planned if it can be read: %s', (_case, read, expected) => {
  expect(unreadableKinds([row('box'), row('shelf', { read })])).toEqual(expected);
});
