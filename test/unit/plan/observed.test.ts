import { maskedChange, withMaskedObservations, type Mask } from '../../../src/plan/observed';
import type { Change, Plan } from '../../../src/plan/plan';
import { declare, plan } from '../../support/declare';

const mask: Mask = (value) => JSON.parse(JSON.stringify(value).replaceAll('hunter2', '***')) as typeof value;

const CHANGE: Change = {
  action: 'update',
  kind: 'box',
  identity: 'x',
  address: 'box/x',
  desired: { note: 'hunter2 is declared here' },
  dependsOn: [],
  fields: [
    {
      path: 'note',
      before: 'was hunter2',
      after: 'hunter2 is declared here',
      shown: { before: 'hunter2 B', after: 'hunter2 A' },
    },
    { path: 'new', after: 'hunter2' },
  ],
  precondition: { hash: 'sha256:0', observed: { note: 'was hunter2' } },
};

describe('what Harbor returned is masked, what is declared is not', () => {
  it('in a change', () => {
    const { fields, precondition, desired } = maskedChange(CHANGE, mask);
    expect(desired).toEqual({ note: 'hunter2 is declared here' });
    expect(precondition).toEqual({ hash: 'sha256:0', observed: { note: 'was ***' } });
    expect(fields).toEqual([
      {
        path: 'note',
        before: 'was ***',
        after: 'hunter2 is declared here',
        shown: { before: '*** B', after: 'hunter2 A' },
      },
      { path: 'new', after: 'hunter2' },
    ]);
  });

  it('leaves the precondition of a new object alone', () => {
    expect(maskedChange({ ...CHANGE, precondition: null }, mask).precondition).toBeNull();
  });

  it('in every part of a plan that quotes Harbor', () => {
    const quote = { address: 'box/x', message: 'Harbor says hunter2' };
    const made: Plan = {
      ...plan(declare({ box: [{ name: 'x' }] })),
      warnings: [quote],
      refusals: [{ rule: 'r', hint: 'h', ...quote }],
      notCompared: [{ address: 'box/x', field: 'f', reason: 'hunter2' }],
      unreadable: [{ address: 'box/y', reason: 'hunter2' }],
      unmanaged: [{ kind: 'box', address: 'box/hunter2' }],
      history: { objects: [{ address: 'box/x', created: { by: 'hunter2', at: '2026-11-28' } }] },
    };
    const masked = withMaskedObservations(made, mask);
    expect(JSON.stringify(masked)).not.toContain('hunter2');
    expect(masked.changes).toEqual(made.changes);
    expect([masked.warnings, masked.refusals, masked.unmanaged].map((list) => list.length)).toEqual([1, 1, 1]);
  });

  it('adds no part that the plan does not have', () => {
    const made = plan(declare({ box: [{ name: 'x' }] }));
    expect(Object.keys(withMaskedObservations(made, mask)).sort()).toEqual(Object.keys(made).sort());
  });
});
