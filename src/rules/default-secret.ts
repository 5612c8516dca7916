import type { StackRule } from './rule';
import { textsIn } from './synthesised';

/** Looks for values that everybody knows, anywhere in what is deployed. */
export function defaultSecret(values: readonly string[], what: string, hint: string): StackRule['judge'] {
  return (stacks) =>
    textsIn(stacks).flatMap(({ address, text }) =>
      values.some((value) => text.includes(value)) ? [{ address, message: `holds ${what}`, hint }] : [],
    );
}
