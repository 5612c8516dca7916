import type { Diagnostic } from '../../diagnostic';
import type { Span } from '../../declaration/yaml/source-text';
import { childOf, type TreeNode } from '../../declaration/yaml/tree';
import type { Facts, FoundFile } from '../client';
import { exposedLogin } from './pem';
import { checkShape, type Shape } from './shape';
import { error, readJson, warning } from './trees';
import { entriesAt, isText, textAt, type TextNode } from './values';

const ANONYMOUS = 'pulls are anonymous';
const WITH_SECRETS = 'breakwater clients render --with-secrets writes it';

/**
 * A private project whose declared login is not in the files. The client may get it from elsewhere, so it is a warning.
 */
export function missingLogin(registry: string, hasLogin: boolean, at: Span, facts: Facts): Diagnostic[] {
  const upstream = facts.upstreams?.find((one) => one.registry === registry);
  if (facts.expectsLogin !== true || hasLogin || !upstream || upstream.isPublic) return [];
  const message = `project ${upstream.project} is private, but these files contain no login for it: Harbor returns 401`;
  return [warning('no-login', at, message, WITH_SECRETS)];
}

const shape: Shape = {
  open: true,
  keys: {
    auths: { mapOf: { open: true, keys: { auth: 'text', username: 'text', password: 'text', identitytoken: 'text' } } },
    credsStore: 'text',
    credHelpers: { mapOf: 'text' },
  },
};

/**
 * A Docker config.json, or an auth.json of containers/image, with a login for Harbor.
 */
export function checkDockerConfig(file: FoundFile, facts: Facts): Diagnostic[] {
  const { trees, diagnostics } = readJson(file, ANONYMOUS);
  return [
    ...diagnostics,
    ...trees.flatMap((tree) => [
      ...checkShape(tree, shape, { unknownKey: 'it is silently ignored', wrongType: ANONYMOUS }),
      ...entriesAt(tree, 'auths').flatMap(([host, { value }]) => badEntry(host, value)),
      ...helpers(tree).flatMap((node) => missingHelper(node, facts)),
      ...otherHost(tree, facts),
      ...exposedLogin(
        file,
        entriesAt(tree, 'auths').some(([, { value }]) => textAt(value, 'auth') !== undefined),
      ),
    ]),
  ];
}

/** `auth` is Base64 of name:secret. */
function badEntry(host: string, entry: TreeNode): Diagnostic[] {
  const auth = textAt(entry, 'auth');
  if (!auth || auth.value === '' || isNameAndSecret(auth.value)) return [];
  const message = `auth of ${host} is not Base64 of name:secret: ${ANONYMOUS}`;
  return [error('bad-login', auth.span, message, WITH_SECRETS)];
}

/**
 * Base64 with a name, a colon and at least one character after it. The content is not compared with any secret.
 */
export function isNameAndSecret(encoded: string): boolean {
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(encoded)) return false;
  return /^[^:]+:./s.test(Buffer.from(encoded, 'base64').toString('utf8'));
}

/** `credsStore` is for all registries, `credHelpers` for one each. */
function helpers(tree: TreeNode): TextNode[] {
  const store = textAt(tree, 'credsStore');
  const own = entriesAt(tree, 'credHelpers').map(([, { value }]) => value);
  return [...(store ? [store] : []), ...own.filter(isText)];
}

const PATH = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/** A program `docker-credential-NAME` that is not in the usual PATH. */
export function missingHelper({ value, span }: TextNode, { isReadable }: Facts): Diagnostic[] {
  if (value === '' || value === 'containers-auth.json') return [];
  const isMissing = PATH.every((folder) => isReadable?.(`${folder}/docker-credential-${value}`) === false);
  if (!isMissing) return [];
  const message = `the program docker-credential-${value} is not in ${PATH.slice(1, 4).join(', ')}: ${ANONYMOUS}, or fail`;
  return [error('no-helper', span, message, 'install it, or remove the helper')];
}

/** A login for a host that differs slightly from Harbor's, such as in the port, is never used. */
function otherHost(tree: TreeNode, { harborUrl }: Facts): Diagnostic[] {
  if (harborUrl === undefined) return [];
  const { host, hostname } = new URL(harborUrl);
  const entries = entriesAt(tree, 'auths').map(([name, { key }]) => ({ key, name, plain: plainHost(name) }));
  if (entries.some(({ plain }) => plain === host) || childOf(tree, 'credsStore')) return [];
  return entries
    .filter(({ plain }) => plain.split(':')[0] === hostname)
    .map(({ key, name }) =>
      error('never-matched', key, `Harbor is ${host}: the login of ${name} is not used`, `write ${host}`),
    );
}

function plainHost(name: string): string {
  return name.replace(/^https?:\/\//, '').replace(/\/.*$/, '');
}
