import { hasBudgets } from './chart-values';
import type { ClusterEnvironment } from './cluster-schema';
import { maxUnavailableOf, replicasOf } from './component-values';
import type { PodsId } from './pods-schema';
import type { HarborEnvironment } from '../harbor/harbor-schema';

/** A PodDisruptionBudget that the stack creates itself. */
export interface DisruptionBudget {
  readonly id: PodsId;
  readonly name: string;
  readonly maxUnavailable: number;
  readonly matchLabels: Readonly<Record<string, string>>;
}

/**
 * The budgets for charts that create none. A component with a single pod has none, because it could only stop a drain.
 * Their names are not those of later charts, so that an upgrade of the chart can create its own beside them.
 */
export function disruptionBudgets(
  cluster: ClusterEnvironment,
  { trivy, metrics }: HarborEnvironment,
  release: string,
): DisruptionBudget[] {
  if (hasBudgets(cluster)) return [];
  const ids: readonly PodsId[] = [
    'core',
    'portal',
    'jobservice',
    'registry',
    ...(trivy === true ? (['trivy'] as const) : []),
    ...(metrics === true ? (['exporter'] as const) : []),
  ];
  return ids
    .filter((id) => replicasOf(cluster, id) > 1)
    .map((id) => ({
      id,
      name: `${release}-${id}-budget`,
      maxUnavailable: maxUnavailableOf(cluster, id),
      matchLabels: { release, app: 'harbor', component: id },
    }));
}
