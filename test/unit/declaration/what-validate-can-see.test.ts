import { kinds } from '../../../src/kinds';
import { load, removePolicies } from './support/policies-on-disk';

afterEach(removePolicies);

const found = async (text: string): Promise<string[]> => {
  const { diagnostics } = await load({ 'a.yaml': text }, { kinds });
  return diagnostics.map(({ severity, rule, path }) => `${severity} ${rule} ${path}`);
};

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
  [
    'a filter with every form of match',
    String.raw`configuration: { ldap_filter: "(|(!(uid>=a))(cn:dn:2.4.6.8:=x)(sn~=M\\c3\\bcller*)(mail=*@example.com)(o;lang-de=))" }`,
    [],
  ],
  ...[
    ['with a backslash that escapes nothing', String.raw`(cn=a\\zz)`],
    ['with a bare parenthesis in its value', '(cn=a(b)'],
    ['without an attribute', '(&(=x))'],
    ['with blanks between its parts', '(& (cn=a))'],
    ['that negates nothing', '(!)'],
    ['that is followed by something', '(cn=a)b'],
    ['of words', 'people in operations'],
  ].map(([what, filter]): [string, string, string[]] => [
    `a filter ${what}`,
    `configuration: { ldap_filter: "${filter}" }`,
    ['error ldap-filter configuration.ldap_filter'],
  ]),
  ['a DN with an invalid escape', groupWith(String.raw`cn=a\zb,dc=x`), ['error group-dn groups.g.ldap_group_dn']],
  ['a DN of bytes, half of one missing', groupWith('cn=#04024,dc=x'), ['error group-dn groups.g.ldap_group_dn']],
  ['a DN with bytes and signs', groupWith(String.raw`cn=M\c3\bcller\, Eva,o=#0403666f6f,dc=x`), []],
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
    ['error doublestar replications.r.filters[0].value', 'error doublestar replications.r.filters[1].value'],
  ],
])('%s', async (_what, text, expected) => {
  expect(await found(text)).toEqual(expected);
});
