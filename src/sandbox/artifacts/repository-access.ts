import { namedProjectFor } from '../api/access';
import type { Call } from '../api/call';
import { badRequest, notFound } from '../errors';
import { deletions } from '../registry/events';
import type { ArtifactEvent } from '../context/listeners';
import { requireDeletableArtifacts } from '../immutable/matcher';
import { deletedRoots } from '../registry/artifacts';
import { releaseUnusedBlobs } from '../registry/quota';
import { topLevelArtifacts } from '../registry/top-level';
import type { RepositoryRow } from '../store/rows';
import type { Store } from '../store/store';
import { forgetReports } from '../scanning/reports';

/** The full name in the path. Its slashes are encoded twice; the router has already decoded them once. */
export function repositoryName(call: Call): string {
  try {
    return `${call.params['project'] ?? ''}/${decodeURIComponent(call.params['repository'] ?? '')}`;
  } catch {
    throw badRequest(`invalid URL escape ${JSON.stringify(call.params['repository'])}`);
  }
}

/** The repository in the path, if the caller has this permission in its project. */
export function repositoryFor(store: Store, call: Call, resource: string, action: string): RepositoryRow {
  namedProjectFor(store, call, resource, action);
  const name = repositoryName(call);
  const repository = store.repositories.find('name', name);
  if (!repository) throw notFound(`repository ${name} not found`);
  return repository;
}

/**
 * @returns the artifacts that Harbor deletes one by one, with the tags they had
 * @throws HarborError 412 when a tag in it is immutable
 */
export function removeRepository(store: Store, repository: RepositoryRow): readonly ArtifactEvent[] {
  const artifacts = store.artifacts.findAll('repository', repository.id);
  requireDeletableArtifacts(store, artifacts);
  const deleted = topLevelArtifacts(store, artifacts).flatMap((artifact) => deletedRoots(store, artifact));
  const events = deletions(store, deleted);
  for (const tag of store.tags.findAll('repository', repository.id)) store.tags.remove(tag.id);
  for (const artifact of artifacts) {
    for (const accessory of store.accessories.findAll('artifact', artifact.id)) store.accessories.remove(accessory.id);
    store.artifacts.remove(artifact.id);
    forgetReports(store, artifact);
  }
  store.repositories.remove(repository.id);
  releaseUnusedBlobs(store, repository.projectId);
  return events;
}
