/** One answer of a list: its items, and how many Harbor counts in all where it says so. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly total: number | undefined;
}

export interface PagingOptions {
  readonly pageSize: number;
  readonly concurrency: number;
  /** Asks for one item first, only for the total. */
  readonly countFirst: boolean;
}

export type ReadPage<T> = (page: number, pageSize: number) => Promise<Page<T>>;

/** A list could not be seen whole: nobody may conclude from it what is missing. */
export interface Unsettled {
  readonly totals: readonly number[];
}

/** Against a lying X-Total-Count: a million objects. */
const MAX_PAGES = 10_000;
const MAX_READINGS = 3;

/**
 * Reads a whole list. While pages are fetched somebody may create or delete: items then shift between
 * pages, one is seen twice and another never. So a reading counts only if every page named the same total
 * and that many different items were seen; else the list is read again, three times in all.
 *
 * Harbor also counts what it does not show: a member whose role does not exist is in the total and not in
 * the list (recording members/lifecycle). So fewer items than counted are believed when a second reading
 * finds exactly the same.
 *
 * What this cannot see: one deleted and one created between two pages cancel out in the count. An item
 * missed that way looks absent, which ends in a create that Harbor refuses, and never in a delete.
 */
export async function readAllPages<T>(read: ReadPage<T>, options: PagingOptions): Promise<T[] | Unsettled> {
  const totals = new Set<number>();
  let before: string | undefined;
  for (let reading = 0; reading < MAX_READINGS; reading++) {
    const pages = await readOnce(read, options);
    const items = unique(pages.flatMap((page) => page.items));
    const total = pages[0]?.total;
    if (total === undefined) return items;
    const agreed = pages.every((page) => page.total === total);
    if (agreed && items.length === total) return items;
    const seen = JSON.stringify([total, items.map(keyOf)]);
    if (agreed && items.length < total && seen === before) return items;
    before = agreed ? seen : undefined;
    for (const page of pages) totals.add(page.total ?? 0);
  }
  return { totals: [...totals] };
}

async function readOnce<T>(read: ReadPage<T>, options: PagingOptions): Promise<Page<T>[]> {
  if (options.countFirst) {
    const { total } = await read(1, 1);
    if (total !== undefined) return readRange(read, options, 1, pagesOf(total, options.pageSize));
  }
  const first = await read(1, options.pageSize);
  if (first.total === undefined) return [first, ...(await readUntilShort(read, first, options.pageSize))];
  if (first.items.length < options.pageSize) return [first];
  return [first, ...(await readRange(read, options, 2, pagesOf(first.total, options.pageSize)))];
}

/** At least one page, so that an empty list has a total to agree with. */
function pagesOf(total: number, pageSize: number): number {
  return Math.min(MAX_PAGES, Math.max(1, Math.ceil(total / pageSize)));
}

/** Several readers take the next page each. A page that is not full is the last, whatever the total claimed. */
async function readRange<T>(read: ReadPage<T>, options: PagingOptions, from: number, to: number): Promise<Page<T>[]> {
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

/** Some lists carry no total, and some of those ignore `page` and answer everything again. */
async function readUntilShort<T>(read: ReadPage<T>, first: Page<T>, pageSize: number): Promise<Page<T>[]> {
  const pages: Page<T>[] = [];
  const seen = new Set(first.items.map(keyOf));
  let previous = first;
  for (let page = 2; previous.items.length === pageSize && page <= MAX_PAGES; page++) {
    previous = await read(page, pageSize);
    const before = seen.size;
    previous.items.forEach((item) => seen.add(keyOf(item)));
    if (seen.size === before) break;
    pages.push(previous);
  }
  return pages;
}

function unique<T>(items: readonly T[]): T[] {
  return [...new Map(items.map((item) => [keyOf(item), item])).values()];
}

/** Harbor's own key of an item; the item as a whole where it has none (`/replication/adapters` lists strings). */
function keyOf(item: unknown): string {
  if (item === null || typeof item !== 'object') return JSON.stringify(item);
  const { id, uuid, project_id: projectId, user_id: userId } = item as Record<string, unknown>;
  return JSON.stringify(id ?? uuid ?? projectId ?? userId ?? item);
}
