import { ok } from '../api/answer';
import type { Api } from '../api/api';
import { namedProjectFor, requireSystem } from '../api/access';
import { type Call, page } from '../api/call';
import { type Columns, filterRows, sortRows } from '../api/query';
import { wireTime } from '../go-compat/wire';
import { HarborError } from '../errors';
import { mayInProject, mayInSystem, rolesIn } from '../access/permissions';
import type { AuditLogRow } from '../store/rows';
import type { Store } from '../store/store';

const EVENT_TYPES = `create_artifact delete_artifact pull_artifact create_project delete_project delete_repository
  login_user logout_user create_user delete_user update_user create_robot delete_robot
  update_configuration`.split(/\s+/);
const MEMBER_EVENT_TYPES = ['create_member', 'delete_member', 'update_member', 'update_project'];

const COLUMNS: Columns<AuditLogRow> = {
  id: (row) => row.id,
  username: (row) => row.username,
  resource: (row) => row.resource,
  resource_type: (row) => row.resourceType,
  project_id: (row) => row.projectId,
  operation: (row) => row.operation,
  op_desc: (row) => row.operationDescription,
  op_result: (row) => row.successful,
  op_time: (row) => row.opTime,
};

/**
 * Stands in for src/server/v2.0/handler/auditlog.go. The old endpoints still respond, with an empty list.
 *
 *     GET /auditlog-exts                who may read the log of the system: everything
 *                                       a user: the projects whose log the role shows
 *                                       a robot without the permission: nothing, and no error
 *     GET /projects/P/auditlog-exts     log:list in the project
 *     GET /audit-logs, /projects/P/logs   the same permissions, always empty
 */
export function register(api: Api): void {
  const { store, features } = api.context;
  const types = features.auditsMembers ? [...EVENT_TYPES, ...MEMBER_EVENT_TYPES] : EVENT_TYPES;
  api.get('/auditlog-exts/events', ({ caller }) => {
    requireSystem(caller, 'audit-log', 'list');
    return ok(types.map((event_type) => ({ event_type })));
  });
  api.get('/auditlog-exts', (call) => listLogs(call, visibleLogs(store, call)));
  // Since 2.13 nothing is written to these two.
  api.get('/audit-logs', (call) => {
    visibleLogs(store, call);
    return listLogs(call, []);
  });
  api.get('/projects/:project/logs', (call) => {
    namedProjectFor(store, call, 'log', 'list');
    return listLogs(call, []);
  });
  api.get('/projects/:project/auditlog-exts', (call) => {
    const { id } = namedProjectFor(store, call, 'log', 'list');
    return listLogs(call, store.auditLogs.findAll('project', id));
  });
}

/** An administrator sees all entries; a user sees those of the projects whose log they may read. */
function visibleLogs(store: Store, { caller }: Call): AuditLogRow[] {
  if (caller.kind === 'anonymous') throw new HarborError('UNAUTHORIZED', '');
  if (mayInSystem(caller, 'audit-log', 'list')) return store.auditLogs.all();
  if (caller.kind !== 'user') return [];
  const mine = store.projects.all().filter((row) => rolesIn(store, caller, row).length > 0);
  const readable = mine.filter((row) => mayInProject(store, caller, row, 'log', 'list')).map(({ id }) => id);
  return store.auditLogs.all().filter(({ projectId }) => readable.includes(projectId));
}

function listLogs(call: Call, rows: readonly AuditLogRow[]): ReturnType<typeof page> {
  const matching = filterRows(rows, call.query.get('q'), COLUMNS);
  return page(call, sortRows(matching, call.query.get('sort'), COLUMNS, '-op_time'), auditLogWire);
}

/** Nothing is left out when it is empty. */
function auditLogWire(row: AuditLogRow): object {
  return {
    id: row.id,
    op_time: wireTime(row.opTime),
    operation: row.operation,
    operation_description: row.operationDescription,
    operation_result: row.successful,
    resource: row.resource,
    resource_type: row.resourceType,
    username: row.username,
  };
}
