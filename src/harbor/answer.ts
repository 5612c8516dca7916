import { isRecord } from '../json';
import { HarborApiError } from '../errors';
import { printable } from '../outside/printable';
import { SecretMask } from '../outside/secret-mask';
import { conform, faultsOf, typeName } from '../shape';
import type { ReadOptions } from './client';
import type { AuthenticatedBy } from './client-options';

/** The response to one request, read completely and parsed if it is JSON. */
export interface Answer {
  readonly method: string;
  /** Redacted. */
  readonly url: string;
  readonly requestId: string;
  readonly by: AuthenticatedBy;
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  /** Undefined for an empty body and for one that is not JSON. */
  readonly json: unknown;
  /** Declared as JSON but invalid: truncated on the way. */
  readonly broken: boolean;
  /** Secrets in the request: never repeated, even if a server returns them. */
  readonly secrets: readonly string[];
}

/**
 * Harbor's own error, masked and shortened. `message` joins those of several errors; `code` is that of the
 * first.
 */
export interface HarborErrors {
  readonly code: string;
  readonly message: string;
}

const MAX_MESSAGE_LENGTH = 1_000;
/** How much of a page is searched for its title, because the expression takes quadratic time. */
const HEAD_LENGTH = 4_096;
/** Harbor's own responses nest fewer than ten levels. Deeper ones would overflow the stack of recursive code. */
const MAX_DEPTH = 100;

/** Parses a body; never throws, because the status of an error matters more than its body. */
export function parseBody(text: string, contentType: string): { json: unknown; broken: boolean } {
  if (text.trim() === '') return { json: undefined, broken: false };
  if (isDeeperThan(text, MAX_DEPTH)) return { json: undefined, broken: true };
  try {
    return { json: JSON.parse(text) as unknown, broken: false };
  } catch {
    return { json: undefined, broken: /json/i.test(contentType) };
  }
}

/** Brackets inside strings do not count. */
function isDeeperThan(text: string, limit: number): boolean {
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === QUOTE) i = endOfString(text, i);
    else if (code === OPEN_LIST || code === OPEN_MAP) {
      if (++depth > limit) return true;
    } else if (code === CLOSE_LIST || code === CLOSE_MAP) depth--;
  }
  return false;
}

