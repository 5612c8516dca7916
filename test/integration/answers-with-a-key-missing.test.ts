import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Declaration } from '../../src/declaration/declaration';
import { writePolicies, type WritableObject } from '../../src/export';
import { oncePerKey } from '../../src/once';
import { createClient, type Client, type HarborClient, type Identity } from '../../src/harbor';
import { kinds } from '../../src/kinds';
import { makePlan } from '../../src/plan/make-plan';
import { renderText } from '../../src/plan/render/text';
import { readEverything } from '../../src/reconcile/read-everything';
import { readState } from '../../src/reconcile/read';
import { directoryWith } from '../support/cli';
import { startFixtureUpstream, type FixtureUpstream } from '../../src/upstream';
import { damaged } from '../support/damaged';
import { declarationIn, startSandboxRun, type SandboxRun } from '../support/sandbox-run';

/** One object of most kinds, all of them as declared: whatever is damaged, no plan may create or delete anything. */
const policies = (upstream: string): string => `
registries: { up: { type: docker-registry, url: "${upstream}", description: d } }
groups: { platform: { type: oidc } }
users: { alice: { email: alice@example.com, realname: Alice, password: { env: RS } } }
labels: { glob: { color: "#FF0000", description: x } }
projects:
  library: {}
  proxy.a:
    registry: up
    public: true
    storage_limit: 10GiB
    members: [{ group: platform, role: guest }, { user: alice, role: developer }]
    retention: { schedule: "0 0 3 * * *", rules: [{ template: nDaysSinceLastPull, params: { nDaysSinceLastPull: 30 } }] }
    robots: { r: { duration: 30, secret: { env: RS }, access: [{ resource: repository, action: pull }] } }
    labels: { p: { color: "#00FF00" } }
    webhooks: { w: { event_types: [PUSH_ARTIFACT], targets: [{ type: http, address: "https://a.example.com" }] } }
  team:
    immutable_tags: [{ tags: "v*" }]
    reuse_sys_cve_allowlist: false
    cve_allowlist: { items: [CVE-2024-11111] }
robots: { s: { duration: -1, secret: { env: RS }, system: [{ resource: project, action: list }], projects: { "*": [{ resource: repository, action: pull }] } } }
replications: { m: { from: up, filters: [{ type: name, value: "a/**" }], dest_namespace: team, trigger: { scheduled: "0 0 2 * * *" } } }
schedules: { gc: { cron: "0 0 4 * * *", workers: 2 }, purge_audit: { cron: "0 0 1 * * *", audit_retention_hour: 720, include_event_types: [pull_artifact] } }
cve_allowlist: { items: [CVE-2024-22222] }
configuration: { oidc_name: x }
prune: { registries: true, projects: true, robots: true, groups: true, users: true, labels: true, replications: true, webhooks: true, members: true, immutable_tags: true }
`;

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

let upstream: FixtureUpstream;
let run: SandboxRun;
let declaration: Declaration;
let server: Server;
let client: HarborClient;
/** `client`, but it reads once what is not damaged. */
let reader: Client;
const answers = new Map<string, Answer>();
let damage: { readonly path: string; readonly value: unknown } | undefined;

