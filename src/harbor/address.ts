import { NetworkError } from '../errors';
import type { RequestOptions } from './client';

const API = '/api/v2.0';

/**
 * Scheme, host and port of a Harbor; a trailing `/api/v2.0` is accepted.
 * @throws NetworkError if it is not the URL of a Harbor. Its content is not repeated, because user info may be a
 * secret.
 */
export function originOf(url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  const isPlain = parsed && parsed.username === '' && parsed.password === '' && parsed.search === '';
  const isHarbor = isPlain && /^https?:$/.test(parsed.protocol) && /^(\/|\/api(\/v2\.0)?\/?)$/.test(parsed.pathname);
  if (isHarbor) return parsed.origin;
  throw new NetworkError(
    'harbor.url is not the URL of a Harbor',
    'NETWORK_OTHER',
    parsed ? parsed.host : '<unparseable URL>',
    'write it like https://harbor.example.com: http or https, a host, no user and no path (Harbor cannot run below a path)',
  );
}

/**
 * Path and query of an API request, from the root of the server.
 * @throws Error if a name was not encoded: `/projects/..` would reach another endpoint
 */
export function targetOf(path: string, query: RequestOptions['query'] = {}): string {
  const full = `${API}${path}`;
  if (!path.startsWith('/') || new URL(full, 'http://localhost').pathname !== full) {
    throw new Error(`not an encoded API path: ${JSON.stringify(path)}`);
  }
  const pairs = Object.entries(query).map(([key, value]): [string, string] => [key, String(value)]);
  return pairs.length === 0 ? full : `${full}?${new URLSearchParams(pairs).toString()}`;
}
