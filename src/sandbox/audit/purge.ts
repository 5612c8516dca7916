import type { Context } from '../context';
import { logLine } from '../jobs/job-log';
import type { JobResult } from '../jobs/system-schedules';

const SOURCE = 'jobservice/job/impl/purge/purge.go';
const HOUR_MS = 3_600_000;

/** Parameters of the job, named as in the API and in the log. */
export interface Purging {
  readonly audit_retention_hour: number;
  readonly dry_run: boolean;
  /** `create_artifact,pull_artifact`; an empty list purges nothing. */
  readonly include_event_types: string;
}

/** Deletes older entries of these types. */
export function purgeAuditLog({ store }: Context, purging: Purging): JobResult {
  const { audit_retention_hour: hours, dry_run: dryRun, include_event_types: types } = purging;
  const info = (line: number, message: string): string => logLine('INFO', `${SOURCE}:${line}`, message);
  const parameters = Object.entries(purging).map(([key, value]) => `${key}:${String(value)}`);
  const started = info(103, 'Purge audit job start') + info(104, `job parameters map[${parameters.join(' ')}]`);
  if (hours === 0 || hours === -1) return { log: started + info(112, `quit purge job, retentionHour:${hours} `) };
  const wanted = new Set(types.split(',').filter(Boolean));
  const before = Date.now() - hours * HOUR_MS;
  const old = store.auditLogs
    .all()
    .filter((row) => row.opTime < before && wanted.has(`${row.operation}_${row.resourceType}`));
  if (!dryRun) for (const { id } of old) store.auditLogs.remove(id);
  const said = `Purge operation parameter, retention_hour:${hours}, include_event_types:[${[...wanted].join(' ')}], dry_run:${dryRun}`;
  const purged = (count: number, what: string): string => `${dryRun ? '[DRYRUN]' : ''}Purged ${count} rows of ${what}`;
  return {
    log:
      started + info(129, said) + info(135, purged(0, 'audit logs')) + info(136, purged(old.length, 'audit log exts')),
  };
}