beforeAll(async () => {
  upstream = await startFixtureUpstream();
  run = await startSandboxRun();
  declaration = await declarationIn(directoryWith({ 'all.yaml': policies(upstream.url) }));
  const report = await run.apply(declaration, await run.plan(declaration));
  expect([report.failed, report.differences]).toEqual([[], []]);
  server = createServer((request, response) => {
    void answerTo(request.url ?? '', request.headers.authorization ?? '').then(({ status, headers, body }) => {
      const path = (request.url ?? '').split('?')[0];
      const shown = damage !== undefined && damage.path === path ? damage.value : body;
      // JSON has no Infinity; what a parser makes of 1e400 is one.
      response
        .writeHead(status, headers)
        .end(
          body === undefined
            ? ''
            : JSON.stringify(shown, (_key, one: unknown) => (one === Infinity ? '1e400!' : one)).replaceAll(
                '"1e400!"',
                '1e400',
              ),
        );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  client = createClient({
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    robot: { name: 'admin', secret: async () => 'Harbor12345' },
    user: { username: 'admin', password: async () => 'Harbor12345' },
    random: () => 0,
    sleep: async () => {},
  });
  reader = readingOnce(client);
}, 60_000);

afterAll(async () => {
  await client.close();
  server.closeAllConnections();
  server.close();
  await run.close();
  await upstream.close();
});

/** The sandbox is asked once for each URL; thousands of runs are answered from memory. */
async function answerTo(url: string, authorization: string): Promise<Answer> {
  const known = answers.get(url);
  if (known) return known;
  // No login is answered: requests go by password then, and each can be answered from memory.
  if (url.startsWith('/c/')) return { status: 404, headers: {}, body: undefined };
  const response = await fetch(run.sandbox.url + url, { headers: { authorization, 'x-is-resource-name': 'true' } });
  const text = await response.text();
  const total = response.headers.get('x-total-count');
  const headers = { 'content-type': 'application/json', ...(total === null ? {} : { 'x-total-count': total }) };
  const answer = { status: response.status, headers, body: text === '' ? undefined : (JSON.parse(text) as unknown) };
  answers.set(url, answer);
  return answer;
}

/** What a client makes of an undamaged answer is the same each time; frozen, so that no reader can change it. */
function readingOnce(real: Client): Client {
  const read = new Map<string, Promise<unknown>>();
  const once = <T>(method: 'get' | 'find' | 'list', path: string, options?: object): Promise<T> => {
    const ask = (): Promise<T> => real[method](path, options) as Promise<T>;
    if (damage?.path === `/api/v2.0${path}`) return ask();
    const key = JSON.stringify([method, path, options]);
    const known = read.get(key) ?? ask().then(frozen);
    read.set(key, known);
    return known.then((one) => (Array.isArray(one) ? [...(one as unknown[])] : one)) as Promise<T>;
  };
  return {
    ...real,
    get: (path, options) => once('get', path, options),
    find: (path, options) => once('find', path, options),
    list: (path, options) => once('list', path, options),
  };
}

function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(frozen);
  return value;
}

const identity: Identity = { user: { username: 'admin', userId: 1, sysadmin: true, localAdmin: true } };
const target = { url: 'https://harbor.example.com' };

async function planNow() {
  const { current, unreadable } = await readState({ client: reader, kinds, declaration });
  const targets: string[] = [];
  return makePlan({
    tool: 't',
    declaration,
    current,
    unreadable,
    kinds,
    mode: 'sync',
    targets,
    rotate: [],
    identity,
    target,
  });
}

async function exportNow(): Promise<number> {
  const { current } = await readEverything({ client: reader, kinds });
  const objects = kinds.flatMap((kind) =>
    (current.get(kind.name) ?? [])
      .filter(({ builtIn }) => !builtIn)
      .map(({ spec, facts = {} }) => ({ kind, spec, facts })),
  );
  const read = JSON.stringify(
    objects.map(({ kind, ...rest }) => [kind.name, rest]),
    // JSON has no undefined and no Infinity.
    (_key, one: unknown) => (one === undefined || typeof one === 'number' ? `#${one}` : one),
  );
  return oncePerKey(exported, read, () => filesOf(objects));
}

/** Most damaged fields are read as if they were missing, and the same objects are written as the same files. */
const exported = new Map<string, Promise<number>>();

async function filesOf(objects: readonly WritableObject[]): Promise<number> {
  const harbor = { url: 'https://harbor.example.com', username: 'admin', password: { env: 'P' } };
  const { files } = await writePolicies(objects, { kinds, harbor, origin: 'x' });
  return files.length;
}

it('without damage there is nothing to change', async () => {
  const { changes, unreadable } = await planNow();
  await exportNow();
  expect([changes, unreadable]).toEqual([[], undefined]);
}, 30_000);

it('the run continues with any value in one field of a response, and does not create or delete anything because of it', async () => {
  const seen = [...answers].filter(([, { status, body }]) => status === 200 && typeof body === 'object');
  const paths = new Map(seen.map(([url, answer]) => [url.split('?')[0]!, answer]));
  expect(paths.size).toBeGreaterThan(20);
  let unreadable = 0;
  for (const [path, { body }] of paths) {
    for (const { what, value } of damaged(body, [])) {
      damage = { path, value };
      const where = `${path}: ${what}`;
      const plan = await planNow();
      const done = plan.changes
        .filter(({ action }) => action !== 'update')
        .map(({ action, address }) => `${action} ${address}`);
      // An item that is left out of a list is gone, as far as anybody can know, and an immutable rule is its selectors.
      if (!/\d+ left out$|selectors.repository left out$/.test(what)) expect([where, done]).toEqual([where, []]);
      expect([where, renderText(plan).includes('undefined')]).toEqual([where, false]);
      const bad = plan.unreadable ?? [];
      if (bad.length > 0) unreadable++;
      expect([where, plan.warnings.length >= bad.length]).toEqual([where, true]);
      await exportNow();
    }
  }
  damage = undefined;
  expect(unreadable).toBeGreaterThan(40);
}, 600_000);
