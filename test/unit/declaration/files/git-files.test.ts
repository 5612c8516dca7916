import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readPolicyFilesAt } from '../../../../src/declaration/files/git-files';

let top: string;
const git = (...argv: string[]): string =>
  execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...argv], { cwd: top }).toString();
const write = (path: string, text: string): void => {
  mkdirSync(join(top, path, '..'), { recursive: true });
  writeFileSync(join(top, path), text);
};

beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), 'breakwater-git-'));
  git('init', '-q');
  write('team/policies/b.yaml', 'registries: { old: {} }\n');
  write('team/policies/a.yml', '# first\n');
  write('team/policies/notes.txt', 'no policy');
  write('team/policies/instances/eu.yaml', 'registries: { eu: {} }\n');
  write('overlays/extra.yaml', 'projects: {}\n');
  git('add', '.');
  git('commit', '-qm', 'one');
  write('team/policies/b.yaml', 'registries: { new: {} }\n');
  rmSync(join(top, 'team/policies/a.yml'));
});
afterEach(() => rmSync(top, { recursive: true }));

const directory = (): string => join(top, 'team/policies');
const texts = (sources: readonly { file: string; text: string }[]): string[] =>
  sources.map(({ file, text }) => `${file}: ${text.trim()}`);

it('reads the policies of the revision, regardless of the working tree', async () => {
  const { policies, overlays, diagnostics } = await readPolicyFilesAt('HEAD', {
    directory: directory(),
    instance: 'eu',
    overlays: [join(top, 'overlays/extra.yaml')],
  });
  expect(diagnostics).toEqual([]);
  expect(texts(policies)).toEqual([
    'HEAD:team/policies/a.yml: # first',
    'HEAD:team/policies/b.yaml: registries: { old: {} }',
  ]);
  expect(texts(overlays)).toEqual([
    'HEAD:team/policies/instances/eu.yaml: registries: { eu: {} }',
    'HEAD:overlays/extra.yaml: projects: {}',
  ]);
  expect(git('status', '--short')).toContain(' D team/policies/a.yml');
});

it('also reads them if the working tree has no such folder, with an overlay from outside', async () => {
  rmSync(join(top, 'team'), { recursive: true });
  const outside = mkdtempSync(join(tmpdir(), 'breakwater-outside-'));
  writeFileSync(join(outside, 'o.yaml'), 'labels: {}\n');
  const { policies, overlays } = await readPolicyFilesAt('HEAD', {
    directory: directory(),
    overlays: [join(outside, 'o.yaml')],
  });
  expect(policies).toHaveLength(2);
  expect(texts(overlays)).toEqual([`${join(outside, 'o.yaml')}: labels: {}`]);
  rmSync(outside, { recursive: true });
});

it('reports what a revision does not have', async () => {
  const none = await readPolicyFilesAt('HEAD', { directory: join(top, 'elsewhere'), instance: 'eu' });
  expect(none.diagnostics.map(({ rule }) => rule)).toEqual(['no-policies', 'unknown-instance']);
});

it('follows no link', async () => {
  symlinkSync('/etc/passwd', join(directory(), 'link.yaml'));
  git('add', '.');
  git('commit', '-qm', 'two');
  const { policies, diagnostics } = await readPolicyFilesAt('HEAD', { directory: directory() });
  expect(texts(policies)).toEqual(['HEAD:team/policies/b.yaml: registries: { new: {} }']);
  expect(diagnostics).toMatchObject([{ rule: 'unreadable-file' }]);
});

it.each([
  ['an option', '--output=/tmp/x', /not a valid Git revision/],
  ['a range', 'HEAD~1..HEAD', /not a valid Git revision/],
  ['a shell', 'HEAD;id', /not a valid Git revision/],
  ['what the clone does not have', 'origin/main', /no such revision .*git fetch/],
  ['a blob', 'HEAD^{tree}', /no such revision/],
])('refuses %s', async (_what, revision, message) => {
  await expect(readPolicyFilesAt(revision, { directory: directory() })).rejects.toThrow(message);
});

it('reports a missing repository', async () => {
  rmSync(join(top, '.git'), { recursive: true });
  await expect(readPolicyFilesAt('HEAD', { directory: directory() })).rejects.toThrow(/not a git repository/);
});
