import { scannerShape, type ScannerWire } from './support/scanner-wire';
import { ApplyError, HarborApiError } from '../errors';
import type { Client } from '../harbor/client';
import type { JsonObject } from '../json';
import type { SecretReference } from '../secret-reference';
import {
  addressOf,
  type Hazard,
  type HazardContext,
  type Kind,
  type Live,
  type Placed,
  type PlacingContext,
  type WriteContext,
} from './kind';
import { compact } from '../compact';
import { checkScanner, TRIVY } from './support/scanner-check';
import { secretSchema } from './support/secret-schema';
import { readable } from './support/readable';
import { withoutSlashes } from './support/registry-url';

const NAME = 'scanner';
const PATH = '/scanners';

/** `url` is absent only for the built-in Trivy, see `checkScanner`. */
export interface ScannerSpec {
  readonly name: string;
  readonly url?: string;
  readonly description?: string;
  readonly auth?: string;
  readonly access_credential?: SecretReference;
  readonly skip_certVerify?: boolean;
  readonly use_internal_addr?: boolean;
  readonly disabled?: boolean;
  /** Only ever declared as true: Harbor moves the flag from one scanner to another and never just removes it. */
  readonly default?: boolean;
}

const schema = {
  title: 'Scanner',
  type: 'object',
  properties: {
    url: {
      description: 'Base URL of the adapter as seen by Harbor. Only the built-in Trivy has none.',
      type: 'string',
      minLength: 1,
      maxLength: 512,
    },
    description: { description: 'Note about the scanner.', type: 'string', maxLength: 1024, default: '' },
    auth: {
      description: 'How Harbor logs in to the adapter; empty: it does not.',
      enum: ['', 'Basic', 'Bearer', 'X-ScannerAdapter-API-Key'],
      default: '',
    },
    access_credential: secretSchema('user:password, token or key, depending on auth.'),
    skip_certVerify: {
      description: 'Do not verify the certificate of the adapter.',
      type: 'boolean',
      default: false,
    },
    use_internal_addr: {
      description: "The adapter pulls from Harbor's internal address.",
      type: 'boolean',
      default: false,
    },
    disabled: {
      description: 'Do not scan with it; not possible for the default scanner.',
      type: 'boolean',
      default: false,
    },
    default: {
      description: 'Scans every project without a scanner of its own. The first scanner becomes the default.',
      const: true,
    },
  },
  additionalProperties: false,
} as const;

