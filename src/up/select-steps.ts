import { didYouMean } from '../suggest';
import type { Problem } from './deployment';
import type { Step } from './steps';

export interface Selection {
  readonly from?: string;
  readonly only?: string;
}

/** The steps that were asked for, or what is wrong with the asking. */
export function selectSteps(all: readonly Step[], { from, only }: Selection): readonly Step[] | Problem {
  const ids = all.map(({ id }) => id);
  for (const asked of [from, only]) {
    if (asked === undefined || ids.some((id) => id === asked)) continue;
    return {
      rule: 'unknown-step',
      message: `this environment has no step "${asked}"`,
      hint: didYouMean(asked, ids) ?? `its steps: ${ids.join(', ')}`,
    };
  }
  if (only !== undefined) return all.filter(({ id }) => id === only);
  return from === undefined ? all : all.slice(ids.findIndex((id) => id === from));
}
