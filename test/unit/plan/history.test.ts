import { withHistory, type AuditEntry } from '../../../src/plan/history';
import type { Plan } from '../../../src/plan/plan';

const plan = { unmanaged: [{ kind: 'project', address: 'project/a' }], changes: [] } as unknown as Plan;
const subject = { address: 'project/a', type: 'project', resource: 'a' };
const entry = (fields: Partial<AuditEntry>): AuditEntry => ({
  type: 'project',
  resource: 'a',
  operation: 'create',
  by: 'alice',
  at: '2026-11-28T03:14:00Z',
  ...fields,
});

it.each<[string, AuditEntry[], object | undefined]>([
  [
    'the newest creation: the older one is of an object that was deleted',
    [entry({}), entry({ by: 'bob' })],
    { by: 'alice', at: '2026-11-28T03:14:00Z' },
  ],
  ['no one for the entry of another name', [entry({ resource: 'ab' })], undefined],
  ['no one for the entry of another kind', [entry({ type: 'robot' })], undefined],
  ['no one who changed it', [entry({ operation: 'update' })], undefined],
])('considers as the creator %s', (_what, entries, created) => {
  expect(withHistory(plan, [subject], { entries }).unmanaged[0]!.created).toEqual(created);
});
