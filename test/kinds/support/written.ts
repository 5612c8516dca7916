import type { JsonObject } from '../../../src/json';

/** Every secret of a test is the value of this variable. */
export const SECRET = { env: 'SECRET' };
export const PULL = { resource: 'repository', action: 'pull' };

/** An object under its name, with the name that it had before. */
export function under(name: string, value: JsonObject, from?: string): JsonObject {
  return { [name]: from === undefined ? value : { ...value, renamed_from: from } };
}
