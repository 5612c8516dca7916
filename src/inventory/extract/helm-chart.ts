import type { Extractor } from '../found';

/** `Chart.yaml` names charts and, in annotations, images that the values also name: it pulls nothing itself. */
export const helmChart: Extractor = {
  name: 'helm-chart',
  claims: (path) => /(?:^|\/)Chart\.(?:ya?ml|lock)$/.test(path),
  extract: () => ({ found: [] }),
};
