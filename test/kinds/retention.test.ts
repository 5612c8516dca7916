import type { ProjectWire } from '../../src/harbor/wire';
import { retention, type RetentionSpec, type RetentionWire } from '../../src/kinds/retention';
import { compare } from '../../src/plan/diff';
import { withDouble } from './support/harbor-double';
import { tableRefs } from './support/table-refs';

const refs = tableRefs();
/** As recorded of a new proxy project: Harbor made it by itself. */
const silent: RetentionWire = {
  id: 12,
  algorithm: 'or',
  scope: { level: 'project', ref: 7 },
  trigger: { kind: 'Schedule', settings: { cron: '0 0 0 * * *', next_scheduled_time: '2026-11-22T00:00:00.000Z' } },
  rules: [
    {
      id: 1,
      priority: 1,
      action: 'retain',
      template: 'nDaysSinceLastPull',
      params: { nDaysSinceLastPull: 7 },
      tag_selectors: [{ kind: 'doublestar', decoration: 'matches', pattern: '**' }],
      scope_selectors: { repository: [{ kind: 'doublestar', decoration: 'repoMatches', pattern: '**' }] },
    },
  ],
};
const project: ProjectWire = {
  project_id: 7,
  name: 'proxy.docker.io',
  registry_id: 1,
  repo_count: 0,
  metadata: { retention_id: '12' },
};
const thirtyDays: RetentionSpec = {
  project: 'proxy.docker.io',
  schedule: '0 0 3 * * *',
  rules: [{ template: 'nDaysSinceLastPull', params: { nDaysSinceLastPull: 30 } }],
};

describe('the silent policy of a new proxy cache project', () => {
  it("equals Harbor's response exactly", () => {
    const expected = retention.bornWith!.spec!({ name: 'proxy.docker.io', registry: 'docker-hub' });
    expect(retention.fromWire(silent, refs).spec).toEqual(expected);
  });

  it('does not come with an ordinary project', () => {
    expect(retention.bornWith!.spec!({ name: 'team-a' })).toBeUndefined();
  });

  it('is adopted: PUT, never POST, never DELETE', async () => {
    const answers = { 'GET /projects/proxy.docker.io': project, 'GET /retentions/12': silent };
    await withDouble({ answers }, async ({ context, written }) => {
      const live = (await retention.read(context, 'proxy.docker.io'))!;
      await retention.update(context, {
        live,
        merged: { ...live.spec, ...thirtyDays },
        changed: ['schedule', 'rules'],
      });
      expect(written().map(({ call }) => call)).toEqual(['PUT /retentions/12']);
      expect(written()[0]?.body).toMatchObject({
        id: 12,
        scope: { level: 'project', ref: 7 },
        trigger: { kind: 'Schedule', settings: { cron: '0 0 3 * * *' } },
        rules: [{ params: { nDaysSinceLastPull: 30 } }],
      });
    });
    expect(retention.deletable).toBe(false);
  });
});

