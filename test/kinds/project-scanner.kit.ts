import { scannerShape } from '../../src/kinds/support/scanner-wire';
import fc from 'fast-check';
import type { KindKit } from './kit';
import { scannerNames } from './scanner.kit';
import { projectName } from './support/arbitraries';

export const kit: KindKit = {
  specs: fc.record({ project: projectName, scanner: scannerNames }),
  answered: { added: () => ({ uuid: '5f8e', url: 'http://scanner' }) },
  recorded: { path: /^\/projects\/[^/]+\/scanner$/, shape: scannerShape, extra: { project: 'library' } },
  places: {
    'projects.*.scanner': {
      valid: ['Trivy'],
      invalid: [['', 'no name']],
    },
  },
  declared: () => ({ projects: { plain: { scanner: 'second' } } }),
  byHand: { changes: [], untried: { '*': 'test/integration/scanning.test.ts' } },
  drawn: { notDrawn: 'needs an adapter: test/integration/scanning.test.ts' },
};
