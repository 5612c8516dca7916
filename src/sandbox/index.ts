export { FaultSpecError, parseFaultSpec } from './fault-spec';
export {
  EXAMPLE_FINDINGS,
  type Findings,
  FindingsError,
  findingsFrom,
  startScannerAdapter,
  type ScannerAdapterOptions,
} from './scanner-adapter';
export { startSandbox, type Sandbox, type SandboxOptions, type SandboxRequest } from './server';
export { supportedVersion } from './versions';
