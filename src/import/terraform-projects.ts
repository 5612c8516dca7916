import type { Json } from '../json';
import { UNNAMED_SECRET, type CarriedObject } from './carried';
import { defined } from './defined';
import { MissingField, type Fields } from './fields';
import { limitOf } from './harbor-configuration';
import { lookUp } from './look-up';
import type { TerraformNames } from './terraform-names';

/** One resource of the provider as a policy. @throws MissingField */
export type ResourceReader = (fields: Fields, names: TerraformNames) => readonly CarriedObject[];

/** The provider's own names for Harbor's adapters; other names are the same. */
const ADAPTERS: Readonly<Record<string, string>> = {
  alibaba: 'ali-acr',
  aws: 'aws-ecr',
  azure: 'azure-acr',
  github: 'github-ghcr',
  google: 'google-gcr',
  helm: 'helm-hub',
  huawei: 'huawei-SWR',
  jfrog: 'jfrog-artifactory',
};

const ROLES: Readonly<Record<string, string>> = { projectadmin: 'projectAdmin', limitedguest: 'limitedGuest' };

const BYTES_PER_GIB = 1024 ** 3;

/** @throws MissingField without a name or a type */
export function registryOf(fields: Fields): CarriedObject[] {
  const adapter = fields.needed('provider_name');
  // Secrets in a state or a file are not copied: they are referenced by name.
  fields.skip('access_secret', 'registry_id', 'id', 'status');
  const account = fields.text('access_id');
  const value = {
    type: lookUp(ADAPTERS, adapter) ?? adapter,
    url: fields.text('endpoint_url'),
    description: fields.text('description'),
    insecure: fields.flag('insecure'),
    ca_certificate: fields.text('ca_certificate'),
    credential: account === undefined ? undefined : { access_key: account },
  };
  if (account === undefined && fields.has('access_id'))
    fields.drop('access_id', 'declare credential.access_key: without it the registry is declared without an account');
  return [{ kind: 'registry', path: 'registries.*', names: [fields.needed('name')], value: defined(value) }];
}

/**
 * A quota is in GiB in the provider, and -1 by default. `deployment_security` is both `prevent_vul` and its severity.
 */
export function projectOf(fields: Fields, names: TerraformNames): CarriedObject[] {
  const name = fields.needed('name');
  fields.skip('project_id', 'id', 'force_destroy');
  const severity = fields.text('deployment_security');
  const value = {
    registry: registryNamed(fields, names),
    public: fields.flag('public', false),
    // On by default, unlike in Harbor.
    auto_scan: fields.flag('vulnerability_scanning', true),
    auto_sbom_generation: fields.flag('auto_sbom_generation'),
    enable_content_trust: fields.flag('enable_content_trust'),
    enable_content_trust_cosign: fields.flag('enable_content_trust_cosign'),
    prevent_vul: severity === undefined && fields.has('deployment_security') ? undefined : severity !== undefined,
    severity,
    proxy_speed_kb: fields.number('proxy_speed_kb'),
    proxy_cache_local_on_not_found: fields.flag('proxy_cache_local_on_not_found'),
    ...allowlistOf(fields.texts('cve_allowlist') ?? []),
  };
  const gib = fields.number('storage_quota', -1);
  return [
    { kind: 'project', path: 'projects.*', names: [name], value: defined(value) },
    ...(gib === undefined ? [] : [limitOf(name, gib < 0 ? -1 : gib * BYTES_PER_GIB)]),
  ];
}

/** A list in the project itself takes effect. */
function allowlistOf(items: readonly string[]): Readonly<Record<string, Json>> {
  return items.length === 0 ? {} : { reuse_sys_cve_allowlist: false, cve_allowlist: { items } };
}

function registryNamed(fields: Fields, names: TerraformNames): string | undefined {
  const reference = fields.reference('registry_id');
  // A state contains 0 for none.
  if (!reference || reference === '0') return undefined;
  const name = names.nameOf('harbor_registry', reference);
  // A proxy cache project without its registry would be a different project.
  if (name === undefined) throw new MissingField('registry_id');
  return name;
}

