import { scannerShape } from '../../src/kinds/support/scanner-wire';
import fc from 'fast-check';
import type { KindKit } from './kit';
import { anyText, reference } from './support/arbitraries';
import { SECRET, under } from './support/written';

export const scannerNames = fc.stringMatching(/^[a-z0-9-]{1,12}$/);

export const kit: KindKit = {
  specs: fc.record(
    {
      name: scannerNames,
      url: fc.stringMatching(/^https?:\/\/[a-z]{1,9}(:[0-9]{2,4})?(\/[a-z]{1,5})?\/{0,2}$/),
      description: anyText,
      auth: fc.constantFrom('', 'Basic', 'Bearer', 'X-ScannerAdapter-API-Key'),
      access_credential: reference,
      skip_certVerify: fc.boolean(),
      use_internal_addr: fc.boolean(),
      disabled: fc.boolean(),
      default: fc.constant(true),
    },
    { requiredKeys: ['name', 'url'] },
  ),
  answered: { added: () => ({ uuid: '5f8e', access_credential: '' }) },
  recorded: { path: /^\/scanners$/, shape: scannerShape },
  places: {
    'scanners.*': {
      defaults: 'scanner',
      valid: [
        { default: true },
        { url: 'http://scanner:8080', auth: 'Basic', access_credential: SECRET, disabled: true },
      ],
      invalid: [
        [{ default: false }, 'what Harbor cannot do'],
        [{ url: 'http://scanner', auth: 'APIKey' }, 'an auth that Harbor refuses'],
        [{ url: 'http://scanner', access_credential: 'hunter2' }, 'a literal secret'],
      ],
    },
  },
  declared: ({ adapter }) => ({ scanners: { second: { url: adapter, description: 'ours' } } }),
  byHand: { changes: [], untried: { '*': 'test/integration/scanning.test.ts' } },
  renamed: [
    {
      address: (name) => `scanner/${name}`,
      document: (name, from, { adapter }) => ({
        scanners: under(name, { url: adapter }, from),
        projects: { plain: { scanner: name } },
      }),
    },
  ],
  pruned: [
    {
      address: 'scanner/spare',
      container: ['scanners'],
      value: ({ adapter, otherAdapter }, name) =>
        name === 'kept' ? { url: adapter, default: true } : { url: otherAdapter },
    },
  ],
  lives: [
    {
      spec: ({ adapter }) => ({ name: 'first', url: adapter, description: 'ours' }),
      change: { description: 'spare', use_internal_addr: true },
    },
  ],
  drawn: { notDrawn: 'needs an adapter: test/integration/scanning.test.ts' },
};
