import { compact } from '../compact';
import { addressOf, type Live } from '../kinds/kind';
import { makePlan, type PlanInput } from '../plan/make-plan';
import { maskedChange, type Mask } from '../plan/observed';
import type { Change, Plan } from '../plan/plan';
import { unreadableOf } from '../plan/unreadable';
import { escapeControls } from '../escape-controls';
import { judgeSaved, type Now } from './judge-saved';
import { stale, type ChangeResult, type Settled } from './result';

/** What a saved plan allows of the current plan. */
export interface Approval {
  /** The current plan, limited to the changes that the saved plan also contains. */
  readonly plan: Plan;
  /** The other changes of the saved plan: refused, or already as declared. Nothing is written for them. */
  readonly settled: readonly ChangeResult[];
}

/**
 * A saved plan is an approval, not a program. Everything that is done comes from `input`: the declaration, Harbor's
 * state, and the mode, targets and rotations of the command line. The guard then checks the rest. A person who can edit
 * the file can leave out changes, or approve what Breakwater would plan anyway, but nothing else.
 * @param mask removes secrets from Harbor's values, as when the plan was saved: both sides are compared without them
 */
export function approve(saved: Plan, input: PlanInput, mask: Mask = (value) => value): Approval {
  const whole = makePlan({ ...input, targets: [] });
  const nowOf = lookUp(whole, input, mask);
  const twice = repeated(saved);
  const settled = new Map<string, ChangeResult>();
  const settle = (change: Change, outcome: Settled): void =>
    void settled.set(change.address, resultOf(change, outcome));
  const approved = new Map<string, Change>();
  for (const change of saved.changes) {
    const verdict = twice.has(change.address)
      ? stale('refused: the saved plan contains it twice; make a new plan')
      : judgeSaved(maskedChange(change, mask), nowOf(change));
    if (verdict === 'approved') approved.set(change.address, change);
    else settle(change, verdict);
  }
  for (const [address, missing] of withoutTheirNeeds(whole, approved, settled)) {
    settle(approved.get(address)!, stale(`it needs ${missing}, which is not in the saved plan; make a new plan`));
    approved.delete(address);
  }
  const plan = guarded(input, approved, settle);
  const planned = new Set(plan.changes.map(({ address }) => address));
  for (const change of approved.values())
    if (!planned.has(change.address)) settle(change, { outcome: 'skipped', detail: 'not named by --target' });
  return { plan, settled: [...settled.values()] };
}

/** Changes that the guard refuses by address are left out, until it refuses no more of the rest. */
function guarded(
  input: PlanInput,
  approved: Map<string, Change>,
  settle: (change: Change, outcome: Settled) => void,
): Plan {
  for (;;) {
    const plan = makePlan({ ...input, approved: new Set(approved.keys()) });
    const refused = plan.refusals.filter(({ address = '' }) => approved.has(address));
    for (const { address = '', rule, message, hint } of refused) {
      const change = approved.get(address);
      if (change) settle(change, stale(`refused [${rule}]: ${message}; ${hint}`));
      approved.delete(address);
    }
    // Of the other refusals, only those about the plan as a whole count.
    if (refused.length === 0)
      return { ...plan, refusals: plan.refusals.filter(({ address }) => address === undefined) };
  }
}

/**
 * Changes that need another one that the file does not contain: it was removed, or became necessary since. Changes in
 * the file that were decided otherwise are handled during execution.
 */
function withoutTheirNeeds(
  { changes }: Plan,
  approved: ReadonlyMap<string, Change>,
  settled: ReadonlyMap<string, ChangeResult>,
): [address: string, missing: string][] {
  const byAddress = new Map(changes.map((change) => [change.address, change]));
  return changes.flatMap((change): [string, string][] => {
    if (!approved.has(change.address)) return [];
    const missing = change.dependsOn.find(
      (address) => !approved.has(address) && !settled.has(address) && isNeeded(byAddress.get(address), change),
    );
    return missing === undefined ? [] : [[change.address, missing]];
  });
}

/**
 * An update of another object is not required. A missing object is, and so is everything that must precede a delete.
 */
function isNeeded(needed: Change | undefined, by: Change): boolean {
  if (!needed) return false;
  return by.action === 'delete' || needed.action !== 'update' || needed.renamedFrom !== undefined;
}

/**
 * All that a saved change is compared with, by its address. The changes are masked as those in the file are.
 */
function lookUp(whole: Plan, input: PlanInput, mask: Mask): (saved: Change) => Now {
  const { declaration, current, kinds, mode, unreadable = [] } = input;
  const changes = new Map(whole.changes.map((change) => [change.address, maskedChange(change, mask)]));
  const specs = new Map(declaration.objects.map(({ address, spec }) => [address, spec]));
  const live = new Map(
    [...current].flatMap(([kind, all]) =>
      all.map((one): [string, Live<object>] => [addressOf(kind, one.identity), one]),
    ),
  );
  return ({ address, kind, identity }) => {
    const rules = kinds.find(({ name }) => name === kind);
    const found = live.get(address);
    return compact<Now>({
      change: changes.get(address),
      declared: specs.get(address),
      live: found,
      rules,
      mode,
      kept: whyKept(address, kind, input),
      unread: found ? undefined : unreadableOf(unreadable, { kind, identity }),
      notCompared: whole.notCompared.filter((one) => one.address === address).map(({ field }) => field),
    });
  };
}

/** See `Now.kept`. With `--prune removed` the mode and `prune:` do not count, but what was declared before. */
function whyKept(address: string, kind: string, { prune, base, mode, declaration }: PlanInput): string | undefined {
  if (prune === 'removed')
    return base?.has(address) ? undefined : 'it was not declared before, so --prune removed does not delete it';
  const pruned = declaration.prune.includes(kind);
  return mode === 'sync' && pruned
    ? undefined
    : `in mode ${mode}${pruned ? '' : ', without prune,'} Breakwater would not delete it`;
}

/** Of two changes of one object only one can be the reviewed one, so both are refused. */
function repeated({ changes }: Plan): ReadonlySet<string> {
  const seen = new Set<string>();
  return new Set(changes.map(({ address }) => address).filter((address) => seen.has(address) || !seen.add(address)));
}

/** The names come from a file that anyone may have written. */
function resultOf({ address, kind, action }: Change, outcome: Settled): ChangeResult {
  return { address: escapeControls(address), kind: escapeControls(kind), action, ...outcome };
}
