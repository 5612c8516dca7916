import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One comment, note or issue, as both hosts have it. */
export interface Post {
  readonly id: number;
  text: string;
  readonly title?: string;
  open: boolean;
}

export interface CiHost {
  readonly url: string;
  readonly comments: Post[];
  readonly issues: Post[];
  /** Every request that changed something: `POST issues`. */
  readonly writes: string[];
  /** Requests without the token. */
  readonly strangers: string[];
  close(): Promise<void>;
}

interface Body {
  readonly body?: string;
  readonly description?: string;
  readonly title?: string;
  readonly state?: string;
  readonly state_event?: string;
}

export const TOKEN = 'ci-token-5f2a';
/** The commit that a merge request or pull request ended with. */
export const HEAD = 'a'.repeat(40);

/** The few calls of GitHub's and GitLab's API that the examples make. `plan` is what a job left behind. */
export async function startCiHost(plan: () => string): Promise<CiHost> {
  const comments: Post[] = [];
  const issues: Post[] = [];
  const writes: string[] = [];
  const strangers: string[] = [];
  const state = { comments, issues, writes, plan };
  const server: Server = createServer((request, response) => {
    void (async () => {
      const path = new URL(request.url ?? '', 'http://host').pathname.replace(/^\/(repos\/o\/r|projects\/7)\//, '');
      const token = request.headers.authorization ?? request.headers['private-token'] ?? '';
      if (!String(token).endsWith(TOKEN)) strangers.push(path);
      const answer = answerOf(state, request.method ?? '', path, await bodyOf(request));
      response.writeHead(answer === undefined ? 404 : 200, { 'content-type': 'application/json' });
      response.end(typeof answer === 'string' ? answer : JSON.stringify(answer ?? { message: 'Not Found' }));
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    comments,
    issues,
    writes,
    strangers,
    close: () => new Promise((resolve) => void server.close(() => resolve())),
  };
}

type State = Pick<CiHost, 'comments' | 'issues' | 'writes'> & { readonly plan: () => string };

function answerOf(state: State, method: string, path: string, body: Body): unknown {
  if (method !== 'GET') return written(state, method, path, body);
  if (/^(issues\/12\/comments|merge_requests\/12\/notes)$/.test(path)) return state.comments.map(asWire);
  if (path === 'issues') return state.issues.filter(({ open }) => open).map(asWire);
  if (/^commits\/\w+\/pulls$/.test(path)) return [{ merged_at: '2027-01-01T00:00:00Z', head: { sha: HEAD } }];
  if (path === 'actions/artifacts')
    return {
      artifacts: [
        { expired: true, workflow_run: { id: 1 } },
        { expired: false, workflow_run: { id: 41 } },
      ],
    };
  if (/^repository\/commits\/\w+\/merge_requests$/.test(path)) return [{ state: 'merged', iid: 12 }];
  if (path === 'merge_requests/12/pipelines') return [{ id: 5 }, { id: 4 }];
  if (path === 'pipelines/5/jobs') return [{ name: 'validate' }, { name: 'plan', id: 9, artifacts_file: {} }];
  return path === 'jobs/9/artifacts/plan.json' ? state.plan() : undefined;
}

function written({ comments, issues, writes }: State, method: string, path: string, body: Body): unknown {
  writes.push(`${method} ${path}`);
  const isComment = path.includes('comments') || path.includes('notes');
  const list = isComment ? comments : issues;
  const text = body.body ?? body.description;
  if (method === 'POST') {
    const post = { id: 100 + list.length, text: text ?? '', open: true, ...(body.title && { title: body.title }) };
    list.push(post);
    return asWire(post);
  }
  const post = list.find(({ id }) => path.endsWith(String(id)));
  if (!post) return undefined;
  if (text !== undefined) post.text = text;
  if (body.state === 'closed' || body.state_event === 'close') post.open = false;
  return asWire(post);
}

function asWire({ id, text }: Post): object {
  return { id, number: id, iid: id, body: text, description: text };
}

async function bodyOf(request: IncomingMessage): Promise<Body> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) text += chunk as string;
  return text === '' ? {} : (JSON.parse(text) as Body);
}
