import type { ErrorObject } from 'ajv';

/**
 * With `oneOf` and `anyOf` ajv reports why each alternative failed, and then that none fitted. People want to
 * hear one thing: what is wrong with the alternative that they most likely meant, or, when nothing tells
 * which one that was, that none fits.
 */
export function withoutAlternatives(errors: readonly ErrorObject[]): ErrorObject[] {
  let kept = errors.filter((error) => error.keyword !== 'if' && error.keyword !== 'propertyNames');
  // Outermost last: an alternative inside an alternative is settled first.
  const groups = kept.filter((error) => error.keyword === 'oneOf' || error.keyword === 'anyOf').sort(deepestFirst);
  for (const group of groups) {
    if (!kept.includes(group)) continue;
    const inside = kept.filter((error) => belongsTo(error, group));
    const meant = alternativeMeant(group, inside);
    const dropped = new Set(meant ? [...inside.filter((error) => !meant.includes(error)), group] : inside);
    kept = kept.filter((error) => !dropped.has(error));
  }
  return kept;
}

function deepestFirst(a: ErrorObject, b: ErrorObject): number {
  return b.instancePath.length - a.instancePath.length || b.schemaPath.length - a.schemaPath.length;
}

function belongsTo(error: ErrorObject, group: ErrorObject): boolean {
  const below = error.instancePath === group.instancePath || error.instancePath.startsWith(`${group.instancePath}/`);
  // Behind a $ref the schema path starts anew, so that only the place in the value tells.
  return (
    below &&
    error !== group &&
    (error.schemaPath.startsWith(`${group.schemaPath}/`) || error.schemaPath.startsWith('#/$defs/'))
  );
}

/** The errors of the one alternative whose type fits the value, when there is exactly one such. */
function alternativeMeant(group: ErrorObject, inside: readonly ErrorObject[]): readonly ErrorObject[] | undefined {
  const branches = new Map<string, ErrorObject[]>();
  for (const error of inside) {
    const branch = branchOf(error, group);
    branches.set(branch, [...(branches.get(branch) ?? []), error]);
  }
  const fitting = [...branches.values()].filter((branch) => !branch.some((error) => tellsApart(error, group)));
  return fitting.length === 1 ? fitting[0] : undefined;
}

function branchOf(error: ErrorObject, group: ErrorObject): string {
  const prefix = `${group.schemaPath}/`;
  return error.schemaPath.startsWith(prefix) ? (error.schemaPath.slice(prefix.length).split('/')[0] ?? '') : '$ref';
}

/** A wrong type, a missing key or a wrong constant says that this alternative was not meant. */
function tellsApart(error: ErrorObject, group: ErrorObject): boolean {
  const direct = error.instancePath === group.instancePath;
  return (direct && (error.keyword === 'type' || error.keyword === 'required')) || error.keyword === 'const';
}
