/**
 * What Harbor's API v2.0 sends and takes, as far as the kinds use it. Scalars that are zero, empty or false
 * are omitted from answers (go-swagger's `omitempty`, harbor.md 2.1), hence the many optional fields.
 */

export interface CredentialWire {
  readonly type?: string;
  readonly access_key?: string;
  /** `*****` in answers when one is stored; never the secret. */
  readonly access_secret?: string;
}

export interface RegistryWire {
  readonly id: number;
  readonly name: string;
  readonly type: string;
  readonly url: string;
  readonly description?: string;
  readonly insecure?: boolean;
  readonly ca_certificate?: string;
  /** `{}` where there is none. */
  readonly credential?: CredentialWire;
  /** `healthy` or `unhealthy`, re-checked by Harbor every five minutes. */
  readonly status?: string;
}

export interface ReplicationFilterWire {
  readonly type: string;
  /** Text; for labels a list of names. */
  readonly value: string | readonly string[];
  readonly decoration?: string;
}

export interface ReplicationPolicyWire {
  readonly id: number;
  readonly name: string;
  readonly description?: string;
  /** Answered whole, sent by its id alone. Id 0, also where none is sent, is this Harbor. */
  readonly src_registry?: Pick<RegistryWire, 'id'> & Partial<RegistryWire>;
  readonly dest_registry?: Pick<RegistryWire, 'id'> & Partial<RegistryWire>;
  readonly dest_namespace?: string;
  readonly dest_namespace_replace_count?: number;
  readonly trigger?: { readonly type: string; readonly trigger_settings?: { readonly cron?: string } };
  readonly filters: readonly ReplicationFilterWire[] | null;
  readonly deletion?: boolean;
  readonly override?: boolean;
  readonly enabled?: boolean;
  /** Kilobits a second. */
  readonly speed?: number;
  readonly copy_by_chunk?: boolean;
  /** Since Harbor 2.14. */
  readonly single_active_replication?: boolean;
}

export interface CveAllowlistWire {
  readonly items: readonly { readonly cve_id: string }[] | null;
  /** Unix seconds; absent is never. */
  readonly expires_at?: number;
}

export interface ProjectWire {
  readonly project_id: number;
  readonly name: string;
  readonly owner_name?: string;
  /** Only on a proxy cache project. */
  readonly registry_id?: number;
  readonly repo_count: number;
  /** Every value is a string, booleans and numbers too. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly cve_allowlist?: CveAllowlistWire;
}

export interface RepositoryWire {
  readonly id: number;
  /** With the project in front: `proxy.docker.io/library/alpine`. */
  readonly name: string;
}

export interface QuotaWire {
  readonly id: number;
  /** Absent where the project is gone, or could not be loaded for this answer. */
  readonly ref?: { readonly id: number; readonly name: string };
  /** Bytes; -1 is unlimited. */
  readonly hard: { readonly storage: number };
  readonly used: { readonly storage: number };
}

export interface MemberWire {
  readonly id: number;
  readonly project_id: number;
  readonly entity_name: string;
  /** `u` a user, `g` a group. */
  readonly entity_type: string;
  readonly entity_id: number;
  readonly role_id: number;
  readonly role_name?: string;
}

/** As listed; user 1 never is. */
export interface UserWire {
  readonly user_id: number;
  readonly username: string;
  readonly email?: string;
  readonly realname?: string;
  readonly comment?: string;
  readonly sysadmin_flag?: boolean;
}

/** `auth_info` is never answered, and `status` is always `Unknown`. */
export interface PreheatInstanceWire {
  readonly id?: number;
  readonly name: string;
  readonly description?: string;
  readonly vendor: string;
  readonly endpoint: string;
  readonly auth_mode?: string;
  readonly enabled?: boolean;
  readonly default?: boolean;
  readonly insecure?: boolean;
}

/** `filters`, `trigger` and `extra_attrs` are JSON text. */
export interface PreheatPolicyWire {
  readonly id?: number;
  readonly name: string;
  readonly description?: string;
  readonly provider_id: number;
  readonly provider_name?: string;
  readonly filters?: string;
  readonly trigger?: string;
  readonly enabled?: boolean;
  readonly extra_attrs?: string;
}

export interface UserGroupWire {
  readonly id: number;
  readonly group_name: string;
  readonly group_type: number;
  readonly ldap_group_dn?: string;
}

export interface LabelWire {
  readonly id: number;
  readonly name: string;
  readonly description?: string;
  readonly color?: string;
  /** `g` for all projects, `p` of one. */
  readonly scope: string;
  /** Only on a label of a project. */
  readonly project_id?: number;
}

