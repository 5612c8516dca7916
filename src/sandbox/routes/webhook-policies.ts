import { created, ok, OK } from '../api/answer';
import type { Api } from '../api/api';
import { projectFor } from '../api/access';
import { type Call, idParam, page } from '../api/call';
import { type JsonObject, model } from '../api/model';
import { type Columns, filterRows, parseQ, sortRows } from '../api/query';
import { omitEmpty, sentTime, wireTime } from '../go-compat/wire';
import type { Context } from '../context';
import { badRequest, conflict, internalError, notFound } from '../errors';
import type { ProjectRow, Timed } from '../store/rows';
import type { Store } from '../store/store';
import type { Row, Table } from '../store/table';

const WebhookPolicy = model('WebhookPolicy', {
  id: 'int64',
  name: 'string',
  description: 'string',
  project_id: 'int64',
  targets: {
    list: model('WebhookTargetObject', {
      type: 'string',
      address: 'string',
      auth_header: 'string',
      skip_cert_verify: 'bool',
      payload_format: 'string',
    }),
  },
  event_types: { list: 'string' },
  creator: 'string',
  creation_time: 'string',
  update_time: 'string',
  enabled: 'bool',
});

/** In the order in which `GET …/webhook/events` returns them. */
const EVENT_TYPES = [
  'PUSH_ARTIFACT',
  'PULL_ARTIFACT',
  'DELETE_ARTIFACT',
  'QUOTA_EXCEED',
  'QUOTA_WARNING',
  'SCANNING_FAILED',
  'SCANNING_STOPPED',
  'SCANNING_COMPLETED',
  'REPLICATION',
  'TAG_RETENTION',
];
const NOTIFY_TYPES = ['http', 'slack'];
const PAYLOAD_FORMATS = ['Default', 'CloudEvents'];

const MAX_NAME = 256;

/** As sent: all fields may be absent. */
interface WebhookTarget {
  readonly type?: string;
  readonly address?: string;
  /** In clear text, as in Harbor's own table. */
  readonly auth_header?: string;
  readonly skip_cert_verify?: boolean;
  readonly payload_format?: string;
}

/** `creator` comes from the request and is not checked. */
interface WebhookPolicyRow extends Row, Timed {
  readonly projectId: number;
  readonly name: string;
  readonly description: string;
  readonly creator: string;
  readonly enabled: boolean;
  readonly eventTypes: readonly string[];
  readonly targets: readonly WebhookTarget[];
}

/** A table of this file alone: nothing else in the sandbox reads webhooks. It is saved with the others. */
function policiesIn(store: Store): Table<WebhookPolicyRow, 'project'> {
  return store.table('webhookPolicies', { project: (row: WebhookPolicyRow) => row.projectId });
}

const COLUMNS: Columns<WebhookPolicyRow> = {
  id: (row) => row.id,
  name: (row) => row.name,
  enabled: (row) => row.enabled,
  creation_time: (row) => row.creationTime,
};

const PATH = '/projects/:project/webhook';
const POLICIES = `${PATH}/policies`;

/**
 * Stands in for src/server/v2.0/handler/webhook.go and webhook_job.go. Policies are stored and returned, but
 * nothing is ever sent.
 *
 *     fields (400) ─► length of the name (500, from the database) ─► the name is taken (409)
 */
