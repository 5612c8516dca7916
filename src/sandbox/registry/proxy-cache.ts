import { setTimeout } from 'node:timers/promises';
import { auditArtifact } from '../audit/entries';
import { configuredFlag } from '../configuration';
import { scanAfterPush } from '../scanning/scans';
import type { Context } from '../context';
import { HarborError } from '../errors';
import type { ArtifactRow, ProjectRow } from '../store/rows';
import { ensureTag, findArtifact } from './artifacts';
import { DigestMismatchError } from '../context/blob-store';
import { digestOf, isDigest } from '../context/digest';
import type { LocalRegistry } from './local-registry';
import { MissingReferencesError } from './local-registry';
import type { Descriptor, Manifest } from './manifest';
import { isIndexType, trimIndex } from './manifest';
import type { PullRecorder } from './pull-recorder';
import { throttle } from './throttle';
import type { RemoteBlob, RemoteManifest, Upstream } from './upstream-client';
import { UpstreamError } from './upstream-client';

// src/controller/proxy: the delays of Harbor's asynchronous caching, in its own milliseconds.
const CHECK_INTERVAL_MS = 20_000;
const IMAGE_CHECKS = 10;
const INDEX_CHECKS = 20;
const TAG_INTERVAL_MS = 10_000;
const TAG_TRIES = 60;
/** Real time: how long a client waits for the second request of a slow upstream. */
const ASKED_WITHIN_MS = 1000;
/** Real time: how long a request without an answer counts as a download that is under way. */
const ANSWERED_WITHIN_MS = 10_000;
/** The user name under which Harbor pushes to itself. */
const PROXY_SERVICE = 'harbor-proxyservice';
const INDEX_KEPT_MS = 7 * 24 * 60 * 60 * 1000;

/** As the upstream sent it, with all children. The stored index has only those that are present. */
export interface CachedIndex {
  readonly bytes: Buffer;
  readonly mediaType: string;
}

/** A proxied pull whose result is to be cached. */
export interface ProxiedPull {
  readonly project: ProjectRow;
  readonly repository: string;
  /** As requested: a tag or a digest. */
  readonly reference: string;
  readonly upstream: Upstream;
}

/**
 * Stores what was passed through, some time later and in the background, as Harbor does:
 *
 *     image  every 20 s, 10 times: all blobs here? -> push by digest and tag; missing ones are fetched by itself
 *     index  at once into memory for a week (Redis there); every 20 s, 20 times: all children here?
 *            -> push an index of the children present, under its own new digest and without a tag
 *     HEAD   every 10 s, 60 times: attach the tag to the artifact, once there is one
 */
export class ProxyCache {
  private readonly indexes = new Map<string, CachedIndex & { readonly expires: number }>();
  /**
   * From repository and digest in the request's URL ('' for a tag) to the index stored for it. Harbor's key has no
   * repository, so its recordings depend on which repository came first.
   */
  private readonly trimmed = new Map<string, string>();
  private readonly inFlight = new Set<string>();
  /** How many requests for a blob, by repository and digest, wait for an answer of the upstream. */
  private readonly asked = new Map<string, number>();
  /** Repository and digest of the manifests that are being cached: their content is still downloading. */
  private readonly underWay = new Set<string>();

  constructor(
    private readonly context: Context,
    private readonly local: LocalRegistry,
    private readonly pulls: PullRecorder,
  ) {}

  /** An index passed through in the last week; it survives the project, as in Redis. */
  cachedIndex(repository: string, digest: string): CachedIndex | undefined {
    const cached = this.indexes.get(`${repository}:${digest}`);
    return cached && cached.expires > this.context.clock.now() ? cached : undefined;
  }

  /** A manifest was sent to a client: cache it. The cached artifact then counts as pulled by this caller. */
  keepManifest(pull: ProxiedPull, remote: RemoteManifest, username: string): void {
    this.context.clock.background(async () => {
      const before = this.find(pull.repository, pull.reference);
      const isByDigest = isDigest(pull.reference);
      if (isByDigest || before?.digest !== remote.digest) await this.cache(pull, remote);
      const artifact = before ?? this.find(pull.repository, pull.reference);
      if (!artifact) return;
      const tag = isByDigest ? undefined : pull.reference;
      this.pulls.record(artifact, tag);
      auditArtifact(this.context, username, 'pull', artifact, tag);
    });
  }

