import { randomUUID } from 'node:crypto';
import { created, ok, OK } from '../api/answer';
import type { Api } from '../api/api';
import { requireSystem } from '../api/access';
import { type Call, page, param } from '../api/call';
import { type JsonObject, model } from '../api/model';
import { type Columns, contains, filterRows, sortRows } from '../api/query';
import type { Context } from '../context';
import { badRequest, HarborError, internalError, notFound, unprocessable } from '../errors';
import { acceptUrl } from '../registries/input';
import type { ScannerRow } from '../store/rows';
import { fetchMetadata, type ScannerTarget } from '../scanning/scanner-client';
import { askMetadata, scannerWire } from '../scanning/scanners';

const SETTINGS = { name: 'string', url: 'string', auth: 'string', access_credential: 'string' } as const;
const ScannerRegistrationSettings = model('ScannerRegistrationSettings', SETTINGS);
const ScannerRegistrationReq = model('ScannerRegistrationReq', {
  ...SETTINGS,
  description: 'string',
  skip_certVerify: 'bool',
  use_internal_addr: 'bool',
  disabled: 'bool',
});
const IsDefault = model('IsDefault', { is_default: 'bool' });

const AUTH_TYPES = ['', 'Basic', 'Bearer', 'X-ScannerAdapter-API-Key'];
/** Names of scanners that ship with Harbor. */
const RESERVED = ['Trivy'];

const COLUMNS: Columns<ScannerRow> = {
  uuid: (row) => row.uuid,
  name: (row) => row.name,
  description: (row) => row.description,
  url: (row) => row.url,
  auth: (row) => row.auth,
  disabled: (row) => row.disabled,
  is_default: (row) => row.isDefault,
  create_time: (row) => row.creationTime,
  id: (row) => row.id,
};

/** What a client decides about a scanner. */
type Registration = Omit<ScannerRow, 'id' | 'uuid' | 'isDefault' | 'creationTime' | 'updateTime'>;

/**
 * Stands in for src/server/v2.0/handler/scanner.go. The adapter is contacted by the list, by GET, by a ping and
 * on creation; a list with an adapter that does not respond waits for its timeout.
 */
export function register(api: Api): void {
  const { context } = api;
  const { store } = context;
  api.get('/scanners', async (call) => {
    requireSystem(call.caller, 'scanner', 'list');
    const rows = store.scanners.all().filter((row) => isWanted(row, call.query));
    const matching = filterRows(rows, call.query.get('q'), COLUMNS);
    const metadata = new Map(await Promise.all(rows.map(async (row) => [row.id, await askMetadata(row)] as const)));
    // The default comes first, then the newest, whatever sorting is requested.
    return page(call, sortRows(matching, '-is_default,-create_time,-id', COLUMNS), (row) =>
      scannerWire(row, metadata.get(row.id)),
    );
  });
  api.post('/scanners', (call) => createScanner(context, call), { body: ['registration', ScannerRegistrationReq] });
  api.post('/scanners/ping', (call) => ping(call), { body: ['settings', ScannerRegistrationSettings] });
  api.get('/scanners/:uuid', async (call) => {
    const row = scannerFor(context, call, 'read');
    return ok(scannerWire(row, await askMetadata(row)));
  });
  api.get('/scanners/:uuid/metadata', async (call) => ok(await reach(scannerFor(context, call, 'read'))));
  api.put('/scanners/:uuid', (call) => updateScanner(context, call), {
    body: ['registration', ScannerRegistrationReq],
  });
  api.patch('/scanners/:uuid', (call) => makeDefault(context, call), { body: ['payload', IsDefault] });
  api.delete('/scanners/:uuid', (call) => {
    const row = scannerFor(context, call, 'delete');
    store.scanners.remove(row.id);
    return ok(scannerWire(row, undefined));
  });
}

/** Filters of older clients, in addition to `q`. */
function isWanted(row: ScannerRow, query: URLSearchParams): boolean {
  const fuzzy = (['name', 'description', 'url'] as const).every((key) => contains(row[key], query.get(key)));
  return fuzzy && (['name', 'url'] as const).every((key) => (query.get(`ex_${key}`) ?? row[key]) === row[key]);
}

/** 403 before 404: scanners belong to the system. */
function scannerFor({ store }: Context, call: Call, action: string): ScannerRow {
  requireSystem(call.caller, 'scanner', action);
  const uuid = param(call, 'uuid');
  const row = store.scanners.find('uuid', uuid);
  if (!row) throw notFound(`scanner ${uuid} not found`);
  return row;
}