describe('a schedule', () => {
  const EVENT = { kind: 'Event', settings: { cron: '' } };
  const NONE = { kind: '', settings: { cron: '' } };
  const daily = { kind: 'Schedule', settings: { cron: '0 0 3 * * *' } };
  const never = { kind: 'Schedule', settings: { cron: '' } };

  // A real Harbor 2.15.2 answers any other sequence with 400 or 500.
  it.each<[string, object | undefined, string, object[]]>([
    ['onto a schedule without a cron', { kind: 'Schedule', settings: {} }, '0 0 3 * * *', [EVENT, daily]],
    ['onto one without settings', { kind: 'Schedule' }, '0 0 3 * * *', [EVENT, daily]],
    ['onto an event', EVENT, '0 0 3 * * *', [daily]],
    ['onto no trigger', undefined, '0 0 3 * * *', [daily]],
    ['onto another schedule', silent.trigger, '0 0 3 * * *', [daily]],
    ['that never comes onto a schedule', silent.trigger, '', [never]],
    ['that never comes onto one without a cron', { kind: 'Schedule', settings: {} }, '', [EVENT, NONE]],
    ['that never comes onto an event', EVENT, '', [NONE]],
    ['that never comes onto a kind of nobody', { kind: 'Nonsense' }, '', [NONE]],
  ])('%s', async (_case, trigger, schedule, expected) => {
    const policy = { ...silent, trigger };
    const answers = { 'GET /projects/proxy.docker.io': project, 'GET /retentions/12': policy };
    await withDouble({ answers }, async ({ context, written }) => {
      const live = (await retention.read(context, 'proxy.docker.io'))!;
      await retention.update(context, { live, merged: { ...thirtyDays, schedule }, changed: ['schedule'] });
      expect(written().map(({ body }) => body?.['trigger'])).toEqual(expected);
    });
  });

  it.each<[object | undefined, string]>([
    [{ kind: 'Event', settings: { cron: '0 0 3 * * *' } }, ''],
    [{ kind: 'Schedule' }, ''],
    [{ kind: 'Schedule', settings: { cron: '0 0 3 * * *' } }, '0 0 3 * * *'],
    [undefined, ''],
  ])('is read from %j as %j', (trigger, schedule) => {
    expect(retention.fromWire({ ...silent, trigger } as RetentionWire, refs).spec.schedule).toBe(schedule);
  });
});

describe('reading', () => {
  it('uses the metadata of the projects in scope; the next run and the ids of rules do not matter', async () => {
    await withDouble({ answers: { 'GET /retentions/12': silent } }, async ({ read, calls }) => {
      const { metadata: _metadata, ...bare } = project;
      const wires = { project: [project, { ...bare, name: 'team-a', metadata: {} }] };
      expect(await retention.list(read(['proxy.docker.io', 'team-a', 'not-made-yet'], wires))).toEqual([silent]);
      expect(calls()).toEqual(['GET /retentions/12']);
    });
  });

  it.each([
    ['no project', {}],
    ['no policy', { 'GET /projects/team-a': { ...project, metadata: {} } }],
  ])('finds nothing if there is %s', async (_what, answers) => {
    await withDouble({ answers }, async ({ context }) => {
      expect(await retention.read(context, 'team-a')).toBeUndefined();
    });
  });

  it('shows a rule of two patterns as different from every rule that can be declared', () => {
    const [rule] = silent.rules!;
    const two = [...rule!.tag_selectors, { kind: 'doublestar', decoration: 'matches', pattern: 'v*' }];
    const { spec } = retention.fromWire({ ...silent, rules: [{ ...rule!, tag_selectors: two }] }, refs);
    expect(spec.rules?.[0]?.tags).toBe('** and v*');
  });
});

it('creates for an ordinary project', async () => {
  await withDouble({}, async ({ context, written }) => {
    const desired = {
      project: 'team-a',
      rules: [{ template: 'always', tags_exclude: 'tmp-*', repositories_exclude: 'ci/**' }],
    };
    expect(await retention.create(context, desired, new Map())).toEqual({ id: 77 });
    expect(written()).toEqual([
      {
        call: 'POST /retentions',
        by: 'robot',
        body: {
          algorithm: 'or',
          scope: { level: 'project', ref: 8 },
          trigger: { kind: 'Schedule', settings: { cron: '' } },
          rules: [
            {
              disabled: false,
              action: 'retain',
              template: 'always',
              params: {},
              tag_selectors: [
                { kind: 'doublestar', decoration: 'excludes', pattern: 'tmp-*', extras: '{"untagged":false}' },
              ],
              scope_selectors: { repository: [{ kind: 'doublestar', decoration: 'repoExcludes', pattern: 'ci/**' }] },
            },
          ],
        },
      },
    ]);
  });
});

