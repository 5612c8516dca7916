import { compareText } from '../compare-text';
import { STATUSES, type Status } from './cache';
import type { ImageReference } from './reference';
import type { Problem } from './scan';

/** The result of an inventory. */
export interface Inventory {
  readonly references: readonly ImageReference[];
  readonly problems: readonly Problem[];
  /** How many folders and paths each rule excluded. */
  readonly skipped: Readonly<Record<string, number>>;
  /** Number of files read. */
  readonly files: number;
}

/** For summaries. */
export type Counts = Readonly<Record<Status, number>>;

/** Every status has a number, 0 if there is none. */
export function countByStatus(references: readonly ImageReference[]): Counts {
  const counts = Object.fromEntries(STATUSES.map((status) => [status, 0])) as Record<Status, number>;
  for (const { status } of references) counts[status] += 1;
  return counts;
}

/** For people; JSON and CSV keep the names of the statuses. */
export const STATUS_WORDS: Readonly<Record<Status, string>> = {
  covered: 'covered',
  'needs-rewrite': 'needs rewrite',
  bypass: 'bypass',
  unresolvable: 'unresolvable',
};

/** `deploy/web.yaml:12:16` */
export function whereOf({ file, place }: ImageReference): string {
  return place ? `${file}:${place.line}:${place.column}` : file;
}

/** How often each registry is named, and how many of these references bypass the cache; most first. */
export function byRegistry(references: readonly ImageReference[]): { registry: string; total: number; past: number }[] {
  const found = new Map<string, { registry: string; total: number; past: number }>();
  for (const { registry = 'unknown', status } of references) {
    const row = found.get(registry) ?? { registry, total: 0, past: 0 };
    row.total += 1;
    if (status !== 'covered') row.past += 1;
    found.set(registry, row);
  }
  return [...found.values()].sort((a, b) => b.total - a.total || compareText(a.registry, b.registry));
}
