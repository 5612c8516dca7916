/** One response of a list: its items, and Harbor's total if it returns one. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly total: number | undefined;
}

/** How one list is read. */
export interface PagingOptions<T = unknown> {
  /** A function decides by the total: one item is requested first. */
  readonly pageSize: number | ((total: number) => number);
  readonly concurrency: number;
  /** Whether one more read is affordable after this many. */
  readonly affordsAnother: (readings: number) => boolean;
  /** What is kept of an item when its page arrives: usually a third of it. Without: the item as it is. */
  readonly as?: (item: unknown) => T;
}

/** Pages count from 1, as in Harbor. */
export type ReadPage<T> = (page: number, pageSize: number) => Promise<Page<T>>;

/** An item by Harbor's own key, with its name: what is kept of it may contain neither. */
interface Kept<T> {
  readonly key: string;
  readonly name: unknown;
  readonly value: T;
}

/** The result of all readings of one list. */
export interface Reading<T> {
  /** Each once, in its latest version. */
  readonly items: T[];
  /**
   * False if no read was consistent: an object that was created meanwhile may be missing, a deleted one may be
   * included.
   */
  readonly settled: boolean;
}

const MAX_READINGS = 3;

/**
 * Reads a whole list. While pages are fetched someone may create or delete: items then shift between
 * pages, one is seen twice and another never. So a reading counts only if every page named the same total
 * and that many different items were seen; else the list is read again, three times in all. Where it changes
 * all the time, everything that was seen in any reading is the list.
 *
 * Harbor also counts what it does not show: a member whose role does not exist is in the total and not in
 * the list (recording members/lifecycle). So another number of items than counted is believed when a second
 * reading finds exactly the same.
 *
 * What this cannot see: one deleted and one created between two pages cancel out in the count. An item
 * missed that way looks absent: what is declared is asked for by name, and nothing is ever deleted for it.
 * The case that the count detects, with pages of two and the newest first:
 *
 *     Harbor before    e d | c b | a        total 5
 *     page 1           e d                  total 5
 *     f is created     f e | d c | b a      total 6
 *     page 2           d c                  total 6   d twice, totals differ: read again
 */
export async function readAllPages<T>(read: ReadPage<unknown>, options: PagingOptions<T>): Promise<Reading<T>> {
  const { as = (item) => item as T } = options;
  const readKept = async (page: number, pageSize: number): Promise<Page<Kept<T>>> => {
    const { items, total } = await read(page, pageSize);
    return { items: items.map((item) => ({ key: keyOf(item), name: nameOf(item), value: as(item) })), total };
  };
  const { kept, settled } = await readUntilSettled(readKept, options);
  return { items: [...kept.values()].map(({ value }) => value), settled };
}

type Found<T> = ReadonlyMap<string, Kept<T>>;

async function readUntilSettled<T>(
  read: ReadPage<Kept<T>>,
  options: PagingOptions<T>,
): Promise<{ readonly kept: Found<T>; readonly settled: boolean }> {
  let seen: Found<T> = new Map();
  let before: string | undefined;
  for (let reading = 1; ; reading++) {
    const pages = await readOnce(read, options);
    const kept = new Map(pages.flatMap(({ items }) => items.map((item) => [item.key, item] as const)));
    const total = pages[0]?.total;
    if (total === undefined) return { kept, settled: true };
    const agreed = pages.every((page) => page.total === total);
    if (agreed && kept.size === total) return { kept, settled: true };
    const fingerprint = agreed ? JSON.stringify([total, ...kept.keys()]) : undefined;
    if (fingerprint !== undefined && fingerprint === before) return { kept, settled: true };
    before = fingerprint;
    seen = withEarlier(kept, seen);
    if (reading === MAX_READINGS || !options.affordsAnother(reading)) return { kept: seen, settled: false };
  }
}

