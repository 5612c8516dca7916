import { quotaShape } from '../../src/kinds/quota';
import fc from 'fast-check';
import type { QuotaSpec } from '../../src/kinds/quota';
import type { KindKit } from './kit';
import { bytes, one, projectName } from './support/arbitraries';
import type { Wire } from './support/by-hand';

export const kit: KindKit = {
  specs: fc.record({ project: projectName, storage_limit: bytes }),
  answered: {
    added: () => ({ id: 3, ref: { id: 7, name: 'proxy.docker.io' }, used: { storage: 0 } }),
    instead: (spec) => ({ ref: { id: 7, name: (spec as QuotaSpec).project } }),
  },
  recorded: { path: /^\/quotas(\/<id>)?$/, shape: quotaShape },
  places: {
    'projects.*.storage_limit': {
      valid: ['unlimited', -1],
      invalid: [
        ['500GB', 'a unit that two people read in two ways'],
        [-2, 'a negative size'],
        [2 ** 51, 'more than Harbor takes'],
      ],
    },
  },
  declared: () => ({ projects: { proxy: { storage_limit: '5GiB' } } }),
  byHand: {
    changes: [
      {
        address: 'quota/proxy',
        field: 'storage_limit',
        change: async (harbor) => {
          const [{ id }] = await harbor.get<[Wire]>('/quotas?page_size=1&sort=-id');
          await harbor.put(`/quotas/${String(id)}`, { hard: { storage: 7 * 1024 ** 3 } });
        },
      },
    ],
    untried: {},
  },
  drawn: () => ({ project: { storage_limit: one('unlimited', '5GiB') } }),
};
