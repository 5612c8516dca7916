import type { Json } from '../json';
import type { CarriedObject } from './carried';
import { defined } from './defined';
import { MissingField, type Fields } from './fields';
import { triggerOf } from './harbor-configuration';
import { lookUp } from './look-up';
import type { TerraformNames } from './terraform-names';
import { cronOf } from './terraform-projects';
import { bannerOf, defaultScannerOf } from './terraform-security';

const BYTES_PER_GIB = 1024 ** 3;

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

/** Settings of logins: a part of `configuration`, which `toObjects` merges with the other parts. */
export function authOf(fields: Fields): CarriedObject[] {
  fields.skip('id', 'oidc_client_secret', 'oidc_client_secret_wo', 'oidc_client_secret_wo_version');
  fields.skip('ldap_search_password');
  const mode = fields.text('auth_mode');
  const value = {
    auth_mode: mode === undefined || mode.endsWith('_auth') ? mode : `${mode}_auth`,
    ...Object.fromEntries(AUTH_TEXTS.map((key) => [key, fields.text(key)])),
    ...Object.fromEntries(AUTH_FLAGS.map((key) => [key, fields.flag(key)])),
    ...Object.fromEntries(Object.entries(LDAP_NAMES).map(([from, to]) => [to, fields.text(from)])),
    ldap_scope: scopeOf(fields, 'ldap_scope'),
    ldap_group_search_scope: scopeOf(fields, 'ldap_group_scope'),
  };
  return [configurationOf(value)];
}

/** The provider has words, Harbor numbers: `base` 0, `onelevel` 1, `subtree` 2. */
function scopeOf(fields: Fields, key: string): number | undefined {
  const word = fields.text(key);
  if (word === undefined) return undefined;
  const scope = lookUp(LDAP_SCOPES, word);
  if (scope === undefined) fields.drop(key, `"${word}" is not one of ${Object.keys(LDAP_SCOPES).join(', ')}`);
  return scope;
}

const SYSTEM_FLAGS = ['read_only', 'scanner_skip_update_pulltime', 'skip_audit_log_database', 'notification_enable'];
const SYSTEM_NUMBERS = ['token_expiration', 'session_timeout'];
const SYSTEM_TEXTS = ['robot_name_prefix', 'audit_log_forward_endpoint'];

/** The other settings of `configuration`. A storage limit is in GiB in the provider, and 0 or less is no limit. */
export function systemOf(fields: Fields): CarriedObject[] {
  fields.skip('id');
  const gib = fields.number('storage_per_project');
  const events = fields.text('disabled_audit_log_event_types');
  const value = {
    // The provider's own default, which differs from Harbor's.
    project_creation_restriction: fields.text('project_creation_restriction', 'adminonly'),
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

/** Passwords are not copied. */
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

/** Without a schedule it is declared as `none`. */
export function garbageCollectionOf(fields: Fields): CarriedObject[] {
  fields.skip('id');
  const rest = { delete_untagged: fields.flag('delete_untagged'), workers: fields.number('workers') };
  return [scheduled('gc-schedule', 'schedules.gc', cronOf(fields.certain.text('schedule')), rest)];
}

/** The retention is in hours. */
export function purgeAuditOf(fields: Fields): CarriedObject[] {
  // Before Harbor 2.13 events had other names.
  fields.skip('id', 'include_operations');
  const rest = {
    audit_retention_hour: fields.certain.number('audit_retention_hour'),
    include_event_types: fields.certain
      .text('include_event_types')
      ?.split(',')
      .map((event) => event.trim()),
  };
  const cron = cronOf(fields.certain.text('schedule'));
  return [scheduled('purge-audit-schedule', 'schedules.purge_audit', cron, rest)];
}

/** The scanner and the schedule of scans are one resource in the provider, and two objects in Harbor. */
export function interrogationOf(fields: Fields): CarriedObject[] {
  fields.skip('id');
  const scanner = defaultScannerOf(fields);
  const schedule = fields.text('vulnerability_scan_policy');
  if (schedule === undefined) return scanner;
  return [...scanner, scheduled('scan-all-schedule', 'schedules.scan_all', cronOf(schedule), {})];
}

/**
 * An empty cron switches a schedule off. `none` says so; leaving the schedule out would leave it as it is in Harbor.
 */
function scheduled(
  kind: string,
  path: string,
  cron: string,
  rest: Readonly<Record<string, Json | undefined>>,
): CarriedObject {
  return { kind, path, names: [], value: cron === '' ? 'none' : defined({ cron, ...rest }) };
}

/** @throws MissingField if the registry is not in the same file */
export function replicationOf(fields: Fields, names: TerraformNames): CarriedObject[] {
  const registry = names.nameOf('harbor_registry', fields.reference('registry_id'));
  if (registry === undefined) throw new MissingField('registry_id');
  fields.skip('id', 'replication_policy_id', 'execute_on_changed');
  const schedule = triggerWord(fields.certain.text('schedule', 'manual') ?? 'manual');
  const isNamed = schedule === 'manual' || schedule === 'event_based';
  const value = {
    ...(fields.needed('action') === 'push' ? { to: registry } : { from: registry }),
    description: fields.text('description'),
    enabled: fields.flag('enabled', true),
    deletion: fields.flag('deletion'),
    // On by default in Harbor, and in the provider too.
    override: fields.flag('override', true),
    dest_namespace: fields.certain.text('dest_namespace'),
    dest_namespace_replace_count: fields.certain.number('dest_namespace_replace', 0),
    copy_by_chunk: fields.flag('copy_by_chunk'),
    single_active_replication: fields.flag('single_active_replication'),
    speed: fields.number('speed'),
    filters: fields.things('filters').flatMap((block) => filtersOf(fields, block)),
    trigger: triggerOf(isNamed ? schedule : 'scheduled', isNamed ? undefined : schedule),
  };
  const name = fields.needed('name');
  return [{ kind: 'replication-policy', path: 'replications.*', names: [name], value: defined(value) }];
}

/** Everything that is not one of these words is a cron. */
function triggerWord(schedule: string): string {
  const word = schedule.toLowerCase();
  if (word === 'none') return 'manual';
  return ['manual', 'event_based'].includes(word) ? word : schedule;
}

/** In the provider's order: if a block has several, it only sends the last one. */
const FILTER_TYPES = ['name', 'tag', 'labels', 'resource'];

/**
 * Each value is a separate filter. If the provider sends only one of them, all are declared: that copies less than the
 * provider did, never more, and is what the configuration says.
 */
function filtersOf(fields: Fields, block: Fields): Json[] {
  const said = FILTER_TYPES.filter((key) => block.has(key));
  if (said.length === 0) throw new MissingField('filters', 'a filter has neither name, tag, labels nor resource');
  if (said.length > 1) {
    const place = block.address.slice(fields.address.length + 1);
    fields.drop(
      place,
      `the provider sends only ${said.at(-1)} of this block; all of ${said.join(', ')} are declared, so the plan adds the others`,
    );
  }
  const decoration = block.text('decoration');
  return said.map((key) => {
    if (key === 'labels') return defined({ type: 'label', value: [...(block.texts('labels') ?? [])], decoration });
    const value = block.needed(key);
    // The provider removes spaces from a list of tags.
    if (key === 'tag') return defined({ type: 'tag', value: value.replaceAll(' ', ''), decoration });
    return { type: key, value };
  });
}
