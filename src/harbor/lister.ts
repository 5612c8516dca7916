import { compact } from '../compact';
import { NetworkError } from '../errors';
import { redactUrl } from '../http/redact';
import { conform, typeName } from '../shape';
import { targetOf } from './address';
import { headerOf, unusable, valueOf, type Answer } from './answer';
import type { ListOptions } from './client';
import type { Notice } from './client-options';
import { createGate } from './gate';
import { createListBudget, type ListLimits } from './list-budget';
import { readAllPages, type Page, type PagingOptions } from './pages';
import type { Requester } from './requester';

/** A null item is a fault, but an absent field is not. */
const WRONG: readonly unknown[] = [];
/** Harbor's maximum; its own default is 10. */
const MAX_PAGE_SIZE = 100;
/** 200,000 objects: more than Harbor itself can list in time. */
const MAX_PAGES = 2_000;

/** The same for all lists of a client. */
export interface ListerOptions {
  readonly origin: string;
  /** State that all requests share. */
  readonly concurrency: number;
  readonly limits: ListLimits;
  readonly onNotice: ((notice: Notice) => void) | undefined;
}

/** `Client.list` based on single requests. */
export function createLister(requester: Requester, { origin, concurrency, limits, onNotice }: ListerOptions) {
  return async <T>(path: string, options: ListOptions<T> = {}): Promise<T[]> => {
    const gate = options.concurrency === undefined ? undefined : createGate(options.concurrency);
    const url = redactUrl(origin + targetOf(path, options.query));
    const budget = createListBudget({ method: 'GET', url }, limits);
    const { shape } = options;
    const readPage = async (page: number, pageSize: number): Promise<Page<unknown>> => {
      if (page > MAX_PAGES) throw tooLong(url);
      const query = { ...options.query, page, page_size: pageSize };
      return pageIn(await requester.read(path, { ...options, query }, { gate, budget }));
    };
    const paging = compact<PagingOptions<T>>({
      pageSize: atMost(MAX_PAGE_SIZE, options.pageSize),
      concurrency: options.concurrency ?? concurrency,
      affordsAnother: (readings) => budget.affordsAnother(readings),
      as: shape && ((item) => conform(shape, item ?? WRONG)),
    });
    const { items, settled } = await readAllPages(readPage, paging);
    if (!settled) onNotice?.(changed(path, items.length));
    return items;
  };
}

function atMost(most: number, size: ListOptions['pageSize'] = most): PagingOptions['pageSize'] {
  return typeof size === 'number' ? Math.min(size, most) : (total) => Math.min(size(total), most);
}

/**
 * 204 and everything that is not a list is not Harbor's; an empty 200 is an empty list (docs/harbor-behavior.md
 * 1.3).
 */
function pageIn(answer: Answer): Page<unknown> {
  const items = valueOf(answer) ?? [];
  if (answer.status === 204 || !Array.isArray(items))
    throw unusable(answer, `${typeName(answer.json)} instead of a list`);
  const total = headerOf(answer, 'x-total-count');
  return { items, total: total !== undefined && /^\d+$/.test(total) ? Number(total) : undefined };
}

/** A missed object that is declared is requested by its name. */
function changed(path: string, count: number): Notice {
  const message = `${path}: the list kept changing while it was read; continuing with the ${count} objects that were read`;
  return { code: 'LIST_CHANGED', message };
}

function tooLong(url: string): NetworkError {
  return new NetworkError(
    `GET ${url}: the list has more than ${MAX_PAGES} pages`,
    'NETWORK_BODY_LIMIT',
    url,
    'check that this is Harbor: a proxy may be repeating pages, or X-Total-Count may be wrong',
  );
}