/** Index of the closing quote; of the end of the text if there is none. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let slashes = 0;
    while (text.charCodeAt(end - 1 - slashes) === BACKSLASH) slashes++;
    if (slashes % 2 === 0) return end;
  }
  return text.length;
}

const [QUOTE, BACKSLASH] = [0x22, 0x5c];
const [OPEN_LIST, CLOSE_LIST, OPEN_MAP, CLOSE_MAP] = [0x5b, 0x5d, 0x7b, 0x7d];

/** The first value. `name` in lower case. */
export function headerOf(answer: Answer, name: string): string | undefined {
  const value = answer.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

/**
 * The value of a response; undefined for an empty body, which means "none" in Harbor (docs/harbor-behavior.md 1.3).
 * @throws HarborApiError unless it is a success with Harbor's JSON
 */
export function valueOf(answer: Answer): unknown {
  if (answer.status >= 400) throw apiError(answer);
  if (answer.json === undefined && answer.text.trim() !== '') throw unusable(answer);
  return answer.json;
}

/** A success without a body. */
export function isEmpty({ status, text }: Answer): boolean {
  return status < 400 && text.trim() === '';
}

/**
 * The value of a response in its shape, with its faults attached. An empty response has no faults of its own.
 * @throws HarborApiError as `valueOf`, and if the whole response has another shape
 */
export function shaped<T>(answer: Answer, { shape, mayBeNone }: ReadOptions<T> = {}): T {
  const value = valueOf(answer);
  if (shape === undefined || (value === undefined && mayBeNone)) return value as T;
  if (value === undefined) throw unusable(answer, 'an empty response');
  if (shape.container === 'object' && !isRecord(value))
    throw unusable(answer, `${typeName(value)} instead of an object`);
  const result = conform(shape, value);
  const faults = faultsOf(result);
  if (faults && shape.strict === true) throw unusable(answer, faults.reason);
  return result;
}

/** True if Harbor itself, not a proxy's error page, reports that the object does not exist. */
export function isAbsent(answer: Answer): boolean {
  return answer.status === 404 && isHarbors(answer);
}

/**
 * The answer to a HEAD, which has no body: Harbor's 200 has no type, and its 404 is declared as JSON.
 * @throws HarborApiError for every other one, such as that of a login page
 */
export function isThere(answer: Answer): boolean {
  const type = (headerOf(answer, 'content-type') ?? '').split(';', 1)[0]!.trim().toLowerCase();
  if (answer.status === 200 && ['', 'application/json'].includes(type)) return true;
  if (answer.status === 404 && type === 'application/json') return false;
  throw apiError(answer);
}

/** Whether an error has Harbor's form. One without it comes from a proxy, with two exceptions: refused logins are empty. */
export function isHarbors(answer: Answer): boolean {
  return harborErrorsIn(answer) !== undefined;
}

/** A refusal by Harbor or by a proxy in front of it. */
export function apiError(answer: Answer): HarborApiError {
  const { method, url, status } = answer;
  const harbor = harborErrorsIn(answer);
  const reason = harbor ? reasonOf(answer, harbor) : foreignReason(answer);
  return new HarborApiError(
    `${method} ${url}: ${status}${harbor ? ` ${harbor.code}` : ''}: ${reason}`,
    detailsOf(answer, harbor),
  );
}

/** A success whose body is not Harbor's. `problem` describes JSON that could be parsed. */
export function unusable(answer: Answer, problem?: string): HarborApiError {
  const what = answer.broken
    ? `the JSON is incomplete, broken or nested too deep (${answer.text.length} characters)`
    : problem === undefined
      ? foreignReason(answer)
      : `${problem}: this is not a response of Harbor's API`;
  return new HarborApiError(`${answer.method} ${answer.url}: ${answer.status}: ${what}`, detailsOf(answer));
}

/** What an error carries for programs. The request id is Harbor's if it returned one: it is in Harbor's log. */
export function detailsOf(answer: Answer, harbor?: HarborErrors): HarborApiError['details'] {
  return {
    method: answer.method,
    url: answer.url,
    status: answer.status,
    requestId: clean(answer, headerOf(answer, 'x-request-id') ?? answer.requestId, 100),
    ...(harbor ? { harborCode: harbor.code, harborMessage: harbor.message } : {}),
  };
}

/** Harbor's `{"errors":[{"code","message"}]}`; several are joined. */
function harborErrorsIn(answer: Answer): HarborErrors | undefined {
  const { errors } = (answer.json ?? {}) as { errors?: unknown };
  if (!Array.isArray(errors) || errors.length === 0) return undefined;
  const all = errors.map((error) => (error ?? {}) as { code?: unknown; message?: unknown });
  const message = all.map((error) => asText(error.message)).join('; ');
  return { code: clean(answer, asText(all[0]?.code), 60), message: clean(answer, message) };
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** Harbor's own message, or ours if Harbor's is empty: its 403 is a bare user name, its 500 has no text. */
function reasonOf({ status, by }: Answer, { code, message }: HarborErrors): string {
  if (status === 401) return `Harbor does not accept ${WHO[by]}`;
  if (status === 403 && code === 'FORBIDDEN' && !message.includes(' ')) {
    return `${WHO[by]} may not do this${message && message !== 'forbidden' ? ` (${message})` : ''}`;
  }
  if (status === 500) return `${message} (Harbor returns this for some invalid requests too; its log has the reason)`;
  return message || 'Harbor gives no reason';
}

const WHO: Readonly<Record<AuthenticatedBy, string>> = {
  robot: 'this robot',
  session: 'this user',
  user: 'this user',
  nobody: 'a request without credential',
};

/** A title helps to find out what responded: it is often that of the login page or of the proxy. */
function foreignReason(answer: Answer): string {
  const type = headerOf(answer, 'content-type') ?? '';
  const head = answer.text.slice(0, HEAD_LENGTH);
  const title = /<title[^>]*>([^<]*)/i.exec(head)?.[1];
  const isHtml = /html/i.test(type) || /^\s*<(!doctype|html)/i.test(head);
  if (answer.text.trim() === '') return "an empty response, not in Harbor's format";
  const what = isHtml ? 'an HTML page' : `${clean(answer, type, 60) || 'something'}`;
  const named = title?.trim() ? ` titled "${clean(answer, title, 80)}"` : '';
  return `${what}${named} instead of Harbor's JSON: a proxy, a login page or another program responds at this address`;
}

/**
 * Text of a server on its way into a message: without secrets of the request, control characters and excess
 * length.
 */
function clean(answer: Answer, text: string, maxLength = MAX_MESSAGE_LENGTH): string {
  return printable(new SecretMask(answer.secrets).mask(text), maxLength);
}
