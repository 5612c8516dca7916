import type { Diagnostic, Refusal } from '../../diagnostic';
import { placeholderIn } from '../../kinds/support/placeholder';
import { positionOf } from '../yaml/source-text';
import { childOf, type TreeNode } from '../yaml/tree';

/** Only a base URL: user info would be a literal secret, and a query has no meaning. */
export function checkHarborUrl(root: TreeNode): Diagnostic[] {
  const node = childOf(childOf(root, 'harbor'), 'url');
  if (node?.type !== 'scalar' || typeof node.value !== 'string' || node.value === '') return [];
  const fault = harborUrlFault(node.value);
  if (!fault) return [];
  const { rule, message, hint } = fault;
  return [
    { rule, severity: 'error', message: `harbor.url: ${message}`, hint, at: positionOf(node.span), path: 'harbor.url' },
  ];
}

/**
 * Also for a URL from an option or from `init`. Undefined if it can be used.
 *
 *      https://harbor.example.com/          fine
 *      https://harbor.example.com/harbor    Harbor cannot run below a path
 *      https://admin:secret@harbor…         a literal secret
 *      harbor.example.com                   not a URL
 */
export function harborUrlFault(text: string): Refusal | undefined {
  const example = 'write it as https://harbor.example.com';
  const placeholder = placeholderIn(text);
  if (placeholder) return { rule: 'bad-format', ...placeholder };
  if (!URL.canParse(text)) return { rule: 'bad-format', message: 'not a URL', hint: example };
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') {
    return {
      rule: 'literal-secret',
      message: 'a URL with a user or password',
      hint: 'use username and password, or robot',
    };
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    return { rule: 'bad-format', message: `${url.protocol} is neither https: nor http:`, hint: example };
  }
  if (url.search !== '' || url.hash !== '') {
    return { rule: 'bad-format', message: 'a base URL must not have a query or fragment', hint: example };
  }
  if (url.pathname !== '/') {
    const message = `a base URL must not have a path: Harbor cannot run below a path`;
    return { rule: 'bad-format', message, hint: `write it as ${url.origin}` };
  }
  return undefined;
}
