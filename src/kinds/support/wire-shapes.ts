import type {
  ConfigurationsWire,
  CveAllowlistWire,
  ImmutableTagRuleWire,
  LabelWire,
  MemberWire,
  PreheatInstanceWire,
  PreheatPolicyWire,
  ProjectWire,
  QuotaWire,
  RegistryWire,
  ReplicationPolicyWire,
  RetentionWire,
  RobotWire,
  ScannerWire,
  ScheduleWire,
  SelectorWire,
  UserGroupWire,
  UserWire,
  WebhookWire,
} from '../../harbor/wire';
import {
  either,
  flag,
  integer,
  jsonText,
  key,
  list,
  mapOf,
  needed,
  number,
  object,
  optional,
  text,
  unused,
  type Shape,
} from '../../shape';

/**
 * What every answer must look like, next to the types in harbor/wire.ts. `needed` is what no write or comparison
 * can do without, `key` what the object is called.
 */
const id = needed(integer);

const registryFields = {
  description: optional(text),
  insecure: optional(flag),
  ca_certificate: optional(text),
  credential: optional(
    object<NonNullable<RegistryWire['credential']>>({
      type: optional(text),
      access_key: optional(text),
      access_secret: optional(text),
    }),
  ),
  status: unused(optional(text)),
};

const registry: Shape<RegistryWire> = object<RegistryWire>({
  id,
  name: key(text),
  type: needed(text),
  url: needed(text),
  ...registryFields,
});

const remote: Shape<NonNullable<ReplicationPolicyWire['src_registry']>> = object<
  NonNullable<ReplicationPolicyWire['src_registry']>
>({ id: integer, name: optional(text), type: optional(text), url: optional(text), ...registryFields });

const replicationPolicy: Shape<ReplicationPolicyWire> = object<ReplicationPolicyWire>({
  id,
  name: key(text),
  description: optional(text),
  src_registry: optional(remote),
  dest_registry: optional(remote),
  dest_namespace: optional(text),
  dest_namespace_replace_count: optional(integer),
  trigger: optional(
    object<NonNullable<ReplicationPolicyWire['trigger']>>({
      type: text,
      trigger_settings: optional(object<{ readonly cron?: string }>({ cron: optional(text) })),
    }),
  ),
  // What a filter keeps out is only known when all of it is: an absent value lets everything pass in Harbor too.
  filters: list(
    object<{ readonly type: string; readonly value: string | readonly string[]; readonly decoration?: string }>({
      type: needed(text),
      value: either<string, readonly string[]>(text, list(text)),
      decoration: optional(text),
    }),
  ),
  deletion: optional(flag),
  override: optional(flag),
  enabled: optional(flag),
  speed: optional(number),
  copy_by_chunk: optional(flag),
  single_active_replication: optional(flag),
});

const cveAllowlist: Shape<CveAllowlistWire> = object<CveAllowlistWire>({
  items: list(object<{ readonly cve_id: string }>({ cve_id: needed(text) })),
  expires_at: optional(number),
});

const project: Shape<ProjectWire> = object<ProjectWire>({
  project_id: id,
  name: key(text),
  owner_name: optional(text),
  registry_id: optional(integer),
  repo_count: integer,
  metadata: mapOf(text),
  cve_allowlist: optional(cveAllowlist),
});

const usage = unused(object<{ readonly storage: number }>({ storage: number }));

const quota: Shape<QuotaWire> = object<QuotaWire>({
  id,
  ref: optional(object<NonNullable<QuotaWire['ref']>>({ id: integer, name: key(text) })),
  // Zero is a limit that no quota has: without a limit nothing is known about it.
  hard: needed(object<{ readonly storage: number }>({ storage: needed(number) })),
  used: usage,
});

const member: Shape<MemberWire> = object<MemberWire>({
  id,
  project_id: unused(integer),
  entity_name: key(text),
  entity_type: key(text),
  entity_id: unused(integer),
  role_id: needed(integer),
  role_name: unused(optional(text)),
});

const user: Shape<UserWire> = object<UserWire>({
  user_id: id,
  username: key(text),
  email: optional(text),
  realname: optional(text),
  comment: optional(text),
  sysadmin_flag: optional(flag),
});

const userGroup: Shape<UserGroupWire> = object<UserGroupWire>({
  id,
  group_name: key(text),
  group_type: needed(integer),
  ldap_group_dn: optional(text),
});

const label: Shape<LabelWire> = object<LabelWire>({
  id,
  name: key(text),
  description: optional(text),
  color: optional(text),
  scope: unused(text),
  project_id: optional(integer),
});

const selector: Shape<SelectorWire> = object<SelectorWire>({
  kind: text,
  decoration: needed(text),
  pattern: needed(text),
  extras: optional(text),
});

