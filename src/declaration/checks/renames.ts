import type { Diagnostic } from '../../diagnostic';
import { addressOf, type Finding } from '../../kinds/kind';
import { findingAt, type Expanded } from '../expand/expand';
import { RENAMED_FROM } from '../sections/sections';
import { childOf } from '../yaml/tree';

/** Values of `renamed_from` that Harbor cannot apply, or that are ambiguous. */
export function checkRenames(expanded: readonly Expanded[]): Diagnostic[] {
  const declared = new Set(expanded.map(({ object }) => object.address));
  const claims = new Map<string, string>();
  return expanded.flatMap((entry) => {
    const { kind, address, renamedFrom } = entry.object;
    const former = renamedFrom === undefined ? undefined : addressOf(kind, renamedFrom);
    const found = former === undefined ? renameInVain(entry) : misunderstood(address, former, declared, claims);
    if (former !== undefined && !claims.has(former)) claims.set(former, address);
    return found ? [findingAt(entry, { ...found, field: RENAMED_FROM })] : [];
  });
}

/** The schema rejects the key there; this explains what to do instead. */
function renameInVain({ site, match }: Expanded): Finding | undefined {
  const { name, renames } = site.kind;
  if (renames === true || !childOf(match.node, RENAMED_FROM)) return undefined;
  const hint = renames ?? 'it has no name';
  return { rule: 'cannot-rename', message: `Harbor cannot rename a ${name}`, hint };
}

/**
 *      renamed_from                            finding
 *      the name that it has                    it has this name already
 *      the name of another declared object     still declared: it would be renamed and kept at the same time
 *      claimed by an object before             renamed to that one already
 *      a name that no file declares            none, whether Harbor has it or not: the plan decides
 */
function misunderstood(
  address: string,
  former: string,
  declared: ReadonlySet<string>,
  claims: ReadonlyMap<string, string>,
): Finding | undefined {
  if (former === address) return { rule: 'bad-rename', message: 'it has this name already' };
  if (declared.has(former)) {
    const hint = 'a rename replaces the old name in the files; swapping two names takes two steps';
    return { rule: 'bad-rename', message: `${former} is still declared`, hint };
  }
  const other = claims.get(former);
  return other === undefined ? undefined : { rule: 'bad-rename', message: `${former} is renamed to ${other} already` };
}
