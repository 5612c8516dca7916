import type { OrganisationRules } from '../declaration/declaration';
import { isDay } from './about-waivers';
import { severityFaults } from './about-organisation';
import { severityOf } from './applicable';
import { rules } from './catalogue';
import type { Rule, RuleFinding } from './rule';
import type { SynthesisedStack } from './synthesised';
import { waive, type RuleWaiver, type Waived } from './waive';

/** Stacks are judged without the other requirements of the organization: those are about policies. */
type Raised = Pick<OrganisationRules, 'severity'>;

/**
 * Applies every rule for stacks. Pure.
 * @param raised severities that the organisation raises
 */
export function checkRules(
  stacks: readonly SynthesisedStack[],
  more: readonly Rule[] = [],
  raised?: Raised,
): RuleFinding[] {
  return [...rules, ...more].flatMap((rule) =>
    (rule.deployed?.judge(stacks) ?? []).map((violation) => ({
      rule: rule.id,
      severity: severityOf(rule, raised),
      ...violation,
    })),
  );
}

/** The waivers and raised severities of one environment. */
export interface StackSettings {
  readonly waivers?: readonly RuleWaiver[];
  readonly rules?: Raised;
  /** From the organisation's policies: if both raise a severity, the higher one counts. */
  readonly organisation?: Raised;
}

/**
 * The same, with the findings about the settings: HP090 can never match, HP091 has expired, HP092 waives nothing, HP093
 * raises nothing.
 * @param today `YYYY-MM-DD`
 */
export function judgeStacks(
  stacks: readonly SynthesisedStack[],
  { waivers = [], rules: own, organisation }: StackSettings,
  today: string,
  more: readonly Rule[] = [],
): Waived {
  const all = [...rules, ...more];
  const raised = all.map((rule) => ({ ...rule, severity: severityOf(rule, organisation) }));
  const severities = Object.fromEntries(raised.map((rule) => [rule.id, severityOf(rule, own)]));
  const findings = checkRules(stacks, more, { severity: severities });
  const { open, waived, idle } = waive(findings, waivers, today);
  const because = new Map(idle.map((one) => [one.waiver, one.because]));
  const about = waivers.flatMap((waiver) => aboutWaiver(waiver, because.get(waiver), all));
  return { open: [...open, ...about, ...aboutSeverities(own, all)], waived, idle };
}

/** HP093: a severity for an unknown rule, one that would lower it, or one of a rule that judges no stack. */
function aboutSeverities(own: Raised | undefined, all: readonly Rule[]): RuleFinding[] {
  const elsewhere = Object.keys(own?.severity ?? {})
    .filter((id) => all.some((rule) => rule.id === id && !rule.deployed))
    .map((id) => ({ id, message: 'this rule judges policies', hint: 'raise it there: rules.severity' }));
  return [...severityFaults(own ?? {}, all), ...elsewhere].map(({ id, message, hint }) => ({
    rule: 'HP093',
    severity: 'high',
    address: `rules.severity.${id}`,
    message,
    hint,
  }));
}

/**
 * The first that fits:
 *
 *       the waiver                        finding
 *       names no rule                     HP090 high
 *       names a rule of policies          HP090 high: such findings never come from a stack
 *       has no valid date                 HP090 high
 *       has expired                       HP091 high
 *       holds a finding                   none
 *       holds nothing                     HP092 medium
 */
function aboutWaiver(waiver: RuleWaiver, because: string | undefined, all: readonly Rule[]): RuleFinding[] {
  const { rule: id, object: address, expires } = waiver;
  const finding = (rule: string, severity: RuleFinding['severity'], what: string, hint: string): RuleFinding[] => [
    { rule, severity, address, message: `the waiver of ${id}: ${what}`, hint },
  ];
  const known = all.find((rule) => rule.id === id);
  if (!known) return finding('HP090', 'high', 'no such rule', 'see `breakwater rules`');
  if (!known.deployed) return finding('HP090', 'high', 'this rule judges policies', 'waive it there: waivers:');
  if (!isDay(expires)) return finding('HP090', 'high', `${expires} is not a valid date`, 'write YYYY-MM-DD');
  if (because === 'expired')
    return finding('HP091', 'high', `it expired on ${expires}`, 'fix the finding, or set a new date');
  if (because === undefined) return [];
  return finding('HP092', 'medium', 'it matches no finding', 'remove it');
}
