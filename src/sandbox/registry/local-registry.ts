import type { Readable } from 'node:stream';
import type { Context } from '../context';
import type { ArtifactRow, ProjectRow } from '../store/rows';
import { noteAccessory } from './accessories';
import type { ArtifactMetadata } from './artifact-metadata';
import { describeImage, describeIndex } from './artifact-metadata';
import { ensureRepository, ensureTag, findArtifact } from './artifacts';
import type { BlobStore } from '../context/blob-store';
import { digestOf, isDigest } from '../context/digest';
import type { Descriptor, Manifest } from './manifest';
import { isIndexType, references } from './manifest';
import type { SizedBlob } from './quota';
import { account, requireRoom } from './quota';

/** A manifest refers to blobs or children that this repository does not contain. */
export class MissingReferencesError extends Error {
  constructor(readonly digests: readonly string[]) {
    super(`not in this repository: ${digests.join(', ')}`);
    this.name = 'MissingReferencesError';
  }
}

/** `created` is false if the repository already had the digest: then the proxy cache sends no event. */
export interface StoredManifest {
  readonly artifact: ArtifactRow;
  readonly created: boolean;
  /** The subject it declares, for the OCI-Subject header. */
  readonly subjectDigest?: string;
}

/** Layers without a registry: a Windows base layer is fetched from where its urls point. */
const FOREIGN_LAYER = /\.(foreign|nondistributable)\./;
const MAX_CONFIG_BYTES = 4 << 20;

/**
 * What pushing by a client and caching a proxied image have in common.
 *
 *     bytes        BlobStore       once for the whole sandbox
 *     link         blobLinks       which repository may read the blob
 *     accounting   projectBlobs    which blobs count for the quota of a project
 *     artifact     artifacts       a manifest, with its tags and accessories
 *
 * An artifact keeps its blobs in use. If it is deleted, accounting is released at once, links and bytes remain
 * until garbage collection.
 */
export class LocalRegistry {
  constructor(
    private readonly context: Context,
    readonly blobs: BlobStore,
  ) {}

  /** Size of a blob that may be read through this repository; undefined if only other repositories have it. */
  blobSize(repository: string, digest: string): number | undefined {
    return this.context.store.blobLinks.find('link', `${repository}@${digest}`)?.sizeBytes;
  }

  /** Returns whether there was a link to remove. */
  unlinkBlob(repository: string, digest: string): boolean {
    const link = this.context.store.blobLinks.find('link', `${repository}@${digest}`);
    return link !== undefined && this.context.store.blobLinks.remove(link.id);
  }

  /** Only the link is per repository. The bytes are stored once, and a project's quota counts them once. */
  linkBlob(project: ProjectRow, repository: string, blob: SizedBlob): void {
    if (this.blobSize(repository, blob.digest) === undefined) {
      this.context.store.blobLinks.insert({ repositoryName: repository, ...blob });
    }
    account(this.context.store, project.id, [blob]);
  }

  /**
   * Stores a blob from a stream; the quota is checked against the announced size before anything is written.
   * @throws HarborError 403 when the quota is used up, DigestMismatchError
   */
  async storeBlob(project: ProjectRow, repository: string, source: Readable, announced: SizedBlob): Promise<void> {
    requireRoom(this.context.store, project.id, [announced]);
    const sizeBytes = await this.blobs.ingest(source, announced.digest, announced.sizeBytes);
    this.linkBlob(project, repository, { digest: announced.digest, sizeBytes });
  }

  /** The digests that a manifest refers to and this repository lacks. */
  missingReferences(repository: string, manifest: Manifest): Descriptor[] {
    const { store } = this.context;
    const isHere = isIndexType(manifest.mediaType)
      ? ({ digest }: Descriptor) => findArtifact(store, repository, digest) !== undefined
      : ({ digest, mediaType = '' }: Descriptor) =>
          FOREIGN_LAYER.test(mediaType) || this.blobSize(repository, digest) !== undefined;
    return references(manifest).filter((descriptor) => !isHere(descriptor));
  }

  /**
   * Stores a manifest as an artifact, and tags it when `reference` is a tag.
   * @throws HarborError 403 when the quota is used up, MissingReferencesError
   */
  async putManifest(
    project: ProjectRow,
    repository: string,
    reference: string,
    manifest: Manifest,
  ): Promise<StoredManifest> {
    const { context } = this;
    const digest = isDigest(reference) ? reference : digestOf(manifest.bytes);
    const parts = accountedParts(manifest, digest);
    requireRoom(context.store, project.id, parts);
    const missing = this.missingReferences(repository, manifest).map((descriptor) => descriptor.digest);
    if (missing.length > 0) throw new MissingReferencesError(missing);
    await this.blobs.put(manifest.bytes);
    const metadata = await this.describe(repository, manifest, digest);
    const { artifact, created } = this.ensureArtifact(project, repository, digest, metadata);
    account(context.store, project.id, parts);
    const tag = isDigest(reference) ? undefined : reference;
    if (tag !== undefined) ensureTag(context, artifact, tag);
    const subjectDigest = noteAccessory(context, artifact, manifest, tag);
    return { artifact, created, ...(subjectDigest === undefined ? {} : { subjectDigest }) };
  }

  private ensureArtifact(
    project: ProjectRow,
    repositoryName: string,
    digest: string,
    metadata: ArtifactMetadata,
  ): { artifact: ArtifactRow; created: boolean } {
    const { store, clock } = this.context;
    const repository = ensureRepository(this.context, project, repositoryName);
    const existing = store.artifacts.find('digest', `${repository.id}@${digest}`);
    if (existing) return { artifact: existing, created: false };
    const now = clock.now();
    const artifact = store.artifacts.insert({
      projectId: project.id,
      repositoryId: repository.id,
      repositoryName,
      digest,
      pushTime: now,
      pullTime: 0,
      labelIds: [],
      ...metadata,
    });
    store.repositories.update(repository.id, { updateTime: now });
    return { artifact, created: true };
  }

  /** For an index from the rows of its children, for an image from its configuration. */
  private async describe(repository: string, manifest: Manifest, digest: string): Promise<ArtifactMetadata> {
    if (isIndexType(manifest.mediaType)) {
      const { store } = this.context;
      const children = manifest.manifests.flatMap((child) => findArtifact(store, repository, child.digest) ?? []);
      return describeIndex(manifest, digest, children);
    }
    return describeImage(manifest, digest, await this.readConfig(manifest));
  }

  /** Undefined for one that is too large, and for one that is not JSON. */
  private async readConfig({ config }: Manifest): Promise<unknown> {
    if (!config || config.size > MAX_CONFIG_BYTES) return undefined;
    try {
      return JSON.parse((await this.blobs.read(config.digest)).toString('utf8')) as unknown;
    } catch {
      return undefined; // an artifact's configuration need not be JSON
    }
  }
}

/** What counts for the quota: the manifest itself too, and no foreign layers, which are never pushed. */
function accountedParts(manifest: Manifest, digest: string): SizedBlob[] {
  const parts = references(manifest).filter(({ mediaType = '' }) => !FOREIGN_LAYER.test(mediaType));
  const own = { digest, sizeBytes: manifest.bytes.length };
  return [own, ...parts.map(({ digest, size }) => ({ digest, sizeBytes: size }))];
}
