import { compact } from '../compact';
import type { Change, FieldChange, Plan } from './plan';

/** Replaces the secrets in every text of a value, and keeps its structure. */
export type Mask = <T>(value: T) => T;

/**
 * The plan with every value from Harbor passed through `mask`, because Harbor may repeat a secret in any field.
 * Declared values contain only references and stay unchanged.
 */
export function withMaskedObservations(plan: Plan, mask: Mask): Plan {
  const { warnings, refusals, notCompared, unreadable, changes, history, unmanaged } = plan;
  return {
    ...plan,
    warnings: mask(warnings),
    refusals: mask(refusals),
    notCompared: mask(notCompared),
    unmanaged: mask(unmanaged),
    ...(unreadable && { unreadable: mask(unreadable) }),
    ...(history && { history: mask(history) }),
    changes: changes.map((change) => maskedChange(change, mask)),
  };
}

/** The same for one change, so that a saved one can be compared with a current one. */
export function maskedChange({ fields, precondition, ...change }: Change, mask: Mask): Change {
  return {
    ...change,
    precondition: precondition && { ...precondition, observed: mask(precondition.observed) },
    fields: fields.map((field) => ({ ...field, ...maskedBefore(field, mask) })),
  };
}

function maskedBefore({ before, shown }: FieldChange, mask: Mask): Pick<FieldChange, 'before' | 'shown'> {
  return compact({
    before: before === undefined ? undefined : mask(before),
    shown: shown?.before === undefined ? undefined : { ...shown, before: mask(shown.before) },
  });
}
