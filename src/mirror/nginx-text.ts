import { escapeRegExp, type Mirror } from './mirror';

/** Reading is all that a mirror does. */
export function onlyReading(): string[] {
  return ['if ($request_method !~ ^(GET|HEAD)$) { return 405; }'];
}

/** Prefixing twice changes nothing: Harbor's redirects and links come back with the project in them. */
export function intoProject({ project }: Mirror): string {
  return `rewrite ^/v2/(?:${escapeRegExp(project)}/)?(.+)$ /v2/${project}/$1 break;`;
}

/** One for each name: a dot becomes one underscore and a hyphen two, and no hostname has them side by side. */
export function variableOf({ hostname }: Mirror): string {
  return `mirror_${hostname.replace(/[.-]/g, (character) => (character === '.' ? '_' : '__'))}`;
}

export function block(head: string, lines: readonly string[]): string[] {
  return [`${head} {`, ...indented(lines), '}'];
}

export function indented(lines: readonly string[]): string[] {
  return lines.map((line) => (line === '' ? '' : `  ${line}`));
}
