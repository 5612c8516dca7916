export type { ServedNames } from './dns';
export { checkMachine } from './check-machine';
export { cloudInit, type CloudInitInputs } from './cloud-init';
export { machineName, machineSpec, type MachineSpec } from './machine-resources';
export { machineSchema, type MachineEnvironment } from './machine-schema';
export {
  reference,
  type DataSpec,
  type PropertyValue,
  type ProviderSpec,
  type Reference,
  type ResourceSpec,
} from './resource';
