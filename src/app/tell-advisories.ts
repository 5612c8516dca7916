import type { Declaration } from '../declaration/declaration';
import type { AppContext } from './context';

/**
 * Names the known faults of a release. What is known is loaded here, behind the first request, and not at the start.
 * @param version of the Harbor that was asked, or the declared one; undefined where neither is known
 */
export async function tellAdvisories(
  { emit }: AppContext,
  declaration: Declaration,
  version: string | undefined,
): Promise<void> {
  if (version === undefined) return;
  const { advisoriesOf, advisoryDiagnostics, isCritical } = await import('./advise.js');
  const found = advisoriesOf(version, declaration);
  if (found.length === 0) return;
  const critical = advisoryDiagnostics(version, found.filter(isCritical));
  const others = found.filter((one) => !isCritical(one)).map(({ advisory }) => advisory.id);
  emit({ type: 'advisories', version, found, critical, others });
}
