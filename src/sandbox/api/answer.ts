/** What a handler returns. Without body and text the response is empty, like Harbor's successes without content. */
export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Rendered as JSON. */
  readonly body?: unknown;
  readonly text?: { readonly value: string; readonly contentType: string };
}

/** Without a body and without a content type, as Harbor's handlers without a result. */
export const OK: Answer = { status: 200 };

/** JSON with a newline at the end, as Go's encoder writes it. */
export function ok(body: unknown): Answer {
  return { status: 200, body };
}

/** For logs and for `/ping`, the only responses that are not JSON. */
export function text(value: string, contentType: string): Answer {
  return { status: 200, text: { value, contentType } };
}

/** Harbor returns the location of the new object, not the object itself (except for robots). */
export function created(location: string, body?: unknown): Answer {
  return { status: 201, headers: { location }, body };
}
