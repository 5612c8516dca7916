import type { Readable } from 'node:stream';
import type { Context } from '../context';
import { HarborError } from '../errors';
import { requirePushableTag } from '../immutable/matcher';
import { artifactPushed } from '../registry/events';
import { JOB_SERVICE } from '../audit/entries';
import { findArtifact } from '../registry/artifacts';
import { digestOf, isDigest } from '../context/digest';
import { LocalRegistry } from '../registry/local-registry';
import type { Manifest } from '../registry/manifest';
import { parseManifest } from '../registry/manifest';
import { openUpstream, upstreamOf } from '../registry/proxy-upstream';
import { deleteManifest, deleteTag, pushBlob, pushManifest } from '../registry/upstream-push';
import type { ProjectRow, RegistryRow } from '../store/rows';
import { scanAfterPush } from '../scanning/scans';

/** A manifest and its digest, also if the registry did not send one. */
export interface Found {
  readonly manifest: Manifest;
  readonly digest: string;
}

/** One end of a replication: Harbor itself or another registry. */
export interface Side {
  /** Digest of the stored artifact; undefined if there is none. */
  digestOf(repository: string, reference: string): Promise<string | undefined>;
  manifest(repository: string, reference: string): Promise<Found>;
  blob(repository: string, digest: string): Promise<Readable>;
  hasBlob(repository: string, digest: string): Promise<boolean>;
  pushBlob(
    repository: string,
    blob: { readonly digest: string; readonly sizeBytes: number },
    source: Readable,
  ): Promise<void>;
  pushManifest(repository: string, reference: string, manifest: Manifest): Promise<void>;
  /** False if it did not exist. */
  deleteManifest(repository: string, reference: string): Promise<boolean>;
  deleteTag(repository: string, tag: string): Promise<boolean>;
}

/**
 * Writes as a push by the job service does: with scans, events and audit entries, and within the rules for
 * immutable tags.
 */
export function localSide(context: Context): Side {
  const { store, blobs } = context;
  const local = new LocalRegistry(context, blobs);
  const projectOf = (repository: string): ProjectRow => {
    const project = store.projects.find('name', repository.split('/')[0]!);
    if (!project) throw new HarborError('NOT_FOUND', `project ${repository.split('/')[0]} not found`);
    return project;
  };
  return {
    digestOf: async (repository, reference) => findArtifact(store, repository, reference)?.digest,
    manifest: async (repository, reference) => {
      const artifact = findArtifact(store, repository, reference);
      if (!artifact) throw new HarborError('NOT_FOUND', `artifact ${repository}:${reference} not found`);
      const bytes = await blobs.read(artifact.digest);
      return { manifest: parseManifest(artifact.manifestMediaType, bytes), digest: artifact.digest };
    },
    blob: async (_repository, digest) => blobs.stream(digest),
    hasBlob: async (repository, digest) => local.blobSize(repository, digest) !== undefined,
    pushBlob: (repository, blob, source) => local.storeBlob(projectOf(repository), repository, source, blob),
    pushManifest: async (repository, reference, manifest) => {
      if (!isDigest(reference)) requirePushableTag(store, repository, reference);
      const stored = await local.putManifest(projectOf(repository), repository, reference, manifest);
      scanAfterPush(context, stored.artifact);
      artifactPushed(context, JOB_SERVICE, stored.artifact, isDigest(reference) ? undefined : reference);
    },
    // Events come from this Harbor, so deletions go to others.
    deleteManifest: () => Promise.resolve(false),
    deleteTag: () => Promise.resolve(false),
  };
}

/**
 * `hasBlob` is always false, so that each blob is pushed: a registry that has it accepts it again.
 * @throws Error if Harbor could not build the adapter; the methods reject with UpstreamError
 */
export async function remoteSide(context: Context, registry: RegistryRow, signal: AbortSignal): Promise<Side> {
  const upstream = await openUpstream(context, registry, signal);
  const target = upstreamOf(context, registry, signal);
  return {
    digestOf: async (repository, reference) => (await upstream.headManifest(repository, reference))?.digest,
    manifest: async (repository, reference) => {
      const { manifest, digest } = await upstream.getManifest(repository, reference);
      return { manifest, digest: digest || digestOf(manifest.bytes) };
    },
    blob: async (repository, digest) => (await upstream.openBlob(repository, digest)).body,
    hasBlob: async () => false,
    pushBlob: (repository, blob, source) => pushBlob(target, repository, blob, source),
    pushManifest: (repository, reference, manifest) => pushManifest(target, repository, reference, manifest),
    deleteManifest: async (repository, reference) => {
      const found = await upstream.headManifest(repository, reference);
      if (found) await deleteManifest(target, repository, found.digest);
      return found !== undefined;
    },
    deleteTag: (repository, tag) => deleteTag(target, repository, tag),
  };
}
