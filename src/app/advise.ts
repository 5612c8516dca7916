import { advisoryDiagnostics, applicable, type Applicable } from '../advisories';
import type { Declaration } from '../declaration/declaration';
import type { Diagnostic } from '../diagnostic';

export { advisoryDiagnostics };

/** Faults that every plan names; notes are only for `doctor`. */
export function advisoriesOf(version: string, { objects }: Pick<Declaration, 'objects'>): Applicable[] {
  return applicable(version, objects).filter(({ advisory }) => advisory.severity !== 'note');
}

/** Apart, because only critical ones make policies unusable. */
export interface DeclaredAdvisories {
  readonly critical: readonly Diagnostic[];
  readonly others: readonly Diagnostic[];
}

/** Offline, for the declared `harbor.version`. */
export function declaredAdvisories(declaration: Declaration | undefined): DeclaredAdvisories {
  const version = declaration?.harbor?.version;
  if (!declaration || version === undefined) return { critical: [], others: [] };
  const found = advisoriesOf(version, declaration);
  return {
    critical: advisoryDiagnostics(version, found.filter(isCritical)),
    others: advisoryDiagnostics(
      version,
      found.filter((one) => !isCritical(one)),
    ),
  };
}

/** The release does not do what is declared, so `up` does not deploy it. */
export function isCritical({ advisory }: Applicable): boolean {
  return advisory.severity === 'critical';
}
