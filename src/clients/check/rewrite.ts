import type { Diagnostic } from '../../diagnostic';
import type { Span } from '../../declaration/yaml/source-text';
import type { TreeNode } from '../../declaration/yaml/tree';
import { suggest } from '../../suggest';
import type { Facts } from '../client';
import { error } from './trees';

/**
 * Go's regular expressions: `$1` is a reference, `\1` is not, and `$1x` refers to a group named `1x`.
 * @param registry of the entry: the replacement has to begin with the project that serves it
 */
export function checkRewrite(
  pattern: string,
  at: Span,
  value: TreeNode,
  registry: string,
  { upstreams }: Facts,
): Diagnostic[] {
  const project = upstreams?.find((upstream) => upstream.registry === registry)?.project;
  const hint = `write: "^(.*)$": "${project ?? 'PROJECT'}/$1"`;
  const text = value.type === 'scalar' && typeof value.value === 'string' ? value.value : undefined;
  if (!isPattern(pattern))
    return [error('rewrite', at, `"${pattern}" is not a regular expression: the rewrite is ignored`, hint)];
  if (text === undefined) return [];
  if (/\\\d/.test(text) || (/\$(?!\d|\{\d+\})/.test(text) && !/\$\d|\$\{/.test(text)))
    return [error('rewrite', value.span, `"${text}" refers to no group: write $1`, hint)];
  if (/\$\d+[A-Za-z_]/.test(text))
    return [error('rewrite', value.span, `in "${text}" the letters become part of the group's name`, hint)];
  if (!/\$(?:\d|\{\d+\})/.test(text) && /\(/.test(pattern))
    return [error('rewrite', value.span, `"${text}" drops the repository, so that all images become the same`, hint)];
  const [first = ''] = text.replace(/^\/+/, '').split('/');
  if (text.startsWith('/') || /[:.]\d|^https?:/.test(first) || /^v2$/.test(first))
    return [error('rewrite', value.span, `"${text}" must begin with the project`, hint)];
  if (project === undefined || first === project) return [];
  if (/\$/.test(first)) return [error('rewrite', value.span, `"${text}" has no project in it`, hint)];
  const meant = suggest(first, upstreams?.map((upstream) => upstream.project) ?? []);
  return [
    error(
      meant === first ? 'wrong-project' : 'unknown-project',
      value.span,
      `${registry} is served by ${project}, not by ${first}`,
      hint,
    ),
  ];
}

/**
 * By the syntax of JavaScript, although the programs that read the file are written in Go.
 */
function isPattern(pattern: string): boolean {
  try {
    return new RegExp(pattern) instanceof RegExp;
  } catch {
    return false;
  }
}
