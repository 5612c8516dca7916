import type { WebhookWire } from '../../src/kinds/webhook';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { declarationIn, startSandboxRun, type SandboxRun } from '../support/sandbox-run';

const directory = mkdtempSync(join(tmpdir(), 'breakwater-children-'));
const POLICIES = '/projects/team-a/webhook/policies';
/** What every reference resolves to here. */
const SECRET = 'Canary-5eCr3t-Value';
let run: SandboxRun;

beforeAll(async () => {
  run = await startSandboxRun();
});
afterAll(async () => {
  await run.close();
  rmSync(directory, { recursive: true, force: true });
});

function declare(...lines: string[]): void {
  const text = [
    'prune: { label: true, immutable-tag-rule: true, webhook: true }',
    'labels: { approved: { color: "#0065ab" } }',
    'cve_allowlist: { items: [CVE-2026-0002, CVE-2026-0001], expires_at: 2027-03-01 }',
    'projects:',
    '  team-a:',
    '    reuse_sys_cve_allowlist: false',
    '    cve_allowlist: { items: [CVE-2026-0003] }',
    ...lines,
  ];
  writeFileSync(join(directory, 'policies.yaml'), `${text.join('\n')}\n`);
}

/** Plans, applies, and plans once more: the second plan is empty. */
async function bringAbout(
  options: object = {},
  rotate: string[] = [],
): Promise<Awaited<ReturnType<SandboxRun['plan']>>> {
  const declaration = await declarationIn(directory);
  const plan = await run.plan(declaration, { ...options, rotate });
  const report = await run.apply(declaration, plan);
  expect([report.failed, report.differences]).toEqual([[], []]);
  expect((await run.plan(declaration, options)).changes).toEqual([]);
  expect(JSON.stringify([plan, report])).not.toContain(SECRET);
  return plan;
}

const rowsOf = ({ changes }: Awaited<ReturnType<SandboxRun['plan']>>) =>
  changes.map(({ action, address, fields }) => `${action} ${address} ${fields.map(({ path }) => path).join(' ')}`);

const webhooks = (): Promise<WebhookWire[]> => run.client.list<WebhookWire>(POLICIES);

it('creates all of them, and the next plan is empty', async () => {
  declare(
    '    labels: { approved: { description: ours } }',
    '    immutable_tags: [{ tags: "v*" }, { tags_exclude: "dev-*", disabled: true }]',
    '    webhooks:',
    '      ci:',
    '        event_types: [SCANNING_COMPLETED, PUSH_ARTIFACT]',
    '        targets: [{ type: http, address: "https://ci.example.com/hook", auth_header: { env: CI_HOOK } }]',
  );
  const plan = await bringAbout();
  expect(plan.changes.map(({ address }) => address).sort()).toEqual([
    'cve-allowlist/system',
    'immutable-tag-rule/team-a/!dev-*@**',
    'immutable-tag-rule/team-a/v*@**',
    'label/approved',
    'label/team-a/approved',
    'project/team-a',
    'webhook/team-a/ci',
  ]);
  expect(await webhooks()).toMatchObject([{ enabled: true, targets: [{ auth_header: SECRET }] }]);
});

it('finds manual changes, and writes the declared header with them', async () => {
  const [hook] = await webhooks();
  const targets = hook!.targets!.map((target) => ({ ...target, auth_header: 'Bearer by-hand' }));
  await run.client.put(`${POLICIES}/${hook!.id}`, { ...hook, enabled: true, event_types: ['REPLICATION'], targets });
  await run.client.put('/projects/team-a', { cve_allowlist: { items: [] } });
  expect(rowsOf(await bringAbout())).toEqual([
    'update project/team-a cve_allowlist.items',
    // Its header was not tested in this plan, so it travels with the change.
    'update webhook/team-a/ci event_types auth_headers',
  ]);
  expect(await webhooks()).toMatchObject([{ targets: [{ auth_header: SECRET }] }]);
});

it('rewrites the header on request, or if it is missing', async () => {
  expect(rowsOf(await bringAbout({}, ['webhook/team-a/ci']))).toEqual(['update webhook/team-a/ci auth_headers']);
  expect(await webhooks()).toMatchObject([{ targets: [{ auth_header: SECRET }] }]);
  const [hook] = await webhooks();
  const targets = hook!.targets!.map(({ auth_header: _gone, ...target }) => target);
  await run.client.put(`${POLICIES}/${hook!.id}`, { ...hook, targets });
  expect(rowsOf(await bringAbout())).toEqual(['update webhook/team-a/ci targets auth_headers']);
  expect(await webhooks()).toMatchObject([{ targets: [{ auth_header: SECRET }] }]);
});

it('removes what is no longer declared, if its list is declared', async () => {
  declare('    labels: {}', '    immutable_tags: [{ tags: "v*", disabled: true }]', '    webhooks: {}');
  expect(rowsOf(await bringAbout({ mode: 'sync' })).map((row) => row.trim())).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/^update immutable-tag-rule\/team-a\/v\*@\*\* disabled/),
      expect.stringMatching(/^delete immutable-tag-rule\/team-a\/!dev-\*@\*\*/),
      expect.stringMatching(/^delete label\/team-a\/approved/),
      expect.stringMatching(/^delete webhook\/team-a\/ci/),
    ]),
  );
  expect(await webhooks()).toEqual([]);
});
