import { compact } from '../compact';
import { header, isPageType, type PlainAnswer } from '../oci';
import { printable } from '../outside/printable';

interface Spoken {
  readonly status: number;
  readonly requestId: string;
  readonly body?: Buffer;
  readonly contentType?: string;
}

const MAX_MESSAGE_LENGTH = 200;

/** A response in words, with Harbor's own error and the request id for its logs. */
export function describeAnswer({ status, requestId, body, contentType }: Spoken): string {
  const said = errorText(body) ?? (isPageType(contentType) ? 'an HTML page' : '');
  return `${status}${said && ` ${said}`} [${requestId}]`;
}

/** The same for a response that was not read as a manifest: its type is taken from the header. */
export function describePlain(answer: PlainAnswer): string {
  return describeAnswer(compact({ ...answer, contentType: header(answer, 'content-type') }));
}

/** `CODE message` of the first error in a registry's error body. */
export function errorText(body: Buffer | undefined): string | undefined {
  const first = readErrors(body)?.[0];
  if (!first) return undefined;
  return printable(`${first.code} ${first.message}`, MAX_MESSAGE_LENGTH);
}

/**
 * Such as `UNAUTHORIZED` or `MANIFEST_UNKNOWN` (OCI distribution specification, error codes: capital letters and
 * underscores). Undefined if the body is not the JSON of a registry: then something in front of Harbor responded. Gateways
 * have lists of `errors` as well, with codes like `403` or `access_denied`.
 */
export function errorCode(body: Buffer | undefined): string | undefined {
  return readErrors(body)?.[0]?.code;
}

/** What to do about a 429 that is not Harbor's. @param path such as `/v2/` */
export function raiseLimit(path?: string): string {
  const where = path === undefined ? '' : ` for ${path}`;
  return `raise the rate limit${where} in the proxy, firewall or load balancer in front of Harbor`;
}

/**
 * A limit or a failure that a proxy in front sent: 429 and 500 are Harbor's in the form of a registry's error, which is
 * JSON, also without a body, such as to HEAD. Harbor has no other status for them.
 */
export function isOfFront({ status, body, contentType }: Omit<Spoken, 'requestId'>): boolean {
  if (!isPassing(status)) return false;
  if (status !== 429 && status !== 500) return true;
  const isEmpty = body === undefined || body.length === 0;
  return isEmpty ? contentType !== 'application/json' : errorCode(body) === undefined;
}

/** The same, and limits that Harbor passes on: what was requested may be right. */
export function isLimitOrFront(answer: Omit<Spoken, 'requestId'>): boolean {
  return answer.status === 429 || isOfFront(answer);
}

/** The status of a limit or of a failure: what was asked for is not judged, and the next request may be answered. */
export function isPassing(status: number): boolean {
  return status === 408 || status === 429 || status >= 500;
}

/** A failure of core itself: Harbor has no other status for its errors than 500, so 502 to 504 are those of a gateway. */
export function isFailureOfCore(status: number, body: Buffer): boolean {
  return status === 500 && errorCode(body) !== undefined;
}

function readErrors(body: Buffer | undefined): { code: string; message: string }[] | undefined {
  if (!body || body.length === 0) return undefined;
  try {
    const parsed = JSON.parse(body.toString('utf8')) as { errors?: { code?: unknown; message?: unknown }[] } | null;
    const errors = parsed?.errors?.map(({ code, message }) => ({ code: words(code), message: words(message) }));
    return errors?.every(({ code }) => /^[A-Z][A-Z_]*$/.test(code)) ? errors : undefined;
  } catch {
    return undefined;
  }
}

function words(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** What a missing manifest may mean: Harbor also returns 404 if it cannot log in to or reach the upstream. */
export const MISSING_HINT =
  'the upstream has no such image, or Harbor cannot reach it or log in to it: Harbor returns 404 in all of these cases';

/** `2026-11-28 03:14 UTC`. @param ms since 1970 */
export function dayOf(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** `5.0 MiB` */
export function sizeOf(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  const units = ['KiB', 'MiB', 'GiB', 'TiB'];
  const power = Math.min(Math.floor(Math.log2(bytes) / 10), units.length);
  return `${(bytes / 1024 ** power).toFixed(1).replace(/\.0$/, '')} ${units[power - 1]!}`;
}

/** `1 layer`, `3 layers`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
