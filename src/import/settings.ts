import type { Json, JsonObject } from '../json';
import { bannerFromText } from '../kinds/support/banner';
import { CONFIGURATION_KEYS } from '../kinds/support/configuration-keys';
import { carriedFrom, UNNAMED_SECRET, type Carried } from './carried';
import { defined } from './defined';
import { fieldsOf, type Fields } from './fields';
import { lookUp } from './look-up';

/**
 * Settings with the names of Harbor's API, whatever the format of their values: text, numbers, JSON in a text.
 *
 *      in the other tool                                      in the policy
 *      token_expiration: "30"                                 token_expiration: 30
 *      disabled_audit_log_event_types: "pull,create_robot"    [pull, create_robot]
 *      oidc_extra_redirect_parms: '{"prompt":"login"}'        { prompt: login }
 *      banner_message: '{"message":"…","closable":true}'      banner: { message: …, closable: true }
 *      oidc_client_secret: hunter2                            a reference to a variable; the value is not copied
 */
export function settingsOf(address: string, settings: JsonObject): Carried {
  const fields = fieldsOf(address, settings);
  return carriedFrom(fields, () => {
    const entries = Object.keys(settings).map((key) => [declaredKey(fields, key), settingOf(fields, key)] as const);
    return [{ kind: 'configuration', path: 'configuration', names: [], value: defined(Object.fromEntries(entries)) }];
  });
}

const BANNER = 'banner_message';

function declaredKey(fields: Fields, key: string): string {
  return key === BANNER && bannerOf(fields) !== undefined ? 'banner' : key;
}

/** Plain text, and JSON that `banner` cannot express, stay `banner_message`. */
function bannerOf(fields: Fields): Json | undefined {
  const banner = bannerFromText(fields.text(BANNER) ?? '');
  return banner && { ...banner };
}

/**
 * By the form that the kind declares for the key, so that a new key of Harbor needs no change here. The scopes of LDAP
 * are numbers although they look like names; `oidc_scope` is the one scope that is text.
 */
function settingOf(fields: Fields, key: string): Json | undefined {
  const known = lookUp(CONFIGURATION_KEYS, key);
  if (key === BANNER) return bannerOf(fields) ?? fields.text(key);
  switch (known?.form) {
    case 'secret':
      return secretOf(fields, key);
    case 'list':
      return listOf(fields.raw(key));
    case 'map':
      return mapOf(fields.raw(key));
    case 'size':
      return fields.number(key);
    case undefined:
      break;
  }
  const type = known?.schema['type'];
  if (type === 'boolean') return fields.flag(key);
  if (type === 'integer' || key.endsWith('_scope')) return key === 'oidc_scope' ? fields.text(key) : fields.number(key);
  // The schema reports names that Harbor does not know.
  return type === 'string' ? fields.text(key) : fields.raw(key);
}

/** Reported although it becomes a reference: the person has to set that variable before the first plan. */
function secretOf(fields: Fields, key: string): Json | undefined {
  if (!fields.has(key)) return undefined;
  fields.skip(key);
  fields.drop(key, 'its value is not copied: it becomes a reference, which secrets.env.example lists');
  return UNNAMED_SECRET;
}

function listOf(value: Json | undefined): Json | undefined {
  return typeof value === 'string' ? value.split(',').flatMap((item) => item.trim() || []) : value;
}

function mapOf(value: Json | undefined): Json | undefined {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value || '{}') as Json;
  } catch {
    // The declaration reports its errors.
    return value;
  }
}
