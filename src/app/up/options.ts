import type { PolicySource } from '../load';

export interface UpOptions extends PolicySource {
  readonly environment?: string;
  readonly from?: string;
  readonly to?: string;
  readonly only?: string;
  readonly yes: boolean;
  /** For the commands that are run. */
  readonly verbose: boolean;
  readonly quiet: boolean;
  readonly dryRun: boolean;
  readonly destroy: boolean;
  readonly backup?: string;
  /** Seconds. */
  readonly backupMaxAge: number;
  /** Why no backup is needed. */
  readonly withoutBackup?: string;
  readonly runningVersion?: string;
  /** Seconds for the deployed Harbor to become healthy. */
  readonly wait: number;
}
