import type { Sandbox } from '../../../src/sandbox';

export interface ApiAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed when it is JSON, undefined when it is empty, else the text. */
  readonly body: ReturnType<typeof JSON.parse>;
  /** Last segment of Location. */
  readonly id: number;
  /** Of Harbor's first error. */
  readonly message: string | undefined;
}

export interface ApiOptions {
  /** `user:password`; absent is the administrator, null anonymous. */
  readonly as?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
}

const ADMIN = 'admin:Harbor12345';

/** Talks to a sandbox's API by plain fetch: this room shares no code with Breakwater's own client. */
export async function call(
  sandbox: Pick<Sandbox, 'url'>,
  line: string,
  body?: unknown,
  { as = ADMIN, headers = {} }: ApiOptions = {},
): Promise<ApiAnswer> {
  const [method, path] = line.split(' ') as [string, string];
  const answer = await fetch(`${sandbox.url}${path.startsWith('/') ? path : `/api/v2.0/${path}`}`, {
    method,
    redirect: 'manual',
    headers: {
      ...(as === null ? {} : { authorization: `Basic ${Buffer.from(as).toString('base64')}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await answer.text();
  const parsed = parse(text);
  return {
    status: answer.status,
    headers: answer.headers,
    body: parsed,
    id: Number(answer.headers.get('location')?.split('/').at(-1)),
    message: parsed?.errors?.[0]?.message,
  };
}

function parse(text: string): ReturnType<typeof JSON.parse> {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
