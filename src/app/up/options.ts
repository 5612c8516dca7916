import type { PolicySource } from '../load';

/** As on the command line. `from`, `to` and `only` are names of steps, checked by `selectSteps`. */
export interface UpOptions extends PolicySource {
  readonly environment?: string;
  readonly from?: string;
  readonly to?: string;
  readonly only?: string;
  readonly yes: boolean;
  /** Passed on to the commands that are run. */
  readonly verbose: boolean;
  readonly quiet: boolean;
  readonly dryRun: boolean;
  readonly destroy: boolean;
  /** Directory for the plan of every step; nothing is changed. */
  readonly planOut?: string;
  /** Directory that `planOut` wrote: exactly this is done. */
  readonly apply?: string;
  /** The state was lost: containers and networks of the host are imported into a new one. */
  readonly adoptState: boolean;
  /** Removes images of earlier releases after verified pulls. */
  readonly clean: boolean;
  /** Path of the manifest of a backup. */
  readonly backup?: string;
  /** Seconds; default: as the environment file says, or a day. */
  readonly backupMaxAge?: number;
  /** Why no backup is needed. */
  readonly withoutBackup?: string;
  /** For a Harbor that cannot be asked. */
  readonly runningVersion?: string;
  /** Seconds until the deployed Harbor must be healthy. */
  readonly wait: number;
}
