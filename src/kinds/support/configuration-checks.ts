import type { Json } from '../../json';
import type { Finding } from '../contract/check';
import { BANNER_TEXT, checkBanner } from './banner';
import { dnProblem } from './distinguished-name';
import { filterProblem } from './ldap-filter';
import { sizeProblem } from './size';

type Spec = { readonly [key: string]: Json };

/**
 * Values that Harbor would refuse, or accept but not work with.
 *
 *      declared                                         Harbor
 *      storage_per_project: 2PiB                        400
 *      skip_audit_log_database without an endpoint      400
 *      oidc_scope without openid                        200, and every login fails
 *      an LDAP filter that does not parse               200, and every search fails
 *      an LDAP name that is not a DN                    200, and every search below it fails
 */
export function checkConfiguration(spec: Spec): Finding[] {
  return [
    ...checkSize(spec),
    ...checkAuditLog(spec),
    ...checkBanners(spec),
    ...checkScope(spec),
    ...LDAP_NAMES.flatMap((key) => checkName(spec, key)),
    ...LDAP_FILTERS.flatMap((key) => checkFilter(spec, key)),
  ];
}

function checkSize({ storage_per_project: size }: Spec): Finding[] {
  const message = typeof size === 'number' ? sizeProblem(size) : undefined;
  return message === undefined
    ? []
    : [{ rule: 'bad-size', field: 'storage_per_project', message, hint: 'write 500GiB, or unlimited' }];
}

/** An endpoint in the same declaration is enough. */
function checkAuditLog(spec: Spec): Finding[] {
  if (spec['skip_audit_log_database'] !== true || spec['audit_log_forward_endpoint']) return [];
  return [
    {
      rule: 'configuration-audit-log',
      field: 'skip_audit_log_database',
      message: 'Harbor requires a forward endpoint before it stops keeping audit logs (400)',
      hint: 'declare audit_log_forward_endpoint too',
    },
  ];
}

/** Two fields for one setting: which one would win depends on the order in which they are read. */
function checkBanners(spec: Spec): Finding[] {
  const { [BANNER_TEXT]: text, banner } = spec;
  if (banner !== undefined)
    return [
      {
        rule: 'configuration-banner',
        field: 'banner',
        message: `banner and ${BANNER_TEXT} are the same setting`,
        hint: 'keep banner',
      },
    ];
  return typeof text === 'string' ? checkBanner(text) : [];
}

function checkScope({ oidc_scope: scope }: Spec): Finding[] {
  if (typeof scope !== 'string' || scope.split(',').some((one) => one.trim() === 'openid')) return [];
  return [
    {
      rule: 'oidc-scope',
      field: 'oidc_scope',
      message: 'without openid the provider sends no ID token and no login works',
      hint: 'write openid first: openid,profile,email,groups,offline_access',
    },
  ];
}

const LDAP_FILTERS = ['ldap_filter', 'ldap_group_search_filter'];

function checkFilter(spec: Spec, key: string): Finding[] {
  const problem = filterProblem(spec[key]);
  return problem === undefined ? [] : [{ rule: 'ldap-filter', field: key, message: problem }];
}

const LDAP_NAMES = ['ldap_base_dn', 'ldap_group_base_dn', 'ldap_group_admin_dn'];

function checkName(spec: Spec, key: string): Finding[] {
  const problem = dnProblem(spec[key]);
  return problem === undefined ? [] : [{ rule: 'ldap-dn', field: key, message: problem }];
}
