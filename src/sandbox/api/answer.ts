/** What a handler returns. Without body and text the response is empty, like Harbor's successes without content. */
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

/** Harbor returns the location of the new object, not the object itself (except for robots). */
export function created(location: string, body?: unknown): Answer {
  return { status: 201, headers: { location }, body };
}
