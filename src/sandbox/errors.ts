/** Harbor's error codes and the status of each (src/lib/errors, src/lib/http/error.go). */
const STATUS = {
  BAD_REQUEST: 400,
  DIGEST_INVALID: 400,
  MANIFEST_INVALID: 400,
  UNSUPPORTED: 400,
  UNAUTHORIZED: 401,
  FORBIDDEN: 403,
  DENIED: 403,
  NOT_FOUND: 404,
  NAME_UNKNOWN: 404,
  MANIFEST_UNKNOWN: 404,
  BLOB_UNKNOWN: 404,
  METHOD_NOT_ALLOWED: 405,
  CONFLICT: 409,
  PRECONDITION: 412,
  VIOLATE_FOREIGN_KEY_CONSTRAINT: 412,
  PROJECTPOLICYVIOLATION: 412,
  REQUEST_ENTITY_TOO_LARGE: 413,
  UNPROCESSABLE_ENTITY: 422,
  TOO_MANY_REQUEST: 429,
  UNKNOWN: 500,
} as const;

/**
 * As in the body of Harbor's errors. Several codes share a status, and clients distinguish them by the code.
 */
export type ErrorCode = keyof typeof STATUS;

/**
 * With the charset, unlike successes of the API: Harbor writes errors with its own code and not through
 * go-swagger.
 */
export const ERROR_CONTENT_TYPE = 'application/json; charset=utf-8';

/** A response of Harbor that is not a success: thrown by any code below a handler, rendered once by the server. */
export class HarborError extends Error {
  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly headers: Readonly<Record<string, string>> = {},
    /** Some layers of Harbor keep the status but lose the code. */
    readonly status: number = STATUS[code],
  ) {
    super(message);
    this.name = 'HarborError';
  }

  /** The bytes of the response. Harbor hides the message of every 5xx. */
  body(): string {
    const message = this.status >= 500 ? 'internal server error' : this.message;
    return JSON.stringify({ errors: [{ code: this.code, message }] }) + '\n';
  }
}

/** Messages are Harbor's own where clients read them, with their misspellings. */
export function badRequest(message: string): HarborError {
  return new HarborError('BAD_REQUEST', message);
}

/** Also for what the caller may not see: Harbor often hides existence in this way. */
export function notFound(message: string): HarborError {
  return new HarborError('NOT_FOUND', message);
}

/** A unique name is taken. Harbor checks this late, so most of the request was right. */
export function conflict(message: string): HarborError {
  return new HarborError('CONFLICT', message);
}

/** go-swagger refuses a request with 422 before any handler and before authorization. */
export function unprocessable(finding: string): HarborError {
  return new HarborError('UNPROCESSABLE_ENTITY', `validation failure list:\n${finding}`);
}

/** A handler of Harbor that panics: the response is empty and nothing was changed. */
export class GoPanic extends HarborError {
  constructor(reason: string) {
    super('UNKNOWN', reason);
    this.name = 'GoPanic';
  }

  override body(): string {
    return '';
  }
}

/** Harbor responds to many user errors with a plain Go error without a code, which becomes 500. */
export function internalError(message: string): HarborError {
  return new HarborError('UNKNOWN', message);
}