export interface SelectorWire {
  readonly kind: string;
  readonly decoration: string;
  readonly pattern: string;
  /** JSON in a string: `{"untagged":true}`. */
  readonly extras?: string;
}

export interface RetentionRuleWire {
  readonly id?: number;
  readonly priority?: number;
  readonly disabled?: boolean;
  readonly action: string;
  readonly template: string;
  readonly params?: Readonly<Record<string, number>>;
  readonly tag_selectors: readonly SelectorWire[];
  readonly scope_selectors: { readonly repository?: readonly SelectorWire[] };
}

export interface RetentionWire {
  readonly id?: number;
  readonly algorithm: string;
  readonly scope: { readonly level: string; readonly ref: number };
  readonly trigger: {
    readonly kind: string;
    readonly settings: { readonly cron: string; readonly next_scheduled_time?: string };
  };
  readonly rules: readonly RetentionRuleWire[] | null;
}

export interface ImmutableTagRuleWire {
  readonly id: number;
  readonly disabled?: boolean;
  readonly action: string;
  readonly template: string;
  readonly tag_selectors: readonly SelectorWire[] | null;
  readonly scope_selectors?: { readonly repository?: readonly SelectorWire[] };
}

export interface WebhookTargetWire {
  readonly type: string;
  readonly address: string;
  /** In clear, also in answers. */
  readonly auth_header?: string;
  readonly skip_cert_verify?: boolean;
  readonly payload_format?: string;
}

export interface WebhookWire {
  readonly id: number;
  readonly name: string;
  readonly description?: string;
  readonly enabled: boolean;
  readonly event_types: readonly string[] | null;
  readonly targets: readonly WebhookTargetWire[] | null;
}

export interface RobotAccessWire {
  readonly resource: string;
  readonly action: string;
  readonly effect?: string;
}

export interface RobotPermissionWire {
  readonly kind: string;
  readonly namespace: string;
  readonly access: readonly RobotAccessWire[] | null;
}

export interface RobotWire {
  readonly id: number;
  /** In full: `robot$gitops`, `robot$proxy.docker.io+puller`. */
  readonly name: string;
  readonly description?: string;
  readonly level: string;
  /** Days from creation; -1 never ends. */
  readonly duration: number;
  readonly disable: boolean;
  readonly editable: boolean;
  /** Unix seconds; -1 never. */
  readonly expires_at?: number;
  readonly permissions: readonly RobotPermissionWire[] | null;
}

/** The one answer in which a robot's secret is told. */
export interface RobotCreatedWire {
  readonly id: number;
  readonly name: string;
  readonly secret: string;
}

/** A schedule of the system. Empty answers stand for "none". */
export interface ScheduleWire {
  readonly schedule?: { readonly type: string; readonly cron: string };
  /** Sent. */
  readonly parameters?: Readonly<Record<string, unknown>>;
  /** Answered: the same as JSON text. */
  readonly job_parameters?: string;
}

export interface ScannerWire {
  readonly uuid?: string;
  readonly name: string;
  readonly description?: string;
  readonly url?: string;
  readonly auth?: string;
  readonly skip_certVerify?: boolean;
  readonly use_internal_addr?: boolean;
  readonly disabled?: boolean;
  readonly is_default?: boolean;
}

/** The scanner that a project has in the end: its own choice, or the default. */
export interface ProjectScannerWire extends ScannerWire {
  readonly project: string;
}

export type ConfigurationValueWire = string | number | boolean;

/** Keys of kind "password" are never answered; `scan_all_policy` is `{}`. */
export type ConfigurationsWire = Readonly<
  Record<string, { readonly value?: ConfigurationValueWire; readonly editable?: boolean } | undefined>
>;

/** `GET /users/current`: 412 for a robot, 401 for whoever is not logged in. */
export interface CurrentUserWire {
  readonly user_id: number;
  readonly username: string;
  readonly sysadmin_flag: boolean;
  /** Administrator by a group of the identity provider. */
  readonly admin_role_in_auth: boolean;
}

/** `GET /systeminfo`. The anonymous are told only `auth_mode`. */
export interface SystemInfoWire {
  readonly auth_mode?: string;
  /** With the commit behind it: `v2.15.2-1a2b3c4d`. */
  readonly harbor_version?: string;
  readonly external_url?: string;
  readonly project_creation_restriction?: string;
  readonly read_only?: boolean;
}
