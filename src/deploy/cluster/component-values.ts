import { compact } from '../../compact';
import type { ImagePin } from '../images';
import { chartOf, readsValue } from './chart';
import { DEFAULT_MAX_UNAVAILABLE, DEFAULT_REPLICAS, type ClusterEnvironment } from './cluster-schema';
import type { ChartValues } from './merge-values';
import {
  DEFAULT_RESOURCES,
  DEFAULT_SPREAD,
  type ComponentId,
  type ComponentSettings,
  type PodsId,
  type Resources,
} from './pods-schema';

/** The values of a component that has pods of its own. */
export function componentValues(cluster: ClusterEnvironment, id: PodsId, pin?: ImagePin): ChartValues {
  const settings: ComponentSettings = { ...cluster.pods, ...cluster.components?.[id] };
  const spread = spreadOf(settings);
  return compact({
    replicas: replicasOf(cluster, id),
    podDisruptionBudget: disruptionBudget(cluster, id),
    // Two containers, each with its own.
    ...(id !== 'registry' && containerValues(cluster, id, pin)),
    nodeSelector: settings.node_selector,
    tolerations: settings.tolerations,
    affinity: settings.affinity,
    topologySpreadConstraints: spread.length > 0 ? spread : undefined,
    priorityClassName: settings.priority_class,
    serviceAccountName: settings.service_account,
    podAnnotations: settings.annotations,
    podLabels: settings.labels,
  });
}

/** The values of one container. */
export function containerValues(cluster: ClusterEnvironment, id: ComponentId, pin?: ImagePin): ChartValues {
  return { ...imageOf(pin), resources: resourcesOf(cluster, id) };
}

/** The component's own number, else that of the cluster, else 2. */
export function replicasOf({ replicas, components }: ClusterEnvironment, id: PodsId): number {
  return components?.[id]?.replicas ?? replicas ?? DEFAULT_REPLICAS;
}

/** The same precedence; at least 1, so that a node can be drained. */
export function maxUnavailableOf({ max_unavailable, components }: ClusterEnvironment, id: PodsId): number {
  return components?.[id]?.max_unavailable ?? max_unavailable ?? DEFAULT_MAX_UNAVAILABLE;
}

/**
 * By maxUnavailable, which never blocks a drain: minAvailable does, as soon as a pod is missing. The chart's default for
 * minAvailable has to be 0, because Kubernetes refuses a budget with both. For a single pod the chart makes no budget.
 */
function disruptionBudget(cluster: ClusterEnvironment, id: PodsId): ChartValues | undefined {
  const chart = chartOf(cluster.chart_version);
  if (!chart || !readsValue(chart, `${id}.podDisruptionBudget.maxUnavailable`)) return undefined;
  return { enabled: true, minAvailable: 0, maxUnavailable: maxUnavailableOf(cluster, id) };
}

/** The chart adds the selector of the component to each. */
function spreadOf({ spread }: ComponentSettings): ChartValues[] {
  const keys = [
    [spread?.hosts ?? DEFAULT_SPREAD, 'kubernetes.io/hostname'],
    [spread?.zones ?? DEFAULT_SPREAD, 'topology.kubernetes.io/zone'],
  ] as const;
  return keys.flatMap(([how, topologyKey]) => {
    if (how === 'off') return [];
    return [{ maxSkew: 1, topologyKey, whenUnsatisfiable: how === 'require' ? 'DoNotSchedule' : 'ScheduleAnyway' }];
  });
}

/** Key by key: who raises the memory limit keeps the requests. */
function resourcesOf({ components }: ClusterEnvironment, id: ComponentId): ChartValues {
  const { requests, limits }: Resources = components?.[id]?.resources ?? {};
  const defaults = DEFAULT_RESOURCES[id];
  return { requests: { ...defaults.requests, ...requests }, limits: { ...defaults.limits, ...limits } };
}

/** The chart joins both with a colon, so the digest is passed with the tag. */
function imageOf(pin: ImagePin | undefined): ChartValues {
  const match = /^(.+?):([^/]+)$/.exec(pin?.image ?? '');
  return match ? { image: { repository: match[1], tag: match[2] } } : {};
}
