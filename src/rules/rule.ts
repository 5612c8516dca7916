import type { SynthesisedStack } from './synthesised';

export type RuleSeverity = 'critical' | 'high' | 'medium';

/** What a rule finds wrong, and where. */
export interface Violation {
  /** `harbor/docker_container.core`, or the place below it. */
  readonly address: string;
  readonly message: string;
  readonly hint: string;
}

/** One rule of the catalogue (reliability.md): what must never be deployed, looked for in what is about to be. */
export interface Rule {
  readonly id: string;
  readonly title: string;
  readonly severity: RuleSeverity;
  /** What happens where it is broken, with its source. */
  readonly why: string;
  readonly check: (stacks: readonly SynthesisedStack[]) => Violation[];
}

export interface RuleFinding extends Violation {
  readonly rule: string;
  readonly severity: RuleSeverity;
}
