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
  /** Directory that the plan of every step is written to; nothing is changed. */
  readonly planOut?: string;
  /** Directory that `planOut` wrote: exactly this is done. */
  readonly apply?: string;
  /** The state was lost: containers and networks of the host are imported into a new one. */
  readonly adoptState: boolean;
  /** Removes images of earlier releases after verified pulls. */
  readonly clean: boolean;
  readonly backup?: string;
  /** Seconds. */
  readonly backupMaxAge: number;
  /** Why no backup is needed. */
  readonly withoutBackup?: string;
  readonly runningVersion?: string;
  /** Seconds for the deployed Harbor to become healthy. */
  readonly wait: number;
}
