import { isBefore } from '../release';
import type { OrganisationRules } from '../declaration/declaration';
import type { Rule, RuleSeverity } from './rule';

/**
 * Whether a rule is judged for this Harbor. `until` is the last version to which it applies, inclusive.
 *
 *       version      since, and the version is older   until, and the version is newer   else
 *       known        not judged                        not judged                        judged
 *       not known    not judged (since is set)         judged                            judged
 *
 * @param version of Harbor, if it is known: a rule with `since` is judged only then
 */
export function isApplicable({ since, until }: Rule, version: string | undefined): boolean {
  if (since !== undefined && (version === undefined || isBefore(version, since))) return false;
  return until === undefined || version === undefined || !isBefore(until, version);
}

const SEVERITIES: readonly RuleSeverity[] = ['low', 'medium', 'high', 'critical'];

/** For comparisons alone: 0 is low, 3 is critical. A severity that is not in the list would be below all (-1). */
export function rankOf(severity: RuleSeverity): number {
  return SEVERITIES.indexOf(severity);
}

/** The severity that an organisation gives a rule. It can only be raised; findings can be waived. */
export function severityOf(
  { id, severity }: Rule,
  organisation: Pick<OrganisationRules, 'severity'> | undefined,
): RuleSeverity {
  const wanted = organisation?.severity?.[id];
  return wanted !== undefined && rankOf(wanted) > rankOf(severity) ? wanted : severity;
}