describe('normal form', () => {
  const differs = (a: RetentionSpec, b: RetentionSpec) =>
    compare(retention.normalise(a), retention.normalise(b), retention).length > 0;

  it.each<[string, RetentionSpec, boolean]>([
    [
      'every default written out',
      {
        ...thirtyDays,
        rules: [{ ...thirtyDays.rules![0]!, tags: '**', repositories: '**', untagged: true, disabled: false }],
      },
      false,
    ],
    ['white space in the schedule', { ...thirtyDays, schedule: ' 0 0  3 * * * ' }, false],
    [
      'another number',
      { ...thirtyDays, rules: [{ template: 'nDaysSinceLastPull', params: { nDaysSinceLastPull: 31 } }] },
      true,
    ],
    ['without the untagged', { ...thirtyDays, rules: [{ ...thirtyDays.rules![0]!, untagged: false }] }, true],
    ['no rules', { ...thirtyDays, rules: [] }, true],
  ])('%s', (_what, spec, expected) => {
    expect(differs(spec, thirtyDays)).toBe(expected);
  });

  it('has no order of rules: they are joined by "or"', () => {
    const rules = [{ template: 'always', tags: 'v*' }, ...thirtyDays.rules!];
    expect(differs({ ...thirtyDays, rules }, { ...thirtyDays, rules: [...rules].reverse() })).toBe(false);
  });

  it('leaves out what is not declared', () => {
    expect(retention.normalise({ project: 'team-a' })).toEqual({ project: 'team-a' });
  });
});

describe('untagged artifacts', () => {
  const selector = (decoration: string, extras?: string) => ({
    kind: 'doublestar',
    decoration,
    pattern: '**',
    ...(extras === undefined ? {} : { extras }),
  });

  // An excluding selector turns the word round, and has the other default (doublestar/selector.go).
  it.each([
    ['matches', undefined, true],
    ['matches', '{"untagged":true}', true],
    ['matches', '{"untagged":false}', false],
    ['matches', '{}', false],
    ['matches', 'nonsense', true],
    ['excludes', undefined, true],
    ['excludes', '{"untagged":true}', false],
    ['excludes', '{"untagged":false}', true],
  ])('%s %s: selected? %s', (decoration, extras, untagged) => {
    const rules = [{ ...silent.rules![0]!, tag_selectors: [selector(decoration, extras)] }];
    expect(retention.fromWire({ ...silent, rules }, refs).spec.rules?.[0]?.untagged).toBe(untagged);
  });
});

describe('check', () => {
  const check = (spec: Partial<RetentionSpec>) =>
    retention.check!({ ...thirtyDays, ...spec }, { declared: () => undefined });

  it.each<[Partial<RetentionSpec>, string, string, RegExp]>([
    [{ schedule: '0 3 * * *' }, 'bad-cron', 'schedule', /six fields/],
    [{ rules: [{ template: 'latestPushedK' }] }, 'retention-rule', 'rules[0]', /needs params: \{ latestPushedK/],
    [
      { rules: [{ template: 'latestPushedK', params: { latestPulledN: 3 } }] },
      'retention-rule',
      'rules[0]',
      /has no param latestPulledN/,
    ],
    [{ rules: [{ template: 'latestPushedK', params: { latestPushedK: 0 } }] }, 'retention-rule', 'rules[0]', /above 0/],
    [{ rules: [{ template: 'always', params: { always: 1 } }] }, 'retention-rule', 'rules[0]', /no params/],
    [
      { rules: [{ template: 'always' }, { template: 'always', tags: '**' }] },
      'retention-rule',
      'rules[1]',
      /repeats rules\[0\]/,
    ],
    [
      { rules: Array.from({ length: 16 }, (_, i) => ({ template: 'always', tags: `t${i}` })) },
      'retention-rule',
      'rules',
      /at most 15/,
    ],
  ])('%j', (spec, rule, field, message) => {
    expect(check(spec)).toEqual([expect.objectContaining({ rule, field, message: expect.stringMatching(message) })]);
  });

  it.each([{}, { schedule: '' }, { rules: [] }])('accepts %j', (spec) => {
    expect(check(spec)).toEqual([]);
  });
});
