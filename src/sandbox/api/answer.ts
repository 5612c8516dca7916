/** What a handler gives back. With neither body nor text the answer is empty, as every success with nothing to show. */
export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Rendered as JSON. */
  readonly body?: unknown;
  readonly text?: { readonly value: string; readonly contentType: string };
}

export const OK: Answer = { status: 200 };

export function ok(body: unknown): Answer {
  return { status: 200, body };
}

export function text(value: string, contentType: string): Answer {
  return { status: 200, text: { value, contentType } };
}

/** Harbor shows where the new object lies, not the object (robots excepted). */
export function created(location: string, body?: unknown): Answer {
  return { status: 201, headers: { location }, body };
}
