import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient, proveIdentity, type ClientOptions, type RequestEvent } from '../../src/harbor';
import { kinds } from '../../src/kinds';
import { makePlan } from '../../src/plan/make-plan';
import { apply } from '../../src/reconcile/apply';
import { readState } from '../../src/reconcile/read';
import { startSandbox, type Sandbox } from '../../src/sandbox';
import { startFixtureUpstream, type FixtureUpstream } from '../../src/upstream';
import { callsByTemplate } from '../support/requests';
import { declarationIn } from '../support/sandbox-run';
import { createWholeRobot } from '../support/whole-robot';

/*
 * What a run that creates costs, from the login to the last page that verifies it. Counted by template, so that a call
 * too many has a name.
 */
const PROJECTS = 45;
/** Several pages of a list. */
const MANY_PROJECTS = 120;
const REGISTRIES = 30;
/** Identity, logins, and the bulk lists: read for the plan, for the ids of what was born, and to verify. */
const FIXED_CALLS = 40;
const USER = { username: 'admin', password: async () => 'Harbor12345' };
const PULLED_LATELY =
  '{ template: nDaysSinceLastPull, params: { nDaysSinceLastPull: 30 }, tags: "**", repositories: "**" }';
const MEMBERS =
  'members: [{ group: platform, role: maintainer }, { group: dev, role: developer }, { group: ops, role: guest }]';

const folder = mkdtempSync(join(tmpdir(), 'breakwater-creating-'));
let upstream: FixtureUpstream;
const open: Sandbox[] = [];

beforeAll(async () => {
  upstream = await startFixtureUpstream();
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((sandbox) => sandbox.close()));
});
afterAll(async () => {
  await upstream.close();
  rmSync(folder, { recursive: true, force: true });
});

async function started(): Promise<Sandbox> {
  const sandbox = await startSandbox({ password: 'Harbor12345', timeScale: 0.01 });
  open.push(sandbox);
  return sandbox;
}

function policies(fields: readonly string[], projects = PROJECTS): string {
  const directory = mkdtempSync(join(folder, 'policies-'));
  const name = (prefix: string, n: number): string => `${prefix}-${String(n).padStart(3, '0')}`;
  const registries = Array.from(
    { length: REGISTRIES },
    (_, n) => `  ${name('up', n)}: { type: docker-registry, url: "${upstream.url}" }`,
  );
  const declared = Array.from({ length: projects }, (_, n) => {
    const body = [`registry: ${name('up', n % REGISTRIES)}`, 'public: true', 'storage_limit: 5GiB', ...fields];
    return `  ${name('proxy', n)}: { ${body.join(', ')} }`;
  });
  const lines = [
    'groups: { platform: { type: oidc }, dev: { type: oidc }, ops: { type: oidc } }',
    'registries:',
    ...registries,
    'projects:',
    ...declared,
  ];
  writeFileSync(join(directory, 'policies.yaml'), `${lines.join('\n')}\n`);
  return directory;
}

async function robotOf(sandbox: Sandbox): Promise<NonNullable<ClientOptions['robot']>> {
  const { name, secret } = await createWholeRobot({ url: sandbox.url, user: USER }, 'gitops');
  return { name, secret: async () => secret };
}

/** Calls of one whole run, by the template of their path. */
async function callsToCreate(
  sandbox: Sandbox,
  directory: string,
  given: Partial<ClientOptions>,
): Promise<Map<string, number>> {
  const declaration = await declarationIn(directory);
  const events: RequestEvent[] = [];
  const client = createClient({ url: sandbox.url, onRequest: (event) => events.push(event), ...given });
  try {
    const identity = await proveIdentity(client);
    const { current, refs } = await readState({ client, kinds, declaration });
    const asked = { mode: 'upsert-only', targets: [], rotate: [] } as const;
    const target = { url: client.url };
    const plan = makePlan({ tool: 'breakwater 0.0.0-test', kinds, declaration, current, identity, target, ...asked });
    const secret = (): Promise<string> => Promise.reject(new Error('no secret is declared'));
    const report = await apply(plan, { client, kinds, declaration, refs, identity, secret, deliver: async () => {} });
    expect(report.ok).toHaveLength(plan.changes.length);
    expect(report.differences).toEqual([]);
  } finally {
    await client.close();
  }
  return callsByTemplate(events);
}

function total(calls: ReadonlyMap<string, number>): number {
  return [...calls.values()].reduce((sum, count) => sum + count, 0);
}

/** What is called for each project, and how often for each. */
function perProject(calls: ReadonlyMap<string, number>, projects = PROJECTS): Record<string, number> {
  const often = [...calls].filter(([, count]) => count >= projects);
  return Object.fromEntries(often.map(([template, count]) => [template, count / projects]));
}

const CREDENTIALS: readonly [string, (sandbox: Sandbox) => Promise<Partial<ClientOptions>>][] = [
  ['a robot', async (sandbox) => ({ robot: await robotOf(sandbox) })],
  ['a user', async () => ({ user: USER })],
];

describe.each(CREDENTIALS)('created by %s', (_name, credential) => {
  it('a project with retention and three members takes seven calls, two of them to verify it', async () => {
    const sandbox = await started();
    const given = await credential(sandbox);
    const retention = `retention: { schedule: "0 0 3 * * *", rules: [${PULLED_LATELY}] }`;
    const calls = await callsToCreate(sandbox, policies([retention, MEMBERS]), given);
    expect(perProject(calls)).toEqual({
      'POST /projects': 1,
      'POST /projects/{}/members': 3,
      'PUT /retentions/{}': 1,
      'GET /projects/{}/members': 1,
      'GET /retentions/{}': 1,
    });
    expect(total(calls)).toBeLessThanOrEqual(7 * PROJECTS + REGISTRIES + FIXED_CALLS);
  }, 60_000);

  it('a project with a limit takes one call, and so does a registry', async () => {
    const sandbox = await started();
    const calls = await callsToCreate(sandbox, policies([], MANY_PROJECTS), await credential(sandbox));
    expect(perProject(calls, MANY_PROJECTS)).toEqual({ 'POST /projects': 1 });
    expect(total(calls)).toBeLessThanOrEqual(MANY_PROJECTS + REGISTRIES + FIXED_CALLS);
  }, 60_000);

  it('a retention that declares only its schedule is read before it is written: its rules are kept', async () => {
    const sandbox = await started();
    const calls = await callsToCreate(
      sandbox,
      policies(['retention: { schedule: "0 0 3 * * *" }']),
      await credential(sandbox),
    );
    expect(perProject(calls)).toEqual({
      'POST /projects': 1,
      'GET /projects/{}': 1,
      'PUT /retentions/{}': 1,
      'GET /retentions/{}': 2,
    });
    const rules = sandbox.store.retentions.all().map(({ policy }) => (policy['rules'] as unknown[]).length);
    expect(rules).toEqual(Array.from({ length: PROJECTS }, () => 1));
  }, 60_000);
});
