export { FaultSpecError, parseFaultSpec } from './fault-spec';
export { startSandbox, type Sandbox, type SandboxOptions } from './server';
export { supportedVersion } from './versions';
