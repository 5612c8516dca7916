/** `credential.access_key`; a user-defined key that could be misread is in brackets: `projects["a.b"]`. */
export function fieldPath(parent: string, key: string): string {
  if (!/^[\w-]+$/.test(key)) return `${parent}[${JSON.stringify(key)}]`;
  return parent === '' ? key : `${parent}.${key}`;
}

/** The top-level field of a path. */
export function topLevelField(path: string): string {
  return /^[\w-]+/.exec(path)?.[0] ?? path;
}

/** One path equals or contains the other. */
export function pathsTouch(a: string, b: string): boolean {
  return a === b || liesInside(a, b) || liesInside(b, a);
}

function liesInside(inner: string, outer: string): boolean {
  return inner.startsWith(`${outer}.`) || inner.startsWith(`${outer}[`);
}
