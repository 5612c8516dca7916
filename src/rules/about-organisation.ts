import type { OrganisationRules } from '../declaration/declaration';
import type { Diagnostic } from '../diagnostic';
import { rankOf } from './applicable';
import type { Rule } from './rule';

/** HP093: `rules.severity` names no rule, or would lower one. */
export function aboutOrganisation(organisation: OrganisationRules | undefined, rules: readonly Rule[]): Diagnostic[] {
  if (!organisation?.severity) return [];
  return Object.entries(organisation.severity).flatMap(([id, severity]): Diagnostic[] => {
    const rule = rules.find((one) => one.id === id);
    const finding = (message: string, hint: string): Diagnostic[] => [
      { rule: 'HP093', severity: 'error', message: `rules.severity.${id}: ${message}`, hint, at: organisation.at },
    ];
    if (!rule) return finding('no such rule', 'see `breakwater rules`');
    if (rankOf(severity) >= rankOf(rule.severity)) return [];
    return finding(`it would lower ${rule.severity} to ${severity}`, 'waive single findings instead: waivers:');
  });
}
