import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { kinds } from '../../src/kinds';
import type { RequestEvent } from '../../src/harbor';
import { createClient, proveIdentity } from '../../src/harbor';
import { readState } from '../../src/reconcile/read';
import { callsByTemplate } from '../support/requests';
import { declarationIn, startSandboxRun, type SandboxRun } from '../support/sandbox-run';
import { kitted, wholeDeclaration } from '../kinds/kits';
import { startWorld, type TestWorld } from '../kinds/support/world';

/**
 * More than a page. The calls of each project are counted: more projects find no other number. BULK=1000 asks for the
 * size of the guides.
 */
const PROJECTS = Number(process.env['BULK'] ?? 110);
const MANY_PROJECTS = 10_000;
/** It is about 220; a busy machine collects garbage later. */
const MAX_RSS_MIB = 300;
const PEAK_MEMORY = join(__dirname, '..', 'support', 'peak-memory.js');
/** Identity, and the bulk lists of what every plan reads. */
const FIXED_CALLS = 40;

const CHILDREN = [
  'members: [{ group: platform, role: maintainer }, { group: dev, role: developer }, { group: ops, role: guest }]',
  'retention: { schedule: "0 0 3 * * *", rules: [{ template: nDaysSinceLastPull, params: { nDaysSinceLastPull: 30 }, tags: "**", repositories: "**" }] }',
  'robots: { puller: { duration: 90, access: [{ resource: repository, action: pull }], secret: { env: PULLER } } }',
  'webhooks: { hook: { targets: [{ type: http, address: "http://127.0.0.1:9/hook" }], event_types: [PULL_ARTIFACT] } }',
];

const folder = mkdtempSync(join(tmpdir(), 'breakwater-bulk-'));
const budget = kitted.map(({ name, kind }) => ({ kind: name, ...kind.calls }));
let world: TestWorld;
let sandboxRun: SandboxRun;

