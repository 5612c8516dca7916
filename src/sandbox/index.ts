export { FaultSpecError, parseFaultSpec } from './server/fault-spec';
export { startSandbox, type Sandbox, type SandboxOptions, type SandboxRequest, type StartScanner } from './start';
export { supportedVersion } from './versions';
