import type { Json } from '../json';
import type { CarriedObject } from './carried';
import { defined } from './defined';
import { MissingField, type Fields } from './fields';
import { triggerOf } from './harbor-configuration';
import type { TerraformNames } from './terraform-names';
import { cronOf } from './terraform-projects';
import { bannerOf, defaultScannerOf } from './terraform-security';

const BYTES_PER_GIB = 1024 ** 3;

export function robotOf(fields: Fields): CarriedObject[] {
  const name = fields.needed('name');
  // A secret is asked for by name, whether the other tool knows it or not.
  fields.skip('secret', 'secret_wo', 'secret_wo_version', 'id', 'robot_id', 'full_name');
  const level = fields.needed('level');
  const shared = {
    description: fields.text('description'),
    duration: fields.number('duration', -1),
    disable: fields.flag('disable'),
  };
  const permissions = fields.things('permissions').map((permission) => ({
    kind: permission.needed('kind'),
    namespace: permission.needed('namespace'),
    access: accessOf(permission),
  }));
  if (level === 'project') {
    const [first] = permissions;
    if (!first) throw new MissingField('permissions');
    const value = defined({ ...shared, access: permissions.flatMap(({ access }) => access) });
    return [{ kind: 'robot', path: 'projects.*.robots.*', names: [first.namespace, name], value }];
  }
  const system = permissions.filter(({ kind }) => kind === 'system').flatMap(({ access }) => access);
  const projects = permissions.filter(({ kind }) => kind === 'project');
  const value = defined({
    ...shared,
    system: system.length === 0 ? undefined : system,
    projects: Object.fromEntries(projects.map(({ namespace, access }) => [namespace, access])),
  });
  return [{ kind: 'robot', path: 'robots.*', names: [name], value }];
}

function accessOf(permission: Fields): Json[] {
  return permission.things('access').flatMap((access): Json[] => {
    const pair = { resource: access.needed('resource'), action: access.needed('action') };
    const effect = access.text('effect') ?? 'allow';
    if (effect === 'allow') return [pair];
    access.drop('effect', `"${effect}" cannot be declared: ${pair.resource}:${pair.action} is left out`);
    return [];
  });
}

const LDAP_SCOPES: Readonly<Record<string, number>> = { base: 0, onelevel: 1, subtree: 2 };
const LDAP_NAMES: Readonly<Record<string, string>> = {
  ldap_group_filter: 'ldap_group_search_filter',
  ldap_group_gid: 'ldap_group_attribute_name',
  ldap_group_membership: 'ldap_group_membership_attribute',
};
const AUTH_TEXTS = ['oidc_name', 'oidc_endpoint', 'oidc_client_id', 'oidc_group_filter', 'oidc_groups_claim']
  .concat(['oidc_admin_group', 'oidc_scope', 'oidc_user_claim', 'ldap_url', 'ldap_base_dn', 'ldap_uid'])
  .concat(['ldap_search_dn', 'ldap_filter', 'ldap_group_base_dn', 'ldap_group_admin_dn']);
const AUTH_FLAGS = ['primary_auth_mode', 'oidc_verify_cert', 'oidc_auto_onboard', 'oidc_logout', 'ldap_verify_cert'];

export function authOf(fields: Fields): CarriedObject[] {
  fields.skip('id', 'oidc_client_secret', 'oidc_client_secret_wo', 'oidc_client_secret_wo_version');
  fields.skip('ldap_search_password');
  const mode = fields.needed('auth_mode');
  const value = {
    auth_mode: mode.endsWith('_auth') ? mode : `${mode}_auth`,
    ...Object.fromEntries(AUTH_TEXTS.map((key) => [key, fields.text(key)])),
    ...Object.fromEntries(AUTH_FLAGS.map((key) => [key, fields.flag(key)])),
    ...Object.fromEntries(Object.entries(LDAP_NAMES).map(([from, to]) => [to, fields.text(from)])),
    ldap_scope: LDAP_SCOPES[fields.text('ldap_scope') ?? ''],
    ldap_group_search_scope: LDAP_SCOPES[fields.text('ldap_group_scope') ?? ''],
  };
  return [configurationOf(value)];
}

const SYSTEM_FLAGS = ['read_only', 'scanner_skip_update_pulltime', 'skip_audit_log_database', 'notification_enable'];
const SYSTEM_NUMBERS = ['token_expiration', 'session_timeout'];
const SYSTEM_TEXTS = ['robot_name_prefix', 'audit_log_forward_endpoint'];

