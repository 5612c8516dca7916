import { matchesAddress } from '../plan/address-pattern';
import type { Plan } from '../plan/plan';
import type { AppContext } from './context';
import { journalFile } from './journal-lock';
import { loadOrThrow, type PolicySource } from './load';
import { recallLastRun } from './killed-run';
import { planNow, preparedFor, withReasons, type PlanningOptions } from './plan';
import { withSession } from './session';
import { tellAdvisories } from './tell-advisories';

/** As for a plan, except that nothing is rotated and nothing is pruned. */
export interface DriftOptions extends PolicySource, Partial<Omit<PlanningOptions, 'rotate' | 'prune'>> {
  /** Every object that is not declared counts, also those of kinds that prune does not name. */
  readonly failOnUnmanaged?: boolean;
}

/** The use case behind `drift`: a plan that only reports. It cannot be applied. */
export async function findDrift(context: AppContext, options: DriftOptions): Promise<Plan> {
  const declaration = await loadOrThrow(context, options);
  const everything = { mode: 'upsert-only', target: [] } as const;
  const planning = await preparedFor(declaration, { ...everything, ...options, rotate: [], beyond: true });
  return withSession(context, declaration, async (session) => {
    await tellAdvisories(context, declaration, session.identity.harborVersion ?? declaration.harbor?.version);
    if (options.journal !== undefined) await recallLastRun(context, journalFile(context, options.journal));
    return withReasons(session, await planNow(session, planning), options);
  });
}

/** Whether something differs without being a change. An object that could not be read may differ, too. */
export function hasDrifted(
  { unmanaged, unseen = [], summary }: Plan,
  { target = [], failOnUnmanaged = false }: Pick<DriftOptions, 'target' | 'failOnUnmanaged'>,
): boolean {
  const isMeant = (address: string): boolean =>
    target.length === 0 || target.some((pattern) => matchesAddress(pattern, address));
  const open = unmanaged.filter(({ accepted, address }) => accepted === undefined && isMeant(address));
  return (
    summary.unread !== undefined ||
    (target.length === 0 && summary.left > 0) ||
    open.some(({ pruned, removed }) => pruned || removed) ||
    (failOnUnmanaged && (open.length > 0 || unseen.length > 0))
  );
}
