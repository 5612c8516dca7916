import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Declaration } from '../../src/declaration/declaration';
import { createClient, proveIdentity, type ClientOptions, type Identity, type RequestEvent } from '../../src/harbor';
import { kinds } from '../../src/kinds';
import { makePlan } from '../../src/plan/make-plan';
import type { Plan } from '../../src/plan/plan';
import { apply } from '../../src/reconcile/apply';
import { readState } from '../../src/reconcile/read';
import { startSandbox, type Sandbox } from '../../src/sandbox';
import { startFixtureUpstream, type FixtureUpstream } from '../../src/upstream';
import { declarationIn } from '../support/sandbox-run';
import { createWholeRobot } from '../support/whole-robot';

/*
 * Calls are what costs: a no-op plan of 1,000 projects takes a real Harbor 2 s in 40 calls, and a minute in
 * the 5,050 calls of a provider that reads object by object (docs/harbor-behavior.md 1.8). They are counted, not timed.
 */
const PROJECTS = 1_000;
const REGISTRIES = 50;
const WITH_CHILDREN = 40;

const ADMIN = { username: 'admin', password: async () => 'Harbor12345' };
const folder = mkdtempSync(join(tmpdir(), 'breakwater-calls-'));
const name = (prefix: string, n: number): string => `${prefix}-${String(n).padStart(4, '0')}`;
const times = <T>(count: number, make: (n: number) => T): T[] => Array.from({ length: count }, (_, n) => make(n));

let sandbox: Sandbox;
let upstream: FixtureUpstream;
let robot: NonNullable<ClientOptions['robot']>;
/** 1,000 proxy projects with a quota each, 50 registries. */
let wide: Declaration;
/** A few of the same projects, with members and retention. */
let deep: Declaration;

