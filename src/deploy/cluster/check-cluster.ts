import type { HarborEnvironment } from '../harbor/harbor-schema';
import type { TreeFinding } from '../read-tree';
import { ownValues } from './chart-values';
import { chartOf, readsValue } from './chart';
import { checkChart } from './check-chart';
import { checkStorage } from './check-storage';
import { checkValues } from './check-values';
import type { ClusterEnvironment } from './cluster-schema';
import { maxUnavailableOf, replicasOf } from './component-values';
import type { PodsId } from './pods-schema';

/**
 * Checks of `cluster:` that a schema cannot express. Pure. Nothing here asks a cluster or downloads a chart: what
 * charts read is recorded, see `chart.ts`.
 *
 *       part                     finding
 *       harbor.database, redis   missing-key: several pods cannot share what one machine stores
 *       ingress, gateway         two-fronts; missing-key if there is neither
 *       storage, volumes         see `check-storage.ts`
 *       chart_version            see `check-chart.ts`
 *       secrets                  taken-name: the chart creates a Secret of this name itself
 *       settings without effect  ignored-by-chart: the chart reports none of them
 *       max_unavailable          budget-too-large (warning): a drain may take away all pods
 *       values                   see `check-values.ts`; not checked if the chart is not recorded
 */
export function checkCluster(cluster: ClusterEnvironment, harbor: HarborEnvironment): TreeFinding[] {
  const chart = chartOf(cluster.chart_version);
  return [
    ...checkOutside(harbor),
    ...checkFront(cluster),
    ...checkStorage(cluster, harbor),
    ...checkChart(cluster, harbor),
    ...checkSecretNames(cluster),
    ...checkIgnored(cluster, harbor),
    ...checkBudgets(cluster),
    ...(cluster.values && chart ? checkValues(cluster.values, ownValues(cluster, harbor, {}), chart) : []),
  ];
}

/** The Secrets that the chart creates itself, for a release called harbor. */
const OF_THE_CHART: ReadonlySet<string> = new Set(
  ['core', 'exporter', 'jobservice', 'registry', 'registryctl', 'registry-htpasswd', 'trivy', 'ingress', 'portal'].map(
    (component) => `harbor-${component}`,
  ),
);

/** Helm refuses to install over an object that it did not create. */
function checkSecretNames({ secrets }: ClusterEnvironment): TreeFinding[] {
  return Object.entries(secrets).flatMap(([key, name]: [string, string]) => {
    if (!OF_THE_CHART.has(name)) return [];
    const path = ['cluster', 'secrets', key];
    const message = `"${name}" is the name of a Secret that the chart creates`;
    return [{ rule: 'taken-name', path, message, hint: `use another name, such as ${name}-secret` }];
  });
}

/** Several pods cannot share what one machine stores locally: all of it must be external. */
function checkOutside(harbor: HarborEnvironment): TreeFinding[] {
  const needed = ['database', 'redis'] as const;
  return needed.flatMap((key) => {
    if (harbor[key] !== undefined) return [];
    const message = `"${key}" is missing: cluster: needs an external one`;
    return [{ rule: 'missing-key', path: ['harbor'], message, hint: `add harbor.${key}` }];
  });
}

/** With both, the chart would create one of them and ignore the other. */
function checkFront({ ingress, gateway }: ClusterEnvironment): TreeFinding[] {
  if (ingress && gateway) {
    const message = 'the chart creates an Ingress or an HTTPRoute, not both';
    return [{ rule: 'two-fronts', path: ['cluster', 'gateway'], message, hint: 'remove one of them' }];
  }
  if (ingress || gateway) return [];
  const message = '"ingress" is missing: nothing would lead to Harbor';
  return [{ rule: 'missing-key', path: ['cluster'], message, hint: 'add cluster.ingress or cluster.gateway' }];
}

/** Settings that the chart ignores without an error. */
function checkIgnored(cluster: ClusterEnvironment, { redis, metrics }: HarborEnvironment): TreeFinding[] {
  const rule = 'ignored-by-chart';
  const findings: TreeFinding[] = [];
  const chart = chartOf(cluster.chart_version);
  if (cluster.gateway && chart && !readsValue(chart, 'expose.route.hosts')) {
    const message = `chart ${chart.version} knows no HTTPRoute: nothing would lead to Harbor`;
    const hint = 'use cluster.ingress, or a chart from 1.18 on';
    findings.push({ rule, path: ['cluster', 'gateway'], message, hint });
  }
  if (redis?.username !== undefined) {
    const path = ['harbor', 'redis', 'username'];
    const message = 'the chart ignores it: it reads the user of Redis from the Secret of its password';
    const hint = isBefore118(cluster)
      ? 'charts before 1.18 cannot log in with a user: use the default user, and remove it here'
      : 'put it under REDIS_USERNAME into the Secret of cluster.secrets.redis, and remove it here';
    findings.push({ rule, path, message, hint });
  }
  if (redis?.tls === true && redis.sentinel_master !== undefined) {
    const path = ['harbor', 'redis', 'sentinel_master'];
    const message = 'with tls the chart does not tell it to the registry, which then takes a sentinel for Redis itself';
    const hint = 'use one address without sentinels, or no TLS between the pods and Redis';
    findings.push({ rule, severity: 'warning', path, message, hint });
  }
  if (cluster.service_monitor && metrics !== true) {
    const message = 'the chart creates none without metrics';
    findings.push({ rule, path: ['cluster', 'service_monitor'], message, hint: 'set harbor.metrics: true' });
  }
  return [...findings, ...checkRegistryctl(cluster)];
}

function isBefore118({ chart_version }: ClusterEnvironment): boolean {
  return chart_version.startsWith('1.17.');
}

function checkRegistryctl({ components, proxy }: ClusterEnvironment): TreeFinding[] {
  const rule = 'ignored-by-chart';
  const others = Object.keys(components?.registryctl ?? {}).filter((key) => key !== 'resources');
  const onlyBypass = proxy !== undefined && proxy.http === undefined && proxy.https === undefined;
  return [
    ...others.map((key) => {
      const path = ['cluster', 'components', 'registryctl', key];
      return { rule, path, message: 'registryctl runs in the pods of registry', hint: 'set it for registry' };
    }),
    ...(onlyBypass
      ? [{ rule, path: ['cluster', 'proxy'], message: 'it names no proxy', hint: 'add http or https, or remove it' }]
      : []),
  ];
}

const WITH_PODS: readonly PodsId[] = ['core', 'portal', 'jobservice', 'registry', 'trivy', 'exporter'];

/** A budget as large as the component protects nothing. A single pod has no budget. */
function checkBudgets(cluster: ClusterEnvironment): TreeFinding[] {
  const found = WITH_PODS.flatMap((id) => {
    const [replicas, allowed] = [replicasOf(cluster, id), maxUnavailableOf(cluster, id)];
    if (replicas === 1 || allowed < replicas) return [];
    const own = cluster.components?.[id];
    const isOwn = own?.max_unavailable !== undefined || own?.replicas !== undefined;
    const path = isOwn ? ['cluster', 'components', id] : ['cluster', 'max_unavailable'];
    return [{ path, id, replicas }];
  });
  const byPlace = new Map(found.map((one) => [one.path.join('.'), one]));
  return [...byPlace.values()].map(({ path, id, replicas }) => ({
    rule: 'budget-too-large',
    severity: 'warning',
    path,
    message: `a drain may take away all ${replicas} pods of ${id} at once`,
    hint: `set max_unavailable to ${replicas - 1} or less`,
  }));
}
