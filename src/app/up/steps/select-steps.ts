import type { Refusal } from '../../../diagnostic';
import { didYouMean } from '../../../suggest';

import type { Step } from './steps';

/** `only` excludes the others. */
export interface Selection {
  readonly from?: string;
  /** Including this one. */
  readonly to?: string;
  readonly only?: string;
}

/** The requested steps, or why the request is not valid. */
export function selectSteps(all: readonly Step[], { from, to, only }: Selection): readonly Step[] | Refusal {
  const ids = all.map(({ id }) => id);
  for (const asked of [from, to, only]) {
    if (asked === undefined || ids.some((id) => id === asked)) continue;
    return {
      rule: 'unknown-step',
      message: `this environment has no step "${asked}"`,
      hint: didYouMean(asked, ids) ?? `its steps: ${ids.join(', ')}`,
    };
  }
  if (only !== undefined) return all.filter(({ id }) => id === only);
  const first = from === undefined ? 0 : ids.findIndex((id) => id === from);
  const last = to === undefined ? ids.length - 1 : ids.findIndex((id) => id === to);
  if (first > last)
    return { rule: 'no-step', message: `${from ?? ''} comes after ${to ?? ''}`, hint: `the order: ${ids.join(', ')}` };
  return all.slice(first, last + 1);
}
