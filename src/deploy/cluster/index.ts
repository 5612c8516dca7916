export { chartValues, chartValuesYaml, hasBudgets } from './chart-values';
export { checkCluster } from './check-cluster';
export { clusterSchema, DEFAULT_NAMESPACE, type ClusterEnvironment } from './cluster-schema';
export { disruptionBudgets, type DisruptionBudget } from './disruption-budgets';
export type { ChartValues } from './merge-values';