export function register(api: Api): void {
  const { context } = api;
  const { store } = context;
  api.get(POLICIES, (call) => {
    const project = projectFor(store, call, 'notification-policy', 'list');
    const newestFirst = policiesIn(store).findAll('project', project.id).reverse();
    const rows = filterRows(newestFirst, call.query.get('q'), COLUMNS);
    return page(call, sortRows(rows, call.query.get('sort'), COLUMNS, '-creation_time'), policyWire);
  });
  api.post(POLICIES, (call) => createPolicy(context, call), { body: ['policy', WebhookPolicy] });
  api.get(`${POLICIES}/:webhook_policy_id`, (call) => {
    const project = projectFor(store, call, 'notification-policy', 'read');
    return ok(policyWire(policyFor(store, call, project)));
  });
  api.put(`${POLICIES}/:webhook_policy_id`, (call) => updatePolicy(context, call), {
    body: ['policy', WebhookPolicy],
  });
  api.delete(`${POLICIES}/:webhook_policy_id`, (call) => {
    const project = projectFor(store, call, 'notification-policy', 'delete');
    policiesIn(store).remove(policyFor(store, call, project).id);
    return OK;
  });
  api.get(`${PATH}/events`, (call) => {
    projectFor(store, call, 'notification-policy', 'read');
    const payload_formats = [{ formats: PAYLOAD_FORMATS, notify_type: 'http' }];
    return ok({ event_type: EVENT_TYPES, notify_type: NOTIFY_TYPES, payload_formats });
  });
  api.get(`${PATH}/lasttrigger`, (call) => {
    const project = projectFor(store, call, 'notification-policy', 'read');
    return ok(policiesIn(store).findAll('project', project.id).flatMap(triggersWire));
  });
  registerRuns(api);
}

/** The sandbox sends no webhooks, so no policy has executions. */
function registerRuns(api: Api): void {
  const { store } = api.context;
  const run = `${POLICIES}/:webhook_policy_id/executions`;
  const policy = (call: Call): void => {
    policyFor(store, call, projectFor(store, call, 'notification-policy', 'read'));
  };
  const unknownRun = (call: Call): never => {
    policy(call);
    throw notFound(`execution ${idParam(call, 'execution_id')} not found`);
  };
  api.get(run, (call) => {
    policy(call);
    parseQ(call.query.get('q'));
    return page(call, [], String);
  });
  api.get(`${run}/:execution_id/tasks`, unknownRun);
  api.get(`${run}/:execution_id/tasks/:task_id/log`, unknownRun);
  api.get(
    `${PATH}/jobs`,
    (call) => {
      const project = projectFor(store, call, 'notification-policy', 'list');
      const id = Number(call.query.get('policy_id'));
      const row = policiesIn(store).get(id);
      if (!row) throw notFound(`notificationPolicy ${id} not found`);
      if (row.projectId !== project.id) throw notFound(`resource not found: project id ${project.id} does not match`);
      return page(call, [], String);
    },
    { query: { policy_id: 'required' } },
  );
}

/** The fields are checked before the name. */
function createPolicy({ store, clock }: Context, call: Call): ReturnType<typeof created> {
  const project = projectFor(store, call, 'notification-policy', 'create');
  const fields = fieldsOf(call.body);
  refuseDuplicate(store, project, fields.name);
  const now = clock.now();
  const row = policiesIn(store).insert({ ...fields, projectId: project.id, creationTime: now, updateTime: now });
  return created(`${call.path}/${row.id}`);
}

/** Replaces everything: a missing field becomes empty, also `enabled` and the creation time. */
function updatePolicy({ store, clock }: Context, call: Call): typeof OK {
  const project = projectFor(store, call, 'notification-policy', 'update');
  const row = policyFor(store, call, project);
  const fields = fieldsOf(call.body);
  if (fields.name !== row.name) refuseDuplicate(store, project, fields.name);
  const creationTime = sentTime(call.body['creation_time']);
  policiesIn(store).update(row.id, { ...fields, creationTime, updateTime: clock.now() });
  return OK;
}

type Fields = Pick<WebhookPolicyRow, 'name' | 'description' | 'creator' | 'enabled' | 'eventTypes' | 'targets'>;

