import type { Json, JsonObject } from '../json';
import { isSecretReference } from '../secret-reference';
import type { Kind, Placed, PlacingContext, WriteContext } from './kind';
import {
  bannerFromText,
  bannerSchema,
  bannerToText,
  showBanner,
  BANNER_TEXT,
  normaliseBanner,
  type Banner,
} from './support/banner';
import { CONFIGURATION_KEYS, DECISIVE_KEYS } from './support/configuration-keys';
import { checkConfiguration } from './support/configuration-checks';
import { configurationHazards } from './support/configuration-hazards';
import { configurationNotes, heldSecrets, isOwnedByEnvironment } from './support/configuration-notes';
import { normaliseDn } from './support/distinguished-name';
import { pingLdap } from './support/ldap-ping';
import { pingOidc } from './support/oidc-ping';
import { neverRemoved } from './support/never-removed';
import { formatSize, parseSize } from './support/size';
import {
  configurationsShape,
  type ConfigurationsWire,
  type ConfigurationValueWire,
} from './support/configuration-wire';
import { readable } from './support/readable';

const IDENTITY = 'harbor';
const PATH = '/configurations';
/** Harbor empties its cache before the change is committed (v2.15.2 src/pkg/config/db/cache.go). */
const CACHED_FOR_MS = 60_000;
const GROUP_ADMIN_DN = 'ldap_group_admin_dn';
/** No robot can hold the permission `configuration` (docs/harbor-behavior.md 3.1). */
const AS_USER = { as: 'user' } as const;
const AUDIT_ENDPOINT = 'audit_log_forward_endpoint';

/** Harbor's own keys; secrets as references, sizes in bytes, lists and maps unchanged. */
export type ConfigurationSpec = { readonly [key: string]: Json };

const schema = {
  title: 'Configuration',
  type: 'object',
  properties: {
    ...Object.fromEntries(Object.entries(CONFIGURATION_KEYS).map(([key, { schema }]) => [key, schema])),
    banner: bannerSchema,
  },
  additionalProperties: false,
} as const;

/**
 * Settings differ from every other kind in three ways: there is exactly one object, it always exists, and each
 * key can be owned by someone else (the environment of core, or a change that Harbor refuses).
 *
 *     declared key ──► PUT with the changed keys only ──► read again, for up to a minute (staleForMs)
 *     undeclared key ──► never sent, so it keeps what it has
 *     secret ──► written with the keys that it belongs to, because Harbor never returns it
 *
 * `update` undoes a refused audit endpoint, see `forgetAuditEndpoint`.
 */
export const configuration: Kind<ConfigurationSpec, ConfigurationsWire> = readable<
  ConfigurationSpec,
  ConfigurationsWire