/** The adapter must answer before anything is stored. The first scanner becomes the default. */
async function createScanner({ store, clock }: Context, call: Call): Promise<ReturnType<typeof created>> {
  requireForm(call.body);
  requireSystem(call.caller, 'scanner', 'create');
  const wanted = registrationFrom(call.body);
  requireValid(wanted);
  if (RESERVED.includes(wanted.name))
    throw badRequest(`name "${wanted.name}" is reserved, please try a different name`);
  await reach(wanted);
  if (store.scanners.find('name', wanted.name) ?? store.scanners.find('url', wanted.url))
    throw alreadyExists('create registration');
  const now = clock.now();
  const isDefault = store.scanners.size === 0;
  const row = store.scanners.insert({ ...wanted, uuid: randomUUID(), isDefault, creationTime: now, updateTime: now });
  return created(`${call.path}/${row.uuid}`);
}

/** The adapter is not asked again, unlike in POST. */
function updateScanner(context: Context, call: Call): typeof OK {
  requireForm(call.body);
  const row = scannerFor(context, call, 'update');
  const sent = registrationFrom(call.body);
  // The credential is never returned: an empty one means "unchanged".
  const wanted =
    sent.auth !== '' && sent.accessCredential === '' ? { ...sent, accessCredential: row.accessCredential } : sent;
  requireValid(wanted);
  if (row.isDefault && wanted.disabled) throw internalError('the default registration cannot be deactivated');
  const { store, clock } = context;
  const others = store.scanners.all().filter(({ id }) => id !== row.id);
  if (others.some(({ name, url }) => name === wanted.name || url === wanted.url))
    throw alreadyExists('update registration');
  store.scanners.update(row.id, { ...wanted, updateTime: clock.now() });
  return OK;
}

/** `is_default: false` returns 200 and changes nothing, also for a missing scanner. */
function makeDefault(context: Context, call: Call): typeof OK {
  requireSystem(call.caller, 'scanner', 'update');
  if (call.body['is_default'] !== true) return OK;
  const { store } = context;
  const uuid = param(call, 'uuid');
  const row = store.scanners.find('uuid', uuid);
  if (!row || row.disabled) throw notFound(`registration ${uuid} not found`);
  for (const other of store.scanners.all()) store.scanners.update(other.id, { isDefault: other.id === row.id });
  return OK;
}

/** Nothing is stored, and the name may be taken. */
async function ping(call: Call): Promise<typeof OK> {
  requireForm(call.body);
  requireSystem(call.caller, 'scanner', 'read');
  const wanted = registrationFrom(call.body);
  requireValid(wanted);
  await reach(wanted);
  return OK;
}

/** @throws HarborError 500 if the adapter does not respond */
async function reach(target: ScannerTarget): Promise<object> {
  try {
    return await fetchMetadata(target);
  } catch (error) {
    throw internalError(String(error));
  }
}

/**
 * go-swagger's checks, which come before authentication.
 * @throws HarborError 422
 */
function requireForm({ name, url }: JsonObject): void {
  const missing = [name === undefined ? 'name' : '', url === undefined ? 'url' : ''].filter(Boolean);
  if (missing.length > 0)
    throw unprocessable(['validation failure list:', ...missing.map((key) => `${key} in body is required`)].join('\n'));
  if (!/^[a-z][a-z0-9+.-]*:\/\/\S+$/i.test(url as string))
    throw unprocessable(`validation failure list:\nurl in body must be of type uri: ${JSON.stringify(url)}`);
}

/** Harbor's own checks, which come after authentication. */
function requireValid({ auth, accessCredential }: Registration): void {
  if (!AUTH_TYPES.includes(auth)) throw badRequest(`auth type ${auth} is not supported`);
  if (auth !== '' && accessCredential === '') throw badRequest(`access_credential is required for auth type ${auth}`);
}

/** Harbor's own spelling of `skip_certVerify`. */
function registrationFrom(body: JsonObject): Registration {
  const text = (key: string): string => (body[key] as string | undefined) ?? '';
  return {
    name: text('name'),
    description: text('description'),
    url: acceptUrl(text('url')),
    auth: text('auth'),
    accessCredential: text('access_credential'),
    skipCertVerify: body['skip_certVerify'] === true,
    useInternalAddr: body['use_internal_addr'] === true,
    disabled: body['disabled'] === true,
  };
}

/** A conflict that two layers of Harbor wrapped, so its code is lost. */
function alreadyExists(what: string): HarborError {
  return new HarborError('UNKNOWN', `dao: ${what}: registration name or url already exists`, {}, 409);
}
