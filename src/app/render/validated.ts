import type { Position } from '../../diagnostic';
import { plural } from '../../plural';
import { diagnosticOf, placesOf, type Rule } from '../../rules';
import type { Validated } from '../validate';
import { diagnosticsText, diagnosticsToJson } from './diagnostics';
import type { Paint } from './paint';
import { sarifText } from './rules-sarif';

/** Faults of the release are separate from findings, so that a program can ignore them. */
export function validatedJson({ findings, waived, notJudged, advisories }: Validated): string {
  return `${JSON.stringify({ ...diagnosticsToJson(findings), waived, notJudged, advisories }, null, 2)}\n`;
}

/**
 * Waived findings are included as suppressed.
 * @param rules the description of each rule
 * @param policies where a finding without a line is shown
 */
export function validatedSarif(
  { all, waived, declaration }: Validated,
  rules: readonly Rule[],
  policies: string,
): string {
  const places = declaration ? placesOf(declaration) : new Map<string, Position>();
  const held = waived.map(({ finding, by }) => ({ ...diagnosticOf(finding, places), waived: by }));
  return sarifText([...all, ...held], { rules, elsewhere: policies, raised: declaration?.rules });
}

/** Everything is shown, also what was waived: a person decides what matters. */
export function validatedText(validated: Validated, policies: string, paint: Paint): string {
  const { all, sources } = validated;
  return (
    diagnosticsText(all, sources, paint) +
    waivedText(validated) +
    notJudgedText(validated) +
    summaryOf(validated, policies)
  );
}

/** Waived findings stay in the list. */
function waivedText({ waived }: Validated): string {
  return waived
    .map(
      ({ finding, by }) =>
        `waived: [${finding.rule}] ${finding.address}: ${finding.message} (${by.owner}, until ${by.expires}: ${by.reason})\n`,
    )
    .join('');
}

function notJudgedText({ notJudged }: Validated): string {
  return notJudged
    .map(({ address, rules, reason }) => `not judged: [${rules.join(', ')}] ${address}: ${reason}\n`)
    .join('');
}

/** The same without the findings. */
export function validatedSummary(validated: Validated, policies: string): string {
  return summaryOf(validated, policies).trim();
}

/** Without a declaration the files could not be read far enough: then there is nothing to count. */
function summaryOf({ declaration, all, sources }: Validated, policies: string): string {
  const count = (severity: string) => all.filter((diagnostic) => diagnostic.severity === severity).length;
  const errors = count('error');
  const warnings = count('warning');
  const found = [errors > 0 ? plural(errors, 'error') : '', warnings > 0 ? plural(warnings, 'warning') : '']
    .filter(Boolean)
    .join(', ');
  if (!declaration) return `\n${policies}: ${found}\n`;
  const objects = `${plural(declaration.objects.length, 'object')} in ${plural(sources.size, 'file')}`;
  const verdict = errors > 0 ? 'is valid but breaks rules' : 'is valid';
  return `${found ? '\n' : ''}${policies} ${verdict}: ${objects}${found ? `, ${found}` : ''}\n`;
}
