import Ajv2020 from 'ajv/dist/2020';
import { kinds } from '../../src/kinds';
import type { Placement } from '../../src/kinds/kind';

const placements: readonly Placement<object>[] = kinds.flatMap((kind) => kind.placements);
const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, strictRequired: false });

function accepts(path: string, value: unknown): boolean {
  return ajv.validate(placements.find((placement) => placement.path === path)!.schema, value);
}

it('stands where the design says', () => {
  expect(placements.map(({ path, defaultsKey }) => (defaultsKey ? `${path} < ${defaultsKey}` : path)).sort()).toEqual([
    'configuration',
    'cve_allowlist',
    'groups.* < group',
    'labels.* < label',
    'preheat.instances.*',
    'projects.* < project',
    'projects.*.immutable_tags.[]',
    'projects.*.labels.* < label',
    'projects.*.members.[]',
    'projects.*.preheat.*',
    'projects.*.retention',
    'projects.*.robots.* < robot',
    'projects.*.scanner',
    'projects.*.storage_limit',
    'projects.*.webhooks.* < webhook',
    'registries.* < registry',
    'replications.* < replication',
    'robots.* < robot',
    'scanners.* < scanner',
    'schedules.gc',
    'schedules.purge_audit',
    'schedules.scan_all',
    'users.* < user',
  ]);
});

const secret = { env: 'X' };
const rule = { template: 'always' };

it.each<[string, unknown]>([
  ['registries.*', { type: 'docker-hub', credential: { access_key: 'a', access_secret: { command: ['op', 'read'] } } }],
  ['registries.*', { type: 'huawei-SWR', url: 'https://x', insecure: false, ca_certificate: 'x', description: '' }],
  ['projects.*', {}],
  [
    'projects.*',
    { registry: 'x', public: true, severity: 'critical', proxy_speed_kb: -1, max_upstream_conn: 2 ** 31 - 1 },
  ],
  ['projects.*.storage_limit', 'unlimited'],
  ['projects.*.storage_limit', -1],
  ['projects.*.members.[]', { group: 'platform', role: 'limitedGuest' }],
  ['groups.*', { type: 'oidc' }],
  ['projects.*.immutable_tags.[]', { tags: 'v*', repositories_exclude: 'dev/**', disabled: true }],
  [
    'projects.*.webhooks.*',
    { event_types: ['REPLICATION'], targets: [{ type: 'http', address: 'https://x', auth_header: secret }] },
  ],
  ['cve_allowlist', { items: ['CVE-2026-12345', 'GHSA-xxxx-yyyy'], expires_at: '2027-03-01' }],
  ['projects.*', { cve_allowlist: { items: [], expires_at: 'never' }, reuse_sys_cve_allowlist: false }],
  ['labels.*', {}],
  ['projects.*.labels.*', { description: 'for production', color: '#0065AB' }],
  ['projects.*.retention', {}],
  ['projects.*.retention', { schedule: '', rules: [{ ...rule, tags_exclude: 'x', untagged: false, disabled: true }] }],
  ['replications.*', { from: 'x' }],
  [
    'replications.*',
    { to: 'x', trigger: 'event_based', filters: [{ type: 'label', value: ['a'], decoration: 'excludes' }], speed: -1 },
  ],
  ['replications.*', { from: 'x', trigger: { scheduled: '0 0 2 * * *' }, dest_namespace_replace_count: 0 }],
  ['robots.*', { duration: -1, secret, system: [{ resource: 'registry', action: 'list' }], projects: { '*': [] } }],
  ['projects.*.robots.*', { duration: 1, access: [], secret_to: { file: 'x', as: 'kubernetes-secret', name: 'pull' } }],
  ['users.*', { email: 'a@example.com', realname: 'A', password: secret, sysadmin: true, comment: '' }],
  ['preheat.instances.*', { vendor: 'kraken', endpoint: 'https://k', auth_mode: 'BASIC', auth_info: { user: secret } }],
  ['projects.*.preheat.*', { provider: 'p2p', filters: [{ type: 'vulnerability', value: 3 }], trigger: 'manual' }],
  ['scanners.*', { default: true }],
  ['scanners.*', { url: 'http://scanner:8080', auth: 'Basic', access_credential: secret, disabled: true }],
  ['projects.*.scanner', 'Trivy'],
  ['schedules.gc', 'none'],
  ['schedules.gc', { cron: '0 0 4 * * *', delete_untagged: true, delete_tag: false, workers: 10 }],
  ['schedules.scan_all', { cron: '0 0 0 * * *' }],
  ['schedules.purge_audit', { cron: '0 0 1 * * *', audit_retention_hour: 168, include_event_types: [] }],
  ['configuration', { robot_name_prefix: 'bot-', oidc_extra_redirect_parms: {}, oidc_client_secret: secret }],
  [
    'configuration',
    { ldap_scope: 2, session_timeout: 9_999_999_999, disabled_audit_log_event_types: ['pull_artifact'] },
  ],
])('%s may be %j', (path, value) => {
  expect(accepts(path, value)).toBe(true);
});

