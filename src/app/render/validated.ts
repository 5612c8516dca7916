import { diagnosticsToSarif } from '../../declaration/render-sarif';
import { plural } from '../../plural';
import type { Rule } from '../../rules';
import type { Validated } from '../validate';
import { version } from '../version';
import { diagnosticsText, diagnosticsToJson } from './diagnostics';
import type { Paint } from './paint';
import { aboutRules } from './rules-sarif';

export function validatedJson({ findings, waived, advisories }: Validated): string {
  return `${JSON.stringify({ ...diagnosticsToJson(findings), waived, advisories }, null, 2)}\n`;
}

/** @param rules what the report says of each */
export function validatedSarif({ all }: Validated, rules: readonly Rule[]): string {
  return `${JSON.stringify(diagnosticsToSarif(all, { version, about: aboutRules(rules) }), null, 2)}\n`;
}

export function validatedText(validated: Validated, policies: string, paint: Paint): string {
  const { all, sources } = validated;
  return diagnosticsText(all, sources, paint) + waivedText(validated) + summaryOf(validated, policies);
}

/** What is waived stays listed. */
function waivedText({ waived }: Validated): string {
  return waived
    .map(
      ({ finding, by }) =>
        `waived: [${finding.rule}] ${finding.address}: ${finding.message} (${by.owner}, until ${by.expires}: ${by.reason})\n`,
    )
    .join('');
}

/** The same without the findings. */
export function validatedSummary(validated: Validated, policies: string): string {
  return summaryOf(validated, policies).trim();
}

function summaryOf({ declaration, all, sources }: Validated, policies: string): string {
  const count = (severity: string) => all.filter((diagnostic) => diagnostic.severity === severity).length;
  const errors = count('error');
  const warnings = count('warning');
  const found = [errors > 0 ? plural(errors, 'error') : '', warnings > 0 ? plural(warnings, 'warning') : '']
    .filter(Boolean)
    .join(', ');
  if (!declaration) return `\n${policies}: ${found}\n`;
  const objects = `${plural(declaration.objects.length, 'object')} in ${plural(sources.size, 'file')}`;
  const verdict = errors > 0 ? 'is valid and breaks rules' : 'is valid';
  return `${found ? '\n' : ''}${policies} ${verdict}: ${objects}${found ? `, ${found}` : ''}\n`;
}
