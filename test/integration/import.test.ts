import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSandbox, type Sandbox } from '../../src/sandbox';
import { startFixtureUpstream, type FixtureUpstream } from '../../src/upstream';
import { cli } from '../support/cli';

const PASSWORD = 'Harbor12345';
const root = mkdtempSync(join(tmpdir(), 'breakwater-import-'));
let sandbox: Sandbox;
let upstream: FixtureUpstream;

beforeAll(async () => {
  [sandbox, upstream] = await Promise.all([startSandbox({ password: PASSWORD }), startFixtureUpstream()]);
});
afterAll(async () => {
  await Promise.all([sandbox?.close(), upstream?.close()]);
  rmSync(root, { recursive: true, force: true });
});

function terraform(): string {
  return JSON.stringify({
    provider: { harbor: { url: sandbox.url, username: 'admin', password: '${var.password}' } },
    resource: {
      harbor_registry: { hub: { name: 'hub', provider_name: 'docker-registry', endpoint_url: upstream.url } },
      harbor_project: { proxy: { name: 'proxy.hub', registry_id: '${harbor_registry.hub.registry_id}', public: true } },
      harbor_retention_policy: {
        proxy: { scope: '${harbor_project.proxy.id}', schedule: 'Daily', rule: { n_days_since_last_pull: 30 } },
      },
      harbor_preheat_instance: { gone: { name: 'gone' } },
    },
  });
}

function labelInState(name: string, more: object = {}): object {
  const attributes = { name, ...more };
  return { mode: 'managed', type: 'harbor_label', name, instances: [{ attributes }] };
}

describe('import', () => {
  it('writes policies that can be applied, and reports what stays behind', async () => {
    writeFileSync(join(root, 'main.tf.json'), terraform());
    const out = join(root, 'policies');
    const imported = await cli(['import', '--from', join(root, 'main.tf.json'), '--out', out]);
    expect({ code: imported.code, err: imported.err }).toEqual({ code: 0, err: '' });
    expect(imported.out).toContain('harbor_preheat_instance.gone');
    expect(readdirSync(out).sort()).toEqual(['harbor.yaml', 'projects.yaml', 'registries.yaml']);
    const env = { HARBOR_PASSWORD: PASSWORD };
    expect((await cli(['apply', '--policies', out, '--yes'], env)).code).toBe(0);
    expect((await cli(['drift', '--policies', out], env)).code).toBe(0);
  });

  it.each([
    [['--url', 'https://h.example.com', '--username', 'ops'], /username: ops/, undefined],
    [['--url', 'https://h.example.com', '--robot', 'robot$gitops'], /name: robot\$gitops/, undefined],
    [
      ['--url', 'https://h.example.com'],
      /url: https:\/\/h\.example\.com/,
      /harbor username: the file contains no login/,
    ],
    [[], undefined, /harbor: the file contains no URL of Harbor: pass --url/],
  ])('reports the URL of Harbor, with %j', async (options, written, told) => {
    const state = { version: 4, resources: [labelInState('a')] };
    writeFileSync(join(root, 'state.json'), JSON.stringify(state, null, 2));
    const out = mkdtempSync(join(root, 'policies-'));
    const { code, out: report } = await cli(['import', '--from', join(root, 'state.json'), '--out', out, ...options]);
    expect(code).toBe(0);
    if (written) expect(readFileSync(join(out, 'harbor.yaml'), 'utf8')).toMatch(written);
    if (told) expect(report).toMatch(told);
    else expect(report).not.toContain('left out');
  });

  it('declares a registry that is only looked up as external', async () => {
    const resource = {
      harbor_project: { p: { name: 'proxy.gen', registry_id: '${data.harbor_registry.gen.id}' } },
    };
    const data = { harbor_registry: { gen: { name: 'gen' } } };
    writeFileSync(join(root, 'main.tf.json'), JSON.stringify({ resource, data }));
    const out = mkdtempSync(join(root, 'policies-'));
    const { code, out: report } = await cli(['import', '--from', join(root, 'main.tf.json'), '--out', out]);
    expect([code, report]).toEqual([0, expect.stringContaining('registry/gen: other objects refer to it')]);
    expect(readFileSync(join(out, 'registries.yaml'), 'utf8')).toMatch(
      /gen:\s*\{ ?external: true ?\}|gen:\n\s+external: true/,
    );
    expect((await cli(['validate', '--policies', out])).code).toBe(0);
  });

  it('names the line of what is left out', async () => {
    const state = { version: 4, resources: [labelInState('a'), labelInState('b', { shade: 'dark' })] };
    const text = JSON.stringify(state, null, 2);
    writeFileSync(join(root, 'state.json'), text);
    const out = mkdtempSync(join(root, 'policies-'));
    const { out: report } = await cli(['import', '--from', join(root, 'state.json'), '--out', out]);
    const line = text.split('\n').findIndex((one) => one.includes('shade')) + 1;
    expect(report).toContain(`line ${line}: harbor_label.b shade: it cannot be declared`);
  });

  it.each([
    ['UTF-8 with a mark', (text: string) => Buffer.from(`\uFEFF${text}`)],
    ['UTF-16, as the shell of Windows writes it', (text: string) => Buffer.from(`\uFEFF${text}`, 'utf16le')],
    ['UTF-16 with the other byte first', (text: string) => Buffer.from(`\uFEFF${text}`, 'utf16le').swap16()],
  ])('reads a state in %s', async (what, encode) => {
    const file = join(root, `${what}.json`);
    writeFileSync(file, encode(JSON.stringify({ version: 4, resources: [labelInState('né')] })));
    const out = join(root, what);
    expect(await cli(['import', '--from', file, '--out', out])).toMatchObject({ code: 0 });
    expect(readFileSync(join(out, 'labels.yaml'), 'utf8')).toContain('né');
  });

  it.each([
    ['no file', 'nowhere.json', undefined, /cannot be read/],
    ['another format', 'other.yaml', 'kind: Pod\n', /cannot be imported/],
    [
      'a file with a tab',
      'tab.yaml',
      'kind: HarborConfiguration\nspec:\n\tx: 1\n',
      /tab\.yaml:3:\d+: error\[yaml-syntax\]/,
    ],
    ['a file of other things', 'empty.json', '{ "version": 4, "resources": [] }', /nothing was imported/],
    [
      'a file of what it cannot write',
      'tasks.tf.json',
      '{ "resource": { "harbor_tasks": { "t": { "name": "t" } } } }',
      /none of its objects can be written as a policy: line 1: harbor_tasks\.t: harbor_tasks cannot be written/,
    ],
    [
      'a text that is nested too deeply',
      'deep.json',
      `{"a":${'['.repeat(20_000)}${']'.repeat(20_000)}}`,
      /more than 200 levels/,
    ],
  ])('refuses %s with a reason', async (_what, name, text, words) => {
    if (text !== undefined) writeFileSync(join(root, name), text);
    const { code, err } = await cli(['import', '--from', join(root, name), '--out', join(root, 'none')]);
    expect(code).toBe(1);
    expect(err).toMatch(words);
  });
});