>({
  name: 'configuration',
  about: "Harbor's own settings.",
  placements: [
    {
      path: 'configuration',
      schema,
      example: { names: [], value: { auth_mode: 'oidc_auth', oidc_client_secret: { env: 'OIDC_CLIENT_SECRET' } } },
      toSpec: (value) => withBannerText(mapValues(value as JsonObject, fromYaml)),
      fromSpec: placeConfiguration,
    },
  ],
  dependsOn: [],
  replaceOn: [],
  writeOnly: [
    {
      field: 'oidc_client_secret',
      with: ['oidc_endpoint', 'oidc_client_id'],
      why: 'it belongs to the client at the provider',
    },
    {
      field: 'ldap_search_password',
      with: ['ldap_url', 'ldap_search_dn'],
      why: 'it belongs to the account that searches at the server',
    },
    { field: 'uaa_client_secret', with: ['uaa_endpoint', 'uaa_client_id'], why: 'it belongs to the client at the UAA' },
  ],
  whole: ['oidc_extra_redirect_parms'],
  alwaysWritten: DECISIVE_KEYS,
  deletable: false,
  staleForMs: CACHED_FOR_MS,
  access: { read: 'user', create: 'user', update: 'user', remove: 'user' },
  calls: { bulk: 'GET /configurations' },
  harborNames: {
    banner: BANNER_TEXT,
    'banner.from': `${BANNER_TEXT}.fromDate`,
    'banner.to': `${BANNER_TEXT}.toDate`,
  },
  traps: [
    'The portal reads `banner_message` as JSON: declare `banner` instead, which Breakwater writes as JSON.',
    '`auth_mode` cannot be changed as soon as there is a user besides admin.',
    "With `CONFIG_OVERWRITE_JSON` in the environment of Harbor's core no key can be changed through the API; a plan that changes one is refused.",
    'Harbor caches its settings for a minute and empties the cache just before it stores a change. A read in between fills the cache with the old values for a minute; `apply` reads again until then.',
    'Harbor refuses to empty `ldap_url` and `ldap_base_dn`: once set, they can only be replaced. A plan that sets one for the first time says so, and one that would empty it is refused.',
    'A change of `robot_name_prefix` renames every robot, so every login with a robot fails until the client is changed.',
  ],

  audited: () => ({ type: 'configuration', resource: 'configuration' }),
  identity: () => IDENTITY,
  normalise: (spec) => mapValues(spec, normaliseValue),
  references: () => [],
  check: checkConfiguration,
  hazards: configurationHazards,
  declaredAs: { [BANNER_TEXT]: 'banner' },
  show: (field, value) => {
    if (field === BANNER_TEXT && typeof value === 'string') return showBanner(value);
    return formOf(field) === 'size' && typeof value === 'number' ? formatSize(value) : undefined;
  },

  list: async ({ client }) => [await client.get(PATH, { ...AS_USER, shape: configurationsShape })],

  /**
   * Secrets are left out: Harbor does not return them. `not_editable` keeps the keys that Harbor does not let
   * anyone change now: a change of one is a hazard.
   */
  fromWire(wire) {
    const readable = Object.keys(CONFIGURATION_KEYS).filter(
      (key) => formOf(key) !== 'secret' && wire[key]?.value !== undefined,
    );
    const entries = readable.map((key) => [key, fromWireValue(key, wire[key]?.value as ConfigurationValueWire)]);
    const fixed = Object.keys(CONFIGURATION_KEYS).filter((key) => wire[key]?.editable === false);
    return {
      identity: IDENTITY,
      spec: configuration.normalise(Object.fromEntries(entries) as ConfigurationSpec),
      facts: { not_editable: fixed },
    };
  },

  toWire: (spec) =>
    mapValues(withoutSecrets(configuration.normalise(spec)), (value, key) => ({ value: toWireValue(key, value) })),

  async read({ client, refs }) {
    return configuration.fromWire(await client.get(PATH, { ...AS_USER, shape: configurationsShape }), refs);
  },

  async create(context, desired) {
    await put(context, desired, Object.keys(desired));
    return {};
  },

  async update(context, { live, merged, changed }) {
    try {
      await put(context, merged, changed);
    } catch (error) {
      if (changed.includes(AUDIT_ENDPOINT) && !live.spec[AUDIT_ENDPOINT]) await forgetAuditEndpoint(context);
      throw error;
    }
  },

  /** Only the login provider that is declared. LDAP and OpenID Connect exclude each other (`auth_mode`). */
  async ping(context, spec) {
    if (spec['auth_mode'] === 'ldap_auth' && spec['ldap_url'] !== undefined) return pingLdap(context, spec);
    if (spec['auth_mode'] === 'oidc_auth' && spec['oidc_endpoint'] !== undefined) return pingOidc(context.client, spec);
    return { notAsked: 'no LDAP server and no OpenID Connect provider is declared' };
  },

  remove: neverRemoved('configuration'),
});

/**
 * Harbor connects to the endpoint only after it has stored it in memory: GET would return a refused one, and the next
 * plan would find no change. Writing the earlier empty value stores it, so that it is read correctly again.
 */
async function forgetAuditEndpoint({ client }: WriteContext): Promise<void> {
  // The first error is the one that the user has to know.
  await client.put(PATH, { [AUDIT_ENDPOINT]: '' }, AS_USER).catch(() => undefined);
}

