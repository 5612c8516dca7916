export { rules } from './catalogue';
export { diagnosticOf } from './diagnostics';
export { judgeDeclared, type Judged } from './judge-declared';
export { judgePlan } from './judge-plan';
export { checkRules, judgeStacks } from './judge-stacks';
export { isError, scopesOf, type Rule, type RuleFinding, type RuleSeverity } from './rule';
export type { SynthesisedStack } from './synthesised';
export { waive, type RuleWaiver, type Waived } from './waive';
