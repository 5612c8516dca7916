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

/** What a pull from one project needs. */
export interface PullContext extends CheckContext {
  readonly project: ProjectTarget;
  /** With the credential of the project's clients: the pull credential, or anonymously. */
  readonly puller: RegistryClient;
}

/** How long Harbor's own waits are in this run. */
export interface Timing {
  /** Factor for Harbor's waits; 1 for a real Harbor. */
  readonly timeScale: number;
  /** Also run checks that wait for minutes. */
  readonly deep: boolean;
}