  /** A tag was looked up: once an artifact with that digest is stored, it gets the tag. */
  keepTag(repository: string, tag: string, digest: string): void {
    this.context.clock.background(async () => {
      const stored = (): ArtifactRow | undefined =>
        this.find(repository, this.trimmed.get(`${repository}:${digest}`) ?? digest);
      await this.lookUntil(TAG_TRIES, TAG_INTERVAL_MS, {
        isDone: () => stored() !== undefined,
        isUnderWay: () => this.underWay.has(`${repository}:${digest}`),
      });
      const artifact = stored();
      if (!artifact) return;
      const row = ensureTag(this.context, artifact, tag);
      this.context.store.tags.update(row.id, { pullTime: this.context.clock.now() });
    });
  }

  /**
   * A blob is sent to the client: fetch it a second time, independently, to cache it. Resolves as soon as the second
   * request is sent, so that the upstream sees both before the client's response ends.
   */
  async keepBlob(pull: ProxiedPull): Promise<void> {
    const opened = pull.upstream.openBlob(repositoryAtUpstream(pull.project, pull.repository), pull.reference);
    this.context.clock.background(() =>
      untilGivenUp(opened.then((blob) => this.storeBlob(pull, pull.reference, blob))),
    );
    await within(ASKED_WITHIN_MS, this.asking(pull.repository, pull.reference, opened));
  }

  /** While the upstream has not answered, the blob counts as under way: no scaled wait may judge a real one. */
  asking<T>(repository: string, digest: string, opened: Promise<T>): Promise<T> {
    const key = `${repository}:${digest}`;
    this.countAsked(key, 1);
    void within(ANSWERED_WITHIN_MS, opened).then(() => this.countAsked(key, -1));
    return opened;
  }

  private countAsked(key: string, by: 1 | -1): void {
    const count = (this.asked.get(key) ?? 0) + by;
    if (count > 0) this.asked.set(key, count);
    else this.asked.delete(key);
  }

  /** Caching pushes through Harbor's own API, which refuses writes in read-only mode. */
  private isReadOnly(): boolean {
    return configuredFlag(this.context.store, 'read_only');
  }

  private find(repository: string, reference: string): ArtifactRow | undefined {
    return findArtifact(this.context.store, repository, reference);
  }

  // One key for a GET by digest and one by tag of the same manifest, so that both see that it is coming.
  private async cache(pull: ProxiedPull, { manifest, digest }: RemoteManifest): Promise<void> {
    const key = `${pull.repository}:${isDigest(pull.reference) ? pull.reference : digest || digestOf(manifest.bytes)}`;
    this.underWay.add(key);
    try {
      if (isIndexType(manifest.mediaType)) await untilGivenUp(this.cacheIndex(pull, manifest, digest));
      else await untilGivenUp(this.cacheImage(pull, manifest, digest));
    } finally {
      this.underWay.delete(key);
    }
  }

  /**
   * Polls as often as Harbor does. Harbor's waits are scaled, but a network transfer is not: a poll during a running
   * transfer does not count, for as long as Harbor itself would wait.
   */
  private async lookUntil(
    times: number,
    everyMs: number,
    { isDone, isUnderWay }: { readonly isDone: () => boolean; readonly isUnderWay: () => boolean },
  ): Promise<void> {
    const { clock } = this.context;
    const giveUpAt = clock.now() + times * everyMs;
    for (let looks = 0; looks < times;) {
      await clock.sleep(everyMs);
      if (isDone()) return;
      if (!isUnderWay() || clock.now() >= giveUpAt) looks += 1;
    }
  }

  /**
   *     wait while a client still pulls the layers ─► fetch those that are missing ─► push by digest, then by tag
   */
  private async cacheImage(pull: ProxiedPull, manifest: Manifest, digest: string): Promise<void> {
    const missing = (): readonly Descriptor[] => this.local.missingReferences(pull.repository, manifest);
    await this.lookUntil(IMAGE_CHECKS, CHECK_INTERVAL_MS, {
      isDone: () => missing().length === 0,
      isUnderWay: () => missing().some((blob) => this.isComing(`${pull.repository}:${blob.digest}`)),
    });
    for (const blob of missing()) await this.fetchBlob(pull, blob.digest);
    const tagged = !isDigest(pull.reference) && this.context.features.tagsWhatIsPulled;
    const references = isDigest(pull.reference) ? [pull.reference] : tagged ? [digest, pull.reference] : [digest];
    const tag = tagged ? pull.reference : undefined;
    for (const reference of references) if (reference !== '') await this.push(pull, reference, manifest, tag);
  }

