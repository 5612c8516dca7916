import type { AppContext } from '../context';

/** What `up` needs besides: a person to ask, and the other commands. */
export interface UpContext extends AppContext {
  /** Whether a person can answer. */
  readonly canAsk: boolean;
  /** True only where the person agreed. */
  readonly ask: (question: string) => Promise<boolean>;
  /** Programs may color what they print. */
  readonly colored: boolean;
  /** Runs another command line of Breakwater under the same signal. @returns its exit code */
  readonly breakwater: (argv: readonly string[]) => Promise<number>;
}

/** A sentence about what was found or done on the way. */
export function note({ emit }: Pick<AppContext, 'emit'>, message: string): void {
  emit({ type: 'up-note', message });
}
