import { retentionShape } from '../../src/kinds/retention';
import fc from 'fast-check';
import { TEMPLATES } from '../../src/kinds/support/retention-rule';
import type { KindKit } from './kit';
import { map, one, pattern, projectName, some } from './support/arbitraries';
import type { Wire } from './support/by-hand';

const optional = fc.record(
  {
    tags: pattern,
    tags_exclude: pattern,
    repositories: pattern,
    repositories_exclude: pattern,
    untagged: fc.boolean(),
    disabled: fc.boolean(),
  },
  some,
);
const rules = fc
  .constantFrom(...TEMPLATES)
  .chain((template) =>
    optional.chain((rest) =>
      fc
        .integer({ min: 1, max: 999 })
        .map((n) => ({ template, ...(template === 'always' ? {} : { params: { [template]: n } }), ...rest })),
    ),
  );
const RULE = {
  template: 'nDaysSinceLastPull',
  params: { nDaysSinceLastPull: 30 },
  tags: '**',
  repositories: '**',
};
const always = { template: 'always' };

const BY_HAND: Readonly<Record<string, Wire>> = {
  schedule: { trigger: { kind: 'Schedule', settings: { cron: '' }, references: {} } },
  rules: { rules: [] },
};

export const kit: KindKit = {
  specs: fc.record(
    {
      project: projectName,
      schedule: fc.constantFrom('', '0 0 3 * * *', ' 0  15 2 * * 1 '),
      rules: fc.array(rules, { maxLength: 4 }),
    },
    { requiredKeys: ['project', 'schedule', 'rules'] },
  ),
  answered: { added: () => ({ id: 6 }), always: ['rules', 'trigger', 'scope'] },
  recorded: { path: /^\/retentions\/<id>$/, shape: retentionShape },
  places: {
    'projects.*.retention': {
      valid: [{}, { schedule: '', rules: [{ ...always, tags_exclude: 'x', untagged: false, disabled: true }] }],
      invalid: [
        [{ rules: [{ template: 'sometimes' }] }, 'an unknown template'],
        [{ rules: [{ ...always, params: { always: '7' } }] }, 'a string for a number'],
      ],
    },
  },
  declared: () => ({ projects: { proxy: { retention: { schedule: '0 0 3 * * *', rules: [RULE] } } } }),
  byHand: {
    changes: Object.entries(BY_HAND).map(([field, change]) => ({
      address: 'retention/proxy',
      field,
      change: async (harbor) => {
        const { metadata } = await harbor.get<{ metadata: { retention_id: string } }>('/projects/proxy');
        const path = `/retentions/${metadata.retention_id}`;
        await harbor.put(path, { ...(await harbor.get<Wire>(path)), ...change });
      },
    })),
    untried: {},
  },
  drawn: () => ({ project: { retention: map({ rules: [RULE] }, { schedule: one('', '0 0 3 * * *') }) } }),
};
