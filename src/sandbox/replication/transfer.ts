import { logLine } from '../jobs/job-log';
import { references } from '../registry/manifest';
import type { Side } from './sides';

const SOURCE = 'controller/replication/transfer/image/transfer.go';
const MANIFEST = /\.(?:manifest|index|manifest\.list)\.v\d\+(?:json|prettyjws)$/;
const FOREIGN_LAYER = /\.foreign\./;

/**
 * One repository from one side to the other. `override`: a tag at the destination with another digest is moved.
 */
export interface Transfer {
  readonly source: Side;
  readonly destination: Side;
  readonly from: string;
  readonly to: string;
  /** Tags, or digests of untagged artifacts. */
  readonly references: readonly string[];
  readonly override: boolean;
  readonly isStopped: () => boolean;
}

/** Copies an image, reference by reference; if one fails, the others are still copied. */
export async function copyRepository(transfer: Transfer): Promise<{ readonly failed: boolean; readonly log: string }> {
  const { from, to, references: wanted } = transfer;
  const lines: string[] = [];
  const note: Note = (level, line, message) => void lines.push(logLine(level, `${SOURCE}:${line}`, message));
  const list = `[${wanted.join(',')}]`;
  note('INFO', 125, `copying ${from}:${list}(source registry) to ${to}:${list}(destination registry)...`);
  let failed = false;
  for (const reference of wanted) {
    try {
      await copyArtifact(transfer, reference, transfer.override, note);
    } catch (error) {
      failed = true;
      note('ERROR', 137, error instanceof Error ? error.message : String(error));
    }
  }
  if (failed) note('ERROR', 143, 'got error during the whole transfer period, mark the job failure');
  else note('INFO', 148, `copy ${from}:${list}(source registry) to ${to}:${list}(destination registry) completed`);
  return { failed, log: lines.join('') };
}

type Note = (level: 'INFO' | 'WARNING' | 'ERROR', line: number, message: string) => void;

/**
 * Children come before their index and blobs before their manifest: a registry refuses a manifest whose parts
 * are missing.
 */
async function copyArtifact(transfer: Transfer, reference: string, override: boolean, note: Note): Promise<void> {
  const { source, destination, from, to, isStopped } = transfer;
  if (isStopped()) return note('INFO', 98, 'the job is stopped');
  note('INFO', 153, `copying ${from}:${reference}(source registry) to ${to}:${reference}(destination registry)...`);
  const { manifest, digest } = await source.manifest(from, reference);
  const existing = await destination.digestOf(to, reference);
  if (existing === digest)
    return note('INFO', 171, `the artifact ${to}:${reference} already exists on the destination registry, skip`);
  if (existing !== undefined) {
    const what = `the same name artifact ${to}:${reference} exists on the destination registry`;
    if (!override) return note('WARNING', 177, `${what}, but the "override" is set to false, skip`);
    note('WARNING', 182, `${what} and the "override" is set to true, continue...`);
  }
  for (const part of references(manifest)) {
    const type = part.mediaType ?? '';
    if (MANIFEST.test(type)) await copyArtifact(transfer, part.digest, true, note);
    else if (FOREIGN_LAYER.test(type)) note('INFO', 212, `the layer ${part.digest} is a foreign layer, skip`);
    else await copyBlob(transfer, part, note);
  }
  await destination.pushManifest(to, reference, manifest);
  note('INFO', 197, `copy ${from}:${reference}(source registry) to ${to}:${reference}(destination registry) completed`);
}

/** Numbers in the log are lines of Harbor's source, as in its job logs. */
async function copyBlob(
  { source, destination, from, to }: Transfer,
  { digest, size }: { readonly digest: string; readonly size: number },
  note: Note,
): Promise<void> {
  if (await destination.hasBlob(to, digest))
    return note('INFO', 272, `the blob ${digest} already exists on the destination registry, skip`);
  note('INFO', 229, `copying the blob ${digest}(the 1th running)...`);
  await destination.pushBlob(to, { digest, sizeBytes: size }, await source.blob(from, digest));
  note('INFO', 232, `copy the blob ${digest} completed`);
}
