import { NetworkError, type NetworkErrorCode } from '../errors';
import { printable } from '../outside/printable';
import { redactUrl } from './redact';

interface Explanation {
  readonly match: RegExp;
  readonly code: NetworkErrorCode;
  readonly what: string;
  readonly hint: string;
}

/** Node and undici error codes, grouped by what to do about them; the first match counts. */
const EXPLANATIONS: readonly Explanation[] = [
  {
    match: /^ECONNREFUSED$/,
    code: 'NETWORK_REFUSED',
    what: 'connection refused',
    hint: 'check that the server is running and that the port is right',
  },
  {
    match: /^(EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL)$/,
    code: 'NETWORK_REFUSED',
    what: 'the host cannot be reached',
    hint: 'check the route, the VPN and the firewall in between',
  },
  {
    match: /^(ENOTFOUND|EAI_AGAIN|EAI_FAIL)$/,
    code: 'NETWORK_DNS',
    what: 'the host name does not resolve',
    hint: 'check the spelling of the URL and the DNS of this machine',
  },
  {
    match: /^CERT_(HAS_EXPIRED|NOT_YET_VALID)$/,
    code: 'NETWORK_TLS',
    what: 'the TLS certificate is expired or not valid yet',
    hint: 'renew it, or check the clock of this machine',
  },
  {
    match: /^ERR_TLS_CERT_ALTNAME_INVALID$/,
    code: 'NETWORK_TLS',
    what: 'the TLS certificate is for another host name',
    hint: 'use a name that is in the certificate, or issue a certificate for this name',
  },
  {
    match: /^(ERR_SSL_WRONG_VERSION_NUMBER|ERR_SSL_PACKET_LENGTH_TOO_LONG|EPROTO)$/,
    code: 'NETWORK_TLS',
    what: 'the server did not respond with TLS',
    hint: 'if this is an http port, the URL must begin with http://',
  },
  {
    match: /^(ERR_TLS_|ERR_SSL|ERR_OSSL|CERT_|CRL_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|INVALID_CA|HOSTNAME_MISMATCH)/,
    code: 'NETWORK_TLS',
    what: 'the TLS certificate was not accepted',
    hint: 'for a private CA set ca_file to its PEM; verification cannot be disabled',
  },
  {
    match: /^(UND_ERR_ABORTED|ABORT_ERR)$/,
    code: 'NETWORK_ABORTED',
    what: 'stopped',
    hint: 'the run was stopped',
  },
  {
    match: /^(UND_ERR_CONNECT_TIMEOUT|UND_ERR_HEADERS_TIMEOUT|UND_ERR_BODY_TIMEOUT|ETIMEDOUT)$/,
    code: 'NETWORK_TIMEOUT',
    what: 'no response in time',
    hint: 'a firewall may be dropping packets, or the server may be overloaded',
  },
  {
    match: /^(ECONNRESET|EPIPE|UND_ERR_SOCKET|HPE_|UND_ERR_RES_CONTENT_LENGTH|UND_ERR_HEADERS_OVERFLOW)/,
    code: 'NETWORK_RESET',
    what: 'the connection broke',
    hint: 'try again; if it keeps failing, see the logs of the proxy in front',
  },
];

/** Some of Node's messages repeat received data. */
const MAX_MESSAGE_LENGTH = 300;

/**
 * Converts any error of undici or Node to one that says what happened, where, and what to try.
 * What a caller may do with it depends on the code:
 *
 *                  never sent   worth another attempt
 *     REFUSED      yes          yes
 *     DNS          yes          yes
 *     TLS          yes          no
 *     ABORTED      yes          no      by the run, before the request was sent
 *     TIMEOUT      no           yes     never sent if the connection itself took too long
 *     RESET        no           yes
 *     others       no           no
 */
export function toNetworkError(cause: unknown, method: string, url: string): NetworkError {
  if (cause instanceof NetworkError) return cause;
  const root = rootCause(cause);
  const [code, message] = [root.code, printable(root.message, MAX_MESSAGE_LENGTH)];
  const known = EXPLANATIONS.find(({ match }) => match.test(code));
  const shown = redactUrl(url);
  const detail = code || message;
  return new NetworkError(
    `${method} ${shown}: ${known ? `${known.what} (${detail})` : message}`,
    known?.code ?? 'NETWORK_OTHER',
    shown,
    known?.hint,
    // Refused connections, unknown names and broken TLS are recognized by their code.
    code === 'UND_ERR_CONNECT_TIMEOUT' ? { cause, sent: 'never' } : { cause },
  );
}

/** Web errors have names instead of Node's codes. */
const DOM_CODES: Readonly<Record<string, string>> = { AbortError: 'ABORT_ERR', TimeoutError: 'ETIMEDOUT' };

/**
 * Follows the causes to the last one with a code. Checks the shape, not the class, because errors may come from another
 * realm.
 */
function rootCause(error: unknown): { code: string; message: string } {
  let current = error as Partial<NodeJS.ErrnoException> & { cause?: unknown; errors?: unknown[] };
  let code = '';
  let message = String(error);
  for (let depth = 0; typeof current?.message === 'string' && depth < 8; depth++) {
    if (typeof current.code === 'string') code = current.code;
    else if (current.name !== undefined && current.name in DOM_CODES) code = DOM_CODES[current.name]!;
    message = current.message;
    current = (current.cause ?? current.errors?.[0]) as typeof current;
  }
  return { code, message };
}
