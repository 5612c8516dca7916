import type { AppContext } from '../context';
import type { ToolLog } from './tool-log';

/** What `up` needs besides: a person to ask, and the other commands. */
export interface UpContext extends AppContext {
  /** Whether a person can answer. */
  readonly canAsk: boolean;
  /** True only where the person agreed. */
  readonly ask: (question: string) => Promise<boolean>;
  /** Programs may color what they print. */
  readonly colored: boolean;
  /** Where the output of programs goes. Absent: it is shown as it comes. */
  readonly log?: ToolLog;
  /**
   * Runs another command line of Breakwater under the same signal.
   * @param out gets its results instead of stdout
   * @returns its exit code
   */
  readonly breakwater: (argv: readonly string[], out?: (text: string) => void) => Promise<number>;
}

/** A sentence about what was found or done on the way. */
export function note({ emit }: Pick<AppContext, 'emit'>, message: string): void {
  emit({ type: 'up-note', message });
}
