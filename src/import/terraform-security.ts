import type { Json } from '../json';
import { UNNAMED_SECRET, type CarriedObject } from './carried';
import { defined } from './defined';
import type { Fields } from './fields';

const MS_PER_SECOND = 1000;
/** The built-in scanner: the only one without a URL. */
const BUILT_IN = 'Trivy';

/** The allowlist of the whole Harbor. */
export function securityOf(fields: Fields): CarriedObject[] {
  fields.skip('id', 'creation_time', 'update_time');
  const items = fields.has('cve_allowlist') ? fields.texts('cve_allowlist') : [];
  const value = { items: items && [...items], expires_at: expiryOf(fields) };
  return [{ kind: 'cve-allowlist', path: 'cve_allowlist', names: [], value: defined(value) }];
}

/** Seconds since the epoch; the provider writes 0 if there is none. */
function expiryOf(fields: Fields): string | undefined {
  const seconds = fields.number('expires_at', 0);
  if (seconds === undefined) return undefined;
  if (seconds <= 0) return 'never';
  const moment = new Date(seconds * MS_PER_SECOND);
  if (!Number.isNaN(moment.getTime())) return moment.toISOString().replace(/\.\d+Z$/, 'Z');
  fields.drop('expires_at', `${seconds} is not a valid time`);
  return undefined;
}

/** The secrets of an instance become references. */
export function preheatInstanceOf(fields: Fields): CarriedObject[] {
  // The parts of a credential are referenced by name.
  fields.skip('id', 'username', 'password', 'token');
  const name = fields.needed('name');
  const mode = fields.certain.text('auth_mode');
  const value = {
    vendor: fields.needed('vendor'),
    endpoint: fields.needed('endpoint'),
    description: fields.text('description'),
    auth_mode: mode,
    auth_info: authInfoOf(fields, mode),
    enabled: fields.flag('enabled'),
    default: fields.flag('default'),
    insecure: fields.flag('insecure'),
  };
  return [{ kind: 'preheat-instance', path: 'preheat.instances.*', names: [name], value: defined(value) }];
}

/**
 * Harbor uses the first pair of `auth_info` for user and password, the key as the user and the value as the password.
 * The provider sends two pairs (`username: …, password: …`), which works by chance.
 */
function authInfoOf(fields: Fields, mode: string | undefined): Json | undefined {
  if (mode === 'BASIC') return { [fields.certain.text('username', 'username') ?? 'username']: UNNAMED_SECRET };
  return mode === 'OAUTH' ? { token: UNNAMED_SECRET } : undefined;
}

/** Any other scanner needs a URL, which the provider does not have: it stays in the report. */
export function defaultScannerOf(fields: Fields): CarriedObject[] {
  const name = fields.text('default_scanner');
  if (name === BUILT_IN) return [{ kind: 'scanner', path: 'scanners.*', names: [name], value: { default: true } }];
  if (name !== undefined) fields.drop('default_scanner', `the URL of ${name} is not known: declare it under scanners`);
  return [];
}

/** A banner as `configuration` declares it; the provider writes days as MM/DD/YYYY. */
export function bannerOf(fields: Fields): Json | undefined {
  const [banner] = fields.parts('banner_message');
  const message = banner?.text('message');
  if (!banner || message === undefined) return undefined;
  return defined({
    message,
    type: banner.text('type'),
    closable: banner.flag('closable'),
    from: dayOf(banner, 'from_date'),
    to: dayOf(banner, 'to_date'),
  });
}

function dayOf(banner: Fields, key: string): string | undefined {
  const text = banner.text(key);
  const [, month, day, year] = /^(\d{2})\/(\d{2})\/(\d{4})$/.exec(text ?? '') ?? [];
  if (year !== undefined) return `${year}-${month}-${day}`;
  if (text !== undefined) banner.drop(key, `${text} is not MM/DD/YYYY`);
  return undefined;
}
