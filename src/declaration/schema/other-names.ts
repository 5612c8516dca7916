/**
 * Keys as Harbor's API, its pages and Terraform's Harbor provider call them, or as people write them, with the key of a
 * declaration that has this meaning.
 */
export const KEYS_BY_OTHER_NAME: ReadonlyMap<string, readonly string[]> = new Map([
  ['access_level', ['public']],
  ['account', ['credential']],
  ['auth', ['credential']],
  ['bandwidth', ['proxy_speed_kb']],
  ['cron', ['schedule']],
  ['endpoint', ['url']],
  ['endpoint_url', ['url']],
  ['expires', ['duration']],
  ['expires_in', ['duration']],
  ['images', ['pull']],
  ['limit', ['storage_limit']],
  ['login', ['credential', 'username']],
  ['password', ['access_secret', 'secret']],
  ['permissions', ['access']],
  ['private', ['public: false']],
  ['provider', ['type', 'registry']],
  ['provider_name', ['type']],
  ['proxy', ['registry']],
  ['proxy_cache', ['registry']],
  ['quota', ['storage_limit']],
  ['registry_id', ['registry']],
  ['schedule', ['cron']],
  ['secret', ['access_secret']],
  ['source', ['registry']],
  ['storage_quota', ['storage_limit']],
  ['ttl', ['duration']],
  ['upstream', ['registry']],
  ['user', ['username', 'access_key']],
  ['username', ['access_key']],
  ['visibility', ['public']],
]);

/** What to write for `word`, where one of the keys `known` has its meaning: `storage_limit` for `quota`. */
export function keyCalled(word: string, known: readonly string[]): string | undefined {
  const keys = KEYS_BY_OTHER_NAME.get(word.toLowerCase().replaceAll('-', '_')) ?? [];
  return keys.find((key) => known.includes(key.replace(/:.*/, '')));
}
