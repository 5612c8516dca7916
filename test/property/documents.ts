import fc from 'fast-check';

/*
 * Whole declarations as a person would write them, over a few names that all of them share, so that each is a change
 * of the one before. Every field is declared or not; what is declared is one of a few values that Harbor takes.
 */

const secret = { env: 'CANARY' };
/** Declared with one of these values, or not at all. */
const one = <T>(...values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...values);

/** A map with these fields, each of them there or not but for those that must be. */
function map(required: Record<string, unknown>, optional: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<object> {
  return fc.record(optional, { requiredKeys: [] }).map((chosen) => ({ ...required, ...chosen }));
}

/** Some of these names, each with what it says. */
function named(values: Readonly<Record<string, fc.Arbitrary<object>>>): fc.Arbitrary<object> {
  return fc.record(values, { requiredKeys: [] });
}

const text = one('', 'ours', 'two words, and "quotes"');
const cron = one('0 0 3 * * *', '0 30 4 * * 1');
const flag = fc.boolean();

const registry = (url: string): fc.Arbitrary<object> =>
  map(
    { type: 'docker-registry', url },
    { description: text, insecure: flag, credential: one({ type: 'basic', access_key: 'bot', access_secret: secret }) },
  );

const member = fc.subarray(
  [
    { group: 'team', role: 'maintainer' },
    { user: 'alice', role: 'guest' },
  ],
  { minLength: 0 },
);
const pull = { resource: 'repository', action: 'pull' };

/** Children that any project may have. */
const children = {
  storage_limit: one('unlimited', '5GiB'),
  cve_allowlist: one({ items: [] }, { items: ['CVE-2026-11111', 'CVE-2026-22222'] }),
  retention: map(
    { rules: [{ template: 'nDaysSinceLastPull', params: { nDaysSinceLastPull: 30 }, tags: '**', repositories: '**' }] },
    { schedule: one('', '0 0 3 * * *') },
  ),
  members: member,
  robots: named({
    puller: map({ secret, access: [pull], duration: 90 }, { duration: one(30), description: text, disable: flag }),
  }),
  labels: named({ stable: map({}, { color: one('#0065AB', '#00B588'), description: text }) }),
  immutable_tags: fc.subarray([{ tags: 'v*' }, { tags: 'release-*', repositories_exclude: 'scratch/**' }]),
  webhooks: named({
    hook: map(
      { event_types: ['PULL_ARTIFACT'], targets: [{ type: 'http', address: 'http://127.0.0.1:9/hook' }] },
      { enabled: flag, description: text },
    ),
  }),
  prevent_vul: flag,
  severity: one('low', 'critical'),
  auto_scan: flag,
  public: flag,
};

const proxy = map(
  { registry: 'up' },
  { ...children, proxy_speed_kb: one(-1, 500), max_upstream_conn: one(2, 9), proxy_cache_local_on_not_found: flag },
);
const plain = map(
  {},
  {
    ...children,
    enable_content_trust: flag,
    preheat: named({
      warm: map(
        { provider: 'p2p', filters: [{ type: 'repository', value: '**' }] },
        {
          trigger: one<unknown>('manual', 'event_based', { scheduled: '0 0 2 * * *' }),
          enabled: flag,
          description: text,
        },
      ),
    }),
  },
);

/** A declaration; `upstream` is where registries point to. */
export function documents(upstream: string): fc.Arbitrary<Readonly<Record<string, unknown>>> {
  const always = {
    registries: named({ other: registry(upstream) }).chain((others) =>
      registry(upstream).map((up) => ({ ...others, up })),
    ),
    users: map({}, { email: one('alice@example.com', 'a@example.org'), sysadmin: flag, comment: text }).map(
      (alice) => ({
        alice: { email: 'alice@example.com', realname: 'Alice', password: secret, ...alice },
      }),
    ),
    groups: fc.constant({ team: { type: 'oidc' } }),
    preheat: map(
      { vendor: 'dragonfly', endpoint: 'https://dragonfly.example.com' },
      { description: text, insecure: flag },
    ).map((p2p) => ({ instances: { p2p } })),
    projects: named({ 'proxy-a': proxy, 'proxy-b': proxy, plain }),
  };
  const sometimes = {
    configuration: map(
      {},
      { token_expiration: one(30, 45), notification_enable: flag, oidc_client_secret: one(secret) },
    ),
    cve_allowlist: map({ items: ['CVE-2026-12345'] }, { expires_at: one('never', '2030-01-01T00:00:00Z') }),
    labels: named({ approved: map({}, { color: one('#0065AB', '#00B588'), description: text }) }),
    robots: named({
      gitops: map(
        { secret, system: [{ resource: 'registry', action: 'list' }], duration: 90 },
        { duration: one(30), projects: one({ '*': [pull] }) },
      ),
    }),
    schedules: named({
      gc: map({ cron: '0 0 4 * * *' }, { delete_untagged: flag, workers: one(1, 4) }),
      purge_audit: map({ audit_retention_hour: 720, include_event_types: ['pull_artifact'] }, { cron }).map((it) => ({
        cron: '0 0 1 * * *',
        ...it,
      })),
      scan_all: cron.map((it) => ({ cron: it })),
    }),
    replications: named({
      base: map(
        { from: 'up' },
        {
          filters: one([{ type: 'name', value: 'library/**' }], []),
          dest_namespace: one('base', 'mirror'),
          trigger: one<unknown>('manual', { scheduled: '0 0 2 * * *' }),
          override: flag,
          description: text,
        },
      ),
    }),
  };
  return fc.record({ ...always, ...sometimes }, { requiredKeys: Object.keys(always) as never });
}