/** A registration is identified by a uuid that changes when it is recreated, so objects are found by name. */
export const scanner: Kind<ScannerSpec, ScannerWire> = readable<ScannerSpec, ScannerWire>({
  name: NAME,
  about: 'An adapter that scans images for vulnerabilities.',
  placements: [
    {
      path: 'scanners.*',
      schema,
      example: {
        names: ['clair'],
        value: {
          url: 'https://clair-adapter.example.com',
          auth: 'Bearer',
          access_credential: { env: 'CLAIR_TOKEN' },
          default: true,
        },
      },
      defaultsKey: 'scanner',
      toSpec: (value, [name = '']) => ({ ...(value as unknown as ScannerSpec), name }),
      fromSpec: placeScanner,
    },
  ],
  dependsOn: [],
  replaceOn: [],
  alwaysWritten: ['skip_certVerify', 'disabled'],
  writeOnly: [
    {
      field: 'access_credential',
      with: ['name', 'url', 'description', 'auth', 'skip_certVerify', 'use_internal_addr', 'disabled'],
      why: 'PUT replaces the registration, and Harbor before 2.14.4 requires the credential',
    },
  ],
  guarded: [
    { field: 'disabled', default: false },
    { field: 'skip_certVerify', default: false },
  ],
  // PUT replaces the whole registration, by uuid.
  renames: true,
  deletable: true,
  access: { read: 'scanner:list', create: 'scanner:create', update: 'scanner:update', remove: 'scanner:delete' },
  calls: { bulk: 'GET /scanners' },
  harborNames: { default: 'is_default' },
  unique: { url: 'answers 409' },
  onlyOne: 'default',
  traps: [
    'Harbor requests the metadata of the adapter before it stores it: an adapter that is down cannot be created, and Harbor only returns 500.',
    'The first scanner becomes the default. The default scanner cannot be disabled (500), only replaced by another one.',
    'No two scanners have the same URL.',
    'The built-in Trivy can only be made the default; its other fields are fixed.',
    'When the default scanner is deleted, `prevent_vul` of the projects blocks nothing.',
  ],

  identity: (spec) => spec.name,
  normalise: (spec) => ({
    ...spec,
    ...compact<Pick<ScannerSpec, 'url'>>({ url: spec.url === undefined ? undefined : storedUrl(spec.url) }),
  }),
  references: () => [],
  check: checkScanner,
  hazards: lossOfDefault,

  /** Before and after registration; the built-in scanner has no address of its own and is pinged at its known one. */
  async ping({ client, secret }, spec) {
    const { name, url, auth = '', access_credential } = spec;
    if (name === TRIVY) return pingBuiltIn(client);
    const credential = access_credential ? { access_credential: await secret(access_credential) } : {};
    await explained(spec, client.post(`${PATH}/ping`, { name, url, auth, ...credential }));
  },

  list: ({ client }) => client.list(PATH, { shape: scannerShape, query: { sort: 'name' } }),

  fromWire: (wire) => ({
    identity: wire.name,
    spec: scanner.normalise(
      compact<ScannerSpec>({
        name: wire.name,
        url: wire.url,
        description: wire.description ?? '',
        auth: wire.auth ?? '',
        skip_certVerify: wire.skip_certVerify ?? false,
        use_internal_addr: wire.use_internal_addr ?? false,
        disabled: wire.disabled ?? false,
        default: wire.is_default ?? false,
      }),
    ),
    ...compact<{ facts?: JsonObject }>({ facts: wire.uuid === undefined ? undefined : { uuid: wire.uuid } }),
    // It ships with Harbor and can be neither changed nor deleted.
    builtIn: wire.name === TRIVY,
  }),

  toWire(spec) {
    const { default: is_default, access_credential: _secret, ...wire } = scanner.normalise(spec);
    return { ...wire, ...compact<Pick<ScannerWire, 'is_default'>>({ is_default }) };
  },

  async read({ client, refs }, identity) {
    const wire = await find(client, identity);
    return wire && scanner.fromWire(wire, refs);
  },

  /**
   * Harbor reserves the name of its own scanner. The default is a request of its own, by uuid, so the new one
   * is found first.
   */
  async create(context, desired) {
    if (desired.name === TRIVY) throw notInstalled();
    await explained(desired, context.client.post(PATH, await bodyOf(context, desired)));
    if (desired.default === true) await makeDefault(context.client, await uuidOf(context.client, desired.name));
    return {};
  },

  /**
   * Two requests, because Harbor does not change the default with PUT of the scanner. The first is left out if
   * only the default changes: it would send the credential again.
   */
  async update(context, { live, merged, changed }) {
    const uuid = uuidIn(live);
    if (changed.some((field) => field !== 'default')) {
      await explained(merged, context.client.put(`${PATH}/${uuid}`, await bodyOf(context, merged)));
    }
    if (changed.includes('default')) await makeDefault(context.client, uuid);
  },

  async remove({ client }, live) {
    await client.delete(`${PATH}/${uuidIn(live)}`);
  },
});

/** Harbor removes trailing slashes and writes the scheme in lower case. `checkScanner` refuses a query or a user. */
function storedUrl(url: string): string {
  return withoutSlashes(url.trim()).replace(/^https?:/i, (scheme) => scheme.toLowerCase());
}

/** Harbor's own key; it changes with every registration. */
function uuidIn({ facts }: Live<ScannerSpec>): string {
  return facts?.['uuid'] as string;
}

