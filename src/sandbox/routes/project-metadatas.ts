import type { Context } from '../context';
import { ok, OK } from '../api/answer';
import type { Api } from '../api/api';
import { projectFor } from '../api/access';
import { type Call, param } from '../api/call';
import { auditProject } from '../audit/entries';
import { callerName } from '../access/caller';
import { badRequest, conflict } from '../errors';
import type { Features } from '../versions';
import { isInt32, parseBool } from '../go-compat/parse';
import { cvssSeverity } from '../projects/wire';
import { FILTER_KINDS, filterProblem } from '../registry/repository-filter';
import type { ProjectRow } from '../store/rows';

const FLAGS = [
  'public',
  'enable_content_trust',
  'enable_content_trust_cosign',
  'auto_sbom_generation',
  'prevent_vul',
  'auto_scan',
  'reuse_sys_cve_allowlist',
  'proxy_cache_local_on_not_found',
  'proxy_referrer_api',
];
const FILTERS = ['proxy_cache_filter_pattern', 'proxy_cache_filter_kind'];
/** The error for a pattern that was stored without a kind. */
const DEFAULT_KIND = 'doublestar';
const NUMBERS = ['proxy_speed_kb', 'max_upstream_conn'];

const BODY = { body: ['metadata', { map: 'string' }, 'optional'] as const };

/**
 * Unlike PUT of the project, this endpoint checks keys and values (docs/harbor-behavior.md 5.6).
 *
 *                         permission        a key that is there    a key that is not set    an unknown key
 *     GET all             metadata:list
 *     POST                metadata:create   409                    added                    400
 *     GET one             metadata:read     200                    200, empty object        200, empty object
 *     PUT one             metadata:update   changed                200, nothing changes     400
 *     DELETE one          metadata:delete   removed                200                      200
 */
export function register(api: Api): void {
  const { store, features } = api.context;
  api.get('/projects/:project/metadatas', (call) => ok(projectFor(store, call, 'metadata', 'list').metadata));
  api.post(
    '/projects/:project/metadatas',
    (call) => {
      const project = projectFor(store, call, 'metadata', 'create');
      const added = accept(features, project, call.body as Record<string, string>);
      const taken = Object.keys(added).find((key) => project.metadata[key] !== undefined);
      if (taken !== undefined) throw conflict(`metadata ${taken} already exists for project ${project.id}`);
      store.projects.update(project.id, { metadata: { ...project.metadata, ...added } });
      auditProject(api.context, callerName(call.caller), 'update', project);
      return OK;
    },
    BODY,
  );
  api.get('/projects/:project/metadatas/:meta_name', (call) => {
    const value = projectFor(store, call, 'metadata', 'read').metadata[param(call, 'meta_name')];
    return ok(value === undefined ? {} : { [param(call, 'meta_name')]: value });
  });
  api.put(
    '/projects/:project/metadatas/:meta_name',
    (call) => {
      const project = projectFor(store, call, 'metadata', 'update');
      const name = param(call, 'meta_name');
      const changed = accept(features, project, { [name]: (call.body[name] as string | undefined) ?? '' });
      // One SQL UPDATE: a missing key is not created and is not an error.
      if (project.metadata[name] !== undefined)
        store.projects.update(project.id, { metadata: { ...project.metadata, ...changed } });
      auditProject(api.context, callerName(call.caller), 'update', project);
      return OK;
    },
    BODY,
  );
  api.delete('/projects/:project/metadatas/:meta_name', (call) => removeMetadata(api.context, call));
}

/** Deleting a key that is not set succeeds. */
function removeMetadata(context: Context, call: Call): typeof OK {
  const { store, features } = context;
  const project = projectFor(store, call, 'metadata', 'delete');
  const name = param(call, 'meta_name');
  if (features.repositoryFilter && name === 'proxy_cache_filter_kind' && project.metadata['proxy_cache_filter_pattern'])
    throw badRequest(
      'cannot delete proxy_cache_filter_kind when proxy_cache_filter_pattern is not empty, please clear the pattern first',
    );
  const { [name]: _removed, ...metadata } = project.metadata;
  store.projects.update(project.id, { metadata });
  auditProject(context, callerName(call.caller), 'update', project);
  return OK;
}

/** One key for each request. What an older release does not know is an unknown key there. */
function accept(
  features: Features,
  project: ProjectRow,
  metadata: Readonly<Record<string, string>>,
): Record<string, string> {
  const [pair, ...more] = Object.entries(metadata);
  if (!pair || more.length > 0) throw badRequest('only allow one key/value pair');
  const [key, value] = pair;
  if (features.repositoryFilter && FILTERS.includes(key)) return { [key]: acceptFilter(project, key, value) };
  const unknown =
    (key === 'proxy_referrer_api' && !features.referrerApi) ||
    (key === 'proxy_cache_local_on_not_found' && !features.localOnNotFound) ||
    (key === 'max_upstream_conn' && !features.maxUpstreamConn);
  const normal = unknown ? unknownKey(key) : normalise(key, value);
  if (features.stricterInput && key === 'max_upstream_conn' && normal !== '-1' && Number(normal) <= 0)
    throw badRequest(`invalid value for max_upstream_conn: ${normal}`);
  return { [key]: normal };
}

/**
 * A new kind is checked with the stored pattern, a new pattern with the stored kind:
 *
 *      stored                       sent                   answer
 *      pattern: a/**                kind: regex            400: the pattern is not a valid regular expression
 *      kind: regex                  pattern: ^a/.*$        stored
 *      kind: regex                  pattern: (             400
 *      any                          kind: glob             400
 */
function acceptFilter({ registryId, metadata }: ProjectRow, key: string, value: string): string {
  if (registryId === 0) throw badRequest('can not update the normal project with proxy cache filter metadata');
  const { proxy_cache_filter_kind: kind, proxy_cache_filter_pattern: pattern = '' } = metadata;
  if (key === 'proxy_cache_filter_pattern') {
    const problem = filterProblem(kind, value);
    if (problem === undefined) return value;
    throw badRequest(`invalid proxy_cache_filter_pattern: ${JSON.stringify(value)}, err: ${problem}`);
  }
  if (value !== '' && !FILTER_KINDS.includes(value))
    throw badRequest(`invalid proxy_cache_filter_kind: ${JSON.stringify(value)}, must be "doublestar" or "regex"`);
  const newKind = value || DEFAULT_KIND;
  const problem = filterProblem(newKind, pattern);
  if (problem === undefined) return value;
  throw badRequest(
    `existing proxy_cache_filter_pattern ${JSON.stringify(pattern)} is invalid for new kind "${newKind}": ${problem}`,
  );
}

/** The form in which Harbor stores the value. 400 for any other. */
function normalise(key: string, value: string): string {
  const normal = FLAGS.includes(key)
    ? parseFlag(value)
    : NUMBERS.includes(key)
      ? parseNumber(value)
      : key === 'severity'
        ? parseSeverity(value)
        : unknownKey(key);
  if (normal === undefined) throw badRequest(`invalid value: ${value}`);
  return normal;
}

function unknownKey(key: string): never {
  throw badRequest(`invalid key: ${key}`);
}

function parseFlag(value: string): string | undefined {
  return parseBool(value)?.toString();
}

function parseSeverity(value: string): string | undefined {
  const severity = cvssSeverity(value);
  return severity === 'unknown' ? undefined : severity;
}

function parseNumber(value: string): string | undefined {
  return isInt32(value) ? String(Number(value)) : undefined;
}