const repositorySelectors = object<{ readonly repository?: readonly SelectorWire[] }>({
  repository: optional(list(selector)),
});

const retention: Shape<RetentionWire> = object<RetentionWire>({
  id: needed(optional(integer)),
  algorithm: unused(text),
  scope: object<RetentionWire['scope']>({ level: unused(text), ref: unused(integer) }),
  trigger: object<RetentionWire['trigger']>({
    kind: text,
    settings: object<RetentionWire['trigger']['settings']>({ cron: text, next_scheduled_time: unused(optional(text)) }),
  }),
  rules: list(
    object<NonNullable<RetentionWire['rules']>[number]>({
      id: unused(optional(integer)),
      priority: unused(optional(integer)),
      disabled: optional(flag),
      action: text,
      template: needed(text),
      params: optional(mapOf(number)),
      tag_selectors: list(selector),
      scope_selectors: repositorySelectors,
    }),
  ),
});

const immutableTagRule: Shape<ImmutableTagRuleWire> = object<ImmutableTagRuleWire>({
  id,
  disabled: optional(flag),
  action: text,
  template: text,
  // The patterns are what a rule is called.
  tag_selectors: key(list(selector)),
  scope_selectors: key(optional(repositorySelectors)),
});

const webhook: Shape<WebhookWire> = object<WebhookWire>({
  id,
  name: key(text),
  description: optional(text),
  enabled: flag,
  event_types: list(text),
  targets: list(
    object<NonNullable<WebhookWire['targets']>[number]>({
      type: needed(text),
      address: needed(text),
      auth_header: optional(text),
      skip_cert_verify: optional(flag),
      payload_format: optional(text),
    }),
  ),
});

const robot: Shape<RobotWire> = object<RobotWire>({
  id,
  name: key(text),
  description: optional(text),
  level: text,
  duration: number,
  disable: flag,
  editable: flag,
  expires_at: optional(number),
  permissions: list(
    object<NonNullable<RobotWire['permissions']>[number]>({
      kind: needed(text),
      namespace: needed(text),
      access: list(
        object<{ readonly resource: string; readonly action: string; readonly effect?: string }>({
          resource: needed(text),
          action: needed(text),
          effect: optional(text),
        }),
      ),
    }),
  ),
});

const scanner: Shape<ScannerWire> = object<ScannerWire>({
  uuid: optional(text),
  name: key(text),
  description: optional(text),
  url: optional(text),
  auth: optional(text),
  skip_certVerify: optional(flag),
  use_internal_addr: optional(flag),
  disabled: optional(flag),
  is_default: optional(flag),
});

const preheatInstance: Shape<PreheatInstanceWire> = object<PreheatInstanceWire>({
  id: optional(integer),
  name: key(text),
  description: optional(text),
  vendor: needed(text),
  endpoint: needed(text),
  auth_mode: optional(text),
  enabled: optional(flag),
  default: optional(flag),
  insecure: optional(flag),
});

const preheatPolicy: Shape<PreheatPolicyWire> = object<PreheatPolicyWire>({
  id: optional(integer),
  name: key(text),
  description: optional(text),
  provider_id: integer,
  provider_name: unused(optional(text)),
  filters: optional(jsonText(list(object<{ readonly type: string }>({ type: needed(text) })))),
  trigger: optional(
    jsonText(
      object<{ readonly type?: string; readonly trigger_setting?: { readonly cron?: string } }>({
        type: optional(text),
        trigger_setting: optional(object<{ readonly cron?: string }>({ cron: optional(text) })),
      }),
    ),
  ),
  enabled: optional(flag),
  extra_attrs: optional(jsonText(object({}))),
});

const parameters = object<{ audit_retention_hour?: number; include_event_types?: string; workers?: number }>({
  audit_retention_hour: optional(number),
  include_event_types: optional(text),
  workers: optional(number),
});

const schedule: Shape<ScheduleWire> = object<ScheduleWire>({
  schedule: optional(object<NonNullable<ScheduleWire['schedule']>>({ type: text, cron: text })),
  parameters: optional(object<Record<string, unknown>>({})),
  job_parameters: optional(jsonText(parameters)),
});

const configurations: Shape<ConfigurationsWire> = mapOf(
  object<NonNullable<ConfigurationsWire[string]>>({
    value: optional(either<string, number | boolean>(text, either<number, boolean>(number, flag))),
    editable: optional(flag),
  }),
);

export const shapes = {
  configurations,
  cveAllowlist,
  immutableTagRule,
  label,
  member,
  preheatInstance,
  preheatPolicy,
  project,
  quota,
  registry,
  replicationPolicy,
  retention,
  robot,
  scanner,
  schedule,
  user,
  userGroup,
  webhook,
};