/** A missing `enabled` disables the policy. An http target without a format gets the default. */
function fieldsOf(body: JsonObject): Fields {
  const { name = '', description = '', creator = '' } = body as Partial<Record<string, string>>;
  const eventTypes = (body['event_types'] ?? []) as readonly string[];
  const targets = (body['targets'] ?? []) as readonly WebhookTarget[];
  requireEventTypes(eventTypes);
  if (targets.length === 0) throw badRequest(`empty notification target with policy ${name}`);
  for (const target of targets) requireTarget(target, name);
  if (name.length > MAX_NAME) throw internalError('value too long for type');
  const complete = targets.map((one) => (one.type === 'http' ? { ...one, payload_format: formatOf(one) } : one));
  return { name, description, creator, enabled: body['enabled'] === true, eventTypes, targets: complete };
}

function formatOf({ payload_format }: WebhookTarget): string {
  return payload_format || 'Default';
}

function requireEventTypes(types: readonly string[]): void {
  if (types.length === 0) throw badRequest('empty event type');
  const unknown = types.find((type) => !EVENT_TYPES.includes(type));
  if (unknown !== undefined) throw badRequest(`unsupported event type ${unknown}`);
}

/**
 * An address without a scheme is accepted. Nothing is connected to.
 *
 *      address                 type      payload_format     answer
 *      '' or only slashes      any       any                400 empty URL
 *      ftp://host              any       any                400 invalid scheme
 *      host/path, http(s)://   other     any                400 unsupported target type
 *      host/path, http(s)://   slack     any but empty      400: Slack has a format of its own
 *      host/path, http(s)://   http      unknown            400
 *      host/path, http(s)://   http      empty, or known    stored; empty as Default
 */
function requireTarget({ type = '', address = '', payload_format: format }: WebhookTarget, policy: string): void {
  const trimmed = address.trim().replace(/\/+$/, '');
  if (trimmed === '') throw badRequest('empty URL');
  const scheme = /^(.*?):\/\//.exec(trimmed)?.[1];
  if (scheme !== undefined && scheme !== 'http' && scheme !== 'https') throw badRequest(`invalid scheme: ${scheme}`);
  if (!NOTIFY_TYPES.includes(type)) throw badRequest(`unsupported target type ${type} with policy ${policy}`);
  if (!format) return;
  if (type === 'slack') throw badRequest('set payload format is not allowed for slack');
  if (!PAYLOAD_FORMATS.includes(format)) throw badRequest(`unsupported payload format type: ${format}`);
}

/** Names are unique in a project. */
function refuseDuplicate(store: Store, project: ProjectRow, name: string): void {
  if (
    policiesIn(store)
      .findAll('project', project.id)
      .some((row) => row.name === name)
  )
    throw conflict(`notification policy named ${name} already exists`);
}

/** A policy of another project is 404 with other words. */
function policyFor(store: Store, call: Call, project: ProjectRow): WebhookPolicyRow {
  const id = idParam(call, 'webhook_policy_id');
  const row = policiesIn(store).get(id);
  if (!row) throw notFound(`notificationPolicy ${id} not found`);
  if (row.projectId !== project.id)
    throw notFound(`resource not found: project id:${project.id}, webhook policy id: ${id} not found`);
  return row;
}

/** With the header in clear text, as Harbor returns it (docs/harbor-behavior.md 9.5). */
function policyWire(row: WebhookPolicyRow): object {
  return {
    ...omitEmpty({
      creation_time: wireTime(row.creationTime),
      creator: row.creator,
      description: row.description,
      id: row.id,
      name: row.name,
      project_id: row.projectId,
      update_time: wireTime(row.updateTime),
    }),
    enabled: row.enabled,
    event_types: row.eventTypes,
    targets: row.targets.map((target) => omitEmpty({ ...target })),
  };
}

/** The sandbox sends no webhooks, so nothing was ever triggered. */
function triggersWire(row: WebhookPolicyRow): object[] {
  return row.eventTypes.map((event_type) => ({
    ...omitEmpty({ creation_time: wireTime(row.creationTime), enabled: row.enabled, policy_name: row.name }),
    event_type,
    last_trigger_time: wireTime(0),
  }));
}
