import { escapeRegExp, type Mirror } from './mirror';

/** The only methods that a mirror allows. */
export function onlyReading(): string[] {
  return ['if ($request_method !~ ^(GET|HEAD)$) { return 405; }'];
}

/** Prefixing twice changes nothing: Harbor's redirects and links already contain the project. */
export function intoProject({ project }: Mirror): string {
  return `rewrite ^/v2/(?:${escapeRegExp(project)}/)?(.+)$ /v2/${project}/$1 break;`;
}

/**
 * A unique variable per name: a dot becomes one underscore and a hyphen two; host names never have them side by side.
 */
export function variableOf({ hostname }: Mirror): string {
  return `mirror_${hostname.replace(/[.-]/g, (character) => (character === '.' ? '_' : '__'))}`;
}

/** Lines without a line break; the caller joins them. */
export function block(head: string, lines: readonly string[]): string[] {
  return [`${head} {`, ...indented(lines), '}'];
}

/** An empty line stays empty. */
export function indented(lines: readonly string[]): string[] {
  return lines.map((line) => (line === '' ? '' : `  ${line}`));
}
