import { compact } from '../compact';
import type { LoadResult } from '../declaration/declaration';
import { hasErrors, inOrder, type Diagnostic } from '../diagnostic';
import { judgeDeclared, type Judged, type Rule } from '../rules';
import { declaredAdvisories } from './advise';
import { loadFrom, type PolicySource } from './load';
import { today } from './today';

/** Findings about policies that need no request to Harbor. */
export interface Validated extends Pick<LoadResult, 'declaration' | 'sources'> {
  /** Findings in the files, from the rules, and faults that break this release of Harbor. */
  readonly findings: readonly Diagnostic[];
  /** Known faults of this release of Harbor, critical first. */
  readonly advisories: readonly Diagnostic[];
  /** All of them, in the order of the files. */
  readonly all: readonly Diagnostic[];
  readonly waived: Judged['waived'];
  /** Objects that no rule could judge. */
  readonly notJudged: Judged['notJudged'];
  /** Whether the policies can be used; they may still break a rule. */
  readonly usable: boolean;
  readonly breaksRule: boolean;
}

/** Offline: loads the policies, checks them with the rules, and reports known faults of the declared release. */
export async function validatePolicies(source: PolicySource, ownRules: readonly Rule[] = []): Promise<Validated> {
  const { declaration, diagnostics, sources } = await loadFrom(source);
  const { critical, others } = declaredAdvisories(declaration);
  const judged: Judged = declaration
    ? judgeDeclared(declaration, today(), ownRules)
    : { diagnostics: [], waived: [], notJudged: [] };
  // For programs, findings in the files are separate from faults of the release.
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
