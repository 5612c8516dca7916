import type { Json } from '../json';

/** `credential.access_key`; a user-defined key that could be misread is in brackets: `projects["a.b"]`. */
export function fieldPath(parent: string, key: string): string {
  if (!/^[\w-]+$/.test(key)) return `${parent}[${JSON.stringify(key)}]`;
  return parent === '' ? key : `${parent}.${key}`;
}

/** The top-level field of a path. */
export function topLevelField(path: string): string {
  return /^[\w-]+/.exec(path)?.[0] ?? path;
}

/** `projects["a.b"]` and its value as the top-level field with its value: `projects` and `{ 'a.b': value }`. */
export function atTopLevel(path: string, value: Json | undefined): Json | undefined {
  const keys = [...path.matchAll(/([\w-]+)|\[("(?:[^"\\]|\\.)*")\]/g)].map(([, plain, quoted]) =>
    quoted === undefined ? (plain ?? '') : (JSON.parse(quoted) as string),
  );
  return keys
    .slice(1)
    .reduceRight<Json | undefined>((inner, key) => (inner === undefined ? inner : { [key]: inner }), value);
}

/** One path equals or contains the other. */
export function pathsTouch(a: string, b: string): boolean {
  return a === b || liesInside(a, b) || liesInside(b, a);
}

function liesInside(inner: string, outer: string): boolean {
  return inner.startsWith(`${outer}.`) || inner.startsWith(`${outer}[`);
}
