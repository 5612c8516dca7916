import { SecretMask } from '../outside/secret-mask';
import type { AppEvent } from './events';

/** What a use case needs from its environment. Nothing in `app/` touches the process or prints. */
export interface AppContext {
  /** Variables that references to secrets may use. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Of this process: locks name it, so that another run can tell whether it is still there. */
  readonly pid: number;
  /** The directory in which programs such as Terraform are started. */
  readonly cwd: string;
  /** Aborted: start nothing new, finish what is in flight, report. */
  readonly signal: AbortSignal;
  /** Receives every secret that is read. Use it to mask everything that is shown or written to a file. */
  readonly secrets: SecretMask;
  /** Receives every event when it happens. Must not throw. */
  readonly emit: (event: AppEvent) => void;
}

/** A context with a default for each missing part: no variables, no abort, and events are dropped. */
export function appContext(given: Partial<AppContext> & Pick<AppContext, 'pid'>): AppContext {
  return {
    env: {},
    cwd: '.',
    signal: new AbortController().signal,
    secrets: new SecretMask(),
    emit: () => undefined,
    ...given,
  };
}
