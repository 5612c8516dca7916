export { backendSpec, type BackendSpec } from './backend';
export { stateSchema, type StateEnvironment } from './state-schema';
