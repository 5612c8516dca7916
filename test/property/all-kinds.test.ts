import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import type { Declaration } from '../../src/declaration/declaration';
import { kinds } from '../../src/kinds';
import type { Placement } from '../../src/kinds/kind';
import type { Plan } from '../../src/plan/plan';
import { renderJson } from '../../src/plan/render/json';
import { renderMarkdown } from '../../src/plan/render/markdown';
import { renderText } from '../../src/plan/render/text';
import { startFixtureUpstream, type FixtureUpstream } from '../../src/upstream';
import { kitted } from '../kinds/kits';
import { declarationIn, startSandboxRun, type SandboxRun } from '../support/sandbox-run';
import { documents } from './documents';
import { scannerThatFinds } from '../../src/scanner-adapter';

/*
 * One Harbor for all cases, as a repository has one over the years: each declaration meets what the ones before it
 * left behind, beside objects that nobody here has ever declared.
 */
const CANARY = 'Canary-5eCr3t-Value';
const folder = mkdtempSync(join(tmpdir(), 'breakwater-documents-'));
let upstream: FixtureUpstream;
let run: SandboxRun;
let theirs: string;

beforeAll(async () => {
  upstream = await startFixtureUpstream();
  run = await startSandboxRun({ scanner: scannerThatFinds({}) });
  await makeTheirs();
  theirs = JSON.stringify(await readTheirs());
}, 30_000);
afterAll(async () => {
  await run.close();
  await upstream.close();
  rmSync(folder, { recursive: true, force: true });
});

/** What somebody else has made, and no declaration of this test names. */
async function makeTheirs(): Promise<void> {
  const { client } = run;
  await client.post('/registries', { name: 'theirs', type: 'docker-registry', url: upstream.url });
  await client.post('/projects', { project_name: 'theirs', metadata: { public: 'true', severity: 'high' } });
  await client.post('/labels', { name: 'theirs', scope: 'g', color: '#123456' });
  await client.post('/usergroups', { group_name: 'theirs', group_type: 3 });
  await client.post('/users', {
    username: 'bob',
    email: 'bob@example.com',
    realname: 'Bob',
    password: 'Passw0rd-of-bob',
  });
  // Or the guard would not let alice cease to be an administrator.
  const [bob] = (await client.list<{ user_id: number; username: string }>('/users')).filter(
    ({ username }) => username === 'bob',
  );
  await client.put(`/users/${bob!.user_id}/sysadmin`, { sysadmin_flag: true });
  await client.post('/projects/theirs/members', { role_id: 2, member_user: { username: 'bob' } });
  await client.post('/projects/theirs/webhook/policies', {
    name: 'theirs',
    enabled: true,
    event_types: ['PUSH_ARTIFACT'],
    targets: [{ type: 'http', address: 'http://127.0.0.1:9/theirs' }],
  });
}

async function readTheirs(): Promise<unknown> {
  const { client } = run;
  const named = async (path: string, key: string): Promise<unknown> =>
    (await client.list<Record<string, unknown>>(path)).filter((wire) => ['theirs', 'bob'].includes(String(wire[key])));
  return Promise.all([
    named('/registries', 'name'),
    named('/projects', 'name'),
    client
      .list('/labels', { query: { scope: 'g' } })
      .then((all) => all.filter((wire) => JSON.stringify(wire).includes('theirs'))),
    named('/usergroups', 'group_name'),
    named('/users', 'username'),
    client.list('/projects/theirs/members'),
    client.list('/projects/theirs/webhook/policies'),
  ]);
}

type Files = readonly (readonly [name: string, text: string])[];

/** All in one file, or each top-level key in a file of its own, named so that they are read in another order. */
function filesOf(document: Readonly<Record<string, unknown>>, order: readonly number[]): Files {
  const keys = Object.keys(document);
  if (order.length === 0) return [['all.yaml', JSON.stringify(document)]];
  return keys.map((key, at) => [
    `${String(order[at % order.length]).padStart(4, '0')}-${key}.yaml`,
    JSON.stringify({ [key]: document[key] }),
  ]);
}

async function declared(files: Files): Promise<Declaration> {
  const directory = mkdtempSync(join(folder, 'policies-'));
  for (const [name, text] of files) writeFileSync(join(directory, name), text);
  try {
    return await declarationIn(directory);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function shown(plan: Plan): string[] {
  return [renderText(plan), renderJson(plan), renderMarkdown(plan)];
}

/** What is shown, but for where in which file it is declared, and the hash of the whole. */
function comparable(plan: Plan): string {
  return shown(plan)
    .join('\n')
    .replaceAll(plan.declaration, '')
    .replace(/[^\s"`]*\/policies-[^\s"`]+/g, 'FILE')
    .replace(/"(line|column|endLine|endColumn)": ?\d+/g, '');
}

/** Dependencies come before what depends on them; nobody here deletes. */
function outOfOrder({ changes }: Plan): string[] {
  const at = new Map(changes.map(({ kind }, index) => [kind, index]));
  return changes.flatMap(({ kind, address }, index) => {
    const { dependsOn = [] } = kinds.find(({ name }) => name === kind) ?? {};
    return dependsOn.filter((other) => (at.get(other) ?? -1) > index).map((other) => `${address} before ${other}`);
  });
}

it('one apply makes any declaration true, in order, without showing a secret or touching undeclared objects', async () => {
  const cases = fc.record({
    document: fc.nat().chain(() => documents(upstream.url)),
    order: fc.uniqueArray(fc.nat({ max: 9999 }), { minLength: 12, maxLength: 16 }),
  });
  await fc.assert(
    fc.asyncProperty(cases, async ({ document, order }) => {
      const declaration = await declared(filesOf(document, []));
      const split = await run.plan(await declared(filesOf(document, order)));
      const { plan, report } = await run.planAndApply(declaration);
      expect(plan.refusals).toEqual([]);
      expect(outOfOrder(plan)).toEqual([]);
      expect(comparable(split)).toBe(comparable(plan));
      expect([report.failed, report.stale, report.skipped, report.unknown, report.differences]).toEqual([
        [],
        [],
        [],
        [],
        [],
      ]);
      const again = await run.plan(declaration);
      expect(again.changes).toEqual([]);
      expect(JSON.stringify(await readTheirs())).toBe(theirs);
      for (const text of [...shown(plan), ...shown(again), JSON.stringify(report)]) expect(text).not.toContain(CANARY);
    }),
    // Shrinking would replay a case on a Harbor that has moved on.
    { numRuns: 40, endOnFailure: true },
  );
  // A minute on an idle machine; three and more beside the other suites.
}, 900_000);

it('covers every kind whose kit supports it', () => {
  const drawn = fc.sample(documents('http://127.0.0.1:1'), { numRuns: 300, seed: 1 });
  const text = JSON.stringify(drawn);
  const keys = kitted
    .filter(({ kit }) => !('notDrawn' in kit.drawn))
    .flatMap(({ kind }) => kind.placements as readonly Placement<object>[])
    .map(({ path }) =>
      path
        .split('.')
        .filter((part) => !/^(\*|\[\])$/.test(part))
        .at(-1)!,
    );
  expect([...new Set(keys)].filter((key) => !text.includes(`"${key}"`))).toEqual([]);
});
