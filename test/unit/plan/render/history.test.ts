import type { Change, Plan } from '../../../../src/plan/plan';
import { actText, creatorsText, historyNote } from '../../../../src/plan/render/history';

const ALICE = { by: 'alice', at: '2026-11-28T03:14:15Z' };
const BOB = { by: 'bob', at: '2026-11-29T10:00:00Z' };
const KNOWN = { created: ALICE, changed: BOB };

const noteOf = (
  change: Partial<Change>,
  object: object | undefined,
  isExplained: boolean,
  problem?: string,
): readonly string[] => {
  const history = { objects: object ? [{ address: 'project/a', ...object }] : [], ...(problem && { problem }) };
  return historyNote({ address: 'project/a', action: 'update', ...change }, { history }, isExplained);
};

it.each([
  ['to the minute, in UTC', ALICE, 'created by alice, 2026-11-28 03:14 UTC'],
  ['a text that is not a time stays', { by: 'alice', at: 'lately' }, 'created by alice, lately'],
  ['a name cannot forge a line', { by: 'a\nb', at: 'x' }, 'created by a\\u000ab, x'],
])('who did it, and when: %s', (_case, act, expected) => {
  expect(actText('created', act)).toBe(expected);
});

describe('who last changed an object', () => {
  it.each<[string, Partial<Change>, object | undefined, boolean, readonly string[]]>([
    ['of an update: the last change', {}, KNOWN, false, ['in Harbor: last changed by bob, 2026-11-29 10:00 UTC']],
    [
      'of a delete: also its creator',
      { action: 'delete' },
      KNOWN,
      false,
      ['in Harbor: last changed by bob, 2026-11-29 10:00 UTC', 'in Harbor: created by alice, 2026-11-28 03:14 UTC'],
    ],
    ['of an update without a change: nothing', {}, { created: ALICE }, false, []],
    ['of a create: nothing', { action: 'create' }, KNOWN, true, []],
    ['of one that Harbor creates with another: nothing', { bornOf: 'project/b' }, KNOWN, true, []],
    [
      'explained, but unknown: that is reported',
      {},
      undefined,
      true,
      ["in Harbor: Harbor's audit log does not show who changed it"],
    ],
    [
      'explained, with its creator alone',
      {},
      { created: ALICE },
      true,
      ["in Harbor: created by alice, 2026-11-28 03:14 UTC; Harbor's audit log does not show who changed it"],
    ],
  ])('%s', (_case, change, object, isExplained, expected) => {
    expect(noteOf(change, object, isExplained)).toEqual(expected);
  });

  it('names why the log could not be read', () => {
    expect(noteOf({}, undefined, true, 'no permission')).toEqual([
      "in Harbor: Harbor's audit log does not show who changed it: no permission",
    ]);
  });

  it('is nothing if the log was not read', () => {
    expect(historyNote({ address: 'project/a', action: 'update' }, {}, true)).toEqual([]);
  });
});

it.each<[string, object, string | undefined]>([
  ['no undeclared object', { unmanaged: [] }, undefined],
  ['the log was read', { unmanaged: [{ address: 'project/a' }], history: { objects: [] } }, 'of them: it records only'],
  [
    'why it was not',
    { unmanaged: [{ address: 'project/a' }], history: { objects: [], problem: '403' } },
    'of them: 403',
  ],
  ['it is known', { unmanaged: [{ address: 'project/a', created: ALICE }], history: { objects: [] } }, undefined],
])('unknown creators in one sentence: %s', (_case, plan, expected) => {
  const text = creatorsText(plan as unknown as Plan);
  expect(text).toEqual(expected === undefined ? undefined : expect.stringContaining(expected));
});
