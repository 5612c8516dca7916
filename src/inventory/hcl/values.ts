import { HOLE, textOf } from '../value';
import { readHcl } from './read-hcl';
import { namesOf, ownVariables } from './scan-hcl';

/** Names as `interpolate` looks them up: `${var.tag}` and, in bake files, `${tag}`. */
export interface HclValues {
  /** Defaults of variables as `var.x` and `x`, locals as `local.x`. */
  readonly variables: ReadonlyMap<string, string>;
  /** What a `.tfvars` file sets, as `var.x` and `x`. */
  readonly assignments: ReadonlyMap<string, string>;
}

/** The values that one file gives to variables, if they are complete literals. */
export function valuesInHcl(text: string): HclValues {
  const strings = readHcl(text, 0);
  const lookup = ownVariables(text, strings);
  const known = strings.flatMap(namesOf).flatMap((name) => {
    const value = textOf(lookup(name) ?? []);
    return value === '' || value.includes(HOLE) ? [] : [[name, value] as const];
  });
  const assigned = strings.flatMap(({ key, word, frames, isHeredoc, variable }) => {
    const value = text.slice(word.start, word.end);
    if (isHeredoc || variable !== undefined || value.includes('${')) return [];
    const name = [...frames.map(({ words }) => words.join('.')), key].join('.');
    return [[name, value] as const, [`var.${name}`, value] as const];
  });
  return { variables: new Map(known), assignments: new Map(assigned) };
}
