import { isDay } from './about-waivers';
import { rules } from './catalogue';
import type { Rule, RuleFinding } from './rule';
import type { SynthesisedStack } from './synthesised';
import { waive, type RuleWaiver, type Waived } from './waive';

/** Judges what is about to be deployed by every rule that looks at stacks. Pure. */
export function checkRules(stacks: readonly SynthesisedStack[], more: readonly Rule[] = []): RuleFinding[] {
  return [...rules, ...more].flatMap(({ id, severity, deployed }) =>
    (deployed?.judge(stacks) ?? []).map((violation) => ({ rule: id, severity, ...violation })),
  );
}

/**
 * The same, with what is wrong with the waivers: HP090 can never hold, HP091 is over, HP092 waives nothing.
 * @param today `YYYY-MM-DD`
 */
export function judgeStacks(
  stacks: readonly SynthesisedStack[],
  waivers: readonly RuleWaiver[],
  today: string,
  more: readonly Rule[] = [],
): Waived {
  const { open, waived, idle } = waive(checkRules(stacks, more), waivers, today);
  const because = new Map(idle.map((one) => [one.waiver, one.because]));
  const about = waivers.flatMap((waiver) => aboutWaiver(waiver, because.get(waiver), [...rules, ...more]));
  return { open: [...open, ...about], waived, idle };
}

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
  return finding('HP092', 'medium', 'nothing is found that it waives', 'remove it');
}