/** If an object was deleted and recreated meanwhile, only the new one counts. */
function withEarlier<T>(found: Found<T>, earlier: Found<T>): Found<T> {
  const names = new Set([...found.values()].map(({ name }) => name));
  const missed = [...earlier].filter(([key, { name }]) => !found.has(key) && !names.has(name ?? NO_NAME));
  return new Map([...found, ...missed]);
}

const NO_NAME = Symbol('no name');

/** Whatever field holds the name in this list: a recreated object has a new id and the old name. */
function nameOf(item: unknown): unknown {
  const { name, username, group_name: group, entity_name: entity } = (item ?? {}) as Record<string, unknown>;
  return name ?? username ?? group ?? entity;
}

/**
 * One pass. Without a total, pages are read one after the other until one is not full; with it, all at once.
 */
async function readOnce<T extends { readonly key: string }>(
  read: ReadPage<T>,
  options: PagingOptions,
): Promise<Page<T>[]> {
  const { pageSize: given } = options;
  const counted = typeof given === 'number' ? undefined : (await read(1, 1)).total;
  // Without a total there is nothing to decide by: pages of the usual size, one after the other.
  const pageSize = typeof given === 'number' ? given : given(counted ?? Infinity);
  const first = counted === undefined ? [await read(1, pageSize)] : [];
  const total = counted ?? first[0]?.total;
  if (first[0] && first[0].items.length < pageSize) return first;
  const pages =
    total === undefined
      ? first
      : [...first, ...(await readRange(read, { ...options, pageSize }, first.length + 1, pagesOf(total, pageSize)))];
  const count = pages.reduce((sum, { items }) => sum + items.length, 0);
  // All pages are full, but the number differs from the total: there is more.
  const ends = pages.at(-1)!.items.length < pageSize || count === total;
  return ends ? pages : [...pages, ...(await readUntilShort(read, pages, pageSize))];
}

/** At least one page, so that an empty list also has a total to compare with. */
function pagesOf(total: number, pageSize: number): number {
  return Math.max(1, Math.ceil(total / pageSize));
}

type SizedPaging = PagingOptions & { readonly pageSize: number };

/** Several readers each take the next page. A page that is not full is the last one, whatever the total. */
async function readRange<T>(read: ReadPage<T>, options: SizedPaging, from: number, to: number): Promise<Page<T>[]> {
  const pages: Page<T>[] = [];
  let next = from;
  let last = to;
  const reader = async (): Promise<void> => {
    while (next <= last) {
      const page = next++;
      const answer = await read(page, options.pageSize).catch((error: unknown) => {
        last = 0;
        throw error;
      });
      pages[page - from] = answer;
      if (answer.items.length < options.pageSize) last = Math.min(last, page);
    }
  };
  await Promise.all(Array.from({ length: Math.min(options.concurrency, to - from + 1) }, reader));
  return pages;
}

/** Some lists have no total, and some of those ignore `page` and return everything again. */
async function readUntilShort<T extends { readonly key: string }>(
  read: ReadPage<T>,
  known: readonly Page<T>[],
  pageSize: number,
): Promise<Page<T>[]> {
  const pages: Page<T>[] = [];
  const seen = new Set(known.flatMap(({ items }) => items.map(({ key }) => key)));
  for (let page = known.length + 1; ; page++) {
    const next = await read(page, pageSize);
    const before = seen.size;
    next.items.forEach(({ key }) => seen.add(key));
    if (seen.size === before) return pages;
    pages.push(next);
    if (next.items.length < pageSize) return pages;
  }
}

/** Harbor's own key of an item; the whole item if it has none (`/replication/adapters` lists strings). */
function keyOf(item: unknown): string {
  if (item === null || typeof item !== 'object') return JSON.stringify(item);
  const { id, uuid, project_id: projectId, user_id: userId } = item as Record<string, unknown>;
  return JSON.stringify(id ?? uuid ?? projectId ?? userId ?? item);
}
