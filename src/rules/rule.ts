import type { Position, Refusal } from '../diagnostic';
import type { JsonObject } from '../json';
import type { Change } from '../plan/plan';
import type { Declared } from './declared';
import type { SynthesisedStack } from './synthesised';

/** Critical and high ones are errors, the others warnings. */
export type RuleSeverity = 'critical' | 'high' | 'medium' | 'low';

export interface RuleFinding extends Refusal {
  readonly severity: RuleSeverity;
  /** `project/proxy.docker.io`; of stacks `harbor/docker_container.core`, or the place below it. */
  readonly address: string;
  /** Dotted, below the spec: the finding points at it. Absent: at the object. */
  readonly field?: string;
  /** Absent: where the field or the object is declared. */
  readonly at?: Position;
}

/** What a rule finds wrong, and where. */
export type Violation = Omit<RuleFinding, 'rule' | 'severity'>;

/** What is declared is judged by `validate`. Both examples are policies, and the test of the rule. */
export interface DeclaredRule {
  /**
   * It looks at each registry, or at the registry behind a project. Of a registry that is managed elsewhere nothing
   * stands in the policies: the rule has not judged it, which is said.
   */
  readonly looksAt?: 'registry' | 'upstream';
  readonly judge: (declared: Declared) => readonly Violation[];
  readonly good: JsonObject;
  readonly bad: JsonObject;
}

/** What a rule looks at of a change. */
export type PlannedChange = Pick<Change, 'action' | 'kind' | 'address' | 'fields'>;

/** What a plan would do is judged by `plan` and `apply`. Both examples are changes, and the test of the rule. */
export interface PlanRule {
  readonly judge: (changes: readonly PlannedChange[]) => readonly Violation[];
  readonly good: readonly PlannedChange[];
  readonly bad: readonly PlannedChange[];
}

/** What is about to be deployed is judged by `rules --synth`. Both examples are resources, and the test of the rule. */
export interface StackRule {
  readonly judge: (stacks: readonly SynthesisedStack[]) => Violation[];
  readonly good: JsonObject;
  readonly bad: JsonObject;
}

/** One rule of the catalogue: what must never be declared, planned or deployed. It judges one of these, or several. */
export interface Rule {
  readonly id: string;
  readonly title: string;
  readonly severity: RuleSeverity;
  /** What happens where it is broken, with its source. */
  readonly why: string;
  /** The first release of Harbor that it is about: not judged where no version is known. Absent: every one. */
  readonly since?: string;
  /** The last release of Harbor that it is about. Absent: there is none. */
  readonly until?: string;
  /** Looks at what is about to be deployed. */
  readonly deployed?: StackRule;
  /** Looks at policies. */
  readonly declared?: DeclaredRule;
  /** Looks at a plan. */
  readonly planned?: PlanRule;
}

/** What a rule judges, in one word each. */
export function scopesOf({ deployed, declared, planned }: Rule): string[] {
  return [...(declared ? ['declaration'] : []), ...(planned ? ['plan'] : []), ...(deployed ? ['stacks'] : [])];
}

export function isError({ severity }: { readonly severity: RuleSeverity }): boolean {
  return severity === 'critical' || severity === 'high';
}
