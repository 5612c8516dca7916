import { compact } from '../compact';
import type { LoadResult } from '../declaration/declaration';
import { hasErrors, inOrder, type Diagnostic } from '../diagnostic';
import { judgeDeclared, type Judged, type Rule } from '../rules';
import { declaredAdvisories } from './advise';
import { loadFrom, type PolicySource } from './load';
import { today } from './today';

/** What is to be said of policies without asking Harbor. */
export interface Validated extends Pick<LoadResult, 'declaration' | 'sources'> {
  /** In the files, by the rules, and what breaks this release of Harbor. */
  readonly findings: readonly Diagnostic[];
  /** What is known of this release of Harbor, the critical first. */
  readonly advisories: readonly Diagnostic[];
  /** All of them, in the order of the files. */
  readonly all: readonly Diagnostic[];
  readonly waived: Judged['waived'];
  /** What no rule could judge. */
  readonly notJudged: Judged['notJudged'];
  /** Whether the policies can be used; they may break a rule anyway. */
  readonly usable: boolean;
  readonly breaksRule: boolean;
}

/** Offline: loads the policies, judges them by the rules, and knows the faults of the declared release. */
export async function validatePolicies(source: PolicySource, ownRules: readonly Rule[] = []): Promise<Validated> {
  const { declaration, diagnostics, sources } = await loadFrom(source);
  const { critical, others } = declaredAdvisories(declaration);
  const judged: Judged = declaration
    ? judgeDeclared(declaration, today(), ownRules)
    : { diagnostics: [], waived: [], notJudged: [] };
  // For programs, what is wrong in the files is apart from what is wrong with the release.
  const findings = inOrder([...diagnostics, ...judged.diagnostics, ...critical]);
  return compact({
    declaration,
    sources,
    findings,
    advisories: [...critical, ...others],
    all: inOrder([...findings, ...others]),
    waived: judged.waived,
    notJudged: judged.notJudged,
    usable: !hasErrors([...diagnostics, ...critical]),
    breaksRule: hasErrors(judged.diagnostics),
  });
}