/** @throws MissingField if the project is not in the same file, because an id has no meaning elsewhere */
export function projectNamed(fields: Fields, names: TerraformNames, key = 'project_id'): string {
  const name = names.nameOf('harbor_project', fields.reference(key));
  if (name === undefined) throw new MissingField(key);
  return name;
}

/** A member is a user or a group, and the provider has a resource for each. Roles have other names there. */
export function memberOf(fields: Fields, names: TerraformNames): CarriedObject[] {
  const project = projectNamed(fields, names);
  fields.skip('member_id', 'id', 'group_id', 'type', 'ldap_group_dn');
  const role = fields.needed('role');
  const who = fields.has('user_name') ? { user: fields.needed('user_name') } : { group: fields.needed('group_name') };
  const value = { ...who, role: lookUp(ROLES, role) ?? role };
  return [
    ...('group' in who ? groupOfMember(fields, who.group) : []),
    { kind: 'project-member', path: 'projects.*.members.[]', names: [project], value },
  ];
}

/** The provider creates the group with its first membership; here it has to be declared. */
function groupOfMember(fields: Fields, name: string): CarriedObject[] {
  const type = fields.text('type');
  if (type !== 'oidc' && type !== 'ldap') return [];
  const value = defined({ type, ldap_group_dn: fields.text('ldap_group_dn') });
  return [{ kind: 'user-group', path: 'groups.*', names: [name], value }];
}

const GROUP_TYPES: Readonly<Record<number, string>> = { 1: 'ldap', 2: 'http', 3: 'oidc' };

/** Types of groups are numbers (docs/harbor-behavior.md 6.2). */
export function groupOf(fields: Fields): CarriedObject[] {
  fields.skip('id');
  const number = fields.number('group_type');
  const value = {
    type: number === undefined ? undefined : (GROUP_TYPES[number] ?? String(number)),
    ldap_group_dn: fields.certain.text('ldap_group_dn'),
  };
  return [{ kind: 'user-group', path: 'groups.*', names: [fields.needed('group_name')], value: defined(value) }];
}

const TEMPLATES: Readonly<Record<string, string>> = {
  n_days_since_last_pull: 'nDaysSinceLastPull',
  n_days_since_last_push: 'nDaysSinceLastPush',
  most_recently_pulled: 'latestPulledN',
  most_recently_pushed: 'latestPushedK',
};

/**
 * A rule that keeps nothing certain would delete more than before, so the whole policy is left out if one rule is not
 * known.
 */
export function retentionOf(fields: Fields, names: TerraformNames): CarriedObject[] {
  const project = projectNamed(fields, names, 'scope');
  fields.skip('id');
  const schedule = cronOf(fields.certain.text('schedule'));
  const rules = fields.things('rule').map((rule) => retentionRule(fields, rule));
  return [{ kind: 'retention', path: 'projects.*.retention', names: [project], value: { schedule, rules } }];
}

function retentionRule(fields: Fields, rule: Fields): Json {
  const place = rule.address.slice(fields.address.length + 1);
  const drop: Drop = (key, reason) => fields.drop(`${place} ${key}`, reason);
  const counts = Object.entries(TEMPLATES).map(([key, template]) => ({ key, template, count: rule.number(key) ?? 0 }));
  const [counted, ...others] = counts.filter(({ count }) => count > 0);
  const always = rule.flag('always_retain');
  if (!counted && always !== true) throw new MissingField('rule');
  const unsent = [...others.map(({ key }) => key), ...(counted && always ? ['always_retain'] : [])];
  for (const key of unsent) drop(key, sendsOnly(counted?.key));
  const patterns = patternsOf(rule, drop);
  const untagged = rule.flag('untagged_artifacts', true);
  return defined({
    template: counted?.template ?? 'always',
    params: counted && { [counted.template]: counted.count },
    ...patterns,
    // The provider sends its value as it is, which means the opposite in an excluding selector.
    untagged: patterns['tags_exclude'] !== undefined && untagged !== undefined ? !untagged : untagged,
    disabled: rule.flag('disabled', false),
  });
}

