import { X509Certificate } from 'node:crypto';
import { badRequest } from './errors';

/** Harbor's ValidateHTTPURL: `http://` is assumed; trailing slashes, the user and the query are dropped. */
export function acceptUrl(text: string): string {
  const trimmed = text.trim().replace(/\/+$/, '');
  if (trimmed === '') throw badRequest('empty string');
  const [, scheme, host, path] = /^(?:([^:/?#]+):\/\/)?([^/?#]+)([^?#]*)/.exec(trimmed) ?? [];
  const lowered = (scheme ?? 'http').toLowerCase();
  if (lowered !== 'http' && lowered !== 'https') throw badRequest(`invalid HTTP scheme: ${lowered}`);
  if (host === undefined) throw badRequest('invalid URL');
  return `${lowered}://${host.slice(host.lastIndexOf('@') + 1)}${(path ?? '').replace(/\/+$/, '')}`;
}

/** An empty text clears the certificate. */
export function acceptCertificate(pem: unknown): string {
  if (typeof pem !== 'string' || pem === '') return '';
  try {
    new X509Certificate(pem);
    return pem;
  } catch {
    throw badRequest('invalid CA certificate: no valid certificates found in PEM data');
  }
}
