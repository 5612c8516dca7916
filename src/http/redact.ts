/** Query keys whose values may be logged; every other value is replaced. */
const PLAIN_QUERY_KEYS = new Set([
  'page',
  'page_size',
  'sort',
  'name',
  'reference',
  'service',
  'scope',
  'n',
  'last',
  'ns',
]);

/** The URL without user info and without query values that could contain a secret. */
export function redactUrl(url: string | URL): string {
  // Most URLs of a registry have none of these, and every request shows its URL several times.
  if (url instanceof URL && url.search === '' && url.username === '' && url.password === '') return url.href;
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch {
    return '<unparseable URL>';
  }
  parsed.username = '';
  parsed.password = '';
  for (const key of [...parsed.searchParams.keys()]) {
    if (!PLAIN_QUERY_KEYS.has(key)) parsed.searchParams.set(key, 'REDACTED');
  }
  return parsed.toString();
}
