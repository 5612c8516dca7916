import fc from 'fast-check';
import { METADATA, METADATA_KEYS, SEVERITIES } from '../../../src/kinds/support/project-metadata';
import { FILTER_KINDS } from '../../../src/kinds/support/repository-filter';
import { CONFIGURATION_KEYS } from '../../../src/kinds/support/configuration-keys';
import { REGISTRY_TYPES } from '../../../src/kinds/support/registry-types';
import { PERMISSIONS, type Level } from '../../../src/kinds/support/robot-permissions';
import { TEMPLATES } from '../../../src/kinds/support/retention-rule';
import { EVENT_TYPES } from '../../../src/kinds/webhook';
import { IDS } from './table-refs';

const some = { requiredKeys: [] };
const projectName = fc.constantFrom(...Object.keys(IDS['project']!));
const shortName = fc.stringMatching(/^[a-z0-9]{1,8}([._-][a-z0-9]{1,8}){0,2}$/);
const anyText = fc.string({ maxLength: 30 });
const anyName = fc.string({ minLength: 1, maxLength: 30 });
const reference = fc.record({ env: fc.stringMatching(/^[A-Z_]{1,12}$/) });

const registry = fc
  .record(
    {
      url: fc.stringMatching(/^ ?(https?:\/\/)?[a-zA-Z0-9.-]{1,20}(:[0-9]{2,5})?(\/[a-zA-Z0-9]{1,8}){0,2}\/{0,2}$/),
      description: anyText,
      insecure: fc.boolean(),
      ca_certificate: fc.stringMatching(/^\s{0,2}-----BEGIN CERTIFICATE-----[a-z\n]{0,20}$/),
      credential: fc.record(
        { type: fc.constantFrom('basic', 'oauth', 'secret'), access_key: anyText, access_secret: reference },
        some,
      ),
    },
    some,
  )
  .chain((rest) =>
    fc
      .record({ name: anyName, type: fc.constantFrom(...Object.keys(REGISTRY_TYPES)) })
      .map((own) => ({ ...own, ...rest })),
  );

const cveAllowlist = fc.record(
  {
    items: fc.array(fc.stringMatching(/^CVE-20[0-9]{2}-[0-9]{4,6}$/), { maxLength: 4 }),
    expires_at: fc.constantFrom('never', '2027-03-01', '2027-03-01T00:00:00Z', '2028-02-29T12:30:00Z'),
  },
  some,
);

/** Only keys that Harbor keeps on this sort of project. */
const project = fc.option(fc.constantFrom('docker-hub', 'quay'), { nil: undefined }).chain((upstream) => {
  const keys = METADATA_KEYS.filter((key) => (METADATA[key].only ?? sortOf(upstream)) === sortOf(upstream));
  const values = {
    boolean: fc.boolean(),
    limit: fc.integer({ min: -1, max: 2 ** 31 - 1 }),
    severity: fc.constantFrom(...SEVERITIES),
    pattern: fc.constantFrom('', 'library/.*', 'Library/A.*'),
    filterKind: fc.constantFrom(...FILTER_KINDS),
  };
  const metadata = Object.fromEntries(keys.map((key) => [key, values[METADATA[key].type] as fc.Arbitrary<unknown>]));
  return fc
    .record({ ...metadata, cve_allowlist: cveAllowlist }, some)
    .chain((set) =>
      shortName.map((name) => ({ name, ...(upstream === undefined ? {} : { registry: upstream }), ...set })),
    );
});

function sortOf(upstream: string | undefined): 'proxy' | 'ordinary' {
  return upstream === undefined ? 'ordinary' : 'proxy';
}

const bytes = fc.oneof(fc.constant(-1), fc.integer({ min: 1, max: 1024 ** 5 }));
const quota = fc.record({ project: projectName, storage_limit: bytes });

const user = fc.record(
  {
    username: fc.stringMatching(/^[a-z][a-z0-9._-]{0,9}$/),
    email: fc.stringMatching(/^[a-z]{1,9}@[a-z]{1,9}\.com$/),
    realname: anyName,
    comment: anyText,
    password: reference,
    sysadmin: fc.boolean(),
  },
  { requiredKeys: ['username', 'email', 'realname', 'password'] },
);

