import type { Json, JsonObject } from '../../../src/json';

/** Parts of one declaration put together; two parts never say the same key differently. */
export function merged(parts: readonly JsonObject[]): JsonObject {
  return parts.reduce((all, part) => mergedTwo(all, part), {});
}

function mergedTwo(one: JsonObject, other: JsonObject): JsonObject {
  return Object.entries(other).reduce<JsonObject>(
    (all, [key, value]) => ({ ...all, [key]: all[key] === undefined ? value : both(key, all[key], value) }),
    one,
  );
}

function both(key: string, one: Json, other: Json): Json {
  if (isPart(one) && isPart(other)) return mergedTwo(one, other);
  if (JSON.stringify(one) === JSON.stringify(other)) return one;
  throw new Error(`two kits declare ${key}: ${JSON.stringify(one)} and ${JSON.stringify(other)}`);
}

function isPart(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
