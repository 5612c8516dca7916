import { advisoryDiagnostics, applicable, type Applicable } from '../advisories';
import type { Declaration } from '../declaration/declaration';
import { renderDiagnostics } from '../declaration/render';
import type { Diagnostic } from '../diagnostic';
import type { CommandContext } from '../cli/command';

/** What matters enough to be said unasked; notes are for `doctor`. */
export function advisoriesOf(version: string, { objects }: Pick<Declaration, 'objects'>): Applicable[] {
  return applicable(version, objects).filter(({ advisory }) => advisory.severity !== 'note');
}

export interface DeclaredAdvisories {
  readonly critical: readonly Diagnostic[];
  readonly others: readonly Diagnostic[];
}

/** Offline, against `harbor.version`. */
export function declaredAdvisories(declaration: Declaration | undefined): DeclaredAdvisories {
  const version = declaration?.harbor?.version;
  if (!declaration || version === undefined) return { critical: [], others: [] };
  const found = advisoriesOf(version, declaration);
  const isCritical = ({ advisory }: Applicable): boolean => advisory.severity === 'critical';
  return {
    critical: advisoryDiagnostics(version, found.filter(isCritical)),
    others: advisoryDiagnostics(
      version,
      found.filter((one) => !isCritical(one)),
    ),
  };
}

/**
 * For a run that has something else to say: what breaks the deployment in full, the rest by name.
 * @param version of the Harbor that was asked, or the declared one; undefined where neither is known
 */
export function sayAdvisories(context: CommandContext, declaration: Declaration, version: string | undefined): void {
  if (version === undefined) return;
  const found = advisoriesOf(version, declaration);
  const critical = found.filter(({ advisory }) => advisory.severity === 'critical');
  const others = found.filter(({ advisory }) => advisory.severity !== 'critical');
  if (critical.length > 0)
    context.terminal.err(renderDiagnostics(advisoryDiagnostics(version, critical), { sources: new Map() }));
  if (others.length === 0) return;
  const names = others.map(({ advisory }) => advisory.id).join(', ');
  context.progress.line(`known faults of Harbor ${short(version)} that matter here: ${names} (see breakwater doctor)`);
}

function short(version: string): string {
  return version.replace(/^v/, '').split(/[-+]/)[0]!;
}
