import type { Declaration } from '../declaration/declaration';
import type { Diagnostic, Position } from '../diagnostic';
import { aboutOrganisation } from './about-organisation';
import { aboutWaivers } from './about-waivers';
import { isApplicable, severityOf } from './applicable';
import { rules } from './catalogue';
import { diagnosticOf, placesOf } from './diagnostics';
import type { Rule, RuleFinding } from './rule';
import { isExact, waive, type RuleWaiver } from './waive';

export interface Judged {
  /** What is wrong and not waived, and what is wrong with the waivers. */
  readonly diagnostics: readonly Diagnostic[];
  /** What somebody answers for until a day. It stays listed. */
  readonly waived: readonly { readonly finding: RuleFinding; readonly by: RuleWaiver }[];
}

/** The line of the field, also where it stands in `defaults`. */
function placeOfField({ at, address, field }: RuleFinding, { originOf }: Declaration): { readonly at?: Position } {
  const found = at ?? (field === undefined ? undefined : originOf?.(address, field)?.at);
  return found ? { at: found } : {};
}

/**
 * Judges what is declared by every rule that looks at policies. Pure.
 * @param today `YYYY-MM-DD`
 * @param more rules of the organisation
 */
export function judgeDeclared(declaration: Declaration, today: string, more: readonly Rule[] = []): Judged {
  const all = [...rules, ...more];
  const findings = all.flatMap((rule): RuleFinding[] => {
    if (!isApplicable(rule, declaration.harbor?.version)) return [];
    const severity = severityOf(rule, declaration.rules);
    return (rule.declared?.judge(declaration) ?? []).map((found) => ({ rule: rule.id, severity, ...found }));
  });
  const { waivers = [] } = declaration;
  const { open, waived, idle } = waive(findings, waivers, today, isExact);
  const places = placesOf(declaration);
  return {
    diagnostics: [
      ...open.map((finding) => diagnosticOf({ ...finding, ...placeOfField(finding, declaration) }, places)),
      ...aboutWaivers(declaration, all, idle),
      ...aboutOrganisation(declaration.rules, all),
    ],
    waived,
  };
}
