import type { JsonObject } from '../json';
import type { Declared } from './declared';
import type { SynthesisedStack } from './synthesised';

export type RuleSeverity = 'critical' | 'high' | 'medium';

/** What a rule finds wrong, and where. */
export interface Violation {
  /** `project/proxy.docker.io`; of stacks `harbor/docker_container.core`, or the place below it. */
  readonly address: string;
  readonly message: string;
  readonly hint: string;
}

/** What is declared is judged by `validate`. Both examples are policies, and the test of the rule. */
export interface DeclaredRule {
  judge(declared: Declared): Violation[];
  readonly good: JsonObject;
  readonly bad: JsonObject;
}

/** One rule of the catalogue: what must never be declared or deployed. It judges one of the two, or both. */
export interface Rule {
  readonly id: string;
  readonly title: string;
  readonly severity: RuleSeverity;
  /** What happens where it is broken, with its source. */
  readonly why: string;
  /** Looks at what is about to be deployed. */
  readonly check?: (stacks: readonly SynthesisedStack[]) => Violation[];
  /** Looks at policies. */
  readonly declared?: DeclaredRule;
}

export interface RuleFinding extends Violation {
  readonly rule: string;
  readonly severity: RuleSeverity;
}

/** What a rule judges, in one word each. */
export function scopesOf({ check, declared }: Rule): string[] {
  return [...(declared ? ['declaration'] : []), ...(check ? ['stacks'] : [])];
}