async function find(client: Client, name: string): Promise<ScannerWire | undefined> {
  const all = await client.list(PATH, { shape: scannerShape, query: { sort: 'name' } });
  return all.find((wire) => wire.name === name);
}

/** The name is the identity; `Location` ends in a uuid, which the client does not keep as an id. */
async function uuidOf(client: Client, name: string): Promise<string> {
  const uuid = (await find(client, name))?.uuid;
  const address = addressOf(NAME, name);
  if (uuid === undefined) throw new ApplyError(`${address} does not exist right after its creation`, address);
  return uuid;
}

async function makeDefault(client: Client, uuid: string): Promise<void> {
  await client.patch(`${PATH}/${uuid}`, { is_default: true });
}

async function bodyOf(context: WriteContext, spec: ScannerSpec): Promise<object> {
  const { is_default: _default, ...wire } = scanner.toWire(spec, context.refs);
  const access_credential = spec.access_credential && (await context.secret(spec.access_credential));
  return { ...wire, ...compact<{ access_credential?: string }>({ access_credential }) };
}

/** Harbor requests the adapter's metadata before it stores anything, and then only returns "internal server error". */
async function explained<T>(spec: ScannerSpec, request: Promise<T>): Promise<T> {
  try {
    return await request;
  } catch (error) {
    if (!(error instanceof HarborApiError) || error.status !== 500) throw error;
    const address = addressOf(NAME, spec.name);
    const causes =
      'its adapter did not answer GET /api/v1/metadata. Likely causes: Harbor cannot reach the address, does not trust the certificate (skip_certVerify), or access_credential is wrong';
    throw new ApplyError(`${address}: Harbor could not use ${spec.url}: ${causes}`, address, { cause: error });
  }
}

/** Harbor has no ping by id. Its metadata are asked for instead, which Harbor fetches from the adapter. */
async function pingBuiltIn(client: Client): Promise<void> {
  const found = (await client.list(PATH, { shape: scannerShape, query: { sort: 'name' } })).find(
    ({ name }) => name === TRIVY,
  );
  if (!found) throw notInstalled();
  await explained({ name: TRIVY, url: found.url ?? TRIVY }, client.get(`${PATH}/${found.uuid}/metadata`));
}

function notInstalled(): ApplyError {
  const address = addressOf(NAME, TRIVY);
  return new ApplyError(
    `${address}: this Harbor has no built-in Trivy and does not accept another scanner with that name: install Harbor with Trivy, or use another name`,
    address,
  );
}

/**
 * Harbor deletes its default scanner, but fails to disable it. So the first can be allowed, and the second
 * cannot.
 */
function lossOfDefault({ action, live, desired, changed }: HazardContext<ScannerSpec>): Hazard[] {
  if (live?.spec.default !== true) return [];
  const hint = 'make another scanner the default first: default: true';
  if (action === 'delete') {
    const message = `${live.identity} is the default scanner: without it nothing is scanned and prevent_vul blocks nothing`;
    return [{ rule: 'default-scanner', message, enforcement: 'soft-mandatory', hint }];
  }
  if (desired?.disabled !== true || !changed.includes('disabled')) return [];
  const message = `${live.identity} is the default scanner, which Harbor cannot disable (500)`;
  return [{ rule: 'default-scanner', message, enforcement: 'hard-mandatory', hint }];
}

function placeScanner({ name, ...spec }: ScannerSpec, { secret }: PlacingContext): Placed {
  const isDefault = spec.default === true ? { default: true } : {};
  if (name === TRIVY) return { names: [name], value: isDefault, notes: { '': 'Installed with Harbor.' } };
  const { default: _default, ...rest } = spec;
  const held = spec.auth && !spec.access_credential ? { access_credential: secret('access_credential') } : {};
  const notes = compact<Record<string, string>>({
    skip_certVerify: spec.skip_certVerify === true ? 'The certificate of the adapter is not verified.' : undefined,
  });
  return { names: [name], value: { ...rest, ...held, ...isDefault }, notes };
}