export function systemOf(fields: Fields): CarriedObject[] {
  fields.skip('id');
  const gib = fields.number('storage_per_project');
  const events = fields.text('disabled_audit_log_event_types');
  const value = {
    // The provider's own default, other than Harbor's.
    project_creation_restriction: fields.text('project_creation_restriction') ?? 'adminonly',
    robot_token_duration: fields.number('robot_token_expiration'),
    storage_per_project: gib === undefined ? undefined : gib > 0 ? gib * BYTES_PER_GIB : -1,
    disabled_audit_log_event_types: events?.split(',').map((event) => event.trim()),
    banner: bannerOf(fields),
    ...Object.fromEntries(SYSTEM_FLAGS.map((key) => [key, fields.flag(key)])),
    ...Object.fromEntries(SYSTEM_NUMBERS.map((key) => [key, fields.number(key)])),
    ...Object.fromEntries(SYSTEM_TEXTS.map((key) => [key, fields.text(key)])),
  };
  return [configurationOf(value)];
}

function configurationOf(value: Readonly<Record<string, Json | undefined>>): CarriedObject {
  return { kind: 'configuration', path: 'configuration', names: [], value: defined(value) };
}

export function userOf(fields: Fields): CarriedObject[] {
  fields.skip('id', 'password', 'password_wo', 'password_wo_version');
  const value = {
    email: fields.text('email'),
    realname: fields.text('full_name'),
    comment: fields.text('comment'),
    sysadmin: fields.flag('admin'),
  };
  return [{ kind: 'user', path: 'users.*', names: [fields.needed('username')], value: defined(value) }];
}

export function garbageCollectionOf(fields: Fields): CarriedObject[] {
  fields.skip('id');
  const rest = { delete_untagged: fields.flag('delete_untagged'), workers: fields.number('workers') };
  return [scheduled('gc-schedule', 'schedules.gc', cronOf(fields.text('schedule')), rest)];
}

export function purgeAuditOf(fields: Fields): CarriedObject[] {
  // Before Harbor 2.13 events had other names.
  fields.skip('id', 'include_operations');
  const rest = {
    audit_retention_hour: fields.number('audit_retention_hour'),
    include_event_types: fields
      .text('include_event_types')
      ?.split(',')
      .map((event) => event.trim()),
  };
  return [scheduled('purge-audit-schedule', 'schedules.purge_audit', cronOf(fields.text('schedule')), rest)];
}

export function interrogationOf(fields: Fields): CarriedObject[] {
  fields.skip('id');
  const scanner = defaultScannerOf(fields);
  if (!fields.has('vulnerability_scan_policy')) return scanner;
  const cron = cronOf(fields.text('vulnerability_scan_policy'));
  return [...scanner, scheduled('scan-all-schedule', 'schedules.scan_all', cron, {})];
}

function scheduled(
  kind: string,
  path: string,
  cron: string,
  rest: Readonly<Record<string, Json | undefined>>,
): CarriedObject {
  return { kind, path, names: [], value: cron === '' ? 'none' : defined({ cron, ...rest }) };
}

export function replicationOf(fields: Fields, names: TerraformNames): CarriedObject[] {
  const registry = names.nameOf('harbor_registry', fields.reference('registry_id'));
  if (registry === undefined) throw new MissingField('registry_id');
  fields.skip('id', 'replication_policy_id', 'execute_on_changed');
  const schedule = fields.text('schedule') ?? 'manual';
  const isNamed = schedule === 'manual' || schedule === 'event_based';
  const value = {
    ...(fields.needed('action') === 'push' ? { to: registry } : { from: registry }),
    description: fields.text('description'),
    enabled: fields.flag('enabled', true),
    deletion: fields.flag('deletion'),
    // On in Harbor where nothing is said, and in the provider too.
    override: fields.flag('override', true),
    dest_namespace: fields.text('dest_namespace'),
    dest_namespace_replace_count: fields.number('dest_namespace_replace', 0),
    copy_by_chunk: fields.flag('copy_by_chunk'),
    single_active_replication: fields.flag('single_active_replication'),
    speed: fields.number('speed'),
    filters: fields.things('filters').map(filterOf),
    trigger: triggerOf(isNamed ? schedule : 'scheduled', isNamed ? undefined : schedule),
  };
  const name = fields.needed('name');
  return [{ kind: 'replication-policy', path: 'replications.*', names: [name], value: defined(value) }];
}

function filterOf(filter: Fields): Json {
  const decoration = filter.text('decoration');
  const labels = filter.texts('labels') ?? [];
  if (labels.length > 0) return defined({ type: 'label', value: labels, decoration });
  const type = ['name', 'tag', 'resource'].find((key) => filter.text(key) !== undefined);
  if (type === undefined) throw new MissingField('filters');
  return defined({ type, value: filter.text(type), decoration: type === 'tag' ? decoration : undefined });
}
