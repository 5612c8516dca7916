export { ROTATED_LOG, type ContainerSpec, type LogSpec } from './container-spec';
export {
  chartValuesYaml,
  DEFAULT_NAMESPACE,
  disruptionBudgets,
  type ClusterEnvironment,
  type DisruptionBudget,
} from './cluster';
export {
  edgeContainer,
  frontPorts,
  hasShield,
  shieldContainer,
  type EdgeContainer,
  type EdgeEnvironment,
} from './edge';
export type { Environment } from './environment';
export { environmentSchema } from './environment-schema';
export {
  DEFAULT_DATA_VOLUME,
  dynamicRange,
  edgeAddress,
  gateway,
  harborContainers,
  internalAddress,
  newerReleases,
  newestRelease,
  READ_ENV_FILE,
  releaseOf,
  runningServices,
  subnetOf,
  waitSeconds,
  type HarborContainer,
  type HarborEnvironment,
  type NetworkId,
  type ServiceId,
} from './harbor';
export { hostConnection, type HostConnection } from './host-connection';
export {
  imagesSchema,
  loadImages,
  type DeclaredSignature,
  type HarborPins,
  type ImagePin,
  type ImagePins,
} from './images';
export { isWholePair, nodeNames } from './pair';
export { imagesFile } from './package-files';
export { withPins } from './write-pins';
export { loadInputs, type DeployInputs, type LoadedInputs } from './inputs';
export { environmentNames, loadEnvironment, type LoadedEnvironment } from './load-environment';
export { servedNames } from './served-names';
export { readSynthesised } from './read-synthesised';
export {
  machineName,
  machineSpec,
  reference,
  type DataSpec,
  type MachineEnvironment,
  type PropertyValue,
  type ProviderSpec,
  type Reference,
  type ResourceSpec,
} from './machine';
export { backendSpec, type BackendSpec, type StateEnvironment } from './state';
export { preparedSchema, type Prepared } from './prepared';
