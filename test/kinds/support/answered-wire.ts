/** What Harbor adds to an object that was sent to it. */
const ADDED: Readonly<Record<string, (sent: Record<string, unknown>) => object>> = {
  registry: () => ({ id: 5, status: 'healthy' }),
  project: () => ({ project_id: 9, owner_name: 'admin', repo_count: 0 }),
  quota: () => ({ id: 3, ref: { id: 7, name: 'proxy.docker.io' }, used: { storage: 0 } }),
  user: () => ({ user_id: 4 }),
  'preheat-instance': () => ({ id: 41, status: 'Unknown' }),
  'preheat-policy': () => ({ id: 42, provider_name: 'p2p' }),
  'user-group': () => ({ id: 31 }),
  'project-member': () => ({ id: 12, entity_id: 4 }),
  retention: () => ({ id: 6 }),
  'cve-allowlist': () => ({ id: 1 }),
  label: () => ({ id: 21 }),
  webhook: () => ({ id: 23 }),
  'immutable-tag-rule': () => ({ id: 22 }),
  robot: () => ({ id: 2, editable: true, expires_at: 1_900_000_000 }),
  configuration: () => ({}),
  scanner: () => ({ uuid: '5f8e', access_credential: '' }),
  'project-scanner': () => ({ uuid: '5f8e', url: 'http://scanner' }),
  'gc-schedule': (sent) => ({ job_parameters: JSON.stringify(sent['parameters']) }),
  'purge-audit-schedule': (sent) => ({ job_parameters: JSON.stringify(sent['parameters']) }),
  'scan-all-schedule': () => ({}),
  'replication-policy': () => ({ id: 8 }),
};

/** Never omitted, whatever the value (`*` in harbor.md 2). */
const ALWAYS: Readonly<Record<string, readonly string[]>> = {
  project: ['repo_count', 'metadata'],
  'replication-policy': ['dest_namespace_replace_count', 'speed', 'copy_by_chunk', 'single_active_replication'],
  retention: ['rules', 'trigger', 'scope'],
  robot: ['disable', 'editable'],
  webhook: ['enabled'],
};

/** `sent` as Harbor would answer it: with its own fields, and without top-level scalars that are empty. */
export function answeredWire(kind: string, sent: object): unknown {
  const wire = { ...ADDED[kind]!(sent as Record<string, unknown>), ...sent };
  const isShown = ([key, value]: [string, unknown]): boolean =>
    (ALWAYS[kind]?.includes(key) ?? false) || !(value === '' || value === false || value === 0);
  return Object.fromEntries(Object.entries(wire).filter(isShown));
}
