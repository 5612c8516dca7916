import { compact } from '../compact';
import { HarborApiError, IdentityError, NetworkError } from '../errors';
import type { Client } from '../harbor';
import { kinds } from '../kinds';
import type { Live } from '../kinds/kind';
import { recreatedSubjects, subjectsOf, withHistory, type AuditEntry } from '../plan/history';
import { recreatedLately } from '../plan/recreated';
import type { Plan } from '../plan/plan';
import { isStopped } from '../reconcile/failure';
import { flag, list, object, text } from '../shape';

/** `GET /auditlog-exts`, since Harbor 2.13. */
interface EntryWire {
  readonly resource_type: string;
  readonly resource: string;
  readonly operation: string;
  readonly operation_result: boolean;
  readonly username: string;
  readonly op_time: string;
}

const SHAPE = list(
  object<EntryWire>({
    resource_type: text,
    resource: text,
    operation: text,
    operation_result: flag,
    username: text,
    op_time: text,
  }),
);

const PAGE_SIZE = 100;
/** The newest five hundred creations and changes; for older ones, look in Harbor. */
const MAX_PAGES = 5;

/**
 * The plan, with who created what is not declared and who changed what differs, as far as Harbor's audit log knows.
 * Requests are sent only if there is such an object, and only until each was found.
 */
export async function withAuditLog(
  plan: Plan,
  client: Client,
  live: ReadonlyMap<string, readonly Live<object>[]>,
): Promise<Plan> {
  const again = recreatedSubjects(plan, kinds);
  const subjects = [...subjectsOf(plan, live, kinds), ...again];
  if (subjects.length === 0) return withHistory(plan, [], { entries: [] });
  const types = [...new Set(subjects.map(({ type }) => type))].sort();
  const missing = new Set(subjects.map(keyOf));
  const entries: AuditEntry[] = [];
  try {
    for (let page = 1; page <= MAX_PAGES && missing.size > 0; page += 1) {
      // An empty response means "none" in Harbor.
      const answer = await client.get<readonly EntryWire[] | undefined>('/auditlog-exts', {
        shape: SHAPE,
        query: {
          q: `operation={create update delete},resource_type={${types.join(' ')}}`,
          sort: '-op_time',
          page,
          page_size: PAGE_SIZE,
        },
      });
      const found = answer ?? [];
      entries.push(...found.filter(({ operation_result: done }) => done).map(entryOf));
      // The newest creation belongs to the existing object: older entries are of objects that were deleted. A configuration is not
      // created.
      for (const entry of entries)
        if (entry.operation !== 'update' || entry.type === 'configuration') missing.delete(keyOf(entry));
      if (found.length < PAGE_SIZE) break;
    }
  } catch (error) {
    const isKnown = [HarborApiError, IdentityError, NetworkError].some((one) => error instanceof one);
    if (!isKnown || isStopped(error)) throw error;
    return withHistory(plan, subjects, { entries, problem: problemOf(error as Error) });
  }
  // Harbor returns an empty list to a robot without audit-log:list.
  const problem = entries.length === 0 ? NOTHING_SHOWN : undefined;
  return withRecreations(withHistory(plan, subjects, compact({ entries, problem })), Date.now());
}

/** The plan, with what Harbor still records about objects that are created again. */
function withRecreations(plan: ReturnType<typeof withHistory>, nowMs: number): Plan {
  const deleted = new Map(plan.history.objects.map((object) => [object.address, object.deleted]));
  const warnings = plan.changes.flatMap((change) => {
    const act = deleted.get(change.address);
    return act ? recreatedLately(change, act, kinds, nowMs) : [];
  });
  return { ...plan, warnings: [...plan.warnings, ...warnings] };
}

const NOTHING_SHOWN = 'it returned no entry (the permission audit-log:list may be missing, or it was purged)';

function keyOf({ type, resource }: { readonly type: string; readonly resource: string }): string {
  return `${type} ${resource}`;
}

function entryOf({ resource_type: type, resource, operation, username: by, op_time: at }: EntryWire): AuditEntry {
  return { type, resource, operation, by, at };
}

/** Harbor's audit log is a help, not a condition: a plan without it only lacks names. */
function problemOf(error: Error): string {
  const status = error instanceof HarborApiError && error.isHarbors ? error.status : 0;
  const isRefusal = error instanceof IdentityError || [401, 403].includes(status);
  if (isRefusal) return 'these credentials may not read the audit log (audit-log:list)';
  return status === 404 ? 'this Harbor has no audit log of this kind (before 2.13)' : error.message;
}
