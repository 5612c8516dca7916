import type { Position, Refusal } from '../diagnostic';
import type { JsonObject } from '../json';
import type { Change } from '../plan/plan';
import type { Declared } from './declared';
import type { SynthesisedStack } from './synthesised';

/** Critical and high ones are errors, the others warnings. */
export type RuleSeverity = 'critical' | 'high' | 'medium' | 'low';

/** A violation with the id of its rule, and the severity after the organization raised it. */
export interface RuleFinding extends Refusal {
  readonly severity: RuleSeverity;
  /** `project/proxy.docker.io`; of stacks `harbor/docker_container.core`, or the place below it. */
  readonly address: string;
  /** Dotted, below the spec: the finding points at it. Absent: at the object. */
  readonly field?: string;
  /** Absent: where the field or the object is declared. */
  readonly at?: Position;
}

/** One finding of a rule, with its place. */
export type Violation = Omit<RuleFinding, 'rule' | 'severity'>;

/** A rule for policies, for `validate`. Both examples are policies, and the test of the rule. */
export interface DeclaredRule {
  /**
   * It reads each registry, or the registry of a project. A registry that is managed elsewhere is not in the policies:
   * the output says that the rule did not judge it.
   */
  readonly looksAt?: 'registry' | 'upstream';
  readonly judge: (declared: Declared) => readonly Violation[];
  readonly good: JsonObject;
  readonly bad: JsonObject;
}

/** The parts of a change that a rule reads. */
export type PlannedChange = Pick<Change, 'action' | 'kind' | 'address' | 'fields'>;

/** A rule for plans, for `plan` and `apply`. Both examples are changes, and the test of the rule. */
export interface PlanRule {
  readonly judge: (changes: readonly PlannedChange[]) => readonly Violation[];
  readonly good: readonly PlannedChange[];
  readonly bad: readonly PlannedChange[];
}

/** A rule for stacks, for `rules --synth`. Both examples are resources, and the test of the rule. */
export interface StackRule {
  readonly judge: (stacks: readonly SynthesisedStack[]) => Violation[];
  readonly good: JsonObject;
  readonly bad: JsonObject;
}

/** One rule of the catalogue: what must never be declared, planned or deployed. It judges one or several of these. */
export interface Rule {
  readonly id: string;
  readonly title: string;
  readonly severity: RuleSeverity;
  /** What happens if the rule is broken, with the source. */
  readonly why: string;
  /** The first release of Harbor that it applies to: not judged if the version is not known. Absent: all. */
  readonly since?: string;
  /** The last release of Harbor that it applies to. Absent: there is none. */
  readonly until?: string;
  /** Judges stacks. */
  readonly deployed?: StackRule;
  /** Judges policies. */
  readonly declared?: DeclaredRule;
  /** Judges a plan. */
  readonly planned?: PlanRule;
}

/** What a rule judges, one word each. */
export function scopesOf({ deployed, declared, planned }: Rule): string[] {
  return [...(declared ? ['declaration'] : []), ...(planned ? ['plan'] : []), ...(deployed ? ['stacks'] : [])];
}

/** Where it decides: an error makes `validate` fail, a warning does not. */
export function isError({ severity }: { readonly severity: RuleSeverity }): boolean {
  return severity === 'critical' || severity === 'high';
}
