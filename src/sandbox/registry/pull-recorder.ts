import type { Context } from '../context';
import type { ArtifactRow } from '../store/rows';
import { parentsOf } from './artifacts';

/** Harbor writes pull times and counts every ten seconds (ARTIFACT_PULL_ASYNC_FLUSH_DURATION). */
const FLUSH_MS = 10_000;

interface Pull {
  readonly artifactId: number;
  readonly tag: string | undefined;
  readonly time: number;
}

/** Collects pulls and writes them to the store a little later, as Harbor does. */
export class PullRecorder {
  private pending: Pull[] = [];

  constructor(private readonly context: Context) {}

  /** Harbor collects pulls and writes them together, so a list shows a pull some seconds late. */
  record(artifact: ArtifactRow, tag: string | undefined): void {
    this.pending.push({ artifactId: artifact.id, tag, time: this.context.clock.now() });
    if (this.pending.length > 1) return;
    this.context.clock.background(async () => {
      await this.context.clock.sleep(FLUSH_MS);
      this.flush();
    });
  }

  /**
   * An artifact that was deleted meanwhile is skipped. The count belongs to the repository, the times to
   * artifact and tag.
   */
  private flush(): void {
    const { store } = this.context;
    for (const { artifactId, tag: name, time } of this.pending.splice(0)) {
      const artifact = store.artifacts.get(artifactId);
      if (!artifact) continue;
      store.artifacts.update(artifactId, { pullTime: time });
      if (this.context.features.indexPullTime)
        for (const parent of parentsOf(store, artifact)) store.artifacts.update(parent.id, { pullTime: time });
      const tag = name === undefined ? undefined : store.tags.find('name', `${artifact.repositoryId}:${name}`);
      if (tag) store.tags.update(tag.id, { pullTime: time });
      const repository = store.repositories.get(artifact.repositoryId);
      if (repository) store.repositories.update(repository.id, { pullCount: repository.pullCount + 1 });
    }
  }
}