/** PUT changes only the keys that are sent. */
async function put(context: WriteContext, spec: ConfigurationSpec, keys: readonly string[]): Promise<void> {
  const wire = configuration.toWire(spec, context.refs);
  const body: Record<string, ConfigurationValueWire> = {};
  for (const key of keys) {
    const declared = spec[key];
    const value = isSecretReference(declared) ? await context.secret(declared) : wire[key]?.value;
    if (value !== undefined) body[key] = value;
  }
  await context.client.put(PATH, body, AS_USER);
}

function formOf(key: string): 'secret' | 'size' | 'list' | 'map' | undefined {
  return CONFIGURATION_KEYS[key]?.form;
}

function fromYaml(value: Json, key: string): Json {
  return formOf(key) === 'size' ? parseSize(value) : value;
}

/** Both sides pass here, so that a value which Harbor stores in another form is not shown as a change. */
function normaliseValue(value: Json, key: string): Json {
  if (key === BANNER_TEXT && typeof value === 'string') return normaliseBanner(value);
  // The only text that Harbor stores in another form than it was sent (v2.15.2 src/pkg/config/db/dao/dao.go).
  if (key === GROUP_ADMIN_DN && typeof value === 'string') return normaliseDn(value);
  return formOf(key) === 'list' ? [...new Set(value as string[])].sort() : value;
}

/** If both are written, the structured one is kept, too, so that `check` sees it. */
function withBannerText(spec: ConfigurationSpec): ConfigurationSpec {
  const { banner, ...rest } = spec;
  if (banner === undefined || rest[BANNER_TEXT] !== undefined) return spec;
  return { ...rest, [BANNER_TEXT]: bannerToText(banner as unknown as Banner) };
}

/**
 * Back to the readable form: Harbor keeps the banner as JSON in one text. A text of another form stays as it
 * is.
 */
function withBanner(value: JsonObject): JsonObject {
  const { [BANNER_TEXT]: text, ...rest } = value;
  const banner = typeof text === 'string' ? bannerFromText(text) : undefined;
  return banner ? { ...rest, banner: banner as unknown as JsonObject } : value;
}

/** For export. Keys that the API cannot change are left out, so that the exported file can be applied. */
function placeConfiguration(spec: ConfigurationSpec, { secret, facts }: PlacingContext): Placed {
  const fixed = (facts['not_editable'] ?? []) as readonly string[];
  const held = heldSecrets(spec).map((key) => [key, { ...secret(key) }] as const);
  const declared = { ...mapValues(spec, toYaml), ...Object.fromEntries(held) };
  // Settings from the environment of Harbor's core cannot be changed through the API.
  const writable = Object.entries(declared).filter(([key]) => !isOwnedByEnvironment(fixed) || !fixed.includes(key));
  const value = withBanner(Object.fromEntries(writable));
  return { names: [], value, notes: configurationNotes(value, fixed) };
}

function toYaml(value: Json, key: string): Json {
  return formOf(key) === 'size' && typeof value === 'number' ? formatSize(value) : value;
}

function withoutSecrets(spec: ConfigurationSpec): ConfigurationSpec {
  return Object.fromEntries(Object.entries(spec).filter(([key]) => formOf(key) !== 'secret'));
}

/** A map is sent as JSON text, a list with commas between its items. */
function toWireValue(key: string, value: Json): ConfigurationValueWire {
  const form = formOf(key);
  if (form === 'map') return JSON.stringify(value);
  return form === 'list' ? (value as string[]).join(',') : (value as ConfigurationValueWire);
}

/** Harbor stores a map as JSON text, and an empty one as ''. */
function fromWireValue(key: string, value: ConfigurationValueWire): Json {
  const form = formOf(key);
  if (form === 'map') return JSON.parse(String(value) || '{}') as Json;
  return form === 'list' ? String(value).split(',').filter(Boolean) : value;
}

function mapValues<T>(spec: JsonObject, change: (value: Json, key: string) => T): { readonly [key: string]: T } {
  return Object.fromEntries(Object.entries(spec).map(([key, value]) => [key, change(value, key)]));
}
