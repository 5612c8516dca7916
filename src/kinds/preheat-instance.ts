import { flag, integer, key, needed, object, optional, text, type Shape } from '../shape';
import { ApplyError, HarborApiError } from '../errors';
import type { Json, JsonObject } from '../json';
import type { SecretReference } from '../secret-reference';
import { addressOf, type Finding, type Kind, type Placed, type PlacingContext, type WriteContext } from './kind';
import { compact, pick } from '../compact';
import { secretSchema } from './support/secret-schema';
import { readable } from './support/readable';

/** `auth_info` is never returned, and `status` is always `Unknown`. */
export interface PreheatInstanceWire {
  readonly id?: number;
  readonly name: string;
  readonly description?: string;
  readonly vendor: string;
  readonly endpoint: string;
  readonly auth_mode?: string;
  readonly enabled?: boolean;
  readonly default?: boolean;
  readonly insecure?: boolean;
}

/** A response without vendor or endpoint cannot be compared, so it is reported and not overwritten. */
export const preheatInstanceShape: Shape<PreheatInstanceWire> = object<PreheatInstanceWire>({
  id: optional(integer),
  name: key(text),
  description: optional(text),
  vendor: needed(text),
  endpoint: needed(text),
  auth_mode: optional(text),
  enabled: optional(flag),
  default: optional(flag),
  insecure: optional(flag),
});

const PATH = '/p2p/preheat/instances';
const NAME = /^[A-Za-z0-9]+(?:[._-][A-Za-z0-9]+)*$/;
const NO_AUTH = 'NONE';
const SENT = ['name', 'description', 'vendor', 'endpoint', 'auth_mode', 'default', 'insecure'] as const;

/** Which keys `auth_info` may have depends on `auth_mode`, see `PAIR_OF_MODE`. */
export interface PreheatInstanceSpec {
  readonly name: string;
  readonly vendor: string;
  readonly endpoint: string;
  readonly description?: string;
  readonly auth_mode?: string;
  readonly auth_info?: Readonly<Record<string, SecretReference>>;
  readonly enabled?: boolean;
  readonly default?: boolean;
  readonly insecure?: boolean;
}

const schema = {
  title: 'Preheat instance',
  type: 'object',
  properties: {
    vendor: { description: 'Vendor of the distribution system.', enum: ['dragonfly', 'kraken'] },
    endpoint: { description: 'http:// or https:// URL; must be unique.', type: 'string', minLength: 1 },
    description: { description: 'Note about the instance.', type: 'string', maxLength: 1024, default: '' },
    auth_mode: {
      description: 'How Harbor logs in at the instance.',
      enum: [NO_AUTH, 'BASIC', 'OAUTH', 'CUSTOM'],
      default: NO_AUTH,
    },
    auth_info: {
      description: 'Credential for the auth mode; every value is a secret.',
      type: 'object',
      minProperties: 1,
      additionalProperties: secretSchema('Part of the credential.'),
    },
    enabled: { description: 'Default for a new one: true.', type: 'boolean', default: true },
    default: { description: 'Preselected in the portal.', type: 'boolean', default: false },
    insecure: { description: 'Do not verify the certificate of the instance.', type: 'boolean', default: false },
  },
  required: ['vendor', 'endpoint'],
  additionalProperties: false,
} as const;

/**
 * Where images are sent before they are pulled. Harbor shows neither status nor credentials, so only a ping
 * tells whether it works.
 */
export const preheatInstance: Kind<PreheatInstanceSpec, PreheatInstanceWire> = readable<
  PreheatInstanceSpec,
  PreheatInstanceWire
