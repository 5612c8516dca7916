import type { Extractor } from '../found';

/** `Chart.yaml` names charts and, in annotations, images that the values name as well: nothing that is pulled by itself. */
export const helmChart: Extractor = {
  name: 'helm-chart',
  claims: (path) => /(?:^|\/)Chart\.(?:ya?ml|lock)$/.test(path),
  extract: () => ({ found: [] }),
};
