import { Agent, type Dispatcher } from 'undici';
import { mapBounded } from '../../../src/map-bounded';
import {
  PASSWORD,
  type Harbor,
  CRON,
  DAYS,
  GROUPS,
  projectName,
  registryName,
  REGISTRIES,
  type Identity,
  type Work,
} from './work';

/** The calls that the work cannot do without, and nothing else: no plan, no journal, no retry, nothing verified. */
export interface Input extends Work {
  readonly harbor: Pick<Harbor, 'url' | 'upstream' | 'robot'>;
  readonly as: Identity;
  readonly what: 'create' | 'create and read' | 'read';
}

type Headers = Readonly<Record<string, string>>;
type Call = (
  method: Dispatcher.HttpMethod,
  path: string,
  body?: object,
) => Promise<{ json: unknown; id: number; total: number }>;

const AT_ONCE = 32;
const ROLE_IDS = [4, 2, 3];
const agent = new Agent({ connections: AT_ONCE, pipelining: 1 });

async function callerOf({ harbor, as }: Input): Promise<Call> {
  const headers = as === 'robot' ? basic(harbor.robot) : await session(harbor.url);
  return async (method, path, body) => {
    const answer = await agent.request({
      origin: harbor.url,
      path: `/api/v2.0${path}`,
      method,
      headers: { ...headers, 'x-is-resource-name': 'true', ...(body && { 'content-type': 'application/json' }) },
      body: body === undefined ? null : JSON.stringify(body),
    });
    const text = await answer.body.text();
    if (answer.statusCode >= 300) throw new Error(`${method} ${path}: ${answer.statusCode} ${text}`);
    const id = Number(/\/(\d+)$/.exec(String(answer.headers['location'] ?? ''))?.[1]);
    return { json: text === '' ? undefined : JSON.parse(text), id, total: Number(answer.headers['x-total-count']) };
  };
}

function basic({ name, secret }: Harbor['robot']): Headers {
  return { authorization: `Basic ${Buffer.from(`${name}:${secret}`).toString('base64')}` };
}

async function session(origin: string): Promise<Headers> {
  const cookieOf = (lines: string | string[] | undefined, name: string): string =>
    [lines ?? []]
      .flat()
      .flatMap((line) => new RegExp(`^${name}=([^;]+)`).exec(line)?.[1] ?? [])
      .at(-1) ?? '';
  const page = await agent.request({ origin, path: '/c/login', method: 'GET' });
  await page.body.dump();
  const csrf = { 'x-harbor-csrf-token': String(page.headers['x-harbor-csrf-token']) };
  const cookie = `_gorilla_csrf=${cookieOf(page.headers['set-cookie'], '_gorilla_csrf')}`;
  const login = await agent.request({
    origin,
    path: '/c/login',
    method: 'POST',
    headers: { ...csrf, cookie, 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ principal: 'admin', password: PASSWORD }).toString(),
  });
  await login.body.dump();
  return { ...csrf, cookie: `${cookie}; sid=${cookieOf(login.headers['set-cookie'], 'sid')}` };
}

async function create(call: Call, { projects, children, harbor }: Input): Promise<void> {
  const groups = children
    ? await mapBounded(
        GROUPS,
        AT_ONCE,
        async (group) => (await call('POST', '/usergroups', { group_name: group, group_type: 3 })).id,
      )
    : [];
  const registries = await mapBounded(numbers(REGISTRIES), AT_ONCE, async (n) => {
    const { id } = await call('POST', '/registries', {
      name: registryName(n),
      type: 'docker-registry',
      url: harbor.upstream,
    });
    return id;
  });
  await mapBounded(numbers(projects), AT_ONCE, async (n) => {
    const project = projectName(n);
    const { id } = await call('POST', '/projects', {
      project_name: project,
      registry_id: registries[n % REGISTRIES],
      metadata: { public: 'true' },
      storage_limit: 5 * 2 ** 30,
    });
    if (!children) return;
    for (const [at, group] of groups.entries())
      await call('POST', `/projects/${project}/members`, { role_id: ROLE_IDS[at], member_group: { id: group } });
    const { json } = await call('GET', `/projects/${project}`);
    const policy = Number((json as { metadata: { retention_id: string } }).metadata.retention_id);
    await call('PUT', `/retentions/${policy}`, policyOf(policy, id));
  });
}

function policyOf(id: number, project: number): object {
  const all = (kind: string, decoration: string): object => ({ kind, decoration, pattern: '**' });
  const rule = {
    disabled: false,
    action: 'retain',
    template: 'nDaysSinceLastPull',
    params: { nDaysSinceLastPull: DAYS },
    tag_selectors: [{ ...all('doublestar', 'matches'), extras: '{"untagged":true}' }],
    scope_selectors: { repository: [all('doublestar', 'repoMatches')] },
  };
  const trigger = { kind: 'Schedule', settings: { cron: CRON } };
  return { id, algorithm: 'or', scope: { level: 'project', ref: project }, trigger, rules: [rule] };
}

/** As a plan reads them: every page, side by side. */
async function read(call: Call, { children }: Input): Promise<void> {
  const page = (path: string, n: number, size: number): ReturnType<Call> =>
    call('GET', `${path}${path.includes('?') ? '&' : '?'}page=${n}&page_size=${size}`);
  const pages = (path: string, from: number, total: number, size: number): Promise<unknown[]> =>
    mapBounded(
      numbers(Math.ceil(total / size) - from + 1),
      AT_ONCE,
      async (n) => (await page(path, n + from, size)).json,
    );
  const list = async (path: string): Promise<unknown[]> => {
    const first = await page(path, 1, 100);
    const others = await pages(path, 2, first.total, 100);
    return [first.json, ...others].flatMap((items) => items as unknown[]);
  };
  /** Harbor sleeps for each quota, so the pages are as short as a plan can afford. */
  const quotas = async (path: string): Promise<void> => {
    const { total } = await page(path, 1, 1);
    await pages(path, 1, total, Math.min(75, Math.max(10, Math.ceil(total / 14))));
  };
  const [projects] = await Promise.all([
    list('/projects'),
    list('/registries?sort=id'),
    quotas('/quotas?reference=project&sort=creation_time'),
    ...(children ? [list('/usergroups')] : []),
  ]);
  if (!children) return;
  await mapBounded(
    projects as { name: string; metadata: { retention_id?: string } }[],
    AT_ONCE,
    async ({ name, metadata }) => {
      await call('GET', `/projects/${name}/members?page=1&page_size=100`);
      if (metadata.retention_id !== undefined) await call('GET', `/retentions/${metadata.retention_id}`);
    },
  );
}

function numbers(count: number): number[] {
  return Array.from({ length: Math.max(0, count) }, (_, n) => n);
}

async function main(input: Input): Promise<void> {
  const call = await callerOf(input);
  if (input.what !== 'read') await create(call, input);
  if (input.what !== 'create') await read(call, input);
  await agent.close();
}

void main(JSON.parse(process.argv[2] ?? '') as Input);
