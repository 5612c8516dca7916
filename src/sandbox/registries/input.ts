import { X509Certificate } from 'node:crypto';
import { badRequest, type HarborError } from '../errors';

/**
 * Harbor's ValidateHTTPURL: `http://` is assumed; surrounding spaces, slashes at the end, the query and a user with a
 * password are removed without an error.
 * It cannot be done with `URL`, which repairs and normalizes more than Go does.
 * @throws HarborError 400
 */
export function acceptUrl(text: string): string {
  const trimmed = text.replace(/^ +| +$/g, '').replace(/\/+$/, '');
  if (trimmed === '') throw badRequest('empty string');
  const whole = trimmed.includes('://') ? trimmed : `http://${trimmed}`;
  const invalid = (why: string): HarborError => badRequest(`invalid URL: parse ${JSON.stringify(whole)}: ${why}`);
  const [, scheme = '', authority = '', path = ''] = /^([a-z][a-z0-9+.-]*):\/\/([^/?#]*)([^?#]*)/i.exec(whole) ?? [];
  const lowered = scheme.toLowerCase();
  if (lowered !== 'http' && lowered !== 'https') throw badRequest(`invalid HTTP scheme: ${lowered}`);
  const host = authority.slice(authority.lastIndexOf('@') + 1);
  const odd = /[\s"<>\\^`{|}]/.exec(host)?.[0];
  if (odd !== undefined) throw invalid(`invalid character ${JSON.stringify(odd)} in host name`);
  const port = /:[^:\]]*$/.exec(host)?.[0] ?? '';
  if (!/^(:\d*)?$/.test(port)) throw invalid(`invalid port ${JSON.stringify(port)} after host`);
  try {
    return `${lowered}://${host}${decodeURIComponent(path)}`;
  } catch {
    const escape = /%(?![0-9a-f]{2}).{0,2}/i.exec(path)?.[0] ?? '%';
    throw invalid(`invalid URL escape ${JSON.stringify(escape)}`);
  }
}

/**
 * An empty text removes the certificate.
 * @throws HarborError 400
 */
export function acceptCertificate(pem: unknown): string {
  if (typeof pem !== 'string' || pem === '') return '';
  try {
    new X509Certificate(pem);
    return pem;
  } catch {
    throw badRequest('invalid CA certificate: no valid certificates found in PEM data');
  }
}
