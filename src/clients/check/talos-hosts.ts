import type { Diagnostic } from '../../diagnostic';
import type { Span } from '../../declaration/yaml/source-text';
import { childOf, type TreeNode } from '../../declaration/yaml/tree';
import type { Facts } from '../client';
import { missingLogin } from './login';
import { error, warning } from './trees';
import { entriesAt, isText, isTrue, textAt, type TextNode } from './values';

const REFUSED = 'Talos refuses the configuration';

/** A mirror of either form. */
export interface Mirror {
  readonly registry: string;
  readonly key: Span;
  readonly tree: TreeNode;
  /**
   * `isWhole`: the URL is used as it is (`overridePath`). In the older form this is one setting for all
   * endpoints.
   */
  readonly endpoints: readonly { readonly node: TextNode; readonly isWhole: boolean }[];
}

/** Logins and CAs of one host, in a document of its own or below machine.registries.config. */
interface HostPart {
  readonly host: string;
  readonly tree: TreeNode;
}

/** @param kind of the document; `key` of the same part below machine.registries.config.HOST */
function parts(tree: TreeNode, kind: string, key: string): HostPart[] {
  const name = textAt(tree, 'name');
  if (textAt(tree, 'kind')?.value === kind) return name ? [{ host: name.value, tree }] : [];
  const configs = entriesAt(childOf(childOf(tree, 'machine'), 'registries'), 'config');
  return configs.flatMap(([host, { value }]) => {
    const part = childOf(value, key);
    return part ? [{ host, tree: part }] : [];
  });
}

/** Whether a document contains a login, and so whether its file must not be readable for others. */
export function hasLogin(tree: TreeNode): boolean {
  return parts(tree, 'RegistryAuthConfig', 'auth').length > 0;
}

/** Talos looks up a login by the host of the endpoint, over all documents of the file. */
export function missingLogins(trees: readonly TreeNode[], mirrors: readonly Mirror[], facts: Facts): Diagnostic[] {
  const known = trees.flatMap((tree) => parts(tree, 'RegistryAuthConfig', 'auth')).map(({ host }) => host);
  return mirrors.flatMap(({ registry, key, endpoints }) => {
    const hosts = endpoints.flatMap(({ node }) => (URL.canParse(node.value) ? [new URL(node.value).host] : []));
    return missingLogin(
      registry,
      hosts.some((host) => known.includes(host)),
      key,
      facts,
    );
  });
}

/**
 * Findings about logins and CAs. They are of the same kind in both forms, except that a CA is Base64 below
 * `machine`.
 */
export function hostSettings(tree: TreeNode): Diagnostic[] {
  const isMachine = childOf(tree, 'machine') !== undefined;
  return [
    ...parts(tree, 'RegistryAuthConfig', 'auth').flatMap(halfLogin),
    ...parts(tree, 'RegistryTLSConfig', 'tls').flatMap((part) => authority(part, isMachine)),
  ];
}

function halfLogin({ host, tree }: HostPart): Diagnostic[] {
  const [name, secret] = [textAt(tree, 'username'), textAt(tree, 'password')];
  if ((name === undefined) === (secret === undefined)) return [];
  const lacking = name ? 'password' : 'username';
  return [error('bad-login', (name ?? secret!).span, `${lacking} of ${host} is missing: pulls are anonymous`)];
}

/** PEM in a document, Base64 of it below machine. */
function authority({ host, tree }: HostPart, isMachine: boolean): Diagnostic[] {
  const skip = childOf(tree, 'insecureSkipVerify');
  const ca = childOf(tree, 'ca');
  const text = !isText(ca) ? undefined : isMachine ? Buffer.from(ca.value, 'base64').toString('utf8') : ca.value;
  const form = isMachine ? 'Base64 of a PEM certificate' : 'a PEM certificate';
  return [
    ...(ca && text !== undefined && !text.includes('-----BEGIN CERTIFICATE-----')
      ? [error('unreadable-ca', ca.span, `ca of ${host} is not ${form}: ${REFUSED}`, `write the CA as ${form}`)]
      : []),
    ...(skip && isTrue(skip)
      ? [warning('tls-unverified', skip.span, 'the certificate is not verified', 'remove it and set ca')]
      : []),
  ];
}
