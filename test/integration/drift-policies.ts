/** A declaration of every kind that is tried by hand, every field of it declared. */
export const policies = (upstream: string, configuration: object): string => `
configuration: ${JSON.stringify(configuration)}
cve_allowlist: { items: [CVE-2026-12345], expires_at: 2030-03-17T17:46:40Z }
registries:
  up: { type: docker-registry, url: "${upstream}", description: ours, insecure: false, credential: { type: basic, access_key: bot, access_secret: { env: S } } }
users: { alice: { email: alice@example.com, realname: Alice, comment: ours, sysadmin: true, password: { env: S } } }
groups: { team: { type: oidc } }
labels: { approved: { description: ours, color: "#00B588" } }
robots:
  gitops: { description: ours, duration: 90, disable: false, secret: { env: S }, system: [{ resource: registry, action: list }], projects: { "*": [{ resource: repository, action: pull }] } }
preheat: { instances: { p2p: { vendor: dragonfly, endpoint: "https://dragonfly.example.com", description: ours, enabled: true, insecure: false } } }
schedules:
  gc: { cron: "0 0 4 * * *", delete_untagged: true, delete_tag: true, workers: 4 }
  purge_audit: { cron: "0 0 1 * * *", audit_retention_hour: 720, include_event_types: [pull_artifact] }
  scan_all: { cron: "0 0 2 * * *" }
replications:
  base: { from: up, description: ours, filters: [{ type: name, value: "library/**" }], dest_namespace: base, dest_namespace_replace_count: 1, trigger: { scheduled: "0 0 2 * * *" }, override: true, enabled: true, deletion: false, speed: 10, copy_by_chunk: true, single_active_replication: true }
projects:
  plain: { enable_content_trust: true }
  proxy:
    registry: up
    public: true
    enable_content_trust_cosign: false
    prevent_vul: true
    severity: high
    auto_scan: true
    auto_sbom_generation: false
    reuse_sys_cve_allowlist: false
    proxy_speed_kb: 1000
    max_upstream_conn: 5
    proxy_cache_local_on_not_found: true
    proxy_cache_filter_pattern: library/.*
    proxy_cache_filter_kind: doublestar
    proxy_referrer_api: true
    cve_allowlist: { items: [CVE-2026-1] }
    storage_limit: 5GiB
    retention: { schedule: "0 0 3 * * *", rules: [{ template: nDaysSinceLastPull, params: { nDaysSinceLastPull: 30 }, tags: "**", repositories: "**" }] }
    members: [{ group: team, role: maintainer }]
    robots: { puller: { description: ours, duration: 90, secret: { env: S }, access: [{ resource: repository, action: pull }] } }
    webhooks: { hook: { description: ours, enabled: true, event_types: [PULL_ARTIFACT], targets: [{ type: http, address: "http://127.0.0.1:9/hook" }] } }
    preheat: { warm: { provider: p2p, description: ours, filters: [{ type: repository, value: "**" }], trigger: event_based, enabled: true } }
`;
