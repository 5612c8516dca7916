import { compact } from '../compact';
import type { Declaration, Waiver } from '../declaration/declaration';
import type { Plan, PlanFinding } from '../plan/plan';
import { isApplicable, severityOf } from './applicable';
import { rules } from './catalogue';
import type { Rule, RuleFinding } from './rule';
import { byObject, waive, type Waived } from './waive';

/** Which part of a declaration the plan covers. */
export interface PlannedPart {
  /** `--target` named objects: the findings about the others are not known. */
  readonly isPart?: boolean;
}

/**
 * Applies every rule for plans to a plan. Pure. Waived findings are still listed.
 * @param today `YYYY-MM-DD`
 * @param more rules of the organisation
 */
export function judgePlan(
  { changes, target }: Pick<Plan, 'changes' | 'target'>,
  declaration: Declaration,
  today: string,
  more: readonly Rule[] = [],
  { isPart = false }: PlannedPart = {},
): PlanFinding[] {
  const { waivers = [], rules: organisation, harbor } = declaration;
  const all = [...rules, ...more].filter((rule) => isApplicable(rule, target.harborVersion ?? harbor?.version));
  const findings = all.flatMap((rule): RuleFinding[] => {
    const severity = severityOf(rule, organisation);
    return (rule.planned?.judge(changes) ?? []).map((found) => ({ rule: rule.id, severity, ...found }));
  });
  const { open, waived, idle } = waive(findings, waivers, today, byObject);
  const placed = placing(changes, declaration);
  return [
    ...open.map(placed),
    ...waived.map(({ finding, by }) => ({
      ...placed(finding),
      waived: { owner: by.owner, expires: by.expires, reason: by.reason },
    })),
    ...(isPart ? [] : idle.flatMap((one) => aboutIdle(one, all, declaration))),
  ];
}

/** The line of the field, else of the object. An object that is no longer declared has none. */
function placing(
  changes: Plan['changes'],
  { originOf }: Pick<Declaration, 'originOf'>,
): (finding: RuleFinding) => PlanFinding {
  const places = new Map(changes.map(({ address, at }) => [address, at]));
  return ({ at, field, ...finding }) => {
    const { address } = finding;
    const ofField = field === undefined ? undefined : originOf?.(address, field)?.at;
    return compact({ ...finding, at: at ?? ofField ?? places.get(address) });
  };
}

/** HP091 and HP092 of waivers that only a plan can judge; `validate` judges the others. */
function aboutIdle(
  { waiver, because }: Waived['idle'][number],
  all: readonly Rule[],
  declaration: Declaration,
): PlanFinding[] {
  const rule = all.find(({ id }) => id === waiver.rule);
  if (!rule?.planned) return [];
  const { object: address, expires } = waiver;
  const isUsed = rule.declared?.judge(declaration).some((found) => found.address === address) ?? false;
  const finding = (id: string, what: string, hint: string): PlanFinding[] => [
    compact({
      rule: id,
      severity: 'medium' as const,
      address,
      message: `the waiver of ${rule.id}: ${what}`,
      hint,
      at: (waiver as Waiver).at,
    }),
  ];
  if (because === 'expired') return finding('HP091', `it expired on ${expires}`, 'remove it, or set a new date');
  return isUsed ? [] : finding('HP092', 'this plan does nothing that it waives', 'remove it');
}
