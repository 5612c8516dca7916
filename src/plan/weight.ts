import { isRecord, type Json } from '../json';
import { atTopLevel, topLevelField } from './field-path';
import type { Change, FieldChange } from './plan';

/** The order in which a reviewer has to see changes. */
export type Weight = 'destructive' | 'widening' | 'update' | 'create';

type Widens = (after: Json | undefined, before: Json | undefined) => boolean;

const turnsOn: Widens = (after) => after === true;
const turnsOff: Widens = (after, before) => after === false || (after === undefined && before === true);
const changes: Widens = () => true;
const adds: Widens = (after, before) => listOf(after).some((item) => !listOf(before).includes(item));
const isSet: Widens = (after) => after !== undefined && after !== '';
const SEVERITIES = ['none', 'low', 'medium', 'high', 'critical'];
const rises: Widens = (after, before) => rank(after) > rank(before);
const ROLES = ['limitedGuest', 'guest', 'developer', 'maintainer', 'projectAdmin'];
const moreThanPull: Widens = (after, before) => {
  const given = rankIn(ROLES, after);
  return given >= ROLES.indexOf('developer') && given > rankIn(ROLES, before);
};

/** Fields that decide about permissions, trust and access. Dotted: a field and everything below it. */
const WIDENING: Readonly<Record<string, Readonly<Record<string, Widens>>>> = {
  project: {
    public: turnsOn,
    prevent_vul: turnsOff,
    enable_content_trust: turnsOff,
    severity: rises,
    cve_allowlist: changes,
  },
  'cve-allowlist': { items: adds, cves: adds },
  'project-member': { role: moreThanPull },
  registry: { insecure: turnsOn },
  robot: { disable: turnsOff, access: addsMoreThanPull, system: adds, projects: addsMoreThanPull },
  user: { sysadmin: turnsOn },
  configuration: {
    self_registration: turnsOn,
    project_creation_restriction: (after) => after === 'everyone',
    oidc_verify_cert: turnsOff,
    ldap_verify_cert: turnsOff,
    http_authproxy_verify_cert: turnsOff,
    uaa_verify_cert: turnsOff,
    oidc_admin_group: isSet,
    ldap_group_admin_dn: isSet,
    http_authproxy_admin_groups: isSet,
    skip_audit_log_database: turnsOn,
    auth_mode: changes,
    oidc_endpoint: changes,
    ldap_url: changes,
  },
};

/**
 * What a reviewer has to see first. The first line that fits:
 *
 *       change                                                    weight
 *       delete, replace, or it deletes something else (effect)    destructive
 *       a field gives more permissions or trust than before       widening
 *       anything else                                             its action
 *
 * @param effect what else the change deletes, from `destroys`
 */
export function weightOf(change: Change, effect?: string): Weight {
  if (change.action === 'delete' || change.action === 'replace' || effect !== undefined) return 'destructive';
  if (change.fields.some((field) => widens(change, field))) return 'widening';
  return change.action;
}

function widens({ kind, action }: Change, { path, before, after }: FieldChange): boolean {
  const rules = WIDENING[kind] ?? {};
  const field = topLevelField(path);
  const rule = rules[path] ?? rules[field];
  // A new object removes nothing: a protection that is off from the start was never on.
  if (action === 'create' && (rule === turnsOff || rule === rises || rule === changes)) return false;
  if (!rule) return false;
  return rules[path] ? rule(after, before) : rule(atTopLevel(path, after), atTopLevel(path, before));
}

/** Pulling from named projects is the purpose of a cache. */
function addsMoreThanPull(after: Json | undefined, before: Json | undefined): boolean {
  if (isRecord(after))
    return Object.entries(after).some(([project, access]) => {
      const known = isRecord(before) ? before[project] : undefined;
      return addsMoreThanPull(access, known) || (project === '*' && adds(access, known) && listOf(known).length === 0);
    });
  return listOf(after).some((item) => item !== 'repository:pull' && !listOf(before).includes(item));
}

function rank(severity: Json | undefined): number {
  return rankIn(SEVERITIES, severity);
}

/** -1 for other values. */
function rankIn(names: readonly string[], value: Json | undefined): number {
  return typeof value === 'string' ? names.indexOf(value) : -1;
}

/** Scalars unchanged, everything else as JSON, to be searched. */
function listOf(value: Json | undefined): Json[] {
  if (!Array.isArray(value)) return [];
  return (value as readonly Json[]).map((item) => (typeof item === 'object' ? JSON.stringify(item) : item));
}
