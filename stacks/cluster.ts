import { TerraformStack, type App } from 'cdktf';
import {
  chartValuesYaml,
  DEFAULT_NAMESPACE,
  waitSeconds,
  type ClusterEnvironment,
  type DeployInputs,
} from '../src/deployment';
import { addBackend } from './backend';
import { addProvider, addResource } from './resources';

const RELEASE = 'harbor';

/** Harbor by its official chart. All state is outside, every Secret is in the cluster already. */
export function addClusterStack(app: App, inputs: DeployInputs, cluster: ClusterEnvironment): TerraformStack {
  const { environment, pins } = inputs;
  const stack = new TerraformStack(app, 'cluster');
  addBackend(stack, environment, 'cluster');
  const connection = {
    ...(cluster.kubeconfig !== undefined && { config_path: cluster.kubeconfig }),
    ...(cluster.context !== undefined && { config_context: cluster.context }),
  };
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
      namespace: cluster.namespace ?? DEFAULT_NAMESPACE,
      repository: 'https://helm.goharbor.io',
      chart: 'harbor',
      version: cluster.chart_version,
      values: [chartValuesYaml(cluster, environment.harbor, pins)],
      // Half an upgrade is rolled back; a database that has been migrated is not: take a backup first. Rolled back too
      // early, core is killed while it migrates.
      atomic: true,
      timeout: Math.max(900, waitSeconds(environment.harbor.waits, 'core')),
    },
  });
  return stack;
}
