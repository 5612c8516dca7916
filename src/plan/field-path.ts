/** `credential.access_key`; a key that people chose and that could be misread stands in brackets: `projects["a.b"]`. */
export function fieldPath(parent: string, key: string): string {
  if (!/^[\w-]+$/.test(key)) return `${parent}[${JSON.stringify(key)}]`;
  return parent === '' ? key : `${parent}.${key}`;
}

/** The field of the spec that a path lies in. */
export function topLevelField(path: string): string {
  return /^[\w-]+/.exec(path)?.[0] ?? path;
}

/** One path is the other, or lies inside it. */
export function pathsTouch(a: string, b: string): boolean {
  return a === b || liesInside(a, b) || liesInside(b, a);
}

function liesInside(inner: string, outer: string): boolean {
  return inner.startsWith(`${outer}.`) || inner.startsWith(`${outer}[`);
}
