import { type Caller, callerName } from './caller';
import type { Context } from './context';
import type { AuditLogRow } from './rows';

/** Older entries are forgotten: a stand-in need not remember a year. */
const KEPT = 1000;

export type AuditEvent = Pick<
  AuditLogRow,
  'projectId' | 'resource' | 'resourceType' | 'operation' | 'operationDescription'
>;

export function audit({ store, clock }: Context, caller: Caller, event: AuditEvent): void {
  const row = store.auditLogs.insert({ ...event, username: callerName(caller), opTime: clock.now() });
  store.auditLogs.remove(row.id - KEPT);
}

/** `create project: library`. Updates are written down by newer versions only. */
export function auditProject(
  context: Context,
  caller: Caller,
  operation: AuditLogRow['operation'],
  { id, name }: { readonly id: number; readonly name: string },
): void {
  if (operation === 'update' && !context.features.auditsMembers) return;
  const operationDescription = `${operation} project: ${name}`;
  audit(context, caller, { projectId: id, resource: name, resourceType: 'project', operation, operationDescription });
}
