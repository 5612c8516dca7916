import { compact } from '../compact';
import type { Diagnostic } from '../diagnostic';
import type { Applicable } from './applicable';

/** A declaration of 400 projects would fill the screen; the first ones show what is meant. */
const MOST_ADDRESSES = 3;

/** One line: the id, the problem, and where. */
export function advisoryLine(found: Applicable): string {
  return `${found.advisory.id}: ${messageOf(found)}`;
}

/** What to do about it, and where to read more. */
export function advisoryHint({ advisory: { fixedIn, instead, source } }: Applicable): string {
  const fixed = fixedIn === undefined ? 'no release has a fix yet' : `fixed in ${fixedIn}`;
  return [fixed, instead, source].filter((words) => words !== undefined).join('; ');
}

/** Never an error: a running Harbor must remain manageable. */
export function advisoryDiagnostics(version: string, found: readonly Applicable[]): Diagnostic[] {
  return found.map((one) => {
    const at = one.parts.find((part) => part.at)?.at;
    return compact({
      rule: `advisory-${one.advisory.id}`,
      severity: 'warning',
      message: `Harbor ${version.replace(/^v/, '').split(/[-+]/)[0]}: ${messageOf(one)}`,
      hint: advisoryHint(one),
      at,
    });
  });
}

/**
 *      pulls through Docker Hub fail: … (registry/docker-hub)
 *      a pull can succeed although … (project/a, project/b, project/c and 4 more)
 *      … (registry/docker-hub), if it is one of >=2.14.0 <2.14.4        (the version was given as `2.14`)
 */
function messageOf({ advisory: { breaks, affects }, parts, certain }: Applicable): string {
  const shown = parts.slice(0, MOST_ADDRESSES).map(({ address }) => address);
  const more = parts.length > MOST_ADDRESSES ? ` and ${parts.length - MOST_ADDRESSES} more` : '';
  const where = shown.length > 0 ? ` (${shown.join(', ')}${more})` : '';
  return `${breaks}${where}${certain ? '' : `, if it is one of ${affects}`}`;
}
