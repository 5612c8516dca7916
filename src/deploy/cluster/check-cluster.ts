import type { HarborEnvironment } from '../harbor/harbor-schema';
import type { Finding } from '../read-tree';

/** Several pods share what one machine has for itself: all of it has to be outside. Pure. */
export function checkCluster(harbor: HarborEnvironment): Finding[] {
  const needed = ['database', 'redis', 'storage'] as const;
  return needed.flatMap((key) => {
    if (harbor[key] !== undefined) return [];
    const message = `"${key}" is missing: with cluster: it has to be an external one`;
    return [{ rule: 'missing-key', path: ['harbor'], message, hint: `add harbor.${key}` }];
  });
}
