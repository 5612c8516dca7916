import { integer, key, needed, object, optional, text, type Shape } from '../shape';
import type { JsonObject } from '../json';
import type { Finding, Kind } from './kind';
import { dnProblem, normaliseDn } from './support/distinguished-name';
import { compact } from '../compact';
import { readable } from './support/readable';

/** `ldap_group_dn` is in lower case, as Harbor stores it. */
export interface UserGroupWire {
  readonly id: number;
  readonly group_name: string;
  /** 1 LDAP, 2 HTTP, 3 OIDC (docs/harbor-behavior.md 6.2). */
  readonly group_type: number;
  readonly ldap_group_dn?: string;
}

/** All three are needed: a group of an unknown type cannot be compared. */
export const userGroupShape: Shape<UserGroupWire> = object<UserGroupWire>({
  id: needed(integer),
  group_name: key(text),
  group_type: needed(integer),
  ldap_group_dn: optional(text),
});

/** Harbor's numbers (docs/harbor-behavior.md 6.2). */
const TYPES: Readonly<Record<string, number>> = { ldap: 1, http: 2, oidc: 3 };

/** Names are unique across all types. */
export interface UserGroupSpec {
  readonly name: string;
  readonly type: string;
  /** Of type ldap only. */
  readonly ldap_group_dn?: string;
}

const schema = {
  title: 'User group',
  type: 'object',
  properties: {
    type: { description: 'Identity provider of the group.', enum: Object.keys(TYPES) },
    ldap_group_dn: {
      description: 'Distinguished name, for type ldap. Harbor stores it in lower case.',
      type: 'string',
      pattern: '\\S',
      maxLength: 512,
    },
  },
  required: ['type'],
  additionalProperties: false,
} as const;

/** It gives a group of the identity provider a name in Harbor. Who is in it is decided there, at each login. */
export const userGroup: Kind<UserGroupSpec, UserGroupWire> = readable<UserGroupSpec, UserGroupWire>({
  name: 'user-group',
  about: 'A group of an identity provider, so that it can be a member of projects.',
  placements: [
    {
      path: 'groups.*',
      schema,
      example: { names: ['platform'], value: { type: 'oidc' } },
      defaultsKey: 'group',
      toSpec: (value, [name = '']) => ({ ...(value as unknown as UserGroupSpec), name }),
      fromSpec: ({ name, ...value }) => ({ names: [name], value: value as JsonObject }),
    },
  ],
  dependsOn: [],
  // PUT accepts only a name.
  replaceOn: ['type', 'ldap_group_dn'],
  restrictedBy: ['ldap_group_dn'],
  writeOnly: [],
  // PUT accepts only a name; members refer to the group by its id.
  renames: true,
  deletable: true,
  access: {
    /**
     * In the whole list: a single one is asked for by number, and comes without its id (docs/harbor-behavior.md
     * 6.3).
     */
    read: 'user-group:list',
    create: 'user-group:create',
    update: 'user-group:update',
    remove: 'user-group:delete',
  },
  calls: { bulk: 'GET /usergroups' },
  harborNames: { type: 'group_type' },
  traps: ['Harbor accepts a group of any type; a group that does not fit `auth_mode` has no members.'],

  identity: (spec) => spec.name,
  normalise: (spec) => ({
    ...spec,
    ...compact<Pick<UserGroupSpec, 'ldap_group_dn'>>({
      ldap_group_dn: spec.ldap_group_dn === undefined ? undefined : normaliseDn(spec.ldap_group_dn),
    }),
  }),
  // Harbor looks up an LDAP group in the directory, and only while auth_mode is ldap_auth (otherwise 400 "LDAP Group DN is not
  // found"): the configuration of the same declaration comes first.
  references: ({ type }) =>
    type === 'ldap'
      ? [{ kind: 'configuration', identity: 'harbor', field: 'type', mayBeUndeclared: 'usually' as const }]
      : [],
  check: checkDistinguishedName,

  // Its filters are fuzzy, and GET by id leaves out the id: only the list is complete.
  list: ({ client }) => client.list('/usergroups', { shape: userGroupShape }),

  fromWire: (wire) => ({
    identity: wire.group_name,
    id: wire.id,
    spec: userGroup.normalise(
      compact<UserGroupSpec>({
        name: wire.group_name,
        type: typeName(wire.group_type),
        ldap_group_dn: wire.ldap_group_dn || undefined,
      }),
    ),
  }),

  toWire: (spec) =>
    compact<Partial<UserGroupWire>>({
      group_name: spec.name,
      group_type: TYPES[spec.type],
      ldap_group_dn: spec.ldap_group_dn,
    }),

  async read({ client, refs }, identity) {
    const all = await client.list('/usergroups', { shape: userGroupShape });
    const wire = all.find(({ group_name }) => group_name === identity);
    return wire && userGroup.fromWire(wire, refs);
  },

  async create({ client, refs }, desired) {
    const created = await client.post('/usergroups', userGroup.toWire(desired, refs));
    return compact<{ id?: number }>({ id: created.id });
  },

  /** Only the name can change; any other change replaces the group. */
  async update({ client }, { live, merged }) {
    await client.put(`/usergroups/${live.id}`, { group_name: merged.name });
  },

  async remove({ client }, live) {
    await client.delete(`/usergroups/${live.id}`);
  },
});

/** Harbor accepts any number (`group_type: 9` returns 201). */
function typeName(type: number): string {
  return Object.keys(TYPES).find((name) => TYPES[name] === type) ?? `unknown (${type})`;
}

function checkDistinguishedName({ type, ldap_group_dn }: UserGroupSpec): Finding[] {
  const problem = dnProblem(ldap_group_dn);
  if (type === 'ldap' && problem !== undefined) return [{ rule: 'group-dn', field: 'ldap_group_dn', message: problem }];
  if ((type === 'ldap') === (ldap_group_dn !== undefined)) return [];
  return type === 'ldap'
    ? [{ rule: 'group-dn', message: 'a group of type ldap needs ldap_group_dn' }]
    : [{ rule: 'group-dn', field: 'ldap_group_dn', message: `a group of type ${type} cannot have ldap_group_dn` }];
}
