import type { ArtifactRow } from '../store/rows';

/** What happened to one artifact. `label` is for preheating only. */
export interface ArtifactEvent {
  readonly what: 'push' | 'delete' | 'tag' | 'untag' | 'label';
  readonly artifact: ArtifactRow;
  /** For a push: the pushed tag. For a deletion or a label: all tags that the artifact had. */
  readonly tags: readonly string[];
}

type Listener = (event: ArtifactEvent) => void;

/** Called when artifacts are added or removed: replication and preheating by event. */
export class ArtifactEvents {
  private readonly listeners: Listener[] = [];

  /**
   * Listeners are called in order of registration, in the request that caused the event; what they start runs
   * in the background.
   */
  listen(listener: Listener): void {
    this.listeners.push(listener);
  }

  tell(event: ArtifactEvent): void {
    for (const listener of this.listeners) listener(event);
  }
}
