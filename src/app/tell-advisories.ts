import type { Declaration } from '../declaration/declaration';
import type { AppContext } from './context';

/**
 * Names the known faults of a release. The list is loaded here, after the first request, not at startup.
 * @param version of the running Harbor, or the declared one; undefined if neither is known
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
