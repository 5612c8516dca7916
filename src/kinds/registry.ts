import { registryShape } from './support/registry-shape';
import type { CredentialWire, RegistryWire } from '../harbor/wire';
import type { JsonObject } from '../json';
import type { Kind, Placed, PlacingContext, Update, WriteContext } from './kind';
import { compact, pick } from '../compact';
import { checkAccount, checkCertificate, checkRegistryName, checkUrl } from './support/registry-check';
import { explained } from './support/registry-refusal';
import type { RegistryCredential, RegistrySpec } from './support/registry-spec';
import { REGISTRY_TYPES, typesUntil } from './support/registry-types';
import { proveRegistrySecret } from './support/registry-proof';
import { storedUrl } from './support/registry-url';
import { secretSchema } from './support/secret-schema';
import { readable } from './support/readable';

const NAME = 'registry';
const DEFAULT_CREDENTIAL_TYPE = 'basic';

const schema = {
  title: 'Registry endpoint',
  type: 'object',
  properties: {
    type: { description: "Type of the registry; selects Harbor's adapter.", enum: Object.keys(REGISTRY_TYPES) },
    url: {
      description: 'Base URL; not needed for docker-hub and github-ghcr.',
      type: 'string',
      minLength: 1,
      maxLength: 256,
    },
    description: { description: 'Note about the registry.', type: 'string', maxLength: 1024, default: '' },
    insecure: { description: 'Do not verify the certificate of the upstream.', type: 'boolean', default: false },
    ca_certificate: {
      description: 'PEM of the certificate authority of the upstream (Harbor 2.15).',
      type: 'string',
      default: '',
    },
    credential: {
      description: 'The account to pull with.',
      type: 'object',
      properties: {
        type: {
          description: 'Default: basic',
          enum: ['basic', 'oauth', 'secret'],
          default: DEFAULT_CREDENTIAL_TYPE,
        },
        access_key: {
          description: 'User name; empty removes the account.',
          type: 'string',
          maxLength: 255,
          default: '',
        },
        access_secret: secretSchema('Password or token.'),
      },
      additionalProperties: false,
    },
  },
  required: ['type'],
  additionalProperties: false,
} as const;

/**
 * Every write makes Harbor connect to the upstream first, so it fails while that is down (docs/harbor-behavior.md 4.2).
 *
 *      GET /registries?sort=id             all of them: a list and `read` are the same call
 *      POST /registries                    name, type, url, credential …
 *      PUT /registries/ID                  only what changed; flat: credential_type, access_key, access_secret
 *      POST /registries/ping { id }        tests what is stored, with the stored secret
 *
 * The secret is never returned (masked as `*****`), so it is compared with nothing: `writeOnly` says when it is sent
 * again, and `proveSecret` lets Harbor log in with it.
 */
