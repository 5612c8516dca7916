import type { BackupProof, CnpgProof, VeleroProof } from '../../../deploy/backup-schema';
import { isRecord } from '../../../json';

/** What a proof says: when the backup was taken, if it says so, or why it proves nothing. */
export type Proven = { readonly takenAt: string | undefined } | { readonly why: string };

/** Names a proof in a message. */
export function proofName({ manifest, pg_dump: dump, velero, cnpg, command }: BackupProof): string {
  if (manifest !== undefined) return `manifest ${manifest}`;
  if (dump !== undefined) return `pg_dump ${dump}`;
  if (velero) return `velero schedule ${velero.schedule}`;
  if (cnpg) return `cnpg cluster ${cnpg.cluster}`;
  return `command ${(command ?? []).join(' ')}`;
}

interface Item {
  readonly metadata?: { readonly name?: string };
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly status?: Readonly<Record<string, unknown>>;
}

/** @param json of `kubectl get backups.velero.io -o json` */
export function judgeVelero(json: string, { schedule, includes }: VeleroProof, nowMs: number): Proven {
  const items = itemsOf(json);
  if (!items) return { why: 'kubectl did not return a list of backups' };
  const complete = items.filter(({ status }) => status?.['phase'] === 'Completed');
  const newest = newestOf(complete, 'completionTimestamp');
  if (!newest) return { why: `schedule ${schedule} has no completed backup (${items.length} in other phases)` };
  const { name, item, takenAt } = newest;
  const missing = includes.filter((namespace) => !contains(item, namespace));
  if (missing.length > 0) return { why: `${name} does not contain ${missing.join(', ')}` };
  const expires = item.status?.['expiration'];
  if (typeof expires === 'string' && Date.parse(expires) <= nowMs) return { why: `${name} expired at ${expires}` };
  return { takenAt };
}

function contains({ spec }: Item, namespace: string): boolean {
  const list = (key: string): readonly unknown[] => (Array.isArray(spec?.[key]) ? spec[key] : []);
  const included = list('includedNamespaces');
  const all = included.length === 0 || included.includes('*');
  return (all || included.includes(namespace)) && !list('excludedNamespaces').includes(namespace);
}

/** @param json of `kubectl get backups.postgresql.cnpg.io -o json` */
export function judgeCnpg(json: string, { cluster }: CnpgProof): Proven {
  const items = itemsOf(json)?.filter(({ spec }) => isRecord(spec?.['cluster']) && spec['cluster']['name'] === cluster);
  if (!items) return { why: 'kubectl did not return a list of backups' };
  const newest = newestOf(
    items.filter(({ status }) => status?.['phase'] === 'completed'),
    'stoppedAt',
  );
  return newest ? { takenAt: newest.takenAt } : { why: `cluster ${cluster} has no completed backup` };
}

function itemsOf(json: string): readonly Item[] | undefined {
  try {
    const told: unknown = JSON.parse(json);
    return isRecord(told) && Array.isArray(told['items']) ? (told['items'] as readonly Item[]) : undefined;
  } catch {
    return undefined;
  }
}

/** Entries without a readable time are left out. */
function newestOf(
  items: readonly Item[],
  key: string,
): { readonly name: string; readonly item: Item; readonly takenAt: string } | undefined {
  const timed = items.flatMap((item) => {
    const takenAt = item.status?.[key];
    const isTime = typeof takenAt === 'string' && !Number.isNaN(Date.parse(takenAt));
    return isTime ? [{ name: item.metadata?.name ?? 'the backup', item, takenAt }] : [];
  });
  return timed.sort((a, b) => Date.parse(b.takenAt) - Date.parse(a.takenAt))[0];
}

/** @param listing of `pg_restore --list`, in UTC */
export function judgeDump(listing: string): Proven {
  const [, day, time] = /^;\s+Archive created at (\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d) UTC/m.exec(listing) ?? [];
  if (day === undefined) return { why: 'pg_restore did not print when it was created' };
  if (!/^\d+; .* TABLE DATA \S+ (project|artifact) /m.test(listing))
    return { why: 'it does not contain the tables of Harbor' };
  return { takenAt: `${day}T${time ?? ''}Z` };
}

/** @param stdout of a command that ended with 0 */
export function judgeCommand(stdout: string): Proven {
  const last = stdout.trim().split('\n').at(-1)?.trim() ?? '';
  const isTime = /^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)$/.test(last) && !Number.isNaN(Date.parse(last));
  return { takenAt: isTime ? last : undefined };
}

const CLOCK_SKEW_MS = 5 * 60_000;
const HOUR_MS = 3_600_000;

/** Why a proven backup is not recent enough; undefined where it is, or where it does not say when it was taken. */
export function tooOld(takenAt: string | undefined, nowMs: number, maxAgeMs: number): string | undefined {
  if (takenAt === undefined) return undefined;
  const ageMs = nowMs - Date.parse(takenAt);
  if (!(ageMs > -CLOCK_SKEW_MS)) return `it was taken at ${takenAt}, which is not a time in the past`;
  if (ageMs <= maxAgeMs) return undefined;
  return `it is ${Math.floor(ageMs / HOUR_MS)} hours old, allowed are ${Math.floor(maxAgeMs / HOUR_MS)}`;
}
