import { rules } from './catalogue';
import type { RuleFinding } from './rule';
import type { SynthesisedStack } from './synthesised';

export { rules } from './catalogue';
export { judgeDeclared, type Judged } from './judge-declared';
export { scopesOf, type Rule, type RuleFinding, type RuleSeverity } from './rule';
export type { SynthesisedStack } from './synthesised';
export { waive, type RuleWaiver, type Waived } from './waive';

/** Judges what is about to be deployed by every rule that looks at stacks. Pure. */
export function checkRules(stacks: readonly SynthesisedStack[]): RuleFinding[] {
  return rules.flatMap(({ id, severity, check }) =>
    (check?.(stacks) ?? []).map((violation) => ({ rule: id, severity, ...violation })),
  );
}
