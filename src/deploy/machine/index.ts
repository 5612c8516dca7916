export { checkMachine } from './check-machine';
export { cloudInit, type CloudInitInputs } from './cloud-init';
export { machineName, machineSpec, type MachineSpec } from './machine-resources';
export { machineSchema, type MachineEnvironment } from './machine-schema';
export type { PropertyValue, ProviderSpec, ResourceSpec } from './resource';
