import { didYouMean } from '../../suggest';
import type { Finding } from '../kind';

type Catalogue = Readonly<Record<string, readonly string[]>>;

const CRUDL = ['read', 'create', 'update', 'delete', 'list'] as const;

/**
 * The list of `GET /permissions` for the system. `robot:update` and `configuration` are missing
 * (docs/harbor-behavior.md 8.5).
 */
const SYSTEM: Catalogue = {
  'audit-log': ['list'],
  'preheat-instance': CRUDL,
  project: ['list', 'create'],
  'replication-policy': CRUDL,
  replication: ['read', 'create', 'list'],
  'replication-adapter': ['list'],
  registry: CRUDL,
  'scan-all': ['read', 'update', 'stop', 'create'],
  'system-volumes': ['read'],
  'garbage-collection': ['read', 'create', 'list', 'update', 'stop'],
  'purge-audit': ['read', 'create', 'list', 'update', 'stop'],
  'jobservice-monitor': ['list', 'stop'],
  scanner: CRUDL,
  label: ['read', 'create', 'delete', 'update'],
  'security-hub': ['read', 'list'],
  catalog: ['read'],
  quota: ['read', 'list', 'update'],
  robot: ['create', 'read', 'list', 'delete'],
  user: CRUDL,
  'ldap-user': ['create', 'list'],
  'user-group': CRUDL,
};

const PROJECT: Catalogue = {
  log: ['list'],
  project: ['read', 'delete', 'update'],
  metadata: CRUDL,
  repository: ['read', 'update', 'delete', 'list', 'pull', 'push'],
  artifact: ['read', 'create', 'list', 'delete'],
  scan: ['create', 'read', 'stop'],
  sbom: ['create', 'stop', 'read'],
  tag: ['create', 'list', 'delete'],
  accessory: ['list'],
  'artifact-addition': ['read'],
  'artifact-label': ['create', 'delete'],
  scanner: ['create', 'read'],
  'preheat-policy': CRUDL,
  'immutable-tag': ['create', 'delete', 'list', 'update'],
  'notification-policy': CRUDL,
  'tag-retention': CRUDL,
  label: CRUDL,
  quota: ['read'],
  robot: ['create', 'read', 'list', 'delete'],
  'export-cve': ['create', 'read'],
  member: CRUDL,
};

/** By level. `validate` uses it offline, so a typo is found before a request. */
export const PERMISSIONS = { system: SYSTEM, project: PROJECT } as const;
/** A permission of one level is unknown at the other, although many names are the same. */
export type Level = keyof typeof PERMISSIONS;

/** Findings about `resource:action` pairs, before Harbor returns `400 bad request permission`. */
export function checkPairs(level: Level, pairs: readonly string[], field: string): Finding[] {
  return pairs.flatMap((pair, i) => {
    const problem = pairProblem(level, pair);
    return problem ? [{ rule: 'robot-permission', field: `${field}[${i}]`, ...problem }] : [];
  });
}

/** The most useful hint first: a typing error, then the other level, then the list. */
function pairProblem(level: Level, pair: string): { message: string; hint: string } | undefined {
  const [resource = '', action = ''] = pair.split(':');
  const actions = PERMISSIONS[level][resource];
  if (actions?.includes(action)) return undefined;
  const message = `${pair} is not a permission of ${level} level`;
  if (actions) return { message, hint: didYouMean(action, actions) ?? `${resource} has ${actions.join(', ')}` };
  const other = level === 'system' ? 'project' : 'system';
  if (PERMISSIONS[other][resource]?.includes(action)) return { message, hint: `it is a permission of ${other} level` };
  const resources = Object.keys(PERMISSIONS[level]);
  return { message, hint: didYouMean(resource, resources) ?? `resources are ${resources.join(', ')}` };
}
