import { NetworkError } from '../errors';
import { redactUrl } from '../http/redact';
import { header, type WireRequest, type WireResponse } from './transport';

const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/** 300 and 304 are not, and neither is a 3xx without a Location. */
export function isRedirect(response: WireResponse): boolean {
  return REDIRECTS.has(response.status) && header(response, 'location') !== undefined;
}

/**
 * The request for a redirect: the same method (as intended by Harbor's 301 to `library/…` and the 307 to storage), and
 * no Authorization for another origin, because a storage URL contains its own.
 * @throws NetworkError `NETWORK_REDIRECT` for a Location that is not a URL, or that leaves TLS.
 */
export function followRedirect(request: WireRequest, response: WireResponse): WireRequest {
  const location = header(response, 'location') ?? '';
  const url = URL.canParse(location, request.url.href) ? new URL(location, request.url) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) throw refused(request, 'a Location that is not an http(s) URL');
  if (request.url.protocol === 'https:' && url.protocol === 'http:')
    throw refused(request, `a Location that leaves TLS (${redactUrl(url)})`);
  const headers = { ...request.headers };
  if (url.origin !== request.url.origin) delete headers['authorization'];
  return { ...request, url, headers };
}

/** For the first request, because the later ones may be at another host. */
export function tooManyRedirects(request: WireRequest, limit: number): NetworkError {
  return refused(request, `more than ${limit} redirects`);
}

function refused({ method, url }: WireRequest, what: string): NetworkError {
  const shown = redactUrl(url);
  return new NetworkError(`${method} ${shown} returned ${what}`, 'NETWORK_REDIRECT', shown);
}
