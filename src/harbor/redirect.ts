import { NetworkError } from '../errors';
import { redactUrl } from '../http/redact';

/** Harbor's API never redirects. Following another server's redirect would send it our credential. */
export function refuseRedirect(
  method: string,
  url: string,
  status: number,
  location: string | string[] | undefined,
): void {
  if (status < 300 || status > 399) return;
  const from = new URL(url);
  const to = locationFrom(Array.isArray(location) ? location[0] : location, from);
  const shown = to ? redactUrl(to) : 'nowhere';
  throw new NetworkError(
    `${method} ${redactUrl(url)}: ${status} redirects to ${shown}, and redirects are not followed`,
    'NETWORK_REDIRECT',
    redactUrl(url),
    redirectHint(from, to),
  );
}

function locationFrom(location: string | undefined, base: URL): URL | undefined {
  if (location === undefined || !URL.canParse(location, base.href)) return undefined;
  return new URL(location, base);
}

function redirectHint(from: URL, to: URL | undefined): string {
  if (to && to.hostname === from.hostname && to.protocol !== from.protocol) {
    return `the server requires ${to.protocol}//: set harbor.url to ${to.origin}`;
  }
  if (to && to.origin !== from.origin) return `if ${to.origin} is your Harbor, set harbor.url to it`;
  return 'a login page or a proxy is in front of Harbor: pass /api and /service through to Harbor';
}
