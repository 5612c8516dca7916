import type { IncomingHttpHeaders } from 'node:http';
import type { Caller } from '../access/caller';
import type { JsonObject } from './model';
import type { Answer } from './answer';

/** One validated request. */
export interface Call {
  readonly caller: Caller;
  /** Path parameters, decoded; ids are checked to be integers. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: JsonObject;
  /** False when an optional body was not sent. */
  readonly hasBody: boolean;
  /** Without the query and without a trailing slash: Harbor builds Location from it. */
  readonly path: string;
}

/** '' for a parameter that the route does not have. */
export function param(call: Call, name: string): string {
  return call.params[name] ?? '';
}

/** Already checked to be an int64. An id of 20 digits loses precision, and then no row has it. */
export function idParam(call: Call, name: string): number {
  return Number(call.params[name]);
}

/** `undefined` if it is absent or empty: then Harbor's default counts, which is not always false. */
export function flagQuery(call: Call, name: string): boolean | undefined {
  const value = call.query.get(name);
  return value === null || value === '' ? undefined : isTrue(value);
}

/** Texts that Go's ParseBool, or go-swagger's more tolerant one, reads as true. */
export function isTrue(value: string): boolean {
  return ['true', '1', 'yes', 'ok', 'y', 'on', 'selected', 'checked', 't', 'enabled'].includes(value.toLowerCase());
}

const DEFAULT_PAGE_SIZE = 10;

/** Where a list differs from the usual paging. */
export interface Paging {
  /** Set where X-Total-Count counts something other than the rows. */
  readonly total?: number;
  /** Page number and size when the query has none; 1 and 10 for most lists. */
  readonly number?: number;
  readonly size?: number;
}

/** One page of `rows` with X-Total-Count and Link. Size 0 returns everything; a number below 1 is the first page. */
export function page<T>(call: Call, rows: readonly T[], render: (row: T) => unknown, paging: Paging = {}): Answer {
  const { total = rows.length } = paging;
  const number = Number(call.query.get('page') || (paging.number ?? 1));
  const size = Number(call.query.get('page_size') || (paging.size ?? DEFAULT_PAGE_SIZE));
  const start = Math.max(0, number - 1) * size;
  const shown = size > 0 ? rows.slice(start, start + size) : rows;
  const link = links(call, total, number, size);
  return {
    status: 200,
    headers: { 'x-total-count': String(total), ...(link ? { link } : {}) },
    body: shown.map(render),
  };
}

/** Results of a search by name: shortest names first, only one page, counted case-insensitively. */
export function firstPage<T>(
  call: Call,
  rows: readonly T[],
  nameOf: (row: T) => string,
  render: (row: T) => unknown,
  total: number,
): Answer {
  const closest = (a: T, b: T): number => nameOf(a).length - nameOf(b).length || (nameOf(a) < nameOf(b) ? -1 : 1);
  const size = Number(call.query.get('page_size') || DEFAULT_PAGE_SIZE);
  const { headers } = page(call, [], render, { total });
  return { status: 200, headers: headers ?? {}, body: [...rows].sort(closest).slice(0, size).map(render) };
}

/** `Link` of RFC 8288: the previous page only if it exists, joined by ` , `. */
function links(call: Call, total: number, number: number, size: number): string {
  if (size === 0) return '';
  const link = (target: number, rel: string): string => `<${pageUrl(call, target, size)}>; rel="${rel}"`;
  const prev = number > 1 && (number - 1) * size < total ? [link(number - 1, 'prev')] : [];
  const next = size * number < total ? [link(number + 1, 'next')] : [];
  return [...prev, ...next].join(' , ');
}

/** Keys sorted and the query unescaped, as Go's url.Values and Harbor return it. */
function pageUrl(call: Call, number: number, size: number): string {
  const query = new URLSearchParams(call.query);
  query.set('page', String(number));
  query.set('page_size', String(size));
  const pairs = [...query].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([key, value]) => `${key}=${value}`);
  return `${call.path}?${pairs.join('&')}`;
}
