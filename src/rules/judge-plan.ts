import type { Declaration } from '../declaration/declaration';
import type { Plan, PlanFinding } from '../plan/plan';
import { isApplicable, severityOf } from './applicable';
import { rules } from './catalogue';
import type { Rule, RuleFinding } from './rule';
import { isExact, waive } from './waive';

/**
 * Judges what a plan would do by every rule that looks at plans. Pure. What is waived stays listed.
 * @param today `YYYY-MM-DD`
 * @param more rules of the organisation
 */
export function judgePlan(
  { changes, target }: Pick<Plan, 'changes' | 'target'>,
  { waivers = [], rules: organisation, harbor }: Pick<Declaration, 'waivers' | 'rules' | 'harbor'>,
  today: string,
  more: readonly Rule[] = [],
): PlanFinding[] {
  const findings = [...rules, ...more].flatMap((rule): RuleFinding[] => {
    if (!isApplicable(rule, target.harborVersion ?? harbor?.version)) return [];
    const severity = severityOf(rule, organisation);
    return (rule.planned?.judge(changes) ?? []).map((found) => ({ rule: rule.id, severity, ...found }));
  });
  const { waived } = waive(findings, waivers, today, isExact);
  return findings.map(({ at: _at, ...finding }) => {
    const by = waived.find((one) => one.finding.rule === finding.rule && one.finding.address === finding.address)?.by;
    return by ? { ...finding, waived: { owner: by.owner, expires: by.expires, reason: by.reason } } : finding;
  });
}
