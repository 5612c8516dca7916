/** One change that somebody makes by hand, through Harbor's API and past Breakwater. */
export interface HandMade {
  readonly kind: string;
  /** As the plan shows it; below a field, such as `trigger`, also what lies in it. */
  readonly field: string;
  /** Travels with it: a registry gets its secret together with its URL. */
  readonly also?: readonly string[];
  /** Of the object, in the declaration of the test. */
  readonly address: string;
  /** Sends whatever does it. */
  change(harbor: RawHarbor): Promise<void>;
}

/** Harbor's API without anything of ours in between. */
export interface RawHarbor {
  get<T = Record<string, unknown>>(path: string): Promise<T>;
  put(path: string, body: unknown): Promise<void>;
}

export function rawHarbor(url: string, password: string): RawHarbor {
  const authorization = `Basic ${Buffer.from(`admin:${password}`).toString('base64')}`;
  const send = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const headers = { authorization, 'content-type': 'application/json' };
    const init = { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) };
    const response = await fetch(`${url}/api/v2.0${path}`, init);
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text === '' ? undefined : (JSON.parse(text) as unknown);
  };
  return {
    get: <T>(path: string) => send('GET', path) as Promise<T>,
    put: async (path, body) => void (await send('PUT', path, body)),
  };
}

type Wire = Record<string, unknown>;
type Rest = Omit<HandMade, 'kind' | 'address'>;

/** Rows of one object: `PUT path` with what GET answered, and these keys changed. */
function whole(
  kind: string,
  address: string,
  list: string,
  find: (wire: Wire) => boolean,
  path: (wire: Wire) => string,
) {
  return (fields: Readonly<Record<string, Wire>>): HandMade[] =>
    Object.entries(fields).map(([field, change]) => ({
      kind,
      address,
      field,
      change: async (harbor) => {
        const wire = (await harbor.get<Wire[]>(list)).find(find)!;
        await harbor.put(path(wire), { ...wire, ...change });
      },
    }));
}

/** Rows of one object that has a path of its own and takes a part of itself. */
function part(kind: string, address: string, path: string, fields: Readonly<Record<string, Wire>>): HandMade[] {
  return Object.entries(fields).map(([field, change]) => ({
    kind,
    address,
    field,
    change: (harbor) => harbor.put(path, change),
  }));
}

const named =
  (name: string, key = 'name') =>
  (wire: Wire): boolean =>
    wire[key] === name;
const byId =
  (folder: string) =>
  ({ id }: Wire): string =>
    `${folder}/${String(id)}`;

const metadata = (changes: Readonly<Record<string, string>>): Readonly<Record<string, Wire>> =>
  Object.fromEntries(Object.entries(changes).map(([key, value]) => [key, { metadata: { [key]: value } }]));

function own(kind: string, address: string, rows: readonly Rest[]): HandMade[] {
  return rows.map((row) => ({ kind, address, ...row }));
}

