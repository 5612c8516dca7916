import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadDeclaration } from '../../src/declaration/load';
import { kinds } from '../../src/kinds';
import { startFixtureUpstream, type FixtureUpstream } from '../../src/upstream';
import { declarationIn, startSandboxRun, type SandboxRun } from '../support/sandbox-run';

const directory = mkdtempSync(join(tmpdir(), 'breakwater-replication-'));
let upstream: FixtureUpstream;
let run: SandboxRun;

beforeAll(async () => {
  [upstream, run] = await Promise.all([startFixtureUpstream(), startSandboxRun()]);
});
afterAll(async () => {
  await run.close();
  await upstream.close();
  rmSync(directory, { recursive: true, force: true });
});

const ADDRESS = 'replication-policy/nightly-base';

function declare(...replication: string[]): void {
  const lines = [
    'registries:',
    `  quay: { type: docker-registry, url: "${upstream.url}" }`,
    `  other: { type: docker-registry, url: "${upstream.url}" }`,
    'projects:',
    '  base: {}',
    '  proxy.quay.io: { registry: quay }',
    'prune: { replication-policy: true }',
    ...replication,
  ];
  writeFileSync(join(directory, 'policies.yaml'), `${lines.join('\n')}\n`);
}

/** Plans, applies, and plans once more: the second plan is empty. */
async function bringAbout(here: SandboxRun = run, options: object = {}) {
  const declaration = await declarationIn(directory);
  const plan = await here.plan(declaration, options);
  const report = await here.apply(declaration, plan);
  const again = await here.plan(declaration, options);
  expect(again.changes.filter(({ address }) => address === ADDRESS)).toEqual([]);
  return { plan, report };
}

const rowsOf = ({ changes }: Awaited<ReturnType<SandboxRun['plan']>>) =>
  changes
    .filter(({ address }) => address === ADDRESS)
    .map(({ action, fields }) => [action, ...fields.map(({ path }) => path)]);

it('is created after its registry, and the next plan is empty', async () => {
  declare(
    'replications:',
    '  nightly-base:',
    '    from: quay',
    '    filters: [{ type: name, value: "library/**" }, { type: tag, value: "*-rc*", decoration: excludes }]',
    '    dest_namespace: base',
    '    trigger: { scheduled: "0 0 2 * * *" }',
    '    speed: -1',
  );
  const { report } = await bringAbout();
  expect([report.failed, report.differences]).toEqual([[], []]);
  const [stored] = await run.client.list<Record<string, unknown>>('/replication/policies');
  expect(stored).toMatchObject({ name: 'nightly-base', enabled: true, src_registry: { name: 'quay' } });
});

it('finds manual changes, field by field, and nothing that is not declared', async () => {
  const [stored] = await run.client.list<Record<string, unknown>>('/replication/policies');
  const changed = { ...stored, filters: [], trigger: { type: 'manual' }, override: true, description: 'by hand' };
  await run.client.put(`/replication/policies/${String(stored!['id'])}`, changed);
  const { plan } = await bringAbout();
  expect(rowsOf(plan)).toEqual([['update', 'filters', 'trigger']]);
  const [after] = await run.client.list<Record<string, unknown>>('/replication/policies');
  expect(after).toMatchObject({ override: true, description: 'by hand', trigger: { type: 'scheduled' } });
});

it('is reversed in place', async () => {
  declare('replications:', '  nightly-base: { to: other, trigger: event_based, deletion: true }');
  const { plan, report } = await bringAbout();
  expect(rowsOf(plan)).toEqual([['update', 'deletion', 'to', 'trigger']]);
  expect([report.failed, report.differences]).toEqual([[], []]);
});

it('is read in one call', async () => {
  const declaration = await declarationIn(directory);
  const before = run.client.calls;
  const plan = await run.plan(declaration);
  expect(plan.changes).toEqual([]);
  // Registries and projects are declared, and have a call each.
  expect(run.client.calls - before).toBe(3);
});

it('is deleted before its registry', async () => {
  declare('replications: {}');
  const { plan, report } = await bringAbout(run, { mode: 'sync' });
  expect(rowsOf(plan).map(([action]) => action)).toEqual(['delete']);
  expect(report.failed).toEqual([]);
  expect(await run.client.list('/replication/policies')).toEqual([]);
});

it('is an error if Harbor accepts a field and drops it', async () => {
  const old = await startSandboxRun({ harborVersion: 'v2.13.5' });
  try {
    declare('replications:', '  nightly-base: { from: quay, single_active_replication: true }');
    const declaration = await declarationIn(directory);
    const { differences } = await old.apply(declaration, await old.plan(declaration));
    expect(JSON.stringify(differences)).toContain('single_active_replication');
  } finally {
    await old.close();
  }
});

it('is checked without a Harbor, each finding at its place', async () => {
  declare(
    'replications:',
    '  a: { from: quay, to: other }',
    '  b: { from: quay, trigger: { scheduled: "0 * * * * *" } }',
    '  c: { from: quey }',
    '  d: { from: quay, dest_namespace: proxy.quay.io/mirror }',
    '  e: { from: quay, trigger: hourly }',
  );
  const { diagnostics } = await loadDeclaration({ directory, kinds });
  expect(diagnostics.map(({ rule, path, hint = '' }) => `${rule} ${path} ${hint}`)).toEqual([
    expect.stringMatching(/^replication-sides replications\.a\.to /),
    expect.stringMatching(/^bad-cron replications\.b\.trigger\.scheduled /),
    expect.stringMatching(/^dangling-reference replications\.c\.from did you mean "quay"/),
    expect.stringMatching(/^replication-into-proxy replications\.d\.dest_namespace /),
    expect.stringMatching(/ replications\.e\.trigger /),
  ]);
});