>({
  name: 'preheat-instance',
  about: 'A peer-to-peer distribution system (Dragonfly, Kraken) that Harbor sends images to before they are pulled.',
  placements: [
    {
      path: 'preheat.instances.*',
      schema,
      example: { names: ['p2p'], value: { vendor: 'dragonfly', endpoint: 'https://dragonfly.example.com' } },
      toSpec: (value, [name = '']) => ({ ...(value as unknown as PreheatInstanceSpec), name }),
      fromSpec: place,
    },
  ],
  dependsOn: [],
  replaceOn: [],
  alwaysWritten: ['enabled', 'insecure'],
  writeOnly: [
    {
      field: 'auth_info',
      with: ['endpoint', 'auth_mode'],
      why: 'it belongs to the endpoint, and Harbor never returns it',
    },
  ],
  guarded: [
    { field: 'enabled', default: true },
    { field: 'insecure', default: false },
  ],
  unique: { endpoint: 'answers 500' },
  whole: ['auth_info'],
  renames:
    'declare an instance with the new name at another endpoint, move the policies to it, then remove the old one',
  deletable: true,
  access: {
    read: 'preheat-instance:list',
    create: 'preheat-instance:create',
    /** Without `auth_info` in the body Harbor keeps the stored one. */
    update: 'preheat-instance:update',
    remove: 'preheat-instance:delete',
  },
  calls: { bulk: 'GET /p2p/preheat/instances' },
  traps: [
    'Harbor always returns the status `Unknown`: only a ping shows whether an instance is up.',
    'PUT uses the id in the body, not the path.',
    'An empty `auth_info` keeps the stored one, except with `auth_mode: NONE`.',
    'With `auth_mode: BASIC` the one pair is `NAME: PASSWORD`, not `username:` and `password:`; with `CUSTOM` it is a header and its value.',
    'Harbor refuses to delete an instance that a preheat policy uses (412).',
  ],

  identity: (spec) => spec.name,
  normalise: (spec) => ({ ...spec, endpoint: spec.endpoint.trim() }),
  references: () => [],
  check: (spec) => [...checkName(spec), ...checkEndpoint(spec), ...checkAuth(spec)],

  /** Without an id Harbor pings the endpoint in the request, not a stored one. */
  async ping(context, desired) {
    const body = { auth_mode: NO_AUTH, ...preheatInstance.normalise(desired), ...(await resolved(context, desired)) };
    try {
      await context.client.post(`${PATH}/ping`, body);
    } catch (error) {
      if (!(error instanceof HarborApiError) || error.status < 500) throw error;
      const address = addressOf('preheat-instance', desired.name);
      const causes = `${desired.vendor} at ${desired.endpoint} failed its health check. Likely causes: Harbor cannot reach the address, does not trust the certificate (insecure), or auth_info is wrong`;
      throw new ApplyError(`${address}: ${causes}`, address, { cause: error });
    }
  },

  list: ({ client }) => client.list(PATH, { shape: preheatInstanceShape, query: { sort: 'id' } }),

  fromWire: (wire) => ({
    identity: wire.name,
    ...compact<{ id?: number }>({ id: wire.id }),
    spec: preheatInstance.normalise({
      name: wire.name,
      vendor: wire.vendor,
      endpoint: wire.endpoint,
      description: wire.description ?? '',
      auth_mode: wire.auth_mode || NO_AUTH,
      enabled: wire.enabled ?? false,
      default: wire.default ?? false,
      insecure: wire.insecure ?? false,
    }),
  }),

  /** Without `auth_info`. Harbor treats a missing `enabled` as disabled. */
  toWire: (spec) => ({ ...pick(preheatInstance.normalise(spec), SENT), enabled: spec.enabled ?? true }),

  async read({ client, refs }, identity) {
    const wire = await client.find(pathOf(identity), { shape: preheatInstanceShape });
    return wire && preheatInstance.fromWire(wire, refs);
  },

  async create(context, desired) {
    const auth = await resolved(context, desired);
    await context.client.post(PATH, { auth_mode: NO_AUTH, ...preheatInstance.toWire(desired, context.refs), ...auth });
    // The Location contains its name; policies refer to its id.
    const made = await context.client.find(pathOf(desired.name), { shape: preheatInstanceShape });
    return compact<{ id?: number }>({ id: made?.id });
  },

  async update(context, { live, merged, changed }) {
    const auth = changed.includes('auth_info') ? await resolved(context, merged) : {};
    const body = { id: live.id, ...preheatInstance.toWire(merged, context.refs), ...auth };
    await context.client.put(pathOf(merged.name), body);
  },

  async remove({ client }, live) {
    await client.delete(pathOf(live.identity));
  },
});

