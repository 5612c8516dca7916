import { flag, integer, key, needed, object, optional, text, type Shape } from '../shape';
import { ApplyError, HarborApiError } from '../errors';
import type { JsonObject } from '../json';
import type { SecretReference } from '../secret-reference';
import { addressOf, type Finding, type Hazard, type HazardContext, type Kind, type WriteContext } from './kind';
import { compact, pick } from '../compact';
import { passwordOf } from './support/robot-secret';
import { secretSchema } from './support/secret-schema';
import { readable } from './support/readable';

/** As listed; user 1 is never listed. */
export interface UserWire {
  readonly user_id: number;
  readonly username: string;
  readonly email?: string;
  readonly realname?: string;
  readonly comment?: string;
  readonly sysadmin_flag?: boolean;
}

/** Name and id are needed; the rest may be empty for users of an identity provider. */
export const userShape: Shape<UserWire> = object<UserWire>({
  user_id: needed(integer),
  username: key(text),
  email: optional(text),
  realname: optional(text),
  comment: optional(text),
  sysadmin_flag: optional(flag),
});

const NAME = 'user';
/** Harbor's own administrator is in no list. */
const ADMIN = 'admin';
const DATABASE = 'db_auth';
const EMAIL = /^[^<>()[\]\\.,;:\s@"]+(\.[^<>()[\]\\.,;:\s@"]+)*@([a-zA-Z0-9-]+\.)+[a-zA-Z]{2,}$/;
const ILLEGAL_IN_NAMES = /[,~#$%]/;
const MAX_NAME_LENGTH = 255;
const PROFILE = ['email', 'realname', 'comment'] as const;

/**
 * `username` cannot be changed. `password` is a reference, and is written only on request or for a new user.
 */
export interface UserSpec {
  readonly username: string;
  readonly email?: string;
  readonly realname?: string;
  readonly comment?: string;
  readonly password?: SecretReference;
  /** Harbor changes it with a request of its own. */
  readonly sysadmin?: boolean;
}

const schema = {
  title: 'User of the database',
  type: 'object',
  properties: {
    email: { description: 'Must be unique.', type: 'string', minLength: 1, maxLength: 255 },
    realname: { description: 'Name in the portal.', type: 'string', minLength: 1, maxLength: 255 },
    comment: { description: 'Note about the user.', type: 'string', maxLength: 30, default: '' },
    password: secretSchema('8 to 128 characters with upper case, lower case and digits.'),
    sysadmin: { description: 'System administrator of Harbor.', type: 'boolean', default: false },
  },
  required: ['email', 'realname', 'password'],
  additionalProperties: false,
} as const;

/** Set while listing: Harbor created the user at the first login, as in every mode except database. */
interface ListedUser extends UserWire {
  readonly onboarded?: boolean;
}

/**
 * Only in database mode. Users of an identity provider appear at their first login and are `builtIn` here:
 * listed, and never deleted or counted.
 */
export const user: Kind<UserSpec, ListedUser> = readable<UserSpec, ListedUser>({
  name: NAME,
  about: "A user in Harbor's database, with auth_mode: db_auth.",
  placements: [
    {
      path: 'users.*',
      schema,
      example: {
        names: ['alice'],
        value: { email: 'alice@example.com', realname: 'Alice Doe', password: { env: 'ALICE_PASSWORD' } },
      },
      defaultsKey: 'user',
      toSpec: (value, [username = '']) => ({ ...(value as unknown as UserSpec), username }),
      fromSpec: ({ username, ...value }, { secret }) => ({
        names: [username],
        value: { ...value, password: value.password ?? secret('password') } as unknown as JsonObject,
      }),
    },
  ],
  dependsOn: [],
  replaceOn: [],
  alwaysWritten: ['sysadmin'],
  unique: { email: 'answers 409' },
  writeOnly: [{ field: 'password', with: [], why: 'Harbor stores only its hash' }],
  guarded: [{ field: 'sysadmin', default: false }],
  renames:
    'Harbor cannot change a user name: declare a second user with the new name, move the memberships, then remove the old one',
  deletable: true,
  access: { read: 'user:list', create: 'user:create', update: 'user:update', remove: 'user:delete' },
  calls: { bulk: 'GET /users' },
  harborNames: { sysadmin: 'sysadmin_flag' },
  traps: [
    'Only with `auth_mode: db_auth`: in every other mode Harbor creates users at their first login and refuses to create them through the API (403).',
    'As soon as there is a user, `auth_mode` cannot be changed.',
    'Harbor does not list `admin`, so it cannot be declared.',
    'A deleted user loses every membership.',
  ],

  audited: ({ identity }) => ({ type: 'user', resource: identity }),
  identity: (spec) => spec.username,
  normalise: (spec) => spec,
  references: () => [],
  check: (spec, context) => [...checkMode(context.declared('configuration', 'harbor')), ...checkNames(spec)],
  hazards: (context) => [...notInThisMode(context), ...lossOfSelf(context), ...lossOfLastAdmin(context)],

  // Its filters are fuzzy.
  list: async ({ client }) => {
    const [all, { auth_mode: mode = DATABASE }] = await Promise.all([
      client.list('/users', { shape: userShape, query: { sort: 'user_id' } }),
      client.get<{ readonly auth_mode?: string }>('/systeminfo'),
    ]);
    return mode === DATABASE ? all : all.map((wire) => ({ ...wire, onboarded: true }));
  },

  fromWire: (wire) =>
    compact({
      identity: wire.username,
      id: wire.user_id,
      builtIn: wire.onboarded === true ? true : undefined,
      spec: {
        username: wire.username,
        email: wire.email ?? '',
        realname: wire.realname ?? '',
        comment: wire.comment ?? '',
        sysadmin: wire.sysadmin_flag ?? false,
      },
    }),

  toWire: ({ sysadmin, ...spec }) => ({
    ...pick(spec, ['username', ...PROFILE]),
    ...compact<Partial<UserWire>>({ sysadmin_flag: sysadmin }),
  }),

  /** In the whole list, which does not contain `admin`. */
  async read({ client, refs }, identity) {
    const all = await client.list('/users', { shape: userShape, query: { sort: 'user_id' } });
    const wire = all.find(({ username }) => username === identity);
    return wire && user.fromWire(wire, refs);
  },

  async create(context, desired) {
    const { sysadmin_flag, ...profile } = user.toWire(desired, context.refs);
    const password = await resolved(context, desired);
    const { id } = await context.client.post('/users', { ...profile, ...compact<{ password?: string }>({ password }) });
    // POST creates no administrators.
    if (sysadmin_flag === true) await context.client.put(`/users/${id}/sysadmin`, { sysadmin_flag });
    return compact<{ id?: number }>({ id });
  },

  /** Three requests of Harbor. The password is the last one: if Harbor refuses it, the others are done. */
  async update(context, { live, merged, changed }) {
    const path = `/users/${live.id}`;
    if (PROFILE.some((field) => changed.includes(field))) await context.client.put(path, pick(merged, PROFILE));
    if (changed.includes('sysadmin'))
      await context.client.put(`${path}/sysadmin`, { sysadmin_flag: merged.sysadmin ?? false });
    if (changed.includes('password')) await changePassword(context, path, merged);
  },

  async remove({ client }, live) {
    await client.delete(`/users/${live.id}`);
  },
});

async function resolved(context: WriteContext, { username, password }: UserSpec): Promise<string | undefined> {
  return password && passwordOf(context, addressOf(NAME, username), 'password', password);
}

/** Harbor refuses the password that the user has already. That is the wanted state, so it is no error. */
async function changePassword(context: WriteContext, path: string, spec: UserSpec): Promise<void> {
  const new_password = await resolved(context, spec);
  try {
    await context.client.put(`${path}/password`, { new_password });
  } catch (error) {
    if (isTheSame(error)) return;
    throw new ApplyError(
      `${addressOf(NAME, spec.username)}: its password could not be set`,
      addressOf(NAME, spec.username),
      {
        cause: error,
      },
    );
  }
}

/** 400 `New password is identical to old password`: it is as declared. */
function isTheSame(error: unknown): boolean {
  return (
    error instanceof HarborApiError &&
    error.status === 400 &&
    error.details.harborMessage?.includes('identical to old password') === true
  );
}

/** The configuration of the same declaration decides, not the live one: it may change in the same run. */
function checkMode(configuration: object | undefined): Finding[] {
  const { auth_mode: mode = DATABASE } = (configuration ?? {}) as { readonly auth_mode?: string };
  if (mode === DATABASE) return [];
  return [
    {
      rule: 'user-auth-mode',
      message: `with auth_mode: ${mode} Harbor does not create users through the API (403)`,
      hint: 'declare the groups of the users, and make the groups members',
    },
  ];
}

function checkNames({ username, email, realname }: UserSpec): Finding[] {
  const rule = 'user-name';
  if (username === ADMIN)
    return [
      {
        rule,
        message: 'Harbor does not list admin, so it cannot be declared',
        hint: 'declare another user with sysadmin: true',
      },
    ];
  return [
    ...(isName(username) ? [] : [{ rule, message: nameRule('a username') }]),
    ...(realname === undefined || isName(realname) ? [] : [{ rule, field: 'realname', message: nameRule('realname') }]),
    ...(email === undefined || EMAIL.test(email)
      ? []
      : [{ rule: 'user-email', field: 'email', message: 'not a valid e-mail address for Harbor (400)' }]),
  ];
}

function isName(name: string): boolean {
  return name.length > 0 && name.length <= MAX_NAME_LENGTH && !ILLEGAL_IN_NAMES.test(name);
}

function nameRule(what: string): string {
  return `${what} must have 1 to ${MAX_NAME_LENGTH} characters and none of , ~ # $ %`;
}

/** An administrator can be created in every mode; other users only if Harbor manages passwords. */
function notInThisMode({ action, changed, identity, desired }: HazardContext<UserSpec>): Hazard[] {
  const { authMode = DATABASE } = identity;
  const writes = action === 'create' || changed.some((field) => field !== 'sysadmin');
  if (authMode === DATABASE || !desired || !writes) return [];
  return [
    {
      rule: 'user-auth-mode',
      message: `Harbor's auth_mode is ${authMode}: it creates users at their first login, and they cannot be created or changed through the API`,
      enforcement: 'hard-mandatory',
      hint: 'declare no users, or set auth_mode: db_auth first',
    },
  ];
}

/** Hard: with the account gone the run could not finish, nor be undone. */
function lossOfSelf({ action, live, desired, identity }: HazardContext<UserSpec>): Hazard[] {
  if (live === undefined || identity.user?.username !== live.identity) return [];
  const loses = action === 'delete' || action === 'replace' || (live.spec.sysadmin && desired?.sysadmin === false);
  if (!loses) return [];
  return [
    {
      rule: 'own-user',
      message: `this run uses ${live.identity} and would remove its own account or rights`,
      enforcement: 'hard-mandatory',
      hint: 'run with another identity',
    },
  ];
}

/**
 * A user who becomes administrator in the same plan does not count, because that change may fail. Manually granted
 * rights are removed if the run itself proves that admin is an administrator.
 */
function lossOfLastAdmin({ live, desired, current, planned, assumed, identity }: HazardContext<UserSpec>): Hazard[] {
  if (live?.spec.sysadmin !== true || desired?.sysadmin === true) return [];
  if (desired !== undefined && desired.sysadmin === undefined) return [];
  if (assumed.includes('sysadmin') && identity.user?.localAdmin === true) return [];
  const admins = new Set(current.filter(({ sysadmin }) => sysadmin).map(({ username }) => username));
  if (planned.some(({ sysadmin, username }) => sysadmin && admins.has(username))) return [];
  return [
    {
      rule: 'last-admin',
      message: `${live.identity} is the last administrator besides admin`,
      enforcement: desired === undefined ? 'soft-mandatory' : 'hard-mandatory',
      hint: 'apply another user with sysadmin: true first, and remove this one in a second step',
    },
  ];
}
