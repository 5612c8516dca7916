import { kinds } from '../../../src/kinds';
import { load, removePolicies } from './support/policies-on-disk';

afterEach(removePolicies);

const found = async (text: string): Promise<string[]> => {
  const { diagnostics } = await load({ 'a.yaml': text }, { kinds });
  return diagnostics.map(({ severity, rule, path }) => `${severity} ${rule} ${path}`);
};

const PROXY = 'registries: { up: { type: docker-registry, url: "https://registry.example.com" } }\n';
const privately = (more = ''): string => `${PROXY}projects: { p: { registry: up, public: false${more} } }\n`;
const PULL = '[{ resource: repository, action: pull }]';
const ROBOT = 'duration: 9, secret: { env: R }';
const groupWith = (dn: string): string => `groups: { g: { type: ldap, ldap_group_dn: ${JSON.stringify(dn)} } }`;

/** What Harbor takes, and its users suffer from. */
it.each<[string, string, readonly string[]]>([
  ['a Harbor below a path', 'harbor: { url: "https://h.example.com/harbor" }', ['error bad-format harbor.url']],
  ['a Harbor', 'harbor: { url: "https://h.example.com/" }', []],
  [
    'scopes without openid',
    'configuration: { oidc_scope: "profile, email" }',
    ['error oidc-scope configuration.oidc_scope'],
  ],
  ['openid among others', 'configuration: { oidc_scope: "profile, openid" }', []],
  [
    'untagged artifacts of a proxy cache',
    `${PROXY}projects: { p: { registry: up } }\nschedules: { gc: { cron: "0 0 4 * * *", delete_untagged: true } }`,
    ['warning gc-untagged schedules.gc.delete_untagged'],
  ],
  [
    'untagged artifacts of ordinary projects',
    'projects: { p: {} }\nschedules: { gc: { cron: "0 0 4 * * *", delete_untagged: true } }',
    [],
  ],
  [
    'a URL without a scheme',
    'registries: { q: { type: docker-registry, url: quay.io } }',
    ['warning registry-url registries.q.url'],
  ],
  ['a word for a DN', groupWith('not a dn'), ['error group-dn groups.g.ldap_group_dn']],
  ['half a DN', groupWith('cn=a,ou'), ['error group-dn groups.g.ldap_group_dn']],
  ['a DN that ends in a comma', groupWith('cn=a,'), ['error group-dn groups.g.ldap_group_dn']],
  ['a DN', groupWith('CN=Dev\\, Ops, OU=Groups+UID=1,2.5.4.11=x,dc="a,b"'), []],
  [
    'a base that is no DN',
    'configuration: { ldap_base_dn: example.com }',
    ['error ldap-dn configuration.ldap_base_dn'],
  ],
  [
    'a filter that does not close',
    'configuration: { ldap_filter: "(&(objectclass=person)(uid=a)" }',
    ['error ldap-filter configuration.ldap_filter'],
  ],
  [
    'a filter that closes too early',
    'configuration: { ldap_group_search_filter: "(cn=a))(" }',
    ['error ldap-filter configuration.ldap_group_search_filter'],
  ],
  ['a filter, a parenthesis in its value', 'configuration: { ldap_filter: "(&(objectclass=*)(cn=a\\\\28b))" }', []],
  ['a filter that Harbor puts into parentheses', 'configuration: { ldap_filter: "objectclass=person" }', []],
  ['a private project that nobody may pull from', privately(), ['warning nobody-may-pull projects.p.public']],
  [
    'a robot that is disabled',
    privately(`, robots: { r: { ${ROBOT}, disable: true, access: ${PULL} } }`),
    ['warning nobody-may-pull projects.p.public'],
  ],
  [
    'a robot of another project',
    `${privately()}robots: { r: { ${ROBOT}, projects: { q: ${PULL} } } }`,
    ['warning nobody-may-pull projects.p.public', 'warning dangling-reference robots.r.projects.q'],
  ],
  ['a robot of the project', privately(`, robots: { r: { ${ROBOT}, access: ${PULL} } }`), []],
  ['a robot of every project', `${privately()}robots: { r: { ${ROBOT}, projects: { "*": ${PULL} } } }`, []],
  ['a member', `${privately(', members: [{ group: g, role: guest }]')}groups: { g: { type: oidc } }`, []],
  [
    'prevent_vul with severity none',
    `${PROXY}projects: { p: { registry: up, public: true, prevent_vul: true, severity: none } }`,
    ['warning severity-none projects.p.severity'],
  ],
  [
    'patterns that cannot be read',
    'projects: { p: { immutable_tags: [{ tags: "{v1,v2" }], retention: { rules: [{ template: always, tags: "v*", repositories: "team**" }] } } }',
    [
      'error doublestar projects.p.immutable_tags[0].tags',
      'warning doublestar projects.p.retention.rules[0].repositories',
    ],
  ],
  [
    'patterns of filters',
    'registries: { hub: { type: docker-hub } }\nreplications: { r: { from: hub, filters: [{ type: tag, value: "[" }, { type: name, value: "a,b" }] } }',
    ['error doublestar replications.r.filters[0].value', 'warning doublestar replications.r.filters[1].value'],
  ],
])('%s', async (_what, text, expected) => {
  expect(await found(text)).toEqual(expected);
});