export const HAND_MADE: readonly HandMade[] = [
  ...part('cve-allowlist', 'cve-allowlist/system', '/system/CVEAllowlist', {
    items: { items: [{ cve_id: 'CVE-2020-1' }], expires_at: 1_900_000_000 },
    expires_at: { items: [{ cve_id: 'CVE-2026-12345' }], expires_at: 2_000_000_000 },
  }),
  ...own(
    'registry',
    'registry/up',
    (
      [
        ['url', { url: 'http://127.0.0.1:PORT/.', access_secret: 'Canary' }],
        ['description', { description: 'by hand' }],
        ['insecure', { insecure: true }],
        ['credential.access_key', { access_key: 'other', access_secret: 'Canary' }],
        ['credential.type', { credential_type: 'secret' }],
      ] as const
    ).map(([field, change]) => ({
      field,
      ...(field === 'url' && { also: ['credential'] }),
      change: async (harbor) => {
        const wire = (await harbor.get<Wire[]>('/registries?page_size=100')).find(named('up'))!;
        const body = JSON.parse(JSON.stringify(change).replace('http://127.0.0.1:PORT', String(wire['url']))) as Wire;
        await harbor.put(`/registries/${String(wire['id'])}`, body);
      },
    })),
  ),
  ...whole(
    'user',
    'user/alice',
    '/users?page_size=100',
    named('alice', 'username'),
    ({ user_id }) => `/users/${String(user_id)}`,
  )({
    email: { email: 'other@example.com' },
    realname: { realname: 'Somebody Else' },
    comment: { comment: 'by hand' },
  }),
  ...whole(
    'user',
    'user/alice',
    '/users?page_size=100',
    named('alice', 'username'),
    ({ user_id }) => `/users/${String(user_id)}/sysadmin`,
  )({
    sysadmin: { sysadmin_flag: false },
  }),
  ...part('project', 'project/proxy', '/projects/proxy', {
    ...metadata({
      public: 'false',
      enable_content_trust_cosign: 'true',
      prevent_vul: 'false',
      severity: 'low',
      auto_scan: 'false',
      auto_sbom_generation: 'true',
      reuse_sys_cve_allowlist: 'true',
      proxy_speed_kb: '7',
      max_upstream_conn: '9',
      proxy_cache_local_on_not_found: 'false',
      proxy_referrer_api: 'false',
    }),
    proxy_cache_filter_pattern: {
      metadata: { proxy_cache_filter_pattern: 'x/**', proxy_cache_filter_kind: 'doublestar' },
    },
    proxy_cache_filter_kind: { metadata: { proxy_cache_filter_kind: 'regex' } },
    cve_allowlist: { cve_allowlist: { items: [{ cve_id: 'CVE-2020-9' }] } },
  }),
  ...part('project', 'project/plain', '/projects/plain', metadata({ enable_content_trust: 'false' })),
  ...own('quota', 'quota/proxy', [
    {
      field: 'storage_limit',
      change: async (harbor) => {
        const [{ id }] = await harbor.get<[Wire]>('/quotas?page_size=1&sort=-id');
        await harbor.put(`/quotas/${String(id)}`, { hard: { storage: 7 * 1024 ** 3 } });
      },
    },
  ]),
  ...own(
    'retention',
    'retention/proxy',
    (
      [
        [
          'schedule',
          (policy: Wire) => ({ ...policy, trigger: { kind: 'Schedule', settings: { cron: '' }, references: {} } }),
        ],
        ['rules', (policy: Wire) => ({ ...policy, rules: [] })],
      ] as const
    ).map(([field, changed]) => ({
      field,
      change: async (harbor) => {
        const { metadata: held } = await harbor.get<{ metadata: { retention_id: string } }>('/projects/proxy');
        const path = `/retentions/${held.retention_id}`;
        await harbor.put(path, changed(await harbor.get<Wire>(path)));
      },
    })),
  ),
  ...whole(
    'project-member',
    'project-member/proxy/group:team',
    '/projects/proxy/members',
    named('team', 'entity_name'),
    byId('/projects/proxy/members'),
  )({
    role: { role_id: 3 },
  }),
  ...whole(
    'robot',
    'robot/gitops',
    '/robots?page_size=100',
    named('robot$gitops'),
    byId('/robots'),
  )({
    description: { description: 'by hand' },
    duration: { duration: 7 },
    disable: { disable: true },
    system: {
      permissions: [
        { kind: 'system', namespace: '/', access: [{ resource: 'project', action: 'list' }] },
        { kind: 'project', namespace: '*', access: [{ resource: 'repository', action: 'pull' }] },
      ],
    },
    projects: { permissions: [{ kind: 'system', namespace: '/', access: [{ resource: 'registry', action: 'list' }] }] },
  }),
  ...own('robot', 'robot/proxy+puller', [
    {
      field: 'access',
      change: async (harbor) => {
        const { project_id } = await harbor.get<{ project_id: number }>('/projects/proxy');
        const robots = await harbor.get<Wire[]>(`/robots?q=Level%3Dproject,ProjectID%3D${project_id}`);
        const wire = robots.find(named('robot$proxy+puller'))!;
        const access = [
          { resource: 'repository', action: 'push' },
          { resource: 'repository', action: 'pull' },
        ];
        await harbor.put(`/robots/${String(wire['id'])}`, {
          ...wire,
          permissions: [{ kind: 'project', namespace: 'proxy', access }],
        });
      },
    },
  ]),
  ...whole(
    'label',
    'label/approved',
    '/labels?scope=g',
    named('approved'),
    byId('/labels'),
  )({
    description: { description: 'by hand' },
    color: { color: '#000000' },
  }),
  ...own(
    'webhook',
    'webhook/proxy/hook',
    (
      [
        ['description', { description: 'by hand' }],
        ['enabled', { enabled: false }],
        ['event_types', { event_types: ['PUSH_ARTIFACT'] }],
        ['targets', { targets: [{ type: 'http', address: 'http://127.0.0.1:9/by-hand' }] }],
      ] as const
    ).map(([field, change]) => ({
      field,
      change: async (harbor) => {
        const [wire] = await harbor.get<[Wire]>('/projects/proxy/webhook/policies');
        await harbor.put(`/projects/proxy/webhook/policies/${String(wire['id'])}`, { ...wire, ...change });
      },
    })),
  ),
  ...whole(
    'replication-policy',
    'replication-policy/base',
    '/replication/policies',
    named('base'),
    byId('/replication/policies'),
  )({
    description: { description: 'by hand' },
    filters: { filters: [] },
    dest_namespace: { dest_namespace: 'elsewhere' },
    dest_namespace_replace_count: { dest_namespace_replace_count: 2 },
    trigger: { trigger: { type: 'manual' } },
    override: { override: false },
    enabled: { enabled: false },
    deletion: { deletion: true, replicate_deletion: true },
    speed: { speed: 99 },
    copy_by_chunk: { copy_by_chunk: false },
    single_active_replication: { single_active_replication: false },
  }),
  ...whole(
    'preheat-instance',
    'preheat-instance/p2p',
    '/p2p/preheat/instances',
    named('p2p'),
    () => '/p2p/preheat/instances/p2p',
  )({
    endpoint: { endpoint: 'http://127.0.0.1:7/by-hand' },
    description: { description: 'by hand' },
    enabled: { enabled: false },
    insecure: { insecure: true },
  }),
  ...whole(
    'preheat-policy',
    'preheat-policy/proxy/warm',
    '/projects/proxy/preheat/policies',
    named('warm'),
    () => '/projects/proxy/preheat/policies/warm',
  )({
    description: { description: 'by hand' },
    filters: { filters: '[{"type":"repository","value":"x/**"}]' },
    trigger: { trigger: '{"type":"manual"}' },
    enabled: { enabled: false },
  }),
  ...part('gc-schedule', 'gc-schedule/harbor', '/system/gc/schedule', {
    cron: {
      schedule: { type: 'Custom', cron: '0 0 5 * * *' },
      parameters: { delete_untagged: true, workers: 4, delete_tag: true },
    },
    delete_untagged: {
      schedule: { type: 'Custom', cron: '0 0 4 * * *' },
      parameters: { delete_untagged: false, workers: 4, delete_tag: true },
    },
    delete_tag: {
      schedule: { type: 'Custom', cron: '0 0 4 * * *' },
      parameters: { delete_untagged: true, workers: 4, delete_tag: false },
    },
    workers: {
      schedule: { type: 'Custom', cron: '0 0 4 * * *' },
      parameters: { delete_untagged: true, workers: 2, delete_tag: true },
    },
  }),
  ...part('purge-audit-schedule', 'purge-audit-schedule/harbor', '/system/purgeaudit/schedule', {
    cron: purge('0 0 6 * * *', 720, 'pull_artifact'),
    audit_retention_hour: purge('0 0 1 * * *', 48, 'pull_artifact'),
    include_event_types: purge('0 0 1 * * *', 720, 'create_artifact'),
  }),
  ...part('scan-all-schedule', 'scan-all-schedule/harbor', '/system/scanAll/schedule', {
    cron: { schedule: { type: 'Custom', cron: '0 0 7 * * *' } },
  }),
];

function purge(cron: string, hours: number, types: string): Wire {
  const parameters = { audit_retention_hour: hours, include_event_types: types, dry_run: false };
  return { schedule: { type: 'Custom', cron }, parameters };
}
