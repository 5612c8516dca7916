import { placeholderIn } from './placeholder';
import { compact } from '../../compact';
import type { Finding } from '../kind';
import type { RegistrySpec } from './registry-spec';
import type { AccountForm } from './registry-type';
import { REGISTRY_TYPES } from './registry-types';
import { normaliseUrl } from './registry-url';

/** The parts of a registry that decide whether its adapter can connect. */
interface Endpoint {
  readonly type: string;
  readonly url?: string;
}

interface Account {
  readonly access_key?: string;
  readonly access_secret?: object;
}

const URL_RULE = 'registry-url';
const ACCOUNT_RULE = 'registry-credential';
const MAX_NAME_LENGTH = 64;

/** Invalid for every type: the copied beginning of a request. */
const API_PATH = { pattern: /\/v[12]$/, hint: 'Harbor adds /v2/ by itself: leave it out' };

/**
 * Whether the adapter of this type can use that URL.
 *
 * The first that applies: missing, a placeholder, no http(s), a user in it, a query, no scheme, and then the
 * form of the type. A form that fits may still be a known mistake, which is a warning.
 */
export function checkUrl({ type, url }: Endpoint): Finding[] {
  const at = { rule: URL_RULE, field: 'url' };
  const expected = REGISTRY_TYPES[type]?.url;
  if (url === undefined) {
    const message = `a registry of type ${type} needs a url`;
    return [compact({ rule: URL_RULE, message, hint: expected && `url: ${expected.expected}` })];
  }
  const placeholder = placeholderIn(url);
  if (placeholder) return [{ ...at, ...placeholder }];
  const form = normaliseUrl(url);
  if (!/^https?:\/\/[^/]+/.test(form)) {
    return [{ ...at, message: 'the url of a registry must be http:// or https:// and a host' }];
  }
  if (/^https?:\/\/[^/]*@/.test(form)) return [userInUrl()];
  if (/[?#]/.test(form)) {
    const message = 'Harbor removes a query or fragment from the url without an error';
    return [{ ...at, message, hint: 'remove the part that begins with ? or #' }];
  }
  if (!url.includes('://')) return [{ ...at, ...withoutScheme(form) }];
  if (!expected) return [];
  const isOfTheForm = expected.pattern?.test(form) ?? true;
  const mistake = [...(expected.mistakes ?? []), API_PATH].find(({ pattern }) => pattern.test(form));
  if (isOfTheForm && !mistake) return [];
  const severity = isOfTheForm ? 'warning' : expected.severity;
  const message = `the url of type ${type} must be ${expected.expected}`;
  return [{ ...at, severity, message, hint: mistake?.hint ?? expected.hint }];
}

/** A warning, because it works; but it is hardly ever meant. */
function withoutScheme(form: string): Pick<Finding, 'severity' | 'message' | 'hint'> {
  const message = `the url has no scheme: Harbor changes it to ${form} and sends the account in clear`;
  return { severity: 'warning', message, hint: `write ${form.replace(/^http:/, 'https:')}` };
}

function userInUrl(): Finding {
  return {
    rule: 'literal-secret',
    field: 'url',
    message: 'a url must not contain a user or password',
    hint: 'declare credential.access_key and credential.access_secret',
  };
}

/**
 * Whether the adapter of this type can use that account, or no account. Its values are never shown.
 *
 *      access_key     access_secret     finding
 *      -              declared          Harbor drops the secret (docs/harbor-behavior.md 4.6)
 *      -              -                 if the type needs an account
 *      declared       any               if the type expects another form of access_key
 */
export function checkAccount(type: string, account: Account | undefined): Finding[] {
  if (account?.access_secret && !account.access_key) {
    return [
      {
        rule: ACCOUNT_RULE,
        field: 'credential.access_secret',
        message: 'Harbor drops a secret without access_key',
        hint: `add access_key: ${REGISTRY_TYPES[type]?.account.access_key ?? 'the user name'}`,
      },
    ];
  }
  const expected = REGISTRY_TYPES[type]?.account;
  if (!expected) return [];
  return account?.access_key ? checkKey(type, account.access_key, expected) : checkNeed(expected);
}

function checkNeed({ needed }: AccountForm): Finding[] {
  if (!needed) return [];
  return [{ rule: ACCOUNT_RULE, severity: needed.severity, field: 'type', message: needed.why, hint: needed.hint }];
}

/** The key is not a secret, but it is not repeated either: a user may have swapped the two. */
function checkKey(type: string, key: string, { key: form, access_key }: AccountForm): Finding[] {
  if (!form || form.pattern.test(key)) return [];
  return [
    {
      rule: ACCOUNT_RULE,
      severity: form.severity,
      field: 'credential.access_key',
      message: `the access_key of type ${type} must be ${access_key}`,
      hint: form.hint,
    },
  ];
}

/** Only the length: a name may have any characters. */
export function checkRegistryName({ name }: RegistrySpec): Finding[] {
  if (name.length > 0 && name.length <= MAX_NAME_LENGTH) return [];
  return [
    {
      rule: 'registry-name',
      message: `a registry's name must have 1 to ${MAX_NAME_LENGTH} characters, this one has ${name.length}`,
    },
  ];
}

/** Only its form: whether it is the right one is known at the first connection. */
export function checkCertificate({ ca_certificate: pem }: RegistrySpec): Finding[] {
  if (!pem?.trim() || pem.includes('-----BEGIN CERTIFICATE-----')) return [];
  return [
    { rule: 'registry-ca', field: 'ca_certificate', message: 'not a certificate in PEM form (BEGIN CERTIFICATE)' },
  ];
}