const preheatInstance = fc.record(
  {
    name: fc.stringMatching(/^[A-Za-z0-9]{1,9}([._-][A-Za-z0-9]{1,9})?$/),
    vendor: fc.constantFrom('dragonfly', 'kraken'),
    endpoint: fc.stringMatching(/^ ?https?:\/\/[a-z.]{1,12}(:[0-9]{2,4})?$/),
    description: anyText,
    auth_mode: fc.constantFrom('NONE', 'BASIC', 'OAUTH', 'CUSTOM'),
    auth_info: fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), reference, { minKeys: 1, maxKeys: 2 }),
    enabled: fc.boolean(),
    default: fc.boolean(),
    insecure: fc.boolean(),
  },
  { requiredKeys: ['name', 'vendor', 'endpoint'] },
);
const preheatFilter = fc.oneof(
  fc.record({ type: fc.constantFrom('repository', 'tag', 'label'), value: anyName }),
  fc.record({ type: fc.constant('signature'), value: fc.boolean() }),
  fc.record({ type: fc.constant('vulnerability'), value: fc.integer({ min: 0, max: 5 }) }),
);
const preheatPolicy = fc.record(
  {
    project: projectName,
    name: shortName,
    provider: fc.constant('p2p'),
    description: anyText,
    filters: fc.uniqueArray(preheatFilter, { minLength: 1, selector: ({ type }) => type }),
    trigger: fc.constantFrom('manual', 'event_based', { scheduled: '0  0 2 * * *' }),
    enabled: fc.boolean(),
    extra_attrs: fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), anyText, { maxKeys: 2 }),
  },
  { requiredKeys: ['project', 'name', 'provider', 'filters'] },
);

const userGroup = fc.oneof(
  fc.record({ name: anyName, type: fc.constantFrom('oidc', 'http') }),
  fc.record({ name: anyName, type: fc.constant('ldap'), ldap_group_dn: fc.stringMatching(/^cn=[a-z]{1,9}$/) }),
);

const role = fc.constantFrom('projectAdmin', 'maintainer', 'developer', 'guest', 'limitedGuest');
const member = fc.oneof(
  fc.record({ project: projectName, user: anyName, role }),
  fc.record({ project: projectName, group: anyName, role }),
);

const pattern = fc.stringMatching(/^[a-z*/{},]{1,12}$/);
const rule = fc.constantFrom(...TEMPLATES).chain((template) =>
  fc
    .record(
      {
        tags: pattern,
        tags_exclude: pattern,
        repositories: pattern,
        repositories_exclude: pattern,
        untagged: fc.boolean(),
        disabled: fc.boolean(),
      },
      some,
    )
    .chain((rest) =>
      fc
        .integer({ min: 1, max: 999 })
        .map((n) => ({ template, ...(template === 'always' ? {} : { params: { [template]: n } }), ...rest })),
    ),
);
const retention = fc.record(
  {
    project: projectName,
    schedule: fc.constantFrom('', '0 0 3 * * *', ' 0  15 2 * * 1 '),
    rules: fc.array(rule, { maxLength: 4 }),
  },
  { requiredKeys: ['project', 'schedule', 'rules'] },
);

const pairsOf = (level: Level): string[] =>
  Object.entries(PERMISSIONS[level]).flatMap(([resource, actions]) => actions.map((action) => `${resource}:${action}`));
const pairs = (level: Level) => fc.array(fc.constantFrom(...pairsOf(level)), { minLength: 1, maxLength: 6 });
const robotFields = {
  name: shortName,
  description: anyText,
  duration: fc.oneof(fc.constant(-1), fc.integer({ min: 1, max: 3650 })),
  disable: fc.boolean(),
};
const robot = fc.oneof(
  fc.record({ ...robotFields, project: projectName, access: pairs('project') }),
  fc.record({
    ...robotFields,
    system: pairs('system'),
    projects: fc.dictionary(fc.oneof(projectName, fc.constant('*')), pairs('project')),
  }),
);

const configuration = fc.record(
  Object.fromEntries(Object.keys(CONFIGURATION_KEYS).map((key) => [key, configurationValue(key)])),
  some,
);

function configurationValue(key: string): fc.Arbitrary<unknown> {
  const { schema, form } = CONFIGURATION_KEYS[key]!;
  if (form === 'secret') return reference;
  if (form === 'size') return bytes;
  if (form === 'list') return fc.array(fc.stringMatching(/^[a-z_]{1,10}$/), { maxLength: 4 });
  if (form === 'map') return fc.dictionary(anyText, anyText);
  if (Array.isArray(schema['enum'])) return fc.constantFrom(...(schema['enum'] as unknown[]));
  if (schema['type'] === 'boolean') return fc.boolean();
  return schema['type'] === 'integer' ? fc.integer({ min: 1, max: 9_999_999_999 }) : anyText;
}

const labels = fc.array(shortName, { minLength: 1, maxLength: 3 });
const decoration = fc.constantFrom('matches', 'excludes');
const filter = fc.oneof(
  fc.record({ type: fc.constant('name'), value: pattern }),
  fc.record({ type: fc.constant('resource'), value: fc.constantFrom('image', 'artifact') }),
  fc.record({ type: fc.constant('tag'), value: pattern, decoration }, { requiredKeys: ['type', 'value'] }),
  fc.record({ type: fc.constant('label'), value: labels, decoration }, { requiredKeys: ['type', 'value'] }),
);
const registryName = fc.constantFrom(...Object.keys(IDS['registry']!));
const replication = fc
  .record(
    {
      description: anyText,
      filters: fc.array(filter, { maxLength: 4 }),
      dest_namespace: fc.constantFrom('', 'base', 'base/mirror'),
      dest_namespace_replace_count: fc.integer({ min: -1, max: 127 }),
      trigger: fc.constantFrom<unknown>('manual', 'event_based', { scheduled: ' 0  15 2 * * 1' }),
      override: fc.boolean(),
      enabled: fc.boolean(),
      deletion: fc.boolean(),
      speed: fc.integer({ min: -1, max: 2 ** 31 - 1 }),
      copy_by_chunk: fc.boolean(),
      single_active_replication: fc.boolean(),
    },
    some,
  )
  .chain((rest) =>
    fc
      .oneof(fc.record({ name: anyName, from: registryName }), fc.record({ name: anyName, to: registryName }))
      .map((own) => ({ ...own, ...rest })),
  );

