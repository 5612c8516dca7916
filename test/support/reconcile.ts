import type { Declaration } from '../../src/declaration/declaration';
import type { Identity } from '../../src/harbor/client';
import { makePlan, type PlanInput } from '../../src/plan/make-plan';
import type { Plan } from '../../src/plan/plan';
import { apply, type ApplyOptions } from '../../src/reconcile/apply';
import { readState } from '../../src/reconcile/read';
import type { ApplyReport } from '../../src/reconcile/result';
import { inventedKinds } from './invented-kinds';
import type { StoreDouble } from './store-double';

export const admin: Identity = { user: { username: 'admin', userId: 1, sysadmin: true, localAdmin: true } };
export const secretValue = 'Canary-5eCr3t-Value';

/** What a plan of now is made from. */
export async function inputFor(
  store: StoreDouble,
  declaration: Declaration,
  options: Partial<PlanInput> = {},
): Promise<PlanInput> {
  const { current } = await readState({ client: store, kinds: inventedKinds, declaration });
  return {
    tool: 'breakwater 0.0.0-test',
    declaration,
    current,
    kinds: inventedKinds,
    mode: 'upsert-only',
    targets: [],
    rotate: [],
    identity: admin,
    target: { url: store.url },
    ...options,
  };
}

/** Reads and plans. */
export async function planFor(
  store: StoreDouble,
  declaration: Declaration,
  options: Partial<PlanInput> = {},
): Promise<Plan> {
  return makePlan(await inputFor(store, declaration, options));
}

/** Applies a plan that may be older than what is in the store by now. */
export async function applyTo(
  store: StoreDouble,
  declaration: Declaration,
  plan: Plan,
  options: Partial<ApplyOptions> = {},
): Promise<ApplyReport> {
  const { refs } = await readState({ client: store, kinds: inventedKinds, declaration });
  return apply(plan, {
    client: store,
    kinds: inventedKinds,
    declaration,
    refs,
    identity: admin,
    secret: async () => secretValue,
    deliver: async () => {},
    repeatAfterMs: 5,
    ...options,
  });
}

export async function planAndApply(
  store: StoreDouble,
  declaration: Declaration,
  options: Partial<PlanInput> = {},
): Promise<ApplyReport> {
  return applyTo(store, declaration, await planFor(store, declaration, options));
}
