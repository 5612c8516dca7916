import type { DeclarationOptions } from '../../cli/options';

export interface UpOptions extends DeclarationOptions {
  readonly environment?: string;
  readonly from?: string;
  readonly to?: string;
  readonly only?: string;
  readonly yes: boolean;
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
