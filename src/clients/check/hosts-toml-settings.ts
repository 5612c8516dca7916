import type { Diagnostic } from '../../diagnostic';
import { GO_DURATION } from '../../duration';
import type { Span } from '../../declaration/yaml/source-text';
import { childOf, type TreeNode } from '../../declaration/yaml/tree';
import { error } from './trees';
import { isNameAndSecret } from './login';
import { entriesAt, isText, itemsAt, textAt, type TextNode } from './values';

/** What containerd does with a file that it cannot read: the end of a sentence. */
export const BYPASS = 'containerd logs the error, ignores the whole file and pulls from the public registry';

/**
 * An empty list means all of them.
 * Without `resolve` a tag is looked up at the next host, and the cache gets only the pull by digest. Without
 * `pull` the host is never used for content. Both look like a working mirror until someone reads Harbor's log.
 */
export function capabilities(settings: TreeNode, at: Span): Diagnostic[] {
  const items = itemsAt(settings, 'capabilities').filter(isText);
  if (items.length === 0) return [];
  const unknown = items.filter(({ value }) => !['pull', 'resolve', 'push', 'referrers'].includes(value.toLowerCase()));
  if (unknown.length > 0)
    return unknown.map(({ value, span }) =>
      error(
        'capabilities',
        span,
        `unknown capability "${value}": ${BYPASS}`,
        'write: capabilities = ["pull", "resolve"]',
      ),
    );
  const has = (name: string): boolean => items.some(({ value }) => value.toLowerCase() === name);
  const missing = ['pull', 'resolve'].filter((name) => !has(name));
  if (missing.length === 0) return [];
  const effect = has('pull') ? 'tags are looked up at the public registry' : 'nothing is pulled from this host';
  const where = childOf(settings, 'capabilities')?.span ?? at;
  return [
    error(
      'capabilities',
      where,
      `"${missing.join('", "')}" is missing: ${effect}`,
      'write: capabilities = ["pull", "resolve"]',
    ),
  ];
}

/**
 * `ca` is a string or a list of strings; containerd also accepts pairs elsewhere, which are client
 * certificates.
 */
export function authorities(settings: TreeNode): TextNode[] {
  const ca = childOf(settings, 'ca');
  return isText(ca) ? [ca] : itemsAt(settings, 'ca').filter(isText);
}

/** Names of headers are compared without case, as in HTTP (RFC 9110, section 5.1). */
export function authorizationOf(settings: TreeNode): TextNode | undefined {
  const found = entriesAt(settings, 'header').find(([name]) => name.toLowerCase() === 'authorization');
  return found && isText(found[1].value) ? found[1].value : undefined;
}

/**
 * Harbor takes a robot's login as Basic only. A wrong one is not refused by containerd, which continues with
 * the next host, so the file is the only place where it shows.
 */
export function authorizationFindings(settings: TreeNode): Diagnostic[] {
  const node = authorizationOf(settings);
  if (!node) return [];
  const [, encoded] = /^Basic ([A-Za-z0-9+/]+={0,2})$/.exec(node.value) ?? [];
  if (encoded !== undefined && isNameAndSecret(encoded)) return [];
  const hint = 'write: Authorization = "Basic BASE64", of name:secret';
  return [
    error('bad-login', node.span, 'not a Basic login: Harbor returns 401, and containerd uses another registry', hint),
  ];
}

/** `dial_timeout` is known to newer versions of containerd only; an invalid value matters only there. */
export function timeouts(settings: TreeNode): Diagnostic[] {
  const node = textAt(settings, 'dial_timeout');
  if (!node || GO_DURATION.test(node.value)) return [];
  const message = `"${node.value}" is not a duration: ${BYPASS}, where this version knows dial_timeout`;
  return [error('wrong-value', node.span, message, 'write: dial_timeout = "1s"')];
}