function pathOf(name: string): string {
  return `${PATH}/${encodeURIComponent(name)}`;
}

/**
 * Harbor uses the first pair in the random order of Go's map: for BASIC user name and password, for CUSTOM a header and
 * its value. OAUTH reads `token` (src/pkg/p2p/preheat/auth).
 */
const PAIR_OF_MODE: Readonly<Record<string, string>> = { BASIC: 'username', OAUTH: 'token', CUSTOM: 'header' };

/**
 * An export cannot know the secret, and for `CUSTOM` not even the name of its header. The file gets a place for
 * it and a note.
 */
function place({ name, ...spec }: PreheatInstanceSpec, { secret }: PlacingContext): Placed {
  // Even the names of its parts are not returned.
  const part = PAIR_OF_MODE[spec.auth_mode ?? NO_AUTH];
  const auth_info = spec.auth_info ?? (part === undefined ? undefined : { [part]: secret(`auth_info.${part}`) });
  const isKnown = spec.auth_info !== undefined || part === undefined || part === 'token';
  return compact({
    names: [name],
    value: compact<Record<string, Json>>({ ...(spec as JsonObject), auth_info: auth_info }),
    notes: isKnown ? undefined : { auth_info: `Replace \`${part}\` with the real name: Harbor does not return it.` },
  });
}

/** The keys of `auth_info` stay as they are declared: they are names of Harbor. Only the values are secrets. */
async function resolved(
  context: Pick<WriteContext, 'secret'>,
  { auth_info: parts }: PreheatInstanceSpec,
): Promise<{ readonly auth_info?: Readonly<Record<string, string>> }> {
  if (!parts) return {};
  const entries = Object.entries(parts).map(
    async ([key, reference]) => [key, await context.secret(reference)] as const,
  );
  return { auth_info: Object.fromEntries(await Promise.all(entries)) };
}

function checkName({ name }: PreheatInstanceSpec): Finding[] {
  if (NAME.test(name)) return [];
  const message = `"${name}" is not a valid instance name: use letters and digits, with single . _ or - between them`;
  return [{ rule: 'preheat-name', message }];
}

function checkEndpoint({ endpoint }: PreheatInstanceSpec): Finding[] {
  if (!/^https?:\/\/[^/@\s]+(\/\S*)?$/.test(endpoint.trim()))
    return [
      { rule: 'preheat-endpoint', field: 'endpoint', message: 'the endpoint must be http:// or https:// and a host' },
    ];
  return [];
}

/**
 *     auth_mode   what Harbor uses of auth_info     refused here
 *     NONE        nothing                           any: it would be dropped without an error
 *     BASIC       one pair, user: password          none, or more than one
 *     OAUTH       the key token                     without token
 *     CUSTOM      one pair, header: value           none, or more than one
 */
function checkAuth({ auth_mode: mode = NO_AUTH, auth_info }: PreheatInstanceSpec): Finding[] {
  const rule = 'preheat-auth';
  if (mode === NO_AUTH)
    return auth_info === undefined
      ? []
      : [{ rule, field: 'auth_info', message: 'with auth_mode: NONE Harbor drops it', hint: 'auth_mode is missing' }];
  if (auth_info === undefined) return [{ rule, field: 'auth_mode', message: `auth_mode: ${mode} needs auth_info` }];
  const names = Object.keys(auth_info);
  if (mode === 'OAUTH' && !names.includes('token'))
    return [{ rule, field: 'auth_info', message: 'with auth_mode: OAUTH Harbor uses only token' }];
  if (mode === 'OAUTH' || names.length === 1) return [];
  const pair = mode === 'BASIC' ? 'user name and password' : 'the header and its value';
  return [
    {
      rule,
      field: 'auth_info',
      message: `with auth_mode: ${mode} Harbor uses one pair, and not always the same one`,
      hint: `declare exactly one: ${pair}`,
    },
  ];
}