it.each<[string, unknown, string]>([
  ['registries.*', {}, 'no type'],
  ['registries.*', { type: 'nonsense' }, 'an unknown type, for which Harbor answers 500'],
  ['registries.*', { type: 'harbor', access_secret: 'x' }, 'an unknown key'],
  ['registries.*', { type: 'harbor', credential: { access_key: 'a', access_secret: 'hunter2' } }, 'a literal secret'],
  [
    'registries.*',
    { type: 'harbor', credential: { access_secret: { env: 'A', file: 'b' } } },
    'two places of a secret',
  ],
  ['projects.*', { public: 'true' }, "Harbor's strings"],
  ['projects.*', { severity: 'High' }, 'a severity in upper case'],
  ['projects.*', { severity: 'huge' }, 'a severity that Harbor would take'],
  ['projects.*', { proxy_speed_kb: 2 ** 31 }, 'more than an int32'],
  ['projects.*', { registry_id: 5 }, 'a numeric id'],
  ['projects.*.storage_limit', '500GB', 'a unit that two people read in two ways'],
  ['projects.*.storage_limit', -2, 'a negative size'],
  ['projects.*.storage_limit', 2 ** 51, 'more than Harbor takes'],
  ['projects.*.members.[]', { user: 'a', role: 'admin' }, 'an unknown role'],
  ['projects.*.members.[]', { user: 'a' }, 'no role'],
  ['groups.*', { type: 3 }, 'a number for a type'],
  ['preheat.instances.*', { vendor: 'nonsense', endpoint: 'https://k' }, 'a vendor for which Harbor answers 500'],
  ['preheat.instances.*', { vendor: 'kraken', endpoint: 'https://k', auth_info: { a: 'x' } }, 'a literal secret'],
  ['projects.*.preheat.*', { provider: 'p2p', filters: [] }, 'no filter'],
  ['projects.*.preheat.*', { provider: 'p2p', filters: [{ type: 'size', value: 1 }] }, 'an unknown filter'],
  ['users.*', { email: 'a@b.cd', realname: 'A' }, 'no password'],
  ['users.*', { email: 'a@b.cd', realname: 'A', password: 'Passw0rd1' }, 'a literal secret'],
  ['projects.*.immutable_tags.[]', { tags: '' }, 'an empty pattern'],
  ['projects.*.webhooks.*', { event_types: [], targets: [{ type: 'http', address: 'https://x' }] }, 'no event'],
  ['projects.*.webhooks.*', { event_types: ['REPLICATION'], targets: [] }, 'no target'],
  [
    'projects.*.webhooks.*',
    { event_types: ['REPLICATION'], targets: [{ type: 'http', address: 'https://x', auth_header: 'Bearer x' }] },
    'a literal secret',
  ],
  ['cve_allowlist', { items: [' '] }, 'a blank, for which Harbor answers 500'],
  ['cve_allowlist', { expires_at: 1790000000 }, 'seconds that nobody can read'],
  ['projects.*', { cve_allowlist: { expires_at: '01.03.2027' } }, 'a date that two people read in two ways'],
  ['labels.*', { scope: 'g' }, 'what its place says already'],
  ['labels.*', { color: 'dark turquoise green' }, 'more than the database holds'],
  ['projects.*.retention', { rules: [{ template: 'sometimes' }] }, 'an unknown template'],
  ['projects.*.retention', { rules: [{ ...rule, params: { always: '7' } }] }, 'a string for a number'],
  ['replications.*', { from: 'x', trigger: 'hourly' }, 'an unknown trigger'],
  ['replications.*', { from: 'x', trigger: {} }, 'no schedule'],
  ['replications.*', { from: 'x', filters: [{ type: 'tag', value: '' }] }, 'an empty pattern'],
  ['replications.*', { from: 'x', filters: [{ type: 'repository', value: 'x' }] }, 'an unknown filter'],
  ['replications.*', { from: 'x', dest_namespace_replace_count: 128 }, 'more than an int8'],
  ['replications.*', { src_registry: { id: 1 } }, 'a numeric id'],
  ['robots.*', { secret }, 'no duration'],
  ['robots.*', { duration: -2, secret }, 'a negative duration'],
  ['robots.*', { duration: 5, access: [] }, 'the permissions of the other level'],
  ['robots.*', { duration: 5, secret_to: { file: 'x' } }, 'no form of the file'],
  ['projects.*.robots.*', { duration: 5, access: ['repository:pull'] }, 'pairs as text'],
  ['scanners.*', { default: false }, 'what Harbor cannot do'],
  ['scanners.*', { url: 'http://scanner', auth: 'APIKey' }, 'an auth that Harbor refuses'],
  ['scanners.*', { url: 'http://scanner', access_credential: 'hunter2' }, 'a literal secret'],
  ['projects.*.scanner', '', 'no name'],
  ['schedules.gc', {}, 'no cron'],
  ['schedules.gc', { cron: '' }, 'an empty cron: that is none'],
  ['schedules.gc', { cron: '0 0 4 * * *', workers: 11 }, 'more workers than Harbor takes'],
  ['schedules.gc', { cron: '0 0 4 * * *', dry_run: true }, 'what a schedule does not keep'],
  ['schedules.scan_all', 'never', 'another word for none'],
  ['schedules.purge_audit', { cron: '0 0 1 * * *' }, 'neither of the parameters that Harbor demands'],
  [
    'schedules.purge_audit',
    { cron: '0 0 1 * * *', audit_retention_hour: 240_001, include_event_types: [] },
    'more hours than Harbor takes',
  ],
  ['configuration', { no_such_key: 1 }, 'an unknown key, which Harbor drops'],
  ['configuration', { auth_mode: 'nonsense' }, 'an unknown mode'],
  ['configuration', { robot_token_duration: 0 }, 'no days'],
  ['configuration', { session_timeout: 99_999_999_999 }, 'over the limit value'],
  ['configuration', { token_expiration: 'abc' }, 'text for a number'],
  ['configuration', { ldap_url: '' }, 'an empty value that Harbor refuses'],
  ['configuration', { robot_name_prefix: ' ' }, 'a prefix that the next Harbor refuses'],
  ['configuration', { oidc_extra_redirect_parms: 'notjson' }, 'text for a map'],
  ['configuration', { pull_audit_log_disable: true }, 'a key that only the environment can set'],
  ['configuration', { admin_initial_password: 'x' }, 'a key of system scope'],
])('%s may not be %j: %s', (path, value, _why) => {
  expect(accepts(path, value)).toBe(false);
});
