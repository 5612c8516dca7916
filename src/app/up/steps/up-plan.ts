import { createHash } from 'node:crypto';
import { canonicalJson } from '../../../json';
import { changesIn, type PlanSummary } from './plan-summary';
import type { StepId } from './steps';

/** One change of a Terraform plan. Two are equal if they do the same to the same resource. */
export interface StackChange {
  readonly address: string;
  readonly actions: readonly string[];
  /** SHA-256 of the resource's planned values. They are hashed because some of them are sensitive. */
  readonly after: string;
}

/**
 * What `up` will do at one step. `runs`: the step has no plan of its own (a playbook, a check). `not-planned`: an
 * earlier step has to be applied first.
 */
export interface PlannedStep {
  readonly id: StepId;
  readonly state: 'unchanged' | 'changes' | 'runs' | 'not-planned';
  readonly changes?: readonly StackChange[];
  readonly summary?: PlanSummary;
  /** Why it was not planned, or what it runs. */
  readonly why?: string;
  /** File in the directory with everything that the step would do, for a person to read. */
  readonly details?: string;
}

/** `up.json` in the directory that `up --plan-out` writes. */
export interface UpPlan {
  readonly schemaVersion: 1;
  /** Version of Breakwater. */
  readonly breakwater: string;
  readonly environment: string;
  /** RFC 3339. */
  readonly plannedAt: string;
  /** SHA-256 of every file that the plan was made from; empty for a file that does not exist. */
  readonly inputs: Readonly<Record<string, string>>;
  readonly steps: readonly PlannedStep[];
  /** SHA-256 of the saved plan of `apply`, `policies.json`. */
  readonly policies?: string;
}

const NOTHING = ['no-op', 'read'];

/** From `terraform show -json PLAN`; undefined for other text. */
export function stackChanges(text: string): readonly StackChange[] | undefined {
  return changesIn(text)
    ?.filter(({ mode, change }) => mode !== 'data' && !NOTHING.includes(String(change.actions)))
    .map(({ address, change }) => ({
      address,
      actions: change.actions,
      after: sha256(canonicalJson([change.after, change.after_unknown, change.replace_paths])),
    }));
}

/** Addresses whose change differs from what a person has seen. */
export function unseenChanges(now: readonly StackChange[], seen: readonly StackChange[]): readonly string[] {
  const known = new Set(seen.map(canonicalJson));
  return now.filter((change) => !known.has(canonicalJson(change))).map(({ address }) => address);
}

/** Changes that can harm running services. */
export function touchesExisting(changes: readonly StackChange[]): readonly string[] {
  return changes.filter(({ actions }) => String(actions) !== 'create').map(({ address }) => address);
}

/** In hexadecimal, without a prefix. */
export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
