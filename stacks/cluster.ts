import { TerraformStack, type App } from 'cdktf';
import {
  chartValuesYaml,
  DEFAULT_NAMESPACE,
  disruptionBudgets,
  waitSeconds,
  type ClusterEnvironment,
  type DeployInputs,
  type DisruptionBudget,
} from '../src/deployment';
import { addBackend } from './backend';
import { addProvider, addResource } from './resources';

const RELEASE = 'harbor';
/** Of the objects that charts before 1.19 do not create. */
export const KUBERNETES = { source: 'hashicorp/kubernetes', version: '2.38.0' } as const;

/** Harbor by its official chart. All state is outside the cluster, and every Secret exists already. */
export function addClusterStack(app: App, inputs: DeployInputs, cluster: ClusterEnvironment): TerraformStack {
  const { environment, pins } = inputs;
  const stack = new TerraformStack(app, 'cluster');
  addBackend(stack, environment, 'cluster');
  const connection = {
    ...(cluster.kubeconfig !== undefined && { config_path: cluster.kubeconfig }),
    ...(cluster.context !== undefined && { config_context: cluster.context }),
  };
  const namespace = cluster.namespace ?? DEFAULT_NAMESPACE;
  addProvider(stack, {
    name: 'helm',
    source: 'hashicorp/helm',
    version: '3.1.2',
    properties: { kubernetes: connection },
  });
  addResource(stack, {
    type: 'helm_release',
    name: RELEASE,
    properties: {
      name: RELEASE,
      namespace,
      repository: 'https://helm.goharbor.io',
      chart: 'harbor',
      version: cluster.chart_version,
      values: [chartValuesYaml(cluster, environment.harbor, pins)],
      // A failed upgrade is rolled back, but not a migrated database: take a backup first. The timeout must be long
      // enough: otherwise core is killed while it migrates.
      atomic: true,
      timeout: Math.max(900, waitSeconds(environment.harbor.waits, 'core')),
    },
  });
  const budgets = disruptionBudgets(cluster, environment.harbor, RELEASE);
  if (budgets.length > 0) addBudgets(stack, budgets, namespace, connection);
  return stack;
}

/** Objects that the chart creates only since 1.19. */
function addBudgets(
  stack: TerraformStack,
  budgets: readonly DisruptionBudget[],
  namespace: string,
  connection: Readonly<Record<string, string>>,
): void {
  addProvider(stack, { name: 'kubernetes', ...KUBERNETES, properties: connection });
  for (const { id, name, maxUnavailable, matchLabels } of budgets)
    addResource(stack, {
      type: 'kubernetes_pod_disruption_budget_v1',
      name: id,
      properties: {
        metadata: [{ name, namespace }],
        spec: [{ max_unavailable: String(maxUnavailable), selector: [{ match_labels: matchLabels }] }],
      },
    });
}