export const registry: Kind<RegistrySpec, RegistryWire> = readable<RegistrySpec, RegistryWire>({
  name: NAME,
  about: 'An upstream registry that proxy cache projects and replications pull from.',
  placements: [
    {
      path: 'registries.*',
      schema,
      example: {
        names: ['docker-hub'],
        value: {
          type: 'docker-hub',
          credential: { access_key: 'mirror-bot', access_secret: { env: 'DOCKERHUB_TOKEN' } },
        },
      },
      defaultsKey: 'registry',
      toSpec: (value, [name = '']) => withImpliedUrl({ ...(value as unknown as RegistrySpec), name }),
      fromSpec: placeRegistry,
    },
  ],
  dependsOn: [],
  since: { ca_certificate: '2.15' },
  until: typesUntil,
  // PUT has no type (docs/harbor-behavior.md 4.1).
  replaceOn: ['type'],
  alwaysWritten: ['insecure'],
  writeOnly: [
    {
      field: 'credential.access_secret',
      with: ['url', 'credential.access_key', 'credential.type'],
      why: 'Harbor clears the stored secret when the URL changes without it (since 2.15.3)',
      provable: 'on-request',
    },
  ],
  // An undeclared account may belong to anyone.
  guarded: [
    { field: 'insecure', default: false },
    { field: 'credential.access_key', default: '' },
  ],
  // PUT accepts a name, and keeps id, secret and references (docs/harbor-behavior.md 4.1).
  renames: true,
  deletable: true,
  access: { read: 'registry:list', create: 'registry:create', update: 'registry:update', remove: 'registry:delete' },
  calls: { bulk: 'GET /registries' },
  traps: [
    'Harbor connects to the upstream before it stores a registry: an endpoint that is down cannot be created or changed.',
    'Type `quay` cannot be a proxy cache since Harbor 2.14: declare `docker-registry` with `https://quay.io`.',
    'An `access_secret` without `access_key` is dropped.',
    'Harbor refuses to delete a registry that a proxy cache project or a replication uses (412).',
    'Each type has its own form of URL and account: [registries](../guides/registries.md).',
  ],

  identity: (spec) => spec.name,
  normalise: (spec) => ({
    ...spec,
    ...compact<Pick<RegistrySpec, 'url' | 'ca_certificate'>>({
      url: spec.url === undefined ? undefined : storedUrl(spec.type, spec.url),
      ca_certificate: spec.ca_certificate?.trim(),
    }),
  }),
  references: () => [],
  check: (spec) => [
    ...checkRegistryName(spec),
    ...checkUrl(spec),
    ...checkCertificate(spec),
    ...checkAccount(spec.type, spec.credential),
  ],

  hazards: ({ action, live }) =>
    action !== 'replace'
      ? []
      : [
          {
            rule: 'registry-in-use',
            message: `the type of registry ${live?.identity} cannot be changed, and Harbor refuses to delete a registry that a proxy cache project or a replication uses (412)`,
            enforcement: 'soft-mandatory',
            hint: 'declare a registry with another name and move its projects and replications; if nothing uses this one, pass --target',
          },
        ],

  // Harbor does not sort this list (docs/harbor-behavior.md 1.6): without a sort order, pages can overlap.
  list: ({ client }) => client.list('/registries', { shape: registryShape, query: { sort: 'id' } }),

  fromWire: (wire) => ({
    identity: wire.name,
    id: wire.id,
    spec: registry.normalise({
      name: wire.name,
      type: wire.type,
      url: wire.url,
      description: wire.description ?? '',
      insecure: wire.insecure ?? false,
      ca_certificate: wire.ca_certificate ?? '',
      // The masked secret is left out: it does not show which secret is stored.
      credential: {
        type: wire.credential?.type || DEFAULT_CREDENTIAL_TYPE,
        access_key: wire.credential?.access_key ?? '',
      },
    }),
    facts: compact<{ status?: string }>({ status: wire.status }),
  }),

  toWire(spec) {
    const { credential, ...rest } = registry.normalise(spec);
    return credential ? { ...rest, credential: pick(credential, ['type', 'access_key']) } : rest;
  },

  // The `name` filter is fuzzy; the whole list is one call for a hundred registries.
  async read({ client, refs }, identity) {
    const all = await client.list('/registries', { shape: registryShape, query: { sort: 'id' } });
    const wire = all.find(({ name }) => name === identity);
    return wire && registry.fromWire(wire, refs);
  },

  async create(context, desired) {
    const { credential = unaskedFor(desired), ...wire } = registry.toWire(desired, context.refs);
    const access_secret = await secretOf(context, desired);
    const account = credential && { credential: compact<CredentialWire>({ ...credential, access_secret }) };
    const created = await explained(desired, context.client.post('/registries', { ...wire, ...account }));
    return compact<{ id?: number }>({ id: created.id });
  },

  async update(context, update) {
    const body = await updateBody(context, update);
    await explained(update.merged, context.client.put(`/registries/${update.live.id}`, body));
  },

  async remove({ client }, live) {
    await client.delete(`/registries/${live.id}`);
  },

  proveSecret: proveRegistrySecret,

  /** The stored registry is pinged by its id, with the secret that Harbor has. */
  async ping({ client }, { name }) {
    const stored = (await client.list<RegistryWire>('/registries', { query: { sort: 'id' } })).find(
      (wire) => wire.name === name,
    );
    if (stored?.id === undefined) return { notAsked: 'it is not in Harbor yet' };
    await explained(stored, client.post('/registries/ping', { id: stored.id }));
    return undefined;
  },
});

/**
 * Types with one possible URL need none in the file. It is filled in before anything is compared, so that a URL that
 * was left out is the same as one that was written.
 */
function withImpliedUrl(spec: RegistrySpec): RegistrySpec {
  const implied = REGISTRY_TYPES[spec.type]?.defaultUrl;
  return spec.url === undefined && implied !== undefined ? { ...spec, url: implied } : spec;
}

function placeRegistry({ name, ...spec }: RegistrySpec, { secret, facts }: PlacingContext): Placed {
  const credential = spec.credential && placeCredential(spec.credential, secret);
  const notes = compact<Record<string, string>>({
    '': facts['status'] === 'unhealthy' ? 'Harbor reports this registry as unhealthy.' : undefined,
    insecure: spec.insecure === true ? 'The certificate of the upstream is not verified.' : undefined,
  });
  return { names: [name], value: compact<Record<string, unknown>>({ ...spec, credential }) as JsonObject, notes };
}

/** An account has a secret, which Harbor masks. */
function placeCredential(credential: RegistryCredential, secret: PlacingContext['secret']): RegistryCredential {
  if (!credential.access_key || credential.access_secret) return credential;
  return { ...credential, access_secret: secret('credential.access_secret') };
}

/** An empty account, for adapters that read it without checking that there is one. */
function unaskedFor({ type }: RegistrySpec): CredentialWire | undefined {
  return REGISTRY_TYPES[type]?.account.readBlindly === true ? {} : undefined;
}

/** Read only when it is sent: a plan needs no secrets, and a command that returns one is not run in vain. */
async function secretOf(context: WriteContext, { credential }: RegistrySpec): Promise<string | undefined> {
  return credential?.access_secret && context.secret(credential.access_secret);
}

/**
 * PUT is flat and keeps fields that are not sent, except for the secret (see `writeOnly`).
 *
 *      changed                     sent
 *      description                 description
 *      credential.access_key       credential_type, access_key, access_secret
 *      url                         url and the same three: without the secret Harbor clears the stored one
 */
async function updateBody(context: WriteContext, { merged, changed }: Update<RegistrySpec>): Promise<object> {
  const { credential, ...wire } = registry.toWire(merged, context.refs);
  const flat: Partial<Record<string, unknown>> = wire;
  const fields = Object.fromEntries(changed.filter((field) => field !== 'credential').map((f) => [f, flat[f]]));
  if (!changed.includes('credential') && !changed.includes('url')) return fields;
  return {
    ...fields,
    ...compact<{ credential_type?: string; access_key?: string; access_secret?: string }>({
      credential_type: credential?.type,
      access_key: credential?.access_key,
      access_secret: await secretOf(context, merged),
    }),
  };
}
