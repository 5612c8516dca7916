import { configured, configuredFlag, configuredText } from '../configuration';
import type { Context } from '../context';
import type { ArtifactRow, AuditLogRow } from '../store/rows';

/** Older entries are dropped: a stand-in need not keep a year of them. */
const KEPT = 1000;

/** The user name under which the job service pushes and deletes. */
export const JOB_SERVICE = 'harbor-jobservice';

/** What the caller of `audit` knows; time, user and id are added. `successful`: default true. */
export type AuditEvent = Omit<AuditLogRow, 'id' | 'opTime' | 'successful' | 'username'> & {
  readonly successful?: boolean;
};

/**
 * Writes an entry, unless the configuration disables this type. The types are pairs such as `create_project`, and
 * `pull_artifact` has an older switch of its own.
 */
export function audit(context: Context, username: string, event: AuditEvent): void {
  const { store, clock } = context;
  if (configuredFlag(store, 'skip_audit_log_database')) return;
  if (isDisabled(context, `${event.operation}_${event.resourceType}`)) return;
  const row = store.auditLogs.insert({ successful: true, ...event, username, opTime: clock.now() });
  store.auditLogs.remove(row.id - KEPT);
}

function isDisabled({ store }: Context, type: string): boolean {
  const disabled = configuredText(store, 'disabled_audit_log_event_types').toLowerCase().split(',');
  return disabled.some((one) => one.trim() === type) || (type === 'pull_artifact' && isPullSilent(store));
}

function isPullSilent(store: Context['store']): boolean {
  return configured(store, 'pull_audit_log_disable') === true;
}

/** `create project: library`. Only newer versions record updates. */
export function auditProject(
  context: Context,
  username: string,
  operation: 'create' | 'update' | 'delete',
  { id, name }: { readonly id: number; readonly name: string },
): void {
  if (operation === 'update' && !context.features.auditsMembers) return;
  const operationDescription = `${operation} project: ${name}`;
  audit(context, username, { projectId: id, resource: name, resourceType: 'project', operation, operationDescription });
}

const ARTIFACT_OPERATIONS = { push: 'create', pull: 'pull', delete: 'delete' } as const;

/** `push artifact: library/app@sha256:…`, or `library/app:v1` if a tag was used. */
export function auditArtifact(
  context: Context,
  username: string,
  what: keyof typeof ARTIFACT_OPERATIONS,
  { projectId, repositoryName, digest }: ArtifactRow,
  tag?: string,
): void {
  audit(context, what === 'pull' ? username || 'anonymous' : username, {
    projectId,
    resource: tag === undefined ? `${repositoryName}@${digest}` : `${repositoryName}:${tag}`,
    resourceType: 'artifact',
    operation: ARTIFACT_OPERATIONS[what],
    operationDescription: `${what} artifact: ${repositoryName}@${digest}`,
  });
}

/** `delete repository: library/app`, `create tag: library/app:v1`, `create robot: robot$ci`. */
export function auditNamed(
  context: Context,
  username: string,
  operation: 'create' | 'delete',
  resourceType: 'repository' | 'tag' | 'robot',
  { projectId, name }: { readonly projectId: number; readonly name: string },
): void {
  const operationDescription = `${operation} ${resourceType}: ${name}`;
  audit(context, username, { projectId, resource: name, resourceType, operation, operationDescription });
}
