import type { Diagnostic } from '../../diagnostic';
import type { Span } from '../../declaration/yaml/source-text';
import type { Facts, FoundFile } from '../client';
import { isNearly } from './endpoint';
import { error, startOfFile, warning } from './trees';
import type { TextNode } from './values';

/**
 * Files that a configuration names: they must exist, be readable, and contain certificates.
 * @param base directory of a relative path: that of the file which names it, or `/` where the client takes it
 * so
 * @param effect what the client does without it: the end of a sentence
 */
export function namedFile(
  node: TextNode,
  base: string,
  files: readonly FoundFile[],
  facts: Facts,
  effect: string,
): Diagnostic[] {
  const path = node.value.startsWith('/') ? node.value : `${base}/${node.value}`;
  if (node.value === '') return [error('unreadable-ca', node.span, `an empty path: ${effect}`)];
  const found = files.find((file) => file.path === path);
  if (found?.content !== undefined) return contentFindings(found.content, path, node.span, effect);
  if (found || facts.isReadable?.(path) === false)
    return [error('unreadable-ca', node.span, `${path} cannot be read: ${effect}`, `put the PEM file of the CA there`)];
  return [];
}

function contentFindings(content: string, path: string, at: Span, effect: string): Diagnostic[] {
  if (content.includes('PRIVATE KEY') && !content.includes('BEGIN CERTIFICATE'))
    return [error('unreadable-ca', at, `${path} is a private key, not a certificate: ${effect}`)];
  return /-----BEGIN (?:TRUSTED )?CERTIFICATE-----/.test(content)
    ? []
    : [error('unreadable-ca', at, `${path} has no PEM certificate in it: ${effect}`)];
}

/**
 * A login that other users of the machine can read.
 * Group or others have any permission: the mode is compared with 0600. An unknown mode (a file that was copied
 * to us) gives no finding.
 */
export function exposedLogin({ path, mode }: FoundFile, hasLogin: boolean): Diagnostic[] {
  if (!hasLogin || mode === undefined || (mode & 0o077) === 0) return [];
  const octal = (mode & 0o777).toString(8).padStart(4, '0');
  return [
    warning(
      'exposed-login',
      startOfFile(path),
      `the file contains a login, but its mode is ${octal}`,
      `chmod 600 ${path}`,
    ),
  ];
}

/**
 * A `certs.d` of Docker or of containers/image: only `.crt` files, and pairs of `.cert` and `.key`, are read, in the
 * directory with exactly the host and port.
 * @param root without a trailing slash: `/etc/docker/certs.d`
 * @param hosts `host` or `host:port` of Harbor and the mirrors. The name of a directory is compared with them
 * as text, because Docker does the same: `harbor.example.com` does not count for `harbor.example.com:443`.
 */
export function checkCertificateDirectory(
  files: readonly FoundFile[],
  root: string,
  hosts: readonly string[],
): Diagnostic[] {
  const inside = files.flatMap((file) => {
    const [host, name, ...more] = file.path.startsWith(`${root}/`) ? file.path.slice(root.length + 1).split('/') : [];
    return host === undefined || name === undefined || more.length > 0 ? [] : [{ file, host, name }];
  });
  return inside.flatMap(({ file, host, name }) => [
    ...ignoredName(
      file.path,
      name,
      inside.some((other) => other.host === host && other.name.endsWith('.crt')),
    ),
    ...halfPair(file.path, host, name, inside),
    ...(name.endsWith('.crt') ? unusable(file) : []),
    ...otherDirectory(
      file.path,
      host,
      hosts,
      inside.map((other) => other.host),
    ),
  ]);
}

/** A CA that cannot be used makes the client fall back to the public registry. */
function unusable({ path, content }: FoundFile): Diagnostic[] {
  const effect = 'the certificate of this registry is not trusted';
  if (content !== undefined) return contentFindings(content, path, startOfFile(path), effect);
  return [error('unreadable-ca', startOfFile(path), `${path} cannot be read: ${effect}`, `chmod 644 ${path}`)];
}

function ignoredName(path: string, name: string, hasAuthority: boolean): Diagnostic[] {
  if (!/\.pem$|\.cer$|\.crt(\.[a-z]+)?$/i.test(name) || name.endsWith('.crt') || hasAuthority) return [];
  const message = `only files that end in .crt are read as CAs: ${name} is ignored`;
  return [error('ignored-file', startOfFile(path), message, `mv ${path} ${path.replace(/[^/]*$/, 'ca.crt')}`)];
}

/** Only from the side of the certificate. */
function halfPair(
  path: string,
  host: string,
  name: string,
  inside: readonly { host: string; name: string }[],
): Diagnostic[] {
  if (!name.endsWith('.cert')) return [];
  const key = name.replace(/\.cert$/, '.key');
  if (inside.some((other) => other.host === host && other.name === key)) return [];
  return [
    error('half-pair', startOfFile(path), `there is no ${key} next to ${name}: every pull from ${host} is refused`),
  ];
}

/** A directory for another port, a misspelt host or a URL, if the correct one is missing. */
function otherDirectory(
  path: string,
  host: string,
  hosts: readonly string[],
  present: readonly string[],
): Diagnostic[] {
  if (hosts.includes(host)) return [];
  const samePlace = hosts.find((known) => known.split(':')[0] === host.split(':')[0]);
  const plain = host.replace(/^https?:\/*/, '');
  const near =
    samePlace ?? hosts.find((known) => !present.includes(known) && (plain === known || isNearly(host, known)));
  if (near === undefined) return [];
  const whose =
    samePlace === undefined ? `${host} is not a registry here` : `the directory ${host} is for another port`;
  return [
    error('ca-elsewhere', startOfFile(path), `${whose}: ${near} looks in ${near}`, `rename the directory to ${near}`),
  ];
}
