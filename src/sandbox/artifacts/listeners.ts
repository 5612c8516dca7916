import type { ArtifactRow } from '../store/rows';

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

  listen(listener: Listener): void {
    this.listeners.push(listener);
  }

  tell(event: ArtifactEvent): void {
    for (const listener of this.listeners) listener(event);
  }
}
