import { ok, OK } from '../api/answer';
import type { Api } from '../api/api';
import { projectFor } from '../api/access';
import { param } from '../api/call';
import { badRequest, conflict } from '../errors';
import { isInt32, parseBool } from '../go-parse';
import { cvssSeverity } from '../project-wire';

const FLAGS = [
  'public',
  'enable_content_trust',
  'enable_content_trust_cosign',
  'auto_sbom_generation',
  'prevent_vul',
  'auto_scan',
  'reuse_sys_cve_allowlist',
  'proxy_cache_local_on_not_found',
];
const NUMBERS = ['proxy_speed_kb', 'max_upstream_conn'];

const BODY = { body: ['metadata', { map: 'string' }, 'optional'] as const };

/** Unlike PUT of the project, this endpoint looks at keys and values (harbor.md 2.6). */
export function register(api: Api): void {
  const { store } = api.context;
  api.get('/projects/:project/metadatas', (call) => ok(projectFor(store, call, 'metadata', 'list').metadata));
  api.post(
    '/projects/:project/metadatas',
    (call) => {
      const project = projectFor(store, call, 'metadata', 'create');
      const added = accept(call.body as Record<string, string>);
      const taken = Object.keys(added).find((key) => project.metadata[key] !== undefined);
      if (taken !== undefined) throw conflict(`metadata ${taken} already exists for project ${project.id}`);
      store.projects.update(project.id, { metadata: { ...project.metadata, ...added } });
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
      const changed = accept({ [name]: (call.body[name] as string | undefined) ?? '' });
      // One SQL UPDATE: a key that is not there stays away, and nobody is told.
      if (project.metadata[name] !== undefined)
        store.projects.update(project.id, { metadata: { ...project.metadata, ...changed } });
      return OK;
    },
    BODY,
  );
  api.delete('/projects/:project/metadatas/:meta_name', (call) => {
    const project = projectFor(store, call, 'metadata', 'delete');
    const { [param(call, 'meta_name')]: _removed, ...metadata } = project.metadata;
    store.projects.update(project.id, { metadata });
    return OK;
  });
}

function accept(metadata: Readonly<Record<string, string>>): Record<string, string> {
  const [pair, ...more] = Object.entries(metadata);
  if (!pair || more.length > 0) throw badRequest('only allow one key/value pair');
  return { [pair[0]]: normalise(pair[0], pair[1]) };
}

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
