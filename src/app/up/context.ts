import type { AppContext } from '../context';
import type { RunRecord } from './run-record';
import type { ToolLog } from './tool-log';

/** The lock of one run on the host that it works on: two checkouts do not see each other's files. */
export interface HostLock {
  /** Ansible compares it with the holder of the lock. */
  readonly run: string;
  /**
   * Takes the lock unless this run holds it: at the beginning, and again if the connection was lost since.
   * @param otherwise what the error says of the state of the deployment
   * @throws PlanRefusedError if another run holds it
   */
  keep(otherwise?: string): Promise<void>;
  release(): Promise<void>;
}

/** What `up` needs in addition: a person to ask, and the other commands. */
export interface UpContext extends AppContext {
  /** Whether a person can answer. */
  readonly canAsk: boolean;
  /** True only if the person agreed. */
  readonly ask: (question: string) => Promise<boolean>;
  /** Programs may color what they print. */
  readonly colored: boolean;
  /** How far the run is, for the next one. Absent: nothing is changed. */
  readonly record?: RunRecord;
  /** Keeps runs of other checkouts away from the host. Absent: there is no host. */
  readonly hostLock?: HostLock;
  /** What the synthesis of one stack said is not repeated for the next. */
  readonly notices?: Set<string>;
  /** Where the output of programs goes. Absent: it is shown immediately. */
  readonly log?: ToolLog;
  /**
   * Runs another Breakwater command with the same signal.
   * @param out receives its results instead of stdout
   * @returns its exit code
   */
  readonly breakwater: (argv: readonly string[], out?: (text: string) => void) => Promise<number>;
}

/** A note about something that was found or done. */
export function note({ emit }: Pick<AppContext, 'emit'>, message: string): void {
  emit({ type: 'up-note', message });
}
