import type { ArtifactRow } from '../store/rows';

export interface ArtifactEvent {
  readonly what: 'push' | 'delete' | 'tag' | 'untag' | 'label';
  readonly artifact: ArtifactRow;
  /** Of a push the tag that was pushed, of a deletion or a label all that the artifact had. */
  readonly tags: readonly string[];
}

type Listener = (event: ArtifactEvent) => void;

/** Who wants to know when artifacts come and go: replication and preheating by event. */
export class ArtifactEvents {
  private readonly listeners: Listener[] = [];

  listen(listener: Listener): void {
    this.listeners.push(listener);
  }

  tell(event: ArtifactEvent): void {
    for (const listener of this.listeners) listener(event);
  }
}
