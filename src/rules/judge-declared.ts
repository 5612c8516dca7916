import { compact } from '../compact';
import type { Declaration } from '../declaration/declaration';
import type { Diagnostic, Position } from '../diagnostic';
import { aboutOrganisation } from './about-organisation';
import { aboutWaivers } from './about-waivers';
import { isApplicable, severityOf } from './applicable';
import { rules } from './catalogue';
import { diagnosticOf, placesOf } from './diagnostics';
import { notJudged, type NotJudged } from './not-judged';
import type { Rule, RuleFinding } from './rule';
import { byObject, waive, type RuleWaiver } from './waive';

/**
 * What `validate` shows of the rules. A finding goes one of two ways, and a waiver that holds nothing becomes a finding
 * itself:
 *
 *      rules ──> findings ──┬── no waiver holds it ──> diagnostics
 *                           └── a waiver holds it ───> waived (listed with owner, reason and date)
 *      waivers ─┬── can never match ──> HP090    ├── expired ──> HP091    └── match no finding ──> HP092
 */
export interface Judged {
  /** Findings that are not waived, and findings about the waivers. */
  readonly diagnostics: readonly Diagnostic[];
  /** Waived findings. They are still listed. */
  readonly waived: readonly { readonly finding: RuleFinding; readonly by: RuleWaiver }[];
  /** Objects that are not judged, because they are not in these policies. */
  readonly notJudged: readonly NotJudged[];
}

function placed(finding: RuleFinding, declaration: Declaration, places: ReadonlyMap<string, Position>): RuleFinding {
  return compact({ ...finding, at: places.get(finding.address), ...placeOfField(finding, declaration) });
}

/** The line of the field, also if it is in `defaults`. */
function placeOfField({ at, address, field }: RuleFinding, { originOf }: Declaration): { readonly at?: Position } {
  const found = at ?? (field === undefined ? undefined : originOf?.(address, field)?.at);
  return found ? { at: found } : {};
}

/**
 * Applies every rule for policies to a declaration. Pure.
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
  const { open, waived, idle } = waive(findings, waivers, today, byObject);
  const places = placesOf(declaration);
  const unknown = notJudged(
    declaration,
    all.filter((rule) => isApplicable(rule, declaration.harbor?.version)),
  );
  const isUnknown = ({ rule, object }: RuleWaiver): boolean =>
    unknown.some(({ address, rules: ids }) => address === object && ids.includes(rule));
  return {
    diagnostics: [
      ...open.map((finding) => diagnosticOf({ ...finding, ...placeOfField(finding, declaration) }, places)),
      ...aboutWaivers(
        declaration,
        all,
        idle.filter(({ waiver, because }) => because === 'expired' || !isUnknown(waiver)),
      ),
      ...aboutOrganisation(declaration.rules, all),
    ],
    waived: waived.map(({ finding, by }) => ({ finding: placed(finding, declaration, places), by })),
    notJudged: unknown,
  };
}
