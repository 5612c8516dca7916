import { immutableTagRuleShape } from '../../src/kinds/immutable-tag-rule';
import fc from 'fast-check';
import type { KindKit } from './kit';
import { pattern, projectName } from './support/arbitraries';

const tagPatterns = fc.oneof(fc.record({ tags: pattern }), fc.record({ tags_exclude: pattern }), fc.constant({}));
const repositoryPatterns = fc.oneof(
  fc.record({ repositories: pattern }),
  fc.record({ repositories_exclude: pattern }),
  fc.constant({}),
);

export const kit: KindKit = {
  specs: fc
    .tuple(fc.record({ project: projectName, disabled: fc.boolean() }), tagPatterns, repositoryPatterns)
    .map(([rule, tags, repositories]) => ({ ...rule, ...tags, ...repositories })),
  answered: { added: () => ({ id: 22 }) },
  recorded: {
    path: /^\/projects\/[^/]+\/immutabletagrules$/,
    shape: immutableTagRuleShape,
    extra: { project: 'library' },
  },
  places: {
    'projects.*.immutable_tags.[]': {
      valid: [{ tags: 'v*', repositories_exclude: 'dev/**', disabled: true }],
      invalid: [[{ tags: '' }, 'an empty pattern']],
    },
  },
  declared: () => ({ projects: { plain: { immutable_tags: [{ tags: 'v*', repositories: '**', disabled: false }] } } }),
  byHand: { changes: [], untried: { '*': 'a rule is all that it says: a changed one is another one' } },
  pruned: [
    {
      address: 'immutable-tag-rule/',
      container: ['projects', 'plain', 'immutable_tags'],
      value: () => [{ tags: 'v*' }],
    },
  ],
  lives: [
    { spec: () => ({ project: 'plain', tags: 'v*', disabled: true }), change: { disabled: false } },
    {
      spec: () => ({ project: 'prx', tags_exclude: 'dev-*', repositories: 'prod/**' }),
      change: { disabled: true },
    },
  ],
  drawn: () => ({
    project: {
      immutable_tags: fc.subarray([{ tags: 'v*' }, { tags: 'release-*', repositories_exclude: 'scratch/**' }]),
    },
  }),
};
