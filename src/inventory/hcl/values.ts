import { HOLE, textOf } from '../value';
import { variables } from '../words';
import { readHcl } from './read-hcl';
import { declaredIn } from './scan-hcl';

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
  const lookup = variables(text, declaredIn(strings));
  const known = [...declaredIn(strings).keys()].flatMap((name) => {
    const value = textOf(lookup(name) ?? []);
    return value === '' || value.includes(HOLE) ? [] : [[name, value] as const];
  });
  const assigned = strings.flatMap(({ key, word, frames, isHeredoc }) => {
    const value = text.slice(word.start, word.end);
    const isPlain = frames.length === 0 && !isHeredoc && !value.includes('${');
    return isPlain ? [[key, value] as const, [`var.${key}`, value] as const] : [];
  });
  return { variables: new Map(known), assignments: new Map(assigned) };
}