  /**
   *     the whole index in memory, for a while ─► wait for children that clients pull
   *       none came      nothing is stored
   *       some came      an index of only these is stored; its digest is another one if any is missing
   */
  private async cacheIndex(pull: ProxiedPull, index: Manifest, digest: string): Promise<void> {
    const known = isDigest(pull.reference) ? pull.reference : digest || digestOf(index.bytes);
    this.indexes.set(`${pull.repository}:${known}`, {
      bytes: index.bytes,
      mediaType: index.mediaType,
      expires: this.context.clock.now() + INDEX_KEPT_MS,
    });
    const kept = await this.waitForChildren(pull.repository, index);
    if (kept.manifests.length === 0) return;
    const keptDigest = digestOf(kept.bytes);
    // Harbor's key is the digest in the URL. A pull by tag has no digest there, so its index gets no tag (docs/harbor-behavior.md 10.5).
    this.trimmed.set(`${pull.repository}:${isDigest(pull.reference) ? pull.reference : ''}`, keptDigest);
    if (this.find(pull.repository, keptDigest)) return;
    await this.push(pull, keptDigest, kept);
    const { store, clock, features } = this.context;
    const stored = this.find(pull.repository, keptDigest);
    if (stored && features.indexPullTime) store.artifacts.update(stored.id, { pullTime: clock.now() });
  }

  private isComing(blob: string): boolean {
    return this.asked.has(blob) || this.inFlight.has(blob);
  }

  // Up to 400 s (docs/harbor-behavior.md 10.6). What is not here by then is missing from the stored index.
  private async waitForChildren(repository: string, index: Manifest): Promise<Manifest> {
    const isHere = ({ digest }: Descriptor): boolean => this.find(repository, digest) !== undefined;
    await this.lookUntil(INDEX_CHECKS, CHECK_INTERVAL_MS, {
      isDone: () => index.manifests.every(isHere),
      isUnderWay: () => index.manifests.some(({ digest }) => this.underWay.has(`${repository}:${digest}`)),
    });
    return trimIndex(index, new Set(index.manifests.filter(isHere).map(({ digest }) => digest)));
  }

  private async fetchBlob(pull: ProxiedPull, digest: string): Promise<void> {
    const repository = repositoryAtUpstream(pull.project, pull.repository);
    await this.storeBlob(pull, digest, await pull.upstream.openBlob(repository, digest));
  }

  /** A blob that is on its way already is not fetched twice. In read-only mode it is passed on and not kept. */
  private async storeBlob({ project, repository }: ProxiedPull, digest: string, remote: RemoteBlob): Promise<void> {
    const key = `${repository}:${digest}`;
    if (this.inFlight.has(key) || this.isReadOnly()) return void remote.body.destroy();
    this.inFlight.add(key);
    try {
      const announced = { digest, sizeBytes: remote.sizeBytes };
      await this.local.storeBlob(project, repository, throttle(remote.body, project), announced);
    } finally {
      remote.body.destroy();
      this.inFlight.delete(key);
    }
  }

  /** @param tag The artifact gets it in the same step: between two pushes a client would see an artifact without its tag. */
  private async push(
    { project, repository }: ProxiedPull,
    reference: string,
    manifest: Manifest,
    tag?: string,
  ): Promise<void> {
    const key = `${repository}:${reference}`;
    if (this.inFlight.has(key) || this.isReadOnly()) return;
    this.inFlight.add(key);
    try {
      const { created, artifact } = await this.local.putManifest(project, repository, reference, manifest);
      if (created) {
        scanAfterPush(this.context, artifact);
        auditArtifact(this.context, PROXY_SERVICE, 'push', artifact, isDigest(reference) ? undefined : reference);
      }
      if (tag !== undefined) ensureTag(this.context, artifact, tag);
    } finally {
      this.inFlight.delete(key);
    }
  }
}

/** `library/alpine` for `proxy.docker.io/library/alpine`. */
export function repositoryAtUpstream(project: ProjectRow, repository: string): string {
  return repository.slice(project.name.length + 1);
}

/** Resolves when it is settled, at the latest after so many real milliseconds. */
async function within(ms: number, work: Promise<unknown>): Promise<void> {
  await Promise.race([work, setTimeout(ms, undefined, { ref: false })]).catch(() => undefined);
}

const BROKEN_STREAM = ['ECONNRESET', 'ERR_STREAM_PREMATURE_CLOSE'];

/** On a refused or broken upstream, a full quota or wrong bytes, Harbor drops the pull and the client gets no error. */
async function untilGivenUp(work: Promise<void>): Promise<void> {
  try {
    await work;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const isExpected =
      error instanceof UpstreamError ||
      error instanceof HarborError ||
      error instanceof DigestMismatchError ||
      error instanceof MissingReferencesError ||
      BROKEN_STREAM.includes(code ?? '');
    if (!isExpected) throw error;
  }
}
