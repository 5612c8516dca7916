import type { Scanner, VulnerabilityReport } from './vulnerability-report';
import type { Row } from '../table';
import type { Time, Timed } from './common';

/** A registered adapter. Names and URLs are unique, and at most one is the default. */
export interface ScannerRow extends Row, Timed {
  readonly uuid: string;
  readonly name: string;
  readonly description: string;
  readonly url: string;
  readonly auth: string;
  /** In clear text, because it has to be sent. Empty for none. */
  readonly accessCredential: string;
  readonly skipCertVerify: boolean;
  readonly useInternalAddr: boolean;
  readonly disabled: boolean;
  readonly isDefault: boolean;
}

/** The last three are final. */
export type ScanStatus = 'Pending' | 'Running' | 'Success' | 'Error' | 'Stopped';

/** By digest and scanner: the same image in another project shares the report. */
export interface ScanReportRow extends Row {
  readonly reportId: string;
  readonly digest: string;
  readonly scannerUuid: string;
  readonly scanner: Scanner;
  readonly status: ScanStatus;
  readonly startTime: Time;
  /** 0 while it runs. */
  readonly endTime: Time;
  readonly log: readonly string[];
  /** Set once the report exists. */
  readonly report?: VulnerabilityReport;
}
