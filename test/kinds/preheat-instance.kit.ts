import { preheatInstanceShape } from '../../src/kinds/preheat-instance';
import fc from 'fast-check';
import type { KindKit } from './kit';
import { anyText, flag, map, reference, writtenText } from './support/arbitraries';
import { named, whole } from './support/by-hand';
import { SECRET } from './support/written';

const P2P = { vendor: 'dragonfly', endpoint: 'https://dragonfly.example.com' };

export const kit: KindKit = {
  specs: fc.record(
    {
      name: fc.stringMatching(/^[A-Za-z0-9]{1,9}([._-][A-Za-z0-9]{1,9})?$/),
      vendor: fc.constantFrom('dragonfly', 'kraken'),
      endpoint: fc.stringMatching(/^ ?https?:\/\/[a-z.]{1,12}(:[0-9]{2,4})?$/),
      description: anyText,
      auth_mode: fc.constantFrom('NONE', 'BASIC', 'OAUTH', 'CUSTOM'),
      auth_info: fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), reference, { minKeys: 1, maxKeys: 2 }),
      enabled: fc.boolean(),
      default: fc.boolean(),
      insecure: fc.boolean(),
    },
    { requiredKeys: ['name', 'vendor', 'endpoint'] },
  ),
  answered: { added: () => ({ id: 41, status: 'Unknown' }) },
  recorded: { path: /^\/p2p\/preheat\/instances$/, shape: preheatInstanceShape },
  places: {
    'preheat.instances.*': {
      valid: [{ vendor: 'kraken', endpoint: 'https://k', auth_mode: 'BASIC', auth_info: { user: SECRET } }],
      invalid: [
        [{ vendor: 'nonsense', endpoint: 'https://k' }, 'a vendor for which Harbor answers 500'],
        [{ vendor: 'kraken', endpoint: 'https://k', auth_info: { a: 'x' } }, 'a literal secret'],
      ],
    },
  },
  declared: () => ({
    preheat: { instances: { p2p: { ...P2P, description: 'ours', enabled: true, insecure: false } } },
  }),
  byHand: {
    changes: whole(
      'preheat-instance/p2p',
      { list: '/p2p/preheat/instances', find: named('p2p'), path: () => '/p2p/preheat/instances/p2p' },
      {
        endpoint: { endpoint: 'http://127.0.0.1:7/by-hand' },
        description: { description: 'by hand' },
        insecure: { insecure: true },
      },
    ),
    untried: {
      enabled: 'Harbor refuses it while a policy uses the instance',
      vendor: 'needs another instance: an endpoint has one vendor',
      auth_mode: 'needs auth_info',
      auth_info: 'Harbor never returns it',
      default: 'an only instance is the default',
    },
  },
  pruned: [
    {
      address: 'preheat-instance/spare',
      container: ['preheat', 'instances'],
      value: (_world, name) => ({ vendor: 'dragonfly', endpoint: `https://${name}.example.com` }),
    },
  ],
  lives: [
    {
      spec: () => ({
        name: 'second-p2p',
        vendor: 'kraken',
        endpoint: 'https://kraken.example.com',
        auth_mode: 'BASIC',
        auth_info: { user: { env: 'ROBOT' } },
      }),
      change: { enabled: false, description: 'spare', insecure: true, default: true },
    },
  ],
  drawn: () => ({ always: { 'preheat.instances.p2p': map(P2P, { description: writtenText, insecure: flag }) } }),
};
