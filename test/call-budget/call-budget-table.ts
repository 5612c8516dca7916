/** What reading one kind costs, as docs/guides/plan-and-apply.md shows it; `{}` stands for a project or its id. */
export interface CallBudget {
  readonly kind: string;
  /** Once for each hundred objects, where anything of the kind is declared. */
  readonly bulk?: string;
  /** Once for each project that declares children of this kind. */
  readonly perProject?: string;
}

export const CALL_BUDGET: readonly CallBudget[] = [
  { kind: 'configuration', bulk: 'GET /configurations' },
  { kind: 'cve-allowlist', bulk: 'GET /system/CVEAllowlist' },
  { kind: 'registry', bulk: 'GET /registries' },
  { kind: 'user', bulk: 'GET /users' },
  { kind: 'user-group', bulk: 'GET /usergroups' },
  { kind: 'project', bulk: 'GET /projects' },
  { kind: 'quota', bulk: 'GET /quotas' },
  { kind: 'retention', perProject: 'GET /retentions/{}' },
  { kind: 'project-member', perProject: 'GET /projects/{}/members' },
  { kind: 'robot', bulk: 'GET /robots', perProject: 'GET /robots' },
  { kind: 'label', bulk: 'GET /labels', perProject: 'GET /labels' },
  { kind: 'immutable-tag-rule', perProject: 'GET /projects/{}/immutabletagrules' },
  { kind: 'webhook', perProject: 'GET /projects/{}/webhook/policies' },
  { kind: 'replication-policy', bulk: 'GET /replication/policies' },
  { kind: 'preheat-instance', bulk: 'GET /p2p/preheat/instances' },
  { kind: 'preheat-policy', perProject: 'GET /projects/{}/preheat/policies' },
  { kind: 'gc-schedule', bulk: 'GET /system/gc/schedule' },
  { kind: 'purge-audit-schedule', bulk: 'GET /system/purgeaudit/schedule' },
  { kind: 'scan-all-schedule', bulk: 'GET /system/scanAll/schedule' },
  { kind: 'scanner', bulk: 'GET /scanners' },
  { kind: 'project-scanner', perProject: 'GET /projects/{}/scanner' },
];
