import { diagnosticsToSarif, type SarifFinding, type SarifRule } from '../../declaration/render-sarif';
import type { OrganisationRules } from '../../declaration/declaration';
import { severityOf, type Rule, type RuleSeverity } from '../../rules';
import { version } from '../version';

/** What a report for code scanning says beside the findings. */
export interface SarifAbout {
  /** Every rule that judged. */
  readonly rules: readonly Rule[];
  /** Where a finding is shown that has no line. */
  readonly elsewhere: string;
  /** What weighs more in this organisation. */
  readonly raised?: Pick<OrganisationRules, 'severity'> | undefined;
}

export function sarifText(findings: readonly SarifFinding[], { rules, elsewhere, raised }: SarifAbout): string {
  const about = new Map(rules.map((rule): [string, SarifRule] => [rule.id, aboutRule(rule, raised)]));
  return `${JSON.stringify(diagnosticsToSarif(findings, { version, about, elsewhere }), null, 2)}\n`;
}

function aboutRule(rule: Rule, raised: SarifAbout['raised']): SarifRule {
  return { title: rule.title, why: rule.why, severity: severityOf(rule, raised) };
}

/** The severities that findings were given. */
export function raisedBy(
  findings: readonly { readonly rule: string; readonly severity: RuleSeverity }[],
): NonNullable<SarifAbout['raised']> {
  return { severity: Object.fromEntries(findings.map(({ rule, severity }) => [rule, severity])) };
}
