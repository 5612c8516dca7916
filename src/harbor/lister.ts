import { HarborApiError } from '../errors';
import { detailsOf, headerOf, unusable, valueOf, type Answer } from './answer';
import type { ListOptions } from './client';
import { createGate } from './gate';
import { conform, typeName } from '../shape';
import { readAllPages, type Page } from './pages';
import type { Requester } from './requester';

/** An item that is null is a fault, where an absent field is not. */
const WRONG: readonly unknown[] = [];
/** Harbor's maximum; its own default is 10. */
const MAX_PAGE_SIZE = 100;

/** `Client.list` over single requests. `concurrency` is what all requests share. */
export function createLister(requester: Requester, concurrency: number) {
  return async <T>(path: string, options: ListOptions<T> = {}): Promise<T[]> => {
    const gate = options.concurrency === undefined ? undefined : createGate(options.concurrency);
    let last: Answer | undefined;
    const readPage = async (page: number, pageSize: number): Promise<Page<T>> => {
      last = await requester.read(path, { ...options, query: { ...options.query, page, page_size: pageSize } }, gate);
      return pageIn<T>(last);
    };
    const result = await readAllPages(readPage, {
      pageSize: Math.min(options.pageSize ?? MAX_PAGE_SIZE, MAX_PAGE_SIZE),
      concurrency: options.concurrency ?? concurrency,
      countFirst: options.countFirst ?? false,
    });
    const { shape } = options;
    if (Array.isArray(result)) return shape ? result.map((item) => conform(shape, item ?? WRONG)) : result;
    throw unsettled(last!, result.totals);
  };
}

function pageIn<T>(answer: Answer): Page<T> {
  const items = valueOf(answer) ?? [];
  if (answer.status === 204 || !Array.isArray(items))
    throw unusable(answer, `${typeName(answer.json)} where a list is due`);
  const total = headerOf(answer, 'x-total-count');
  return { items: items as T[], total: total !== undefined && /^\d+$/.test(total) ? Number(total) : undefined };
}

/** Whoever believed such a list would take what it missed for deleted. */
function unsettled(answer: Answer, totals: readonly number[]): HarborApiError {
  return new HarborApiError(
    `GET ${answer.url}: the list kept changing while it was read, so that it cannot be seen whole ` +
      `(Harbor counted ${totals.join(', ')}); try again when nobody else is writing`,
    detailsOf(answer),
  );
}
