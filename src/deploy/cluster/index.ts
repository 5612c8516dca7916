export { chartValues, chartValuesYaml, type ChartValues } from './chart-values';
export { checkCluster } from './check-cluster';
export { clusterSchema, DEFAULT_NAMESPACE, type ClusterEnvironment } from './cluster-schema';
