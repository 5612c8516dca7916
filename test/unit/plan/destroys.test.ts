import { destroys } from '../../../src/plan/destroys';
import type { Action, Change, FieldChange } from '../../../src/plan/plan';

const rule = (days: number, more: object = {}): Record<string, never> =>
  ({
    template: 'nDaysSinceLastPull',
    params: { nDaysSinceLastPull: days },
    tags: '**',
    repositories: '**',
    untagged: true,
    disabled: false,
    ...more,
  }) as never;
const always = rule(1, { template: 'always', params: {} });

const change = (kind: string, action: Action, field: FieldChange, more: Partial<Change> = {}): Change => ({
  action,
  kind,
  identity: 'x',
  address: `${kind}/x`,
  fields: [field],
  precondition: null,
  dependsOn: [],
  ...more,
});
const notCreated = (): boolean => false;

describe('what a change deletes later', () => {
  it.each<[string, string, Action, FieldChange]>([
    ['fewer days', 'retention', 'update', { path: 'rules', before: [rule(30)], after: [rule(1)] }],
    ['a first rule', 'retention', 'update', { path: 'rules', before: [], after: [rule(30)] }],
    [
      'one rule less',
      'retention',
      'update',
      { path: 'rules', before: [rule(3), rule(9, { tags: 'v*' })], after: [rule(3)] },
    ],
    [
      'a rule for fewer tags',
      'retention',
      'update',
      { path: 'rules', before: [rule(3)], after: [rule(3, { tags: 'v*' })] },
    ],
    [
      'a rule that is disabled',
      'retention',
      'update',
      { path: 'rules', before: [rule(3)], after: [rule(3, { disabled: true })] },
    ],
    ['a policy for an existing project', 'retention', 'create', { path: 'rules', after: [rule(1)] }],
    [
      'a schedule for rules that never ran',
      'retention',
      'update',
      { path: 'schedule', before: '', after: '0 0 3 * * *' },
    ],
    [
      'garbage collection of untagged images',
      'gc-schedule',
      'update',
      { path: 'delete_untagged', before: false, after: true },
    ],
    ['a shorter audit log', 'purge-audit-schedule', 'update', { path: 'audit_retention_hour', before: 720, after: 24 }],
  ])('%s', (_what, kind, action, field) => expect(destroys(change(kind, action, field), notCreated)).toBeDefined());

  it.each<[string, string, FieldChange]>([
    ['more days', 'retention', { path: 'rules', before: [rule(7)], after: [rule(30)] }],
    ['one rule more', 'retention', { path: 'rules', before: [rule(7)], after: [rule(7), rule(9, { tags: 'v*' })] }],
    ['no rule any more', 'retention', { path: 'rules', before: [rule(7)], after: [] }],
    ['a rule that keeps everything', 'retention', { path: 'rules', before: [rule(7)], after: [always] }],
    ['another hour', 'retention', { path: 'schedule', before: '0 0 0 * * *', after: '0 0 3 * * *' }],
    ['untagged images stay', 'gc-schedule', { path: 'delete_untagged', before: true, after: false }],
    ['a longer audit log', 'purge-audit-schedule', { path: 'audit_retention_hour', before: 24, after: 720 }],
    ['another field', 'label', { path: 'color', before: '#000000', after: '#FFFFFF' }],
  ])('nothing: %s', (_what, kind, field) =>
    expect(destroys(change(kind, 'update', field), notCreated)).toBeUndefined(),
  );

  it('nothing in a project that the same plan creates', () => {
    const first: FieldChange = { path: 'rules', after: [rule(1)] };
    expect(destroys(change('retention', 'create', first), (address) => address === 'project/x')).toBeUndefined();
    const born = { path: 'rules', before: [rule(7)], after: [rule(1)] };
    expect(destroys(change('retention', 'update', born, { bornOf: 'project/x' }), notCreated)).toBeUndefined();
  });
});
