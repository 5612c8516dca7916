import type { PropertyValue, ResourceSpec } from '../machine';
import { DEFAULT_NAMESPACE, type ClusterEnvironment } from './cluster-schema';

const COMPONENTS = ['core', 'jobservice', 'portal', 'registry'] as const;

/** The chart has none: draining a node must leave a pod of each that answers. */
export function disruptionBudgets(
  { namespace = DEFAULT_NAMESPACE }: ClusterEnvironment,
  release: string,
): ResourceSpec[] {
  return COMPONENTS.map((component) => ({
    type: 'kubernetes_pod_disruption_budget_v1',
    name: component,
    properties: {
      metadata: { name: `${release}-${component}`, namespace },
      spec: { max_unavailable: '1', selector: { match_labels: labels(release, component) } },
    },
  }));
}

function labels(release: string, component: string): Record<string, PropertyValue> {
  return { app: 'harbor', release, component };
}
