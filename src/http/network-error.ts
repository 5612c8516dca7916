import { NetworkError, type NetworkErrorCode } from '../errors';
import { redactUrl } from './redact';

/** Node and undici error codes, by what a person would do about them. */
const KINDS: readonly {
  readonly match: RegExp;
  readonly code: NetworkErrorCode;
  readonly what: string;
  readonly hint: string;
}[] = [
  {
    match: /^ECONNREFUSED$/,
    code: 'NETWORK_REFUSED',
    what: 'connection refused',
    hint: 'is it running, and is the port right?',
  },
  {
    match: /^(ENOTFOUND|EAI_AGAIN|EAI_FAIL)$/,
    code: 'NETWORK_DNS',
    what: 'the host name does not resolve',
    hint: 'check the spelling of the URL and the DNS of this machine',
  },
  {
    match: /^(ERR_TLS_|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|ERR_SSL|EPROTO)/,
    code: 'NETWORK_TLS',
    what: 'the TLS certificate was not accepted',
    hint: 'for a private CA set ca_file to its PEM; verification cannot be switched off',
  },
  {
    match:
      /^(UND_ERR_CONNECT_TIMEOUT|UND_ERR_HEADERS_TIMEOUT|UND_ERR_BODY_TIMEOUT|ETIMEDOUT|UND_ERR_ABORTED|ABORT_ERR)$/,
    code: 'NETWORK_TIMEOUT',
    what: 'no answer in time',
    hint: 'is a firewall dropping packets, or is the server overloaded?',
  },
  {
    match: /^(ECONNRESET|EPIPE|UND_ERR_SOCKET|HPE_|UND_ERR_RES_CONTENT_LENGTH)/,
    code: 'NETWORK_RESET',
    what: 'the connection broke',
    hint: 'try again; if it stays, look at the logs of the proxy in front',
  },
];

/** Turns whatever undici or Node threw into one error that says what happened, where, and what to try. */
export function toNetworkError(cause: unknown, method: string, url: string): NetworkError {
  if (cause instanceof NetworkError) return cause;
  const { code, message } = rootCause(cause);
  const kind = KINDS.find(({ match }) => match.test(code));
  const shown = redactUrl(url);
  const detail = code || message;
  return new NetworkError(
    `${method} ${shown}: ${kind ? `${kind.what} (${detail})` : message}`,
    kind?.code ?? 'NETWORK_OTHER',
    shown,
    kind?.hint,
    { cause },
  );
}

function rootCause(error: unknown): { code: string; message: string } {
  let current: unknown = error;
  let code = '';
  let message = String(error);
  for (let depth = 0; current instanceof Error && depth < 8; depth++) {
    const own = (current as NodeJS.ErrnoException).code;
    if (typeof own === 'string') code = own;
    message = current.message;
    current = current.cause ?? (current instanceof AggregateError ? current.errors[0] : undefined);
  }
  return { code, message };
}
