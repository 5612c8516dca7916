import type { OrganisationRules } from '../declaration/declaration';
import type { Diagnostic } from '../diagnostic';
import { rankOf } from './applicable';
import type { Rule } from './rule';

/** The findings about one raised severity. */
export interface SeverityFault {
  readonly id: string;
  readonly message: string;
  readonly hint: string;
}

/** A severity that names an unknown rule, or would lower the severity of a rule. */
export function severityFaults({ severity = {} }: Raised, rules: readonly Rule[]): SeverityFault[] {
  return Object.entries(severity).flatMap(([id, wanted]): SeverityFault[] => {
    const rule = rules.find((one) => one.id === id);
    if (!rule) return [{ id, message: 'no such rule', hint: 'see `breakwater rules`' }];
    if (rankOf(wanted) >= rankOf(rule.severity)) return [];
    const message = `it would lower ${rule.severity} to ${wanted}`;
    return [{ id, message, hint: 'waive single findings instead: waivers:' }];
  });
}

type Raised = Pick<OrganisationRules, 'severity'>;

/** HP093: `rules.severity` names an unknown rule, or would lower the severity of a rule. */
export function aboutOrganisation(organisation: OrganisationRules | undefined, rules: readonly Rule[]): Diagnostic[] {
  if (!organisation) return [];
  return severityFaults(organisation, rules).map(({ id, message, hint }) => ({
    rule: 'HP093',
    severity: 'error',
    message: `rules.severity.${id}: ${message}`,
    hint,
    at: organisation.at,
  }));
}
