import { SecretMask } from '../outside/secret-mask';
import type { AppEvent } from './events';

/** What a use case needs of the world around it. Nothing in `app/` touches the process or prints. */
export interface AppContext {
  /** Variables that references to secrets may name. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The directory in which programs are started, such as Terraform. */
  readonly cwd: string;
  /** Aborted: start nothing new, finish what is in flight, report. */
  readonly signal: AbortSignal;
  /** Learns every secret that is read. Mask with it whatever is shown or written to a file. */
  readonly secrets: SecretMask;
  /** Is told what happens, as it happens. Must not throw. */
  readonly emit: (event: AppEvent) => void;
}

/** A context with a default for each part that is not given: no variables, no abort, and events are dropped. */
export function appContext(given: Partial<AppContext> = {}): AppContext {
  return {
    env: {},
    cwd: '.',
    signal: new AbortController().signal,
    secrets: new SecretMask(),
    emit: () => undefined,
    ...given,
  };
}
