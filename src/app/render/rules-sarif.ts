import { diagnosticsToSarif, type SarifFinding, type SarifRule } from '../../declaration/render/sarif';
import type { OrganisationRules } from '../../declaration/declaration';
import { severityOf, type Rule, type RuleSeverity } from '../../rules';
import { version } from '../version';

/** Data of a code-scanning report in addition to the findings. */
export interface SarifAbout {
  /** Every rule that judged. */
  readonly rules: readonly Rule[];
  /** Where a finding without a line is shown. */
  readonly elsewhere: string;
  /** Severities that this organization raised. */
  readonly raised?: Pick<OrganisationRules, 'severity'> | undefined;
}

/** SARIF 2.1.0, with the description of each rule that judged. */
export function sarifText(findings: readonly SarifFinding[], { rules, elsewhere, raised }: SarifAbout): string {
  const about = new Map(rules.map((rule): [string, SarifRule] => [rule.id, aboutRule(rule, raised)]));
  return `${JSON.stringify(diagnosticsToSarif(findings, { version, about, elsewhere }), null, 2)}\n`;
}

function aboutRule(rule: Rule, raised: SarifAbout['raised']): SarifRule {
  return { title: rule.title, why: rule.why, severity: severityOf(rule, raised) };
}

/** The severities of the findings. */
export function raisedBy(
  findings: readonly { readonly rule: string; readonly severity: RuleSeverity }[],
): NonNullable<SarifAbout['raised']> {
  return { severity: Object.fromEntries(findings.map(({ rule, severity }) => [rule, severity])) };
}
