import { isRecord, type JsonObject } from '../json';
import type { Carried } from './carried';
import { KIND, notAMap } from './harbor-configuration';
import type { Reader } from './reader';
import { settingsOf } from './settings';

/** The operator's own HarborConfiguration: settings of one Harbor, in camel case or under the names of Harbor's API. */
const API_VERSION = 'goharbor.io/v1beta1';

/** Reads `spec.configuration` alone. Keys in camel case get the names of Harbor's API. */
export const operator: Reader = { formats: `${KIND} (${API_VERSION})`, read: fromOperator };

function fromOperator(document: JsonObject): Carried | undefined {
  if (document['kind'] !== KIND || document['apiVersion'] !== API_VERSION) return undefined;
  const { spec } = document;
  if (!isRecord(spec)) return notAMap('spec', spec);
  const { configuration } = spec;
  if (!isRecord(configuration)) return notAMap('spec.configuration', configuration);
  const settings = Object.entries(configuration).map(([key, value]) => [snakeCase(key), value] as const);
  return settingsOf('spec.configuration', Object.fromEntries(settings));
}

function snakeCase(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
