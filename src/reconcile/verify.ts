import { ApplyError } from '../errors';
import { makePlan, type PlanInput } from '../plan/make-plan';
import type { Change, Plan } from '../plan/plan';
import { printableJson } from '../plan/render/printable';
import type { ChangeResult, Difference } from './result';

/**
 * Compares what Harbor has now with what it said yes to. Harbor has endpoints that answer 200 and ignore what
 * they do not like (harbor.md 2.5), so an accepted change is not yet a made one.
 */
export function differencesAfter(results: readonly ChangeResult[], again: PlanInput): Difference[] {
  const accepted = new Map(results.filter(({ outcome }) => outcome === 'ok').map((result) => [result.address, result]));
  // Everything that was made has to be as declared, also where the mode would leave it alone by now.
  const mode = again.mode === 'create-only' ? 'upsert-only' : again.mode;
  const plan: Plan = makePlan({ ...again, mode, targets: [], rotate: [] });
  return plan.changes.flatMap((change) => (accepted.has(change.address) ? [differenceOf(change)] : []));
}

function differenceOf(change: Change): Difference {
  const { address, action } = change;
  const head = `${address}: Harbor accepted but did not apply`;
  if (action === 'create') return { address, fields: [], message: `${head} it: it is not there` };
  if (action === 'delete') return { address, fields: [], message: `${head} its deletion: it is still there` };
  const rows = change.fields.filter(({ writeOnly }) => !writeOnly);
  const told = rows.map(
    ({ path, before, after }) => `${path} (declared ${printableJson(after)}, is ${printableJson(before)})`,
  );
  return { address, fields: rows.map(({ path }) => path), message: `${head} ${told.join(', ')}` };
}

/** For callers that want an error: one for each difference. */
export function differenceError({ message, address }: Difference): ApplyError {
  return new ApplyError(message, address);
}
