import type { RegistryClient, WireOptions } from '../../oci';
import type { ConformanceTarget, ProjectTarget } from './target';

/** What every check gets. Clients share connections; `wire` records into this check's own list. */
export interface CheckContext {
  readonly target: ConformanceTarget;
  readonly harborVersion?: string;
  readonly wire: WireOptions;
  readonly signal: AbortSignal;
  readonly timing: Timing;
  readonly anonymous: RegistryClient;
  /** Tells the reporter what is being waited for. */
  readonly waiting: (message: string) => void;
}

/** What pulling for one project takes. */
export interface PullContext extends CheckContext {
  readonly project: ProjectTarget;
  /** As the project's clients pull: with the pull credential, or anonymously. */
  readonly puller: RegistryClient;
}

export interface Timing {
  /** Harbor's waits are multiplied by this; 1 for a real Harbor. */
  readonly timeScale: number;
  /** What waits for minutes is done too. */
  readonly deep: boolean;
}