beforeAll(async () => {
  upstream = await startFixtureUpstream();
  sandbox = await startSandbox({ password: 'Harbor12345', timeScale: 0.01 });
  wide = await declarationOf('wide', PROJECTS, () => []);
  deep = await declarationOf('deep', WITH_CHILDREN, () => [
    'members: [{ group: platform, role: maintainer }]',
    'retention: { schedule: "0 0 3 * * *", rules: [{ template: nDaysSinceLastPull, params: { nDaysSinceLastPull: 30 }, tags: "**", repositories: "**" }] }',
  ]);
  robot = await createRobot();
}, 60_000);
afterAll(async () => {
  await sandbox.close();
  await upstream.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Policies as a person would write them, through the real loader. */
async function declarationOf(directory: string, projects: number, children: () => string[]): Promise<Declaration> {
  const lines = [
    'groups: { platform: { type: oidc } }',
    'registries:',
    ...times(REGISTRIES, (n) => `  ${name('registry', n)}: { type: docker-registry, url: "${upstream.url}" }`),
    'projects:',
    ...times(projects, (n) => {
      const fields = [
        `registry: ${name('registry', n % REGISTRIES)}`,
        'public: true',
        'storage_limit: 5GiB',
        ...children(),
      ];
      return `  ${name('proxy', n)}: { ${fields.join(', ')} }`;
    }),
  ];
  const path = mkdtempSync(join(folder, directory));
  writeFileSync(join(path, 'policies.yaml'), `${lines.join('\n')}\n`);
  return declarationIn(path);
}

async function createRobot(): Promise<NonNullable<ClientOptions['robot']>> {
  const { name, secret } = await createWholeRobot({ url: sandbox.url, user: ADMIN }, 'gitops');
  return { name, secret: async () => secret };
}

interface Run {
  readonly plan: Plan;
  /** Everything a whole run sent, from the login to the logout. */
  readonly events: readonly RequestEvent[];
}

/** One run as the command line makes it: prove who we are, read, plan, and apply what there is. */
async function run(
  declaration: Declaration,
  given: Partial<ClientOptions>,
): Promise<Run & { applied: RequestEvent[] }> {
  const events: RequestEvent[] = [];
  const client = createClient({ url: sandbox.url, onRequest: (event) => events.push(event), ...given });
  try {
    const identity: Identity = await proveIdentity(client);
    const { current, refs } = await readState({ client, kinds, declaration });
    const plan = makePlan({
      tool: 'breakwater 0.0.0-test',
      kinds,
      mode: 'upsert-only',
      targets: [],
      rotate: [],
      declaration,
      current,
      identity,
      target: { url: client.url },
    });
    const read = events.length;
    if (plan.changes.length > 0) {
      const secret = () => Promise.reject(new Error('no secret is declared'));
      const options = { client, kinds, declaration, refs, identity, secret, deliver: async () => {} };
      const report = await apply(plan, options);
      expect([report.failed, report.stale, report.skipped, report.unknown, report.differences]).toEqual([
        [],
        [],
        [],
        [],
        [],
      ]);
    }
    return { plan, events, applied: events.slice(read) };
  } finally {
    await client.close();
  }
}

const writes = (events: readonly RequestEvent[]): RequestEvent[] =>
  events.filter(({ method, url }) => method !== 'GET' && !url.endsWith('/c/login'));
const about = (events: readonly RequestEvent[], what: RegExp): RequestEvent[] =>
  events.filter(({ url }) => what.test(url));
/** Of the list of quotas. */
const pageSizes = (events: readonly RequestEvent[]): Set<number> =>
  new Set(about(events, /\/quotas/).map(({ url }) => Number(/page_size=(\d+)/.exec(url)?.[1])));

describe('the calls of a run', () => {
  it('creating a project costs one write, its quota and its retention included, and at most two calls', async () => {
    const { plan, applied } = await run(wide, { robot });
    expect(plan.summary).toMatchObject({ create: expect.any(Number), update: 0, replace: 0, delete: 0 });
    const created = writes(applied);
    expect(about(created, /\/projects$/)).toHaveLength(PROJECTS);
    expect(about(created, /\/registries$/)).toHaveLength(REGISTRIES);
    expect(created).toHaveLength(PROJECTS + REGISTRIES + 1);
    const reads = applied.filter(({ method }) => method === 'GET');
    expect(about(reads, /\/projects\/proxy-/).length).toBeLessThanOrEqual(PROJECTS);
    // Harbor sleeps for each quota of a page: what was written is verified with shorter ones than a plan can afford.
    expect(pageSizes(reads)).toEqual(new Set([1, 26]));
    expect(applied.length).toBeLessThanOrEqual(2 * PROJECTS + 2 * REGISTRIES + 2 + 40);
  }, 120_000);

  it.each([
    ['a robot', () => ({ robot })],
    ['a user', () => ({ user: ADMIN })],
    ['both', () => ({ robot, user: ADMIN })],
  ])(
    'a plan of 1,000 projects and 50 registries without a change takes %s at most 40, and writes nothing',
    async (_name, given) => {
      const { plan, events } = await run(wide, given());
      expect(plan.changes).toEqual([]);
      expect(plan.summary.unchanged).toBeGreaterThanOrEqual(2 * PROJECTS + REGISTRIES);
      expect(writes(events)).toEqual([]);
      expect(events.length).toBeLessThanOrEqual(40);
      expect(pageSizes(events)).toEqual(new Set([1, 72]));
    },
  );

  it('reads the quotas of a few projects in pages of ten, so that Harbor sleeps less', async () => {
    const few = await startSandbox({ password: 'Harbor12345', timeScale: 0.01 });
    const events: RequestEvent[] = [];
    const client = createClient({ url: few.url, user: ADMIN, onRequest: (event) => events.push(event) });
    try {
      for (let n = 0; n < 24; n++) await client.post('/projects', { project_name: name('few', n) });
      await readState({ client, kinds, declaration: wide });
      expect(pageSizes(events)).toEqual(new Set([1, 10]));
      expect(about(events, /\/quotas/)).toHaveLength(4);
    } finally {
      await client.close();
      await few.close();
    }
  });

  it('members and retention cost at most one call for each project that declares them', async () => {
    await run(deep, { robot });
    const { plan, events } = await run(deep, { robot });
    expect(plan.changes).toEqual([]);
    expect(about(events, /\/members/)).toHaveLength(WITH_CHILDREN);
    expect(about(events, /\/retentions/)).toHaveLength(WITH_CHILDREN);
    expect(events.length).toBeLessThanOrEqual(40 + 2 * WITH_CHILDREN);
  });
});