const label = fc.record(
  {
    name: anyName,
    project: projectName,
    description: anyText,
    color: fc.constantFrom('', '#0065AB', '#ff8400', 'teal'),
  },
  { requiredKeys: ['name'] },
);

const tagPatterns = fc.oneof(fc.record({ tags: pattern }), fc.record({ tags_exclude: pattern }), fc.constant({}));
const repositoryPatterns = fc.oneof(
  fc.record({ repositories: pattern }),
  fc.record({ repositories_exclude: pattern }),
  fc.constant({}),
);
const immutableTagRule = fc
  .tuple(fc.record({ project: projectName, disabled: fc.boolean() }), tagPatterns, repositoryPatterns)
  .map(([rule, tags, repositories]) => ({ ...rule, ...tags, ...repositories }));

const cron = fc.constantFrom('0 0 0 * * *', ' 0  0 4 * * 1 ', '0 */20 * * * *');
const never = fc.constant({ cron: '' });
const gcSchedule = fc.oneof(
  never,
  fc.record(
    { cron, delete_untagged: fc.boolean(), delete_tag: fc.boolean(), workers: fc.integer({ min: 1, max: 10 }) },
    { requiredKeys: ['cron'] },
  ),
);
const eventType = fc.constantFrom('create_artifact', 'pull_artifact', 'delete_artifact');
const purgeAuditSchedule = fc.oneof(
  never,
  fc.record({
    cron,
    audit_retention_hour: fc.integer({ min: 1, max: 240_000 }),
    include_event_types: fc.array(eventType, { maxLength: 4 }),
  }),
);
const scanAllSchedule = fc.oneof(never, fc.record({ cron }));

const webhookTarget = fc.record({
  address: fc.stringMatching(/^https?:\/\/[a-z0-9.]{1,12}(\/[a-z]{1,5}\?t=[a-z]{1,5})?$/),
  skip_cert_verify: fc.boolean(),
  authenticated: fc.boolean(),
});
const webhook = fc.record(
  {
    project: projectName,
    name: anyName,
    description: anyText,
    enabled: fc.boolean(),
    event_types: fc.array(fc.constantFrom(...EVENT_TYPES), { minLength: 1, maxLength: 4 }),
    targets: fc.array(
      fc.oneof(
        webhookTarget.map((target) => ({ ...target, type: 'http', payload_format: 'CloudEvents' })),
        webhookTarget.map((target) => ({ ...target, type: 'slack', authenticated: false })),
      ),
      { minLength: 1, maxLength: 3 },
    ),
  },
  { requiredKeys: ['project', 'name', 'event_types', 'targets'] },
);

const scannerName = fc.stringMatching(/^[a-z0-9-]{1,12}$/);
const scanner = fc.record(
  {
    name: scannerName,
    url: fc.stringMatching(/^https?:\/\/[a-z]{1,9}(:[0-9]{2,4})?(\/[a-z]{1,5})?\/{0,2}$/),
    description: anyText,
    auth: fc.constantFrom('', 'Basic', 'Bearer', 'X-ScannerAdapter-API-Key'),
    access_credential: reference,
    skip_certVerify: fc.boolean(),
    use_internal_addr: fc.boolean(),
    disabled: fc.boolean(),
    default: fc.constant(true),
  },
  { requiredKeys: ['name', 'url'] },
);
const projectScanner = fc.record({ project: projectName, scanner: scannerName });

/** Specs that Harbor would take, by kind, not yet normalised. */
export const specArbitraries: Readonly<Record<string, fc.Arbitrary<object>>> = {
  registry,
  project,
  quota,
  user,
  'preheat-instance': preheatInstance,
  'preheat-policy': preheatPolicy,
  'user-group': userGroup,
  'project-member': member,
  retention,
  robot,
  configuration,
  'gc-schedule': gcSchedule,
  'purge-audit-schedule': purgeAuditSchedule,
  'scan-all-schedule': scanAllSchedule,
  scanner,
  'project-scanner': projectScanner,
  'cve-allowlist': cveAllowlist,
  label,
  webhook,
  'immutable-tag-rule': immutableTagRule,
  'replication-policy': replication,
};
