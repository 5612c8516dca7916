import { compareText } from './compare-text';
/** A position in a declared file. Lines and columns count from 1, in UTF-16 units, as in editors. */
export interface Position {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** Column just after the last character on the same line; absent if the finding is a point. */
  readonly endColumn?: number;
}

/** A warning does not stop what it is about. */
export type Severity = 'error' | 'warning';

/** The problem, and its rule. */
export interface Finding {
  /** Stable kebab-case id of the check, such as `unknown-key`. */
  readonly rule: string;
  /** Absent: an error. */
  readonly severity?: Severity;
  readonly message: string;
  /** What to do about it, such as `did you mean "proxy_speed_kb"?`. */
  readonly hint?: string;
  /** Dotted, below the object. */
  readonly field?: string;
}

/**
 * One finding about user input. Invalid input is never thrown one by one: every stage collects its findings and passes
 * on all of them.
 */
export interface Diagnostic extends Omit<Finding, 'field'> {
  readonly severity: Severity;
  readonly at?: Position;
  /** Path in the merged declaration, dotted: `projects.proxy.docker.io.registry`. */
  readonly path?: string;
}

/** Why something is not done. */
export interface Refusal {
  /** Stable id of the rule, such as `delete-needs-sync`. */
  readonly rule: string;
  /** Absent if it concerns the whole plan. */
  readonly address?: string;
  readonly message: string;
  /** How to proceed, or what to do instead. */
  readonly hint: string;
}

/** Whether the input can be used: warnings do not prevent that. */
export function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some((diagnostic) => diagnostic.severity === 'error');
}

/** Sorted by position, then by rule: the same input gives the same bytes. */
export function inOrder(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  return [...diagnostics].sort(
    (a, b) =>
      compareText(a.at?.file ?? '', b.at?.file ?? '') ||
      (a.at?.line ?? 0) - (b.at?.line ?? 0) ||
      (a.at?.column ?? 0) - (b.at?.column ?? 0) ||
      compareText(a.rule, b.rule) ||
      compareText(a.message, b.message),
  );
}
