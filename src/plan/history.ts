import { compact } from '../compact';
import type { KindRules, Live } from '../kinds/kind';
import type { Plan, PlanHistory, UnmanagedObject } from './plan';
import { addressOf } from './world';

/** One entry of Harbor's audit log. */
export interface AuditEntry {
  readonly type: string;
  readonly resource: string;
  readonly operation: string;
  readonly by: string;
  /** ISO 8601, UTC. */
  readonly at: string;
}

/** An object of the plan, with its name in the audit log. */
export interface Subject {
  readonly address: string;
  readonly type: string;
  readonly resource: string;
}

/** New objects that behave differently if an object with their name was deleted shortly before. */
export function recreatedSubjects({ changes }: Pick<Plan, 'changes'>, kinds: readonly KindRules[]): Subject[] {
  return changes.flatMap(({ action, kind, identity, address, desired }): Subject[] => {
    const rules = kinds.find(({ name }) => name === kind);
    if (action !== 'create' || !desired || !rules?.audited || !rules.recreated?.(desired)) return [];
    return [{ address, ...rules.audited({ identity, spec: desired }) }];
  });
}

/**
 * Objects of a plan for which the audit log may have entries: those that are not declared, those that change, and those
 * that are explained.
 * @param live objects that were read, by kind
 */
export function subjectsOf(
  { unmanaged, changes, explained = [] }: Pick<Plan, 'unmanaged' | 'changes' | 'explained'>,
  live: ReadonlyMap<string, readonly Live<object>[]>,
  kinds: readonly KindRules[],
): Subject[] {
  const asked = new Set([
    ...unmanaged.filter(isWondered).map(({ address }) => address),
    ...changes.filter(({ action, bornOf }) => action !== 'create' && !bornOf).map(({ address }) => address),
    ...explained.map(({ address }) => address),
  ]);
  return kinds.flatMap(({ name, audited }) =>
    (audited ? (live.get(name) ?? []) : []).flatMap((one): Subject[] => {
      const address = addressOf({ kind: name, identity: one.identity });
      return audited && asked.has(address) ? [{ address, ...audited(one) }] : [];
    }),
  );
}

/** Built-in objects have no creator, and accepted objects need none. */
function isWondered({ fromInstallation, accepted }: UnmanagedObject): boolean {
  return !fromInstallation && accepted === undefined;
}

/**
 * Adds to the plan who created or changed what and when, as far as the log knows.
 * @param entries newest first
 * @param problem why the log could not be read
 */
export function withHistory(
  plan: Plan,
  subjects: readonly Subject[],
  { entries, problem }: { readonly entries: readonly AuditEntry[]; readonly problem?: string },
): Plan & { readonly history: PlanHistory } {
  const objects = subjects.flatMap((subject): PlanHistory['objects'][number][] => {
    const own = entries.filter(({ type, resource }) => type === subject.type && resource === subject.resource);
    const created = actOf(own, 'create');
    const changed = actOf(own, 'update');
    const deleted = actOf(own, 'delete');
    return created || changed || deleted ? [compact({ address: subject.address, created, changed, deleted })] : [];
  });
  const known = new Map(objects.map(({ address, created }) => [address, created]));
  return {
    ...plan,
    unmanaged: plan.unmanaged.map((object) => compact({ ...object, created: known.get(object.address) })),
    history: compact<PlanHistory>({ objects, problem }),
  };
}

function actOf(entries: readonly AuditEntry[], operation: string): { by: string; at: string } | undefined {
  const entry = entries.find((one) => one.operation === operation);
  return entry && { by: entry.by, at: entry.at };
}

/** Undeclared objects whose creator is unknown. */
export function withoutCreator({ unmanaged, history }: Pick<Plan, 'unmanaged' | 'history'>): UnmanagedObject[] {
  return history ? unmanaged.filter((object) => isWondered(object) && !object.created) : [];
}
