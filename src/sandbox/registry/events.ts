import { auditArtifact, auditNamed } from '../audit/entries';
import type { Context } from '../context';
import { deleteArtifact, deletedRoots } from './artifacts';
import type { ArtifactRow } from '../store/rows';
import type { Store } from '../store/store';
import type { ArtifactEvent } from '../context/listeners';

/**
 * An artifact was pushed by a tag or by its digest.
 * The audit log and the listeners are told together, so that no route forgets one of them.
 */
export function artifactPushed(context: Context, username: string, artifact: ArtifactRow, tag?: string): void {
  auditArtifact(context, username, 'push', artifact, tag);
  context.artifactEvents.tell({ what: 'push', artifact, tags: tag === undefined ? [] : [tag] });
}

/**
 * Deletes an artifact and everything that belongs to it.
 * @throws HarborError as deleteArtifact does
 */
export function deleteArtifactAs(context: Context, username: string, artifact: ArtifactRow): void {
  const events = deletions(context.store, deletedRoots(context.store, artifact));
  deleteArtifact(context, artifact);
  artifactsDeleted(context, username, events);
}

/** The events of a deletion; must be collected while the tags still exist. */
export function deletions(store: Store, artifacts: readonly ArtifactRow[]): readonly ArtifactEvent[] {
  return artifacts.map((artifact) => ({
    what: 'delete',
    artifact,
    tags: store.tags.findAll('artifact', artifact.id).map(({ name }) => name),
  }));
}

/** After the rows are gone: `events` were collected before, because the tags are part of the message. */
export function artifactsDeleted(context: Context, username: string, events: readonly ArtifactEvent[]): void {
  for (const event of events) {
    auditArtifact(context, username, 'delete', event.artifact);
    context.artifactEvents.tell(event);
  }
}

/** A tag was added to or removed from an existing artifact. */
export function tagChanged(
  context: Context,
  username: string,
  what: 'create' | 'delete',
  artifact: ArtifactRow,
  tag: string,
): void {
  const { projectId, repositoryName } = artifact;
  auditNamed(context, username, what, 'tag', { projectId, name: `${repositoryName}:${tag}` });
  context.artifactEvents.tell({ what: what === 'create' ? 'tag' : 'untag', artifact, tags: [tag] });
}