beforeAll(async () => {
  world = await startWorld();
  sandboxRun = await startSandboxRun();
});
afterAll(async () => {
  await sandboxRun.close();
  await world.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A directory of policies with so many proxy projects, each with these fields beside its registry. */
function policies(count: number, fields: readonly string[], head: readonly string[] = []): string {
  const directory = mkdtempSync(join(folder, 'policies-'));
  const body = ['registry: up', 'public: true', 'storage_limit: 5GiB', ...fields].join(', ');
  const lines = [
    ...head,
    'groups: { platform: { type: oidc }, dev: { type: oidc }, ops: { type: oidc } }',
    `registries: { up: { type: docker-registry, url: "${world.upstream}" } }`,
    'projects:',
    ...Array.from({ length: count }, (_, n) => `  proxy-${String(n).padStart(5, '0')}: { ${body} }`),
  ];
  writeFileSync(join(directory, 'policies.yaml'), `${lines.join('\n')}\n`);
  return directory;
}

/** Calls of one reading by the template of their path, such as `GET /projects/{}/members`. */
async function callsToRead(directory: string): Promise<Map<string, number>> {
  const events: RequestEvent[] = [];
  const user = { username: 'admin', password: async () => 'Harbor12345' };
  const client = createClient({ url: sandboxRun.sandbox.url, user, onRequest: (event) => events.push(event) });
  try {
    await proveIdentity(client);
    await readState({ client, kinds, declaration: await declarationIn(directory) });
  } finally {
    await client.close();
  }
  return callsByTemplate(events);
}

describe(`${PROJECTS} projects with retention, three members, a robot and a webhook each`, () => {
  let calls: Map<string, number>;

  beforeAll(async () => {
    const directory = policies(PROJECTS, CHILDREN);
    const declaration = await declarationIn(directory);
    const report = await sandboxRun.apply(declaration, await sandboxRun.plan(declaration));
    expect(report.failed).toEqual([]);
    expect((await sandboxRun.plan(declaration)).changes).toEqual([]);
    calls = await callsToRead(directory);
  }, 900_000);

  it('take at most one call for each project and kind of child', () => {
    const total = [...calls.values()].reduce((sum, count) => sum + count, 0);
    expect(total).toBeLessThanOrEqual(4 * PROJECTS + FIXED_CALLS);
  });

  it('take exactly the calls that the kinds declare', () => {
    const perProject = Object.fromEntries([...calls].filter(([, count]) => count >= PROJECTS));
    const declared = ['project-member', 'retention', 'robot', 'webhook'];
    const expected = budget
      .filter(({ kind }) => declared.includes(kind))
      .flatMap(({ bulk, perProject: call }) =>
        call === undefined ? [] : [[call, PROJECTS + (call === bulk ? 1 : 0)] as const],
      );
    expect(perProject).toEqual(Object.fromEntries(expected));
  });

  it('need no call for a kind without declared objects', () => {
    const undeclared = ['label', 'immutable-tag-rule', 'preheat-policy', 'project-scanner'];
    for (const { kind, perProject } of budget.filter((row) => undeclared.includes(row.kind)))
      expect([kind, calls.get(perProject!)]).toEqual([kind, undefined]);
  });

  it('and no call for any project if no child is declared', async () => {
    const bare = await callsToRead(policies(PROJECTS, []));
    expect([...bare].filter(([path]) => path.includes('{}'))).toEqual([]);
    expect([...bare.values()].reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(FIXED_CALLS);
  });
});

describe('a declaration of every kind', () => {
  let calls: Map<string, number>;

  beforeAll(async () => {
    const directory = mkdtempSync(join(folder, 'whole-'));
    writeFileSync(join(directory, 'policies.yaml'), JSON.stringify(wholeDeclaration(world)));
    calls = await callsToRead(directory);
  }, 600_000);

  it.each(budget.flatMap(({ kind, bulk }) => (bulk === undefined ? [] : [[kind, bulk] as const])))(
    '%s is read by %s',
    (_kind, bulk) => {
      expect([...calls.keys()]).toContain(bulk);
    },
  );
});

it.each(budget.map((row) => [row.kind, row] as const))('%s is read by some call', (_kind, { bulk, perProject }) => {
  expect([bulk, perProject].filter((call) => call !== undefined)).not.toEqual([]);
});

describe('10,000 projects', () => {
  it(`are planned in less than ${MAX_RSS_MIB} MiB`, async () => {
    const { store, url } = sandboxRun.sandbox;
    const registry = store.registries.find('name', 'up')!;
    const [like] = store.projects.findAll('registry', registry.id);
    for (let n = 0; n < MANY_PROJECTS; n++) {
      const name = `proxy-${String(n).padStart(5, '0')}`;
      if (store.projects.find('name', name)) continue;
      const { id } = store.projects.insert({ ...like!, name });
      const quota = store.quotas.find('project', like!.id)!;
      store.quotas.insert({ ...quota, projectId: id });
    }
    const head = [`harbor: { url: "${url}", username: admin, password: { env: HARBOR_PASSWORD } }`];
    const { out, peakMib } = await planInAnotherProcess(policies(MANY_PROJECTS, [], head));
    expect(out).toMatch(/No changes\. Harbor matches the declaration: 2\d{4} unchanged/);
    expect(peakMib).toBeLessThan(MAX_RSS_MIB);
  }, 900_000);
});

async function planInAnotherProcess(directory: string): Promise<{ out: string; peakMib: number }> {
  const measure = join(folder, 'measure.cjs');
  const figures = join(folder, 'max-rss');
  writeFileSync(
    measure,
    `const { peakKiB } = require(${JSON.stringify(PEAK_MEMORY)});
     process.on('exit', () => require('node:fs').writeFileSync(${JSON.stringify(figures)}, String(peakKiB())));`,
  );
  const argv = ['--require', measure, 'dist/src/cli/main.js', 'plan', '--policies', directory, '--quiet'];
  const env = { ...process.env, HARBOR_PASSWORD: 'Harbor12345' };
  const { stdout } = await promisify(execFile)(process.execPath, argv, { env, maxBuffer: 16 << 20 });
  return { out: stdout, peakMib: Number(readFileSync(figures, 'utf8')) / 1024 };
}
