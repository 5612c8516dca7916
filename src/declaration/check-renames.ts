import type { Diagnostic } from '../diagnostic';
import { addressOf } from '../kinds/kind';
import { findingAt, type Expanded } from './expand';
import { RENAMED_FROM } from './sections';
import { childOf } from './tree';

/** What `renamed_from` may not say: Harbor cannot do it, or it is not clear what it would mean. */
export function checkRenames(expanded: readonly Expanded[]): Diagnostic[] {
  const declared = new Set(expanded.map(({ object }) => object.address));
  const claims = new Map<string, Expanded>();
  return expanded.flatMap((entry) => {
    const impossible = renamesInVain(entry);
    const { kind, identity, renamedFrom } = entry.object;
    if (impossible || renamedFrom === undefined) return impossible ?? [];
    const former = addressOf(kind, renamedFrom);
    const earlier = claims.get(former);
    claims.set(former, earlier ?? entry);
    if (renamedFrom === identity) return [findingOf(entry, 'rename-of-itself', 'it has this name already')];
    if (declared.has(former))
      return [findingOf(entry, 'rename-still-declared', `${former} is still declared`, ONE_STEP)];
    if (!earlier) return [];
    return [findingOf(entry, 'rename-twice', `${former} cannot become both this and ${earlier.object.address}`)];
  });
}

const ONE_STEP = 'a rename replaces the old name in the files; names that go round take two steps';

/** The schema knows no such key there; this says what to do instead. */
function renamesInVain(entry: Expanded): Diagnostic[] | undefined {
  const { kind } = entry.site;
  if (kind.renames === true || !childOf(entry.match.node, RENAMED_FROM)) return undefined;
  const instead = typeof kind.renames === 'string' ? kind.renames : 'it has no name of its own';
  return [findingOf(entry, 'cannot-rename', `Harbor cannot rename a ${kind.name}`, instead)];
}

function findingOf(entry: Expanded, rule: string, message: string, hint?: string): Diagnostic {
  return findingAt(entry, { rule, field: RENAMED_FROM, message, ...(hint === undefined ? {} : { hint }) });
}
