export { scannerThatFinds, startScannerAdapter, type ScannerAdapter, type ScannerAdapterOptions } from './adapter';
export { EXAMPLE_FINDINGS, type Finding, type Findings, FindingsError, findingsFrom } from './findings';
