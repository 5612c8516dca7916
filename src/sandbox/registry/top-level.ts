import type { ArtifactRow } from '../store/rows';
import type { Store } from '../store/store';

/** The artifacts that lists show: accessories are below their subject, children below their index unless tagged. */
export function topLevelArtifacts(
  store: Store,
  rows: readonly ArtifactRow[],
  shown: readonly ArtifactRow[] = rows,
): ArtifactRow[] {
  const children = new Set(rows.flatMap((row) => row.references.map(({ childId }) => childId)));
  return shown.filter(
    (row) =>
      store.accessories.count('artifact', row.id) === 0 &&
      (store.tags.count('artifact', row.id) > 0 || !children.has(row.id)),
  );
}
