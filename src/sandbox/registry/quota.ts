import { HarborError } from '../errors';
import { configuredFlag } from '../configuration';
import type { QuotaRow } from '../store/rows';
import type { Store } from '../store/store';

const UNLIMITED = -1;
const UNITS = 'KMGTPE';

/** A blob as far as a quota is concerned. */
export interface SizedBlob {
  readonly digest: string;
  readonly sizeBytes: number;
}

/** Each blob counts once per project, however many artifacts share it. */
export function unaccounted(store: Store, projectId: number, blobs: readonly SizedBlob[]): SizedBlob[] {
  const unique = new Map(blobs.map((blob) => [blob.digest, blob]));
  return [...unique.values()].filter((blob) => !store.projectBlobs.find('blob', `${projectId}@${blob.digest}`));
}

/** @throws HarborError 403 when the project has no room for that many more bytes */
export function requireRoom(store: Store, projectId: number, blobs: readonly SizedBlob[]): void {
  const quota = store.quotas.find('project', projectId);
  if (!quota || quota.hardBytes === UNLIMITED || !configuredFlag(store, 'quota_per_project_enable')) return;
  const addedBytes = totalBytes(unaccounted(store, projectId, blobs));
  if (addedBytes === 0 || quota.usedBytes + addedBytes <= quota.hardBytes) return;
  throw new HarborError(
    'DENIED',
    `adding ${displaySize(addedBytes)} of storage resource, which when updated to current usage of ` +
      `${displaySize(quota.usedBytes)} will exceed the configured upper limit of ${displaySize(quota.hardBytes)}.`,
  );
}

/** Never refuses: the room was checked before, and what is stored must be counted. */
export function account(store: Store, projectId: number, blobs: readonly SizedBlob[]): void {
  const added = unaccounted(store, projectId, blobs);
  for (const { digest, sizeBytes } of added) store.projectBlobs.insert({ projectId, digest, sizeBytes });
  const quota = store.quotas.find('project', projectId);
  if (quota && added.length > 0) setUsage(store, quota, quota.usedBytes + totalBytes(added));
}

/** Drops blobs that no artifact of the project uses any more, as Harbor does after each deletion. */
export function releaseUnusedBlobs(store: Store, projectId: number): void {
  const used = new Set(store.artifacts.findAll('project', projectId).flatMap((artifact) => artifact.blobs));
  for (const blob of store.projectBlobs.findAll('project', projectId)) {
    if (!used.has(blob.digest)) store.projectBlobs.remove(blob.id);
  }
  const quota = store.quotas.find('project', projectId);
  if (quota) setUsage(store, quota, totalBytes(store.projectBlobs.findAll('project', projectId)));
}

function setUsage(store: Store, quota: QuotaRow, usedBytes: number): void {
  if (usedBytes !== quota.usedBytes) store.quotas.update(quota.id, { usedBytes, updateTime: Date.now() });
}

function totalBytes(blobs: readonly { readonly sizeBytes: number }[]): number {
  return blobs.reduce((total, blob) => total + blob.sizeBytes, 0);
}

/** Harbor's form in errors of quotas: `5.0 MiB`, and whole bytes below 1 KiB. */
export function displaySize(sizeBytes: number): string {
  if (sizeBytes < 1024) return `${sizeBytes} B`;
  const power = Math.min(Math.floor(Math.log2(sizeBytes) / 10), UNITS.length);
  return `${(sizeBytes / 1024 ** power).toFixed(1)} ${UNITS[power - 1]}iB`;
}