type Drop = (key: string, reason: string) => void;

/** Of two patterns for the same thing the provider sends the excluding one, which alone is in Harbor. */
function patternsOf(rule: Fields, drop: Drop): Record<string, string | undefined> {
  const pair = (matching: string, excluding: string): readonly [string | undefined, string | undefined] => {
    const [wanted, excluded] = [rule.text(matching), rule.text(excluding)];
    if (wanted !== undefined && excluded !== undefined) drop(matching, sendsOnly(excluding));
    return [excluded === undefined ? wanted : undefined, excluded];
  };
  const [tags, tags_exclude] = pair('tag_matching', 'tag_excluding');
  const [repositories, repositories_exclude] = pair('repo_matching', 'repo_excluding');
  return { tags, tags_exclude, repositories, repositories_exclude };
}

function sendsOnly(key: string | undefined): string {
  return `the provider sends only ${key}`;
}

/** The patterns must be known: with another one, other tags could be overwritten. */
export function immutableTagRuleOf(fields: Fields, names: TerraformNames): CarriedObject[] {
  const project = projectNamed(fields, names);
  fields.skip('id');
  const value = defined({
    ...patternsOf(fields.certain, (key, reason) => fields.drop(key, reason)),
    disabled: fields.flag('disabled'),
  });
  return [{ kind: 'immutable-tag-rule', path: 'projects.*.immutable_tags.[]', names: [project], value }];
}

/** Without a project it is a label of the whole Harbor. */
export function labelOf(fields: Fields, names: TerraformNames): CarriedObject[] {
  const name = fields.needed('name');
  const value = defined({ description: fields.text('description'), color: fields.text('color') });
  fields.skip('id', 'scope');
  if (!fields.has('project_id')) return [{ kind: 'label', path: 'labels.*', names: [name], value }];
  return [{ kind: 'label', path: 'projects.*.labels.*', names: [projectNamed(fields, names), name], value }];
}

/** The provider allows one target for each webhook. Harbor allows several, and a list with one is the same object. */
export function webhookOf(fields: Fields, names: TerraformNames): CarriedObject[] {
  const project = projectNamed(fields, names);
  const name = fields.needed('name');
  fields.skip('id');
  // A target is compared as a whole: an unknown field would be replaced by its default.
  const { certain } = fields;
  const target = {
    type: fields.needed('notify_type'),
    address: fields.needed('address'),
    skip_cert_verify: certain.flag('skip_cert_verify'),
    payload_format: certain.text('payload_format'),
    // A secret there is not copied.
    auth_header: fields.has('auth_header') ? UNNAMED_SECRET : undefined,
  };
  if (fields.has('auth_header')) {
    fields.skip('auth_header');
    fields.drop('auth_header', 'its value is not copied: it becomes a reference, which secrets.env.example lists');
  }
  const value = {
    description: fields.text('description'),
    enabled: fields.flag('enabled', true),
    event_types: certain.texts('events_types'),
    targets: [defined(target)],
  };
  return [{ kind: 'webhook', path: 'projects.*.webhooks.*', names: [project, name], value: defined(value) }];
}

const NAMED_TIMES: Readonly<Record<string, string>> = {
  hourly: '0 0 * * * *',
  daily: '0 0 0 * * *',
  weekly: '0 0 0 * * 0',
  // Harbor's value for a schedule that never runs, which the provider stores as it is.
  none: '',
  manual: '',
};

/**
 * Six fields, seconds first (docs/harbor-behavior.md 9.2); empty means never. The provider takes words as well and
 * sends their cron. They are written as crons, because a policy has one way to say it.
 */
export function cronOf(schedule: string | undefined): string {
  return lookUp(NAMED_TIMES, schedule?.toLowerCase() ?? '') ?? schedule ?? '';
}
