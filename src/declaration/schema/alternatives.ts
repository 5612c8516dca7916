import type { ErrorObject } from 'ajv';

/**
 * For `oneOf` and `anyOf` ajv reports why each alternative failed, and then that none matched. This keeps only one
 * message: the problem in the most likely alternative, or, if that is unclear, that none matches.
 */
export function withoutAlternatives(errors: readonly ErrorObject[]): ErrorObject[] {
  const kept: ErrorObject[] = [];
  for (const error of errors) {
    if (error.keyword === 'if' || error.keyword === 'propertyNames') continue;
    const isGroup = error.keyword === 'oneOf' || error.keyword === 'anyOf';
    for (const settled of isGroup ? settle(error, takeInside(kept, error)) : [error]) kept.push(settled);
  }
  return kept;
}

/** ajv's errors about the alternatives come directly before its error about all of them. */
function takeInside(kept: ErrorObject[], group: ErrorObject): ErrorObject[] {
  let from = kept.length;
  for (let last = kept[from - 1]; last && belongsTo(last, group); last = kept[from - 1]) from -= 1;
  return kept.splice(from);
}

function settle(group: ErrorObject, inside: readonly ErrorObject[]): readonly ErrorObject[] {
  return alternativeMeant(group, inside) ?? [group];
}

function belongsTo(error: ErrorObject, group: ErrorObject): boolean {
  const below = error.instancePath === group.instancePath || error.instancePath.startsWith(`${group.instancePath}/`);
  // After a $ref the schema path starts again, so only the position in the value is reliable.
  return below && (error.schemaPath.startsWith(`${group.schemaPath}/`) || error.schemaPath.startsWith('#/$defs/'));
}

/** The errors of the one alternative whose type matches the value, if there is exactly one. */
function alternativeMeant(group: ErrorObject, inside: readonly ErrorObject[]): readonly ErrorObject[] | undefined {
  const branches = new Map<string, ErrorObject[]>();
  for (const error of inside) {
    const branch = branchOf(error, group);
    const known = branches.get(branch);
    if (known) known.push(error);
    else branches.set(branch, [error]);
  }
  const fitting = [...branches.values()].filter((branch) => !branch.some((error) => tellsApart(error, group)));
  return fitting.length === 1 ? fitting[0] : undefined;
}

function branchOf(error: ErrorObject, group: ErrorObject): string {
  const prefix = `${group.schemaPath}/`;
  return error.schemaPath.startsWith(prefix) ? (error.schemaPath.slice(prefix.length).split('/')[0] ?? '') : '$ref';
}

/** A wrong type, a missing key or a wrong constant shows that another alternative was intended. */
function tellsApart(error: ErrorObject, group: ErrorObject): boolean {
  const direct = error.instancePath === group.instancePath;
  return (direct && (error.keyword === 'type' || error.keyword === 'required')) || error.keyword === 'const';
}
