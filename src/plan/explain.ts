import type { Declaration } from '../declaration/declaration';
import { compact } from '../compact';
import type { Plan } from './plan';

/** The plan, with the place that each changed field is declared at. */
export function withOrigins(plan: Plan, { originOf }: Pick<Declaration, 'originOf'>): Plan {
  return {
    ...plan,
    changes: plan.changes.map((change) => ({
      ...change,
      fields: change.fields.map((field) =>
        compact({ ...field, from: field.after === undefined ? undefined : originOf?.(change.address, field.path) }),
      ),
    })),
  };
}

/** The plan as `apply` approves it: where a value was written is not a part of what is approved. */
export function withoutOrigins(plan: Plan): Plan {
  return {
    ...plan,
    changes: plan.changes.map((change) => ({
      ...change,
      fields: change.fields.map(({ from: _from, ...field }) => field),
    })),
  };
}
