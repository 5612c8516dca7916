import type { StackRule } from './rule';
import { textsIn } from './synthesised';

/**
 * Searches the stacks for values that are publicly known. A part of a text is enough: the value can be inside of a
 * connection string, a script or an uploaded file. A list of names of variables would miss those.
 */
export function defaultSecret(values: readonly string[], what: string, hint: string): StackRule['judge'] {
  return (stacks) =>
    textsIn(stacks).flatMap(({ address, text }) =>
      values.some((value) => text.includes(value)) ? [{ address, message: `holds ${what}`, hint }] : [],
    );
}
