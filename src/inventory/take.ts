import { compact } from '../compact';
import type { Cache } from './cache';
import { createKeeper } from './keep';
import type { ImageReference } from './reference';
import type { Inventory } from './report';
import { scan, type Problem, type ScanEvents, type ScannedFile } from './scan';

/** Scans to the end and keeps the results; the texts of the files are released. */
export async function takeInventory(
  paths: readonly string[],
  cache: Cache,
  { signal, each }: { readonly signal?: AbortSignal; readonly each?: (file: ScannedFile) => void } = {},
): Promise<Inventory> {
  const references: ImageReference[] = [];
  const problems: Problem[] = [];
  const skipped: Record<string, number> = {};
  const keep = createKeeper();
  let files = 0;
  const events: ScanEvents = compact({
    problem: (problem: Problem) => void problems.push(problem),
    skipped: (_path: string, rule: string) => void (skipped[rule] = (skipped[rule] ?? 0) + 1),
    file: () => void (files += 1),
    signal,
  });
  for await (const file of scan(paths, cache, events)) {
    for (const { reference } of file.references) references.push(keep(reference));
    each?.(file);
  }
  return { references, problems, skipped, files };
}
