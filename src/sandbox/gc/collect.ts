import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Context } from '../context';
import { HarborError } from '../errors';
import { logLine } from '../jobs/job-log';
import { deleteArtifact } from '../registry/artifacts';
import { topLevelArtifacts } from '../registry/top-level';
import type { ArtifactRow } from '../store/rows';
import type { Store } from '../store/store';
import type { JobResult } from '../jobs/system-schedules';

/** Parameters of a run. `windowHours` are Harbor's hours, scaled like every wait. */
export interface Collecting {
  readonly dryRun: boolean;
  readonly deleteUntagged: boolean;
  readonly deleteTag: boolean;
  readonly workers: number;
  readonly windowHours: number;
}

/** A file of the backend. Whether it is a manifest decides how it is removed. */
interface StoredBlob {
  readonly digest: string;
  readonly path: string;
  readonly sizeBytes: number;
  readonly isManifest: boolean;
}

const SOURCE = 'jobservice/job/impl/gc/garbage_collection.go';
const HOUR_MS = 3_600_000;
const MIB = 1 << 20;

/**
 * Harbor's garbage collection: untagged artifacts are deleted if requested; blobs that no project uses are deleted if
 * they were not pushed during the time window.
 *
 *     delete_untagged   artifacts without a tag ──► deleted, so that their blobs become unused
 *     blobs on disk ──► of no project ──► older than the window ──► deleted (dry run: only counted)
 *
 * The window exists because a push stores blobs before the manifest that uses them. Line numbers in the log are
 * those of Harbor's source, because the log is what an operator of a real Harbor compares.
 */
export async function collectGarbage(context: Context, wanted: Collecting): Promise<JobResult> {
  const { dryRun, deleteUntagged, deleteTag, workers, windowHours } = wanted;
  const lines = [
    info(
      171,
      `Garbage Collection parameters: [delete_untagged: ${deleteUntagged}, delete_tag: ${deleteTag}, ` +
        `dry_run: ${dryRun}, time_window: ${windowHours}, workers: ${workers}]`,
    ),
    info(183, 'start to run gc in job.'),
  ];
  const untagged = deleteUntagged ? untaggedArtifacts(context.store) : [];
  if (deleteUntagged) lines.push(...removeUntagged(context, untagged, dryRun));
  const cutoff = Date.now() - context.clock.scaled(windowHours * HOUR_MS);
  const blobs = await blobsOf(context.blobsDir);
  const useless = await uselessBlobs(context.store, blobs, cutoff);
  const simulated = dryRun
    ? untagged.flatMap(({ blobs: digests }) => digests.flatMap((one) => blobs.get(one) ?? []))
    : [];
  const doomed = [...useless, ...simulated];
  if (doomed.length === 0) lines.push(info(249, 'no need to execute GC as there is no non referenced artifacts.'));
  for (const { digest } of doomed) lines.push(info(273, `blob eligible for deletion: ${digest}`));
  const manifests = doomed.filter(({ isManifest }) => isManifest).length;
  const bytes = doomed.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const counters = { freed_space: bytes, purged_blobs: doomed.length - manifests, purged_manifests: manifests };
  if (doomed.length > 0) {
    const found = `${counters.purged_blobs} blobs and ${manifests} manifests`;
    lines.push(info(285, `${found} eligible for deletion`));
    lines.push(info(286, `The GC could free up ${Math.floor(bytes / MIB)} MB space, the size is a rough estimation.`));
    if (!dryRun) {
      await removeBlobs(context.store, useless);
      lines.push(info(471, `${found} are actually deleted`));
      lines.push(info(472, `The GC job actual frees up ${Math.floor(bytes / MIB)} MB space.`));
    }
  }
  return { counters, log: [...lines, info(213, 'success to run gc in job.')].join('') };
}

function info(line: number, message: string): string {
  return logLine('INFO', `${SOURCE}:${line}`, message);
}

function untaggedArtifacts(store: Store): ArtifactRow[] {
  return topLevelArtifacts(store, store.artifacts.all()).filter(({ id }) => store.tags.count('artifact', id) === 0);
}

/**
 * An artifact that cannot be deleted, such as an immutable one, is a line of the log and does not stop the run.
 * The note about the dry run is in every run, as in Harbor.
 */
function removeUntagged(context: Context, untagged: readonly ArtifactRow[], dryRun: boolean): string[] {
  const note = 'untagged artifact (no actually deletion for dry-run mode)';
  const removed = untagged.map((row) => {
    try {
      if (!dryRun && context.store.artifacts.get(row.id)) deleteArtifact(context, row);
    } catch (error) {
      if (!(error instanceof HarborError)) throw error;
      const message = `failed to delete untagged:${row.id} artifact in DB, error, ${error.message}`;
      return logLine('ERROR', `${SOURCE}:560`, message);
    }
    const where = `ProjectID:(${row.projectId})-RepositoryName(${row.repositoryName})`;
    return info(
      564,
      `delete the untagged artifact: ${where}-MediaType:(${row.manifestMediaType})-Digest:(${row.digest})`,
    );
  });
  return [info(527, `start to delete ${note}`), ...removed, info(567, `end to delete ${note}`)];
}

/** Other files, such as uploads, have another form of path. */
async function blobsOf(folder: string): Promise<ReadonlyMap<string, StoredBlob>> {
  const names = await readdir(folder, { recursive: true });
  const blobs = new Map<string, StoredBlob>();
  for (const name of names) {
    const [, algorithm, hex] = /^(sha\d+)[/\\][0-9a-f]{2}[/\\]([0-9a-f]+)$/.exec(name) ?? [];
    if (algorithm === undefined || hex === undefined) continue;
    const path = join(folder, name);
    const { size } = await stat(path);
    blobs.set(`${algorithm}:${hex}`, { digest: `${algorithm}:${hex}`, path, sizeBytes: size, isManifest: false });
  }
  return new Map(await Promise.all([...blobs].map(async ([key, blob]) => [key, await withKind(blob)] as const)));
}

const MAX_MANIFEST_BYTES = 4 * MIB;

/** The store has no row for a manifest whose artifact is gone, so the file itself has to tell what it was. */
async function withKind(blob: StoredBlob): Promise<StoredBlob> {
  if (blob.sizeBytes > MAX_MANIFEST_BYTES) return blob;
  const text = await readFile(blob.path, 'utf8').catch(() => '');
  return { ...blob, isManifest: text.startsWith('{') && /"schemaVersion"\s*:\s*2/.test(text) };
}

/** No project has it, and it is older than the window: a push may have stored it before its manifest. */
async function uselessBlobs(
  store: Store,
  blobs: ReadonlyMap<string, StoredBlob>,
  cutoff: number,
): Promise<StoredBlob[]> {
  const used = new Set(store.projectBlobs.all().map(({ digest }) => digest));
  const unused = [...blobs.values()].filter(({ digest }) => !used.has(digest));
  const times = await Promise.all(unused.map(({ path }) => stat(path)));
  return unused.filter((_blob, index) => times[index]!.mtimeMs < cutoff);
}

/**
 * First the rows, then the files: a file without a row is only space, a row without a file would be a broken
 * image.
 */
async function removeBlobs(store: Store, blobs: readonly StoredBlob[]): Promise<void> {
  const gone = new Set(blobs.map(({ digest }) => digest));
  for (const link of store.blobLinks.all()) if (gone.has(link.digest)) store.blobLinks.remove(link.id);
  for (const { path } of blobs) await rm(path, { force: true });
}
