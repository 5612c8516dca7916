import { preheatPolicyShape } from '../../src/kinds/preheat-policy';
import fc from 'fast-check';
import type { KindKit } from './kit';
import {
  anyName,
  anyText,
  flag,
  map,
  named as namedOf,
  one,
  projectName,
  shortName,
  writtenText,
} from './support/arbitraries';
import { named, whole } from './support/by-hand';

const filters = fc.oneof(
  fc.record({ type: fc.constantFrom('repository', 'tag', 'label'), value: anyName }),
  fc.record({ type: fc.constant('signature'), value: fc.boolean() }),
  fc.record({ type: fc.constant('vulnerability'), value: fc.integer({ min: 0, max: 5 }) }),
);
const ANY = { type: 'repository', value: '**' };

export const kit: KindKit = {
  specs: fc.record(
    {
      project: projectName,
      name: shortName,
      provider: fc.constant('p2p'),
      description: anyText,
      filters: fc.uniqueArray(filters, { minLength: 1, selector: ({ type }) => type }),
      trigger: fc.constantFrom('manual', 'event_based', { scheduled: '0  0 2 * * *' }),
      enabled: fc.boolean(),
      extra_attrs: fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), anyText, { maxKeys: 2 }),
    },
    { requiredKeys: ['project', 'name', 'provider', 'filters'] },
  ),
  answered: { added: () => ({ id: 42, provider_name: 'p2p' }) },
  recorded: {
    path: /^\/projects\/[^/]+\/preheat\/policies(\/[^/]+)?$/,
    shape: preheatPolicyShape,
    extra: { project: 'library' },
  },
  places: {
    'projects.*.preheat.*': {
      valid: [{ provider: 'p2p', filters: [{ type: 'vulnerability', value: 3 }], trigger: 'manual' }],
      invalid: [
        [{ provider: 'p2p', filters: [] }, 'no filter'],
        [{ provider: 'p2p', filters: [{ type: 'size', value: 1 }] }, 'an unknown filter'],
      ],
    },
  },
  declared: () => ({
    projects: {
      proxy: {
        preheat: {
          warm: { provider: 'p2p', description: 'ours', filters: [ANY], trigger: 'event_based', enabled: true },
        },
      },
    },
  }),
  byHand: {
    changes: whole(
      'preheat-policy/proxy/warm',
      {
        list: '/projects/proxy/preheat/policies',
        find: named('warm'),
        path: () => '/projects/proxy/preheat/policies/warm',
      },
      {
        description: { description: 'by hand' },
        filters: { filters: '[{"type":"repository","value":"x/**"}]' },
        trigger: { trigger: '{"type":"manual"}' },
        enabled: { enabled: false },
      },
    ),
    untried: {
      provider: 'needs a second instance',
      extra_attrs: 'undeclared here: test/kinds/preheat-policy.test.ts',
    },
  },
  pruned: [
    {
      address: 'preheat-policy/plain/spare',
      container: ['projects', 'plain', 'preheat'],
      value: () => ({ provider: 'kept', filters: [ANY], trigger: 'manual' }),
    },
  ],
  lives: [
    {
      spec: () => ({
        project: 'plain',
        name: 'base',
        provider: 'p2p',
        filters: [
          { type: 'tag', value: 'v*' },
          { type: 'repository', value: 'base/**' },
        ],
        trigger: 'event_based',
      }),
      change: { enabled: false, trigger: { scheduled: '0 0 2 * * *' }, filters: [{ type: 'label', value: 'stable' }] },
    },
  ],
  drawn: () => ({
    plain: {
      preheat: namedOf({
        warm: map(
          { provider: 'p2p', filters: [ANY] },
          {
            trigger: one<unknown>('manual', 'event_based', { scheduled: '0 0 2 * * *' }),
            enabled: flag,
            description: writtenText,
          },
        ),
      }),
    },
  }),
};
