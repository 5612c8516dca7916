import { labelShape } from '../../src/kinds/label';
import fc from 'fast-check';
import type { KindKit } from './kit';
import { anyName, anyText, map, named as namedOf, one, projectName, writtenText } from './support/arbitraries';
import { byId, named, whole } from './support/by-hand';
import { under } from './support/written';

const drawnOne = map({}, { color: one('#0065AB', '#00B588'), description: writtenText });

export const kit: KindKit = {
  specs: fc.record(
    {
      name: anyName,
      project: projectName,
      description: anyText,
      color: fc.constantFrom('', '#0065AB', '#ff8400', 'teal'),
    },
    { requiredKeys: ['name'] },
  ),
  answered: { added: () => ({ id: 21 }) },
  recorded: { path: /^\/labels$/, shape: labelShape },
  places: {
    'labels.*': {
      defaults: 'label',
      valid: [{}],
      invalid: [
        [{ scope: 'g' }, 'what its place says already'],
        [{ color: 'dark turquoise green' }, 'more than the database holds'],
      ],
    },
    'projects.*.labels.*': {
      defaults: 'label',
      valid: [{ description: 'for production', color: '#0065AB' }],
      invalid: [[{ scope: 'p' }, 'what its place says already']],
    },
  },
  declared: () => ({ labels: { approved: { description: 'ours', color: '#00B588' } } }),
  byHand: {
    changes: whole(
      'label/approved',
      { list: '/labels?scope=g', find: named('approved'), path: byId('/labels') },
      { description: { description: 'by hand' }, color: { color: '#000000' } },
    ),
    untried: {},
  },
  renamed: [
    {
      address: (name) => `label/${name}`,
      document: (name, from) => ({ labels: under(name, { color: '#0065AB' }, from) }),
    },
    {
      address: (name) => `label/plain/${name}`,
      document: (name, from) => ({ projects: { plain: { labels: under(name, { color: '#0065AB' }, from) } } }),
    },
  ],
  pruned: [
    { address: 'label/spare', container: ['labels'], value: () => ({}) },
    { address: 'label/plain/spare', container: ['projects', 'plain', 'labels'], value: () => ({}) },
  ],
  lives: [
    {
      spec: () => ({ name: 'team/blue', color: '#0065ab', description: 'blue' }),
      change: { color: '#FF8400', description: '' },
    },
    { spec: () => ({ name: 'stable', project: 'plain' }), change: { color: '#0065AB' } },
  ],
  drawn: () => ({
    root: { labels: namedOf({ approved: drawnOne }) },
    project: { labels: namedOf({ stable: drawnOne }) },
  }),
};
