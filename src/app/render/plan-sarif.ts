import { compact } from '../../compact';
import type { SarifFinding } from '../../declaration/render/sarif';
import type { Refusal } from '../../diagnostic';
import type { Plan, PlanFinding } from '../../plan/plan';
import { isError, rules, type Rule } from '../../rules';
import { raisedBy, sarifText } from './rules-sarif';

/**
 * Findings of rules in a plan, and refusals, each at the line of its declaration.
 * @param elsewhere where a finding without a line is shown
 */
export function planSarif(plan: Plan, ownRules: readonly Rule[], elsewhere: string): string {
  const places = new Map(plan.changes.map(({ address, at }) => [address, at]));
  const refused = plan.refusals.map((refusal) => ofRefusal(refusal, places));
  const findings = plan.findings ?? [];
  const raised = raisedBy(findings);
  return sarifText([...refused, ...findings.map(ofFinding)], { rules: [...rules, ...ownRules], elsewhere, raised });
}

function ofFinding({ rule, severity, address, message, hint, at, waived }: PlanFinding): SarifFinding {
  const level = isError({ severity }) ? 'error' : 'warning';
  return compact({ rule, severity: level, message: `${address}: ${message}`, hint, at, waived });
}

function ofRefusal(
  { rule, address, message, hint }: Refusal,
  places: ReadonlyMap<string, SarifFinding['at']>,
): SarifFinding {
  const at = address === undefined ? undefined : places.get(address);
  return compact({ rule, severity: 'error', message, hint, at });
}
