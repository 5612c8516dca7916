import { compact } from '../compact';
import { isRecord, type Json, type JsonObject } from '../json';
import { CONFIGURATION_KEYS } from '../kinds/support/configuration-keys';
import { together, type Carried } from './carried';
import { lineOf } from './lines';
import type { Reader } from './reader';
import { settingsOf } from './settings';

/**
 * Settings that Harbor's core reads from its environment: `CONFIG_OVERWRITE_JSON`, which the Helm chart fills from
 * `core.configureUserSettings`. They are in values, ConfigMaps, Compose files and env files, as JSON in a text.
 */
const NAMES = ['configureUserSettings', 'CONFIG_OVERWRITE_JSON'];
const ASSIGNMENT = /^\s*(?:export\s+)?CONFIG_OVERWRITE_JSON=(.*)$/m;
const URL_KEY = 'externalURL';

interface Holder {
  readonly address: string;
  readonly value: Json;
  readonly line: number | undefined;
}

/** An env file is not YAML: converted to a document with the one variable. */
export function settingsVariable(text: string): JsonObject | undefined {
  const [, value] = ASSIGNMENT.exec(text) ?? [];
  return value === undefined ? undefined : { CONFIG_OVERWRITE_JSON: value.trim().replace(/^(['"])(.*)\1$/s, '$2') };
}

/** The last reader, because it accepts any document that has one of the keys somewhere. */
export const userSettings: Reader = {
  formats: 'configureUserSettings or CONFIG_OVERWRITE_JSON',
  read: fromUserSettings,
};

function fromUserSettings(document: JsonObject): Carried | undefined {
  const holders = holdersIn(document, []);
  if (holders.length > 0) {
    const carried = together(holders.map(readHolder));
    const url = urlIn(document);
    return url === undefined ? carried : { ...carried, harbor: { url } };
  }
  const isBare = Object.keys(document).some((key) => Object.hasOwn(CONFIGURATION_KEYS, key));
  return isBare && !('kind' in document) ? settingsOf('settings', document) : undefined;
}

/**
 * At any depth: in a values file below `core`, in a ConfigMap below `data`, in Compose below
 * `services.core.environment`.
 */
function holdersIn(value: Json, path: readonly string[]): Holder[] {
  if (Array.isArray(value))
    return (value as readonly Json[]).flatMap(
      (item, i) => inList(item, [...path, String(i)]) ?? holdersIn(item, [...path, String(i)]),
    );
  if (!isRecord(value)) return [];
  return Object.entries(value).flatMap(([key, item]) => {
    const here = [...path, key];
    return NAMES.includes(key)
      ? [{ address: here.join('.'), value: item, line: lineOf(value, key) }]
      : holdersIn(item, here);
  });
}

/** `{ name, value }` of a container, `NAME=value` of Compose. */
function inList(item: Json, path: readonly string[]): Holder[] | undefined {
  if (typeof item === 'string') {
    const variable = settingsVariable(item);
    return variable && [{ address: path.join('.'), value: variable['CONFIG_OVERWRITE_JSON']!, line: undefined }];
  }
  if (
    !isRecord(item) ||
    typeof item['name'] !== 'string' ||
    !NAMES.includes(item['name']) ||
    item['value'] === undefined
  )
    return undefined;
  return [{ address: path.join('.'), value: item['value'], line: lineOf(item) }];
}

/**
 *       value                    result
 *       a map                    its settings
 *       null or empty            nothing, and no finding: the chart's default
 *       text with {{             left out: a template of Helm is no JSON yet
 *       text with a JSON object  its settings
 *       anything else            left out, with the reason
 */
function readHolder({ address, value, line }: Holder): Carried {
  const refused = (reason: string): Carried => ({
    objects: [],
    notCarried: [compact({ address, reason, line })],
  });
  if (isRecord(value)) return settingsOf(address, value);
  if (value === null || value === '') return { objects: [], notCarried: [] };
  if (typeof value !== 'string') return refused('it is not a JSON object');
  if (value.includes('{{')) return refused('it is a template: render the chart (helm template) and import the result');
  try {
    const settings = JSON.parse(value) as Json;
    return isRecord(settings) ? settingsOf(address, settings) : refused('it is not a JSON object');
  } catch (error) {
    return refused(`it is not JSON: ${(error as Error).message}`);
  }
}

/** In values at the top, in a resource of the operator below `spec`. */
function urlIn(document: JsonObject): string | undefined {
  const spec = isRecord(document['spec']) ? document['spec'] : {};
  const url = document[URL_KEY] ?? spec[URL_KEY];
  return typeof url === 'string' && url !== '' ? url : undefined;
}
