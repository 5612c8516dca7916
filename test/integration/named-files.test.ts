import { join } from 'node:path';
import { cli, directoryWith } from '../support/cli';

// No server listens there: whatever is wrong with a file is reported before a login.
const POLICIES = 'harbor: { url: "http://127.0.0.1:9", username: a, password: { env: P } }\nprojects: { a: {} }\n';

const root = directoryWith({ 'policies/a.yaml': POLICIES, 'folder/note.txt': 'x', empty: '' });
const at = (name: string): string => join(root, name);
const policies = ['--policies', at('policies')];

/** Each command with a file that has to exist, and what its hint says. */
const COMMANDS: readonly (readonly [command: string, argv: (file: string) => readonly string[], hint: RegExp])[] = [
  ['import --from', (file) => ['import', '--from', file, '--out', at('out')], /terraform\.tfstate/],
  ['canary --config', (file) => ['canary', '--config', file], /canary\.md/],
  ['scanner-adapter --cves', (file) => ['scanner-adapter', '--cves', file], /scanning\.md/],
  ['explain-report', (file) => ['explain-report', file], /conform --report/],
  ['report merge', (file) => ['report', 'merge', file], /conform --report/],
  [
    'inventory scan --from-cluster',
    (file) => ['inventory', 'scan', '--from-cluster', file, ...policies],
    /kubectl get/,
  ],
  [
    'inventory check --waivers',
    (file) => ['inventory', 'check', at('folder'), '--waivers', file, ...policies],
    /inventory\.md/,
  ],
  ['warm --list', (file) => ['warm', '--list', file, ...policies], /one image per line/],
  ['warm --from-cluster', (file) => ['warm', '--from-cluster', file, ...policies], /kubectl get/],
  ['clients verify --pods', (file) => ['clients', 'verify', '--pods', file, ...policies], /kubectl get/],
  ['validate --overlay', (file) => ['validate', '--overlay', file, ...policies], /check the path/],
];

it.each(COMMANDS)('%s reports what is wrong with a missing file, where, and what to do', async (_name, argv, hint) => {
  const { code, out, err } = await cli(argv(at('missing')), { P: 'x' });
  expect(code).toBe(1);
  expect(out + err).toContain(`${at('missing')} `);
  expect(out + err).toMatch(/it does not exist/);
  expect(out + err).toMatch(new RegExp(`hint: .*${hint.source}`));
  expect(out + err).not.toMatch(/ENOENT|logging in/);
});

// A report may be named by its folder.
const FILES = COMMANDS.filter(([name]) => !/^(?:explain|report)/.test(name));
it.each(FILES)('%s reports a folder in place of a file', async (_name, argv) => {
  const { code, out, err } = await cli(argv(at('folder')), { P: 'x' });
  expect(code).toBe(1);
  expect(out + err).toMatch(/it is a directory|is not a regular file/);
  expect(out + err).not.toMatch(/EISDIR|logging in/);
});

const TEXTS = COMMANDS.filter(([name]) => /^(?:import|explain|report|inventory scan|warm|clients)/.test(name));
it.each(TEXTS)('%s reports an empty file', async (_name, argv, hint) => {
  const { code, out, err } = await cli(argv(at('empty')), { P: 'x' });
  expect([code, out + err]).toEqual([1, expect.stringContaining(`${at('empty')} is empty`)]);
  expect(out + err).toMatch(new RegExp(`hint: .*${hint.source}`));
});

it('inventory rewrite --reverse reports a missing record', async () => {
  const argv = ['inventory', 'rewrite', at('folder'), '--reverse', '--record', at('none.jsonl'), ...policies];
  expect((await cli(argv)).err).toContain(`there is no record ${at('none.jsonl')}`);
});
