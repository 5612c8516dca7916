import type { Context } from '../context';
import { HarborError, notFound } from '../errors';
import { isTagImmutable, requireDeletableArtifacts } from '../immutable/matcher';
import type { ArtifactRow, ProjectRow, RepositoryRow, TagRow } from '../store/rows';
import { forgetReports } from '../scanning/reports';
import type { Store } from '../store/store';
import { isDigest } from '../context/digest';
import { releaseUnusedBlobs } from './quota';

/** By digest or by tag; undefined when it is not stored here. */
export function findArtifact(store: Store, repository: string, reference: string): ArtifactRow | undefined {
  const row = store.repositories.find('name', repository);
  if (!row) return undefined;
  if (isDigest(reference)) return store.artifacts.find('digest', `${row.id}@${reference}`);
  const tag = store.tags.find('name', `${row.id}:${reference}`);
  return tag && store.artifacts.get(tag.artifactId);
}

/**
 * @throws HarborError 404. Harbor checks the repository first only for a tag, so only then the error names the
 * repository
 */
export function getArtifact(store: Store, repository: string, reference: string): ArtifactRow {
  const artifact = findArtifact(store, repository, reference);
  if (artifact) return artifact;
  if (isDigest(reference)) throw notFound(`artifact ${repository}@${reference} not found`);
  if (!store.repositories.find('name', repository)) throw notFound(`repository ${repository} not found`);
  throw notFound(`artifact ${repository}:${reference} not found`);
}

/** In order of creation; the listing sorts them by bytes. */
export function tagsOf(store: Store, repository: RepositoryRow): string[] {
  return store.tags.findAll('repository', repository.id).map((tag) => tag.name);
}

/**
 * Attaches a tag, moving it from the artifact that had it.
 * @throws HarborError 412 when it is immutable
 */
export function ensureTag({ store, clock }: Context, artifact: ArtifactRow, name: string): TagRow {
  const existing = store.tags.find('name', `${artifact.repositoryId}:${name}`);
  const pushTime = clock.now();
  if (!existing) {
    return store.tags.insert({
      repositoryId: artifact.repositoryId,
      artifactId: artifact.id,
      name,
      pushTime,
      pullTime: 0,
    });
  }
  if (existing.artifactId === artifact.id) return existing;
  if (isTagImmutable(store, existing))
    throw new HarborError('PRECONDITION', `the tag ${name} configured as immutable, cannot be updated`);
  return store.tags.update(existing.id, { artifactId: artifact.id, pushTime, pullTime: 0 });
}

/** The first artifact creates its repository. Harbor has no request that creates an empty one. */
export function ensureRepository({ store, clock }: Context, project: ProjectRow, name: string): RepositoryRow {
  const existing = store.repositories.find('name', name);
  if (existing) return existing;
  const now = clock.now();
  return store.repositories.insert({
    projectId: project.id,
    name,
    description: '',
    pullCount: 0,
    creationTime: now,
    updateTime: now,
  });
}

/**
 * Deletes an artifact with its tags, its accessories and the children that no other index contains.
 * @throws HarborError 412 for a child of an index, and where a tag is immutable
 */
export function deleteArtifact(context: Context, artifact: ArtifactRow): void {
  const { store, clock } = context;
  if (parentsOf(store, artifact).length > 0) {
    throw new HarborError('VIOLATE_FOREIGN_KEY_CONSTRAINT', 'the deleting artifact is referenced by others');
  }
  requireDeletableArtifacts(store, deletedRoots(store, artifact));
  removeDeeply(store, artifact);
  store.repositories.update(artifact.repositoryId, { updateTime: clock.now() });
  releaseUnusedBlobs(store, artifact.projectId);
}

/** The artifact and the untagged accessories that are deleted with it: their tags decide. */
export function deletedRoots(store: Store, artifact: ArtifactRow): ArtifactRow[] {
  const accessories = store.accessories
    .findAll('subject', `${artifact.repositoryName}@${artifact.digest}`)
    .flatMap((accessory) => store.artifacts.get(accessory.artifactId) ?? [])
    .filter((accessory) => parentsOf(store, accessory).length === 0);
  return [...accessories.flatMap((accessory) => deletedRoots(store, accessory)), artifact];
}

/** The indexes that contain an artifact as a child. */
export function parentsOf(store: Store, artifact: ArtifactRow): ArtifactRow[] {
  return store.artifacts
    .findAll('repository', artifact.repositoryId)
    .filter((other) => other.references.some((reference) => reference.childId === artifact.id));
}

/**
 * With tags, its own accessories, reports, artifacts that refer to it, and children that nothing else holds:
 *
 *     index ──► child          removed if it has no tag and no other index
 *     index ◄── signature      removed with it, and with what refers to the signature
 */
function removeDeeply(store: Store, artifact: ArtifactRow): void {
  for (const tag of store.tags.findAll('artifact', artifact.id)) store.tags.remove(tag.id);
  for (const own of store.accessories.findAll('artifact', artifact.id)) store.accessories.remove(own.id);
  store.artifacts.remove(artifact.id);
  forgetReports(store, artifact);
  for (const accessory of store.accessories.findAll('subject', `${artifact.repositoryName}@${artifact.digest}`)) {
    const held = store.artifacts.get(accessory.artifactId);
    if (held) removeDeeply(store, held);
  }
  for (const { childId } of artifact.references) {
    const child = store.artifacts.get(childId);
    if (child && isLoose(store, child)) removeDeeply(store, child);
  }
}

function isLoose(store: Store, artifact: ArtifactRow): boolean {
  return store.tags.count('artifact', artifact.id) === 0 && parentsOf(store, artifact).length === 0;
}
