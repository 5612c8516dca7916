import { execFile } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { dirname, posix, relative, resolve, sep } from 'node:path';
import type { Diagnostic } from '../../diagnostic';
import { DeclarationError } from '../../errors';
import { limits } from '../yaml/limits';
import { decode, problem, readTextFile, YAML_FILE, type FileSelection, type PolicyFiles } from './read-files';
import type { SourceText } from '../yaml/source-text';

/** A branch, tag or commit, optionally with `~`, `^` or `@{…}`: never an option, a range or a path. */
const REVISION = /^(?!-)(?!.*\.\.)[A-Za-z0-9_./@{}~^+=,#%-]{1,255}$/;
/** Twice the limit of all files, because `cat-file` adds a header to each; a larger revision is refused by Git's output. */
const MAX_OUTPUT_BYTES = 2 * limits.totalBytes;
const TIMEOUT_MS = 60_000;

/** One commit of the repository that contains the policies. */
interface Revision {
  /** As on the command line. */
  readonly name: string;
  readonly commit: string;
  /** Root of the working tree. */
  readonly top: string;
}

/**
 * The files of `readPolicyFiles` in a Git revision. They are read from the object store: nothing is checked out, and
 * only overlays outside of the repository are read from the working tree.
 * @throws DeclarationError if Git, the repository or the revision is missing
 */
export async function readPolicyFilesAt(name: string, selection: FileSelection): Promise<PolicyFiles> {
  const { directory, instance, overlays = [] } = selection;
  const revision = await revisionOf(name, directory);
  const folder = inTree(revision, directory);
  const diagnostics: Diagnostic[] = [];
  const policies = await yamlFilesIn(revision, folder, diagnostics);
  const instances = instance === undefined ? [] : ['.yaml', '.yml'].map((end) => `instances/${instance}${end}`);
  const paths = [...instances.map((path) => posix.join(folder, path)), ...overlays.map((one) => inTree(revision, one))];
  const blobs = await blobsOf(revision, [...policies, ...paths.filter(isInside)]);
  const textOf = (path: string): SourceText[] => {
    const bytes = blobs.get(path);
    const read = bytes && boundedText(`${name}:${path}`, bytes);
    if (read && 'rule' in read) diagnostics.push(read);
    return read && !('rule' in read) ? [read] : [];
  };
  const above = paths.slice(0, instances.length).flatMap(textOf);
  if (instance !== undefined && above.length === 0)
    diagnostics.push(
      problem('unknown-instance', `${name}:${folder}/instances`, `contains no overlay named "${instance}"`),
    );
  for (const overlay of overlays) {
    const path = inTree(revision, overlay);
    above.push(...(isInside(path) ? textOf(path) : await outside(overlay, diagnostics)));
  }
  return { policies: policies.flatMap(textOf), overlays: above, diagnostics };
}

/** The commit is looked up once, so that all files come from the same one even if a branch moves meanwhile. */
async function revisionOf(name: string, directory: string): Promise<Revision> {
  if (!REVISION.test(name)) throw unusable(name, 'it is not a valid Git revision', 'pass a branch, a tag or a commit');
  const from = existing(resolve(directory));
  const top = (await git(name, from, ['rev-parse', '--show-toplevel'])).toString().trimEnd();
  const verify = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`];
  const commit = await git(name, top, verify).catch((error: unknown) => {
    if (!(error instanceof DeclarationError)) throw error;
    const hint = `run \`git fetch\` first; in CI a shallow clone has no other branch (fetch-depth: 0)`;
    throw unusable(name, 'this clone has no such revision', hint);
  });
  return { name, top, commit: commit.toString().trim() };
}

/** The folder of the policies may be new or deleted. */
function existing(path: string): string {
  let folder = path;
  while (!existsSync(folder) && dirname(folder) !== folder) folder = dirname(folder);
  return folder;
}

/**
 * Path below the root of the repository, with `/`; begins with `..` if it is outside. Links are resolved because Git
 * names its root without them.
 */
function inTree({ top }: Revision, path: string): string {
  const absolute = resolve(path);
  const there = existing(absolute);
  // Git resolves a link.
  const real = resolve(realpathSync(there), relative(there, absolute));
  return relative(realpathSync(top), real).split(sep).join('/');
}

function isInside(path: string): boolean {
  return path !== '..' && !path.startsWith('../') && !path.startsWith('/');
}

/**
 * Files whose name begins with a dot are left out, as on disk. A link or a submodule is reported: it has no content
 * of its own.
 */
async function yamlFilesIn(revision: Revision, folder: string, diagnostics: Diagnostic[]): Promise<string[]> {
  const below = folder === '' ? [] : ['--', `${folder}/`];
  const listing = await git(revision.name, revision.top, ['ls-tree', '-z', '--full-tree', revision.commit, ...below]);
  const files = listing.toString().split('\0').flatMap(entryIn);
  const yaml = files.filter(({ path }) => YAML_FILE.test(path) && !posix.basename(path).startsWith('.'));
  const where = `${revision.name}:${folder}`;
  if (yaml.length === 0) diagnostics.push(problem('no-policies', where, 'contains no *.yaml file'));
  if (yaml.length > limits.files) {
    diagnostics.push(problem('too-many-files', where, `contains more than ${limits.files} files`));
    return [];
  }
  for (const { path } of yaml.filter(({ isFile }) => !isFile))
    diagnostics.push(problem('unreadable-file', `${revision.name}:${path}`, 'is not a regular file'));
  return yaml
    .filter(({ isFile }) => isFile)
    .map(({ path }) => path)
    .sort();
}

/** `100644 blob <sha>\t<path>`; folders are left out. */
function entryIn(line: string): { path: string; isFile: boolean }[] {
  const [, mode, path] = /^([0-7]{6}) \S+ \S+\t([^\n]+)$/.exec(line) ?? [];
  if (mode === undefined || path === undefined || mode === '040000') return [];
  return [{ path, isFile: mode.startsWith('100') }];
}

/** Bytes by path; files that the revision does not contain are absent. */
async function blobsOf({ name, top, commit }: Revision, paths: readonly string[]): Promise<Map<string, Buffer>> {
  const blobs = new Map<string, Buffer>();
  const asked = paths.filter((path) => !path.includes('\n'));
  if (asked.length === 0) return blobs;
  const output = await git(name, top, ['cat-file', '--batch'], asked.map((path) => `${commit}:${path}\n`).join(''));
  let at = 0;
  for (const path of asked) {
    const end = output.indexOf('\n', at);
    const header = output.toString('utf8', at, end);
    const [, type, size] = / (\w+) (\d+)$/.exec(header) ?? [];
    at = end + 1;
    if (size === undefined) continue;
    if (type === 'blob') blobs.set(path, output.subarray(at, at + Number(size)));
    at += Number(size) + 1;
  }
  return blobs;
}

/** The limits of files on disk hold here as well: a revision may come from a pull request. */
function boundedText(file: string, bytes: Buffer): SourceText | Diagnostic {
  if (bytes.length <= limits.fileBytes) return decode(file, bytes);
  return problem('file-too-large', file, `has ${bytes.length} bytes`, `a file may have ${limits.fileBytes} bytes`);
}

async function outside(overlay: string, diagnostics: Diagnostic[]): Promise<SourceText[]> {
  const read = await readTextFile(overlay);
  if (!('rule' in read)) return [read];
  diagnostics.push(read);
  return [];
}

/** No shell, no hook, no lazy fetch, no replaced object. @throws DeclarationError */
function git(name: string, directory: string, argv: readonly string[], input = ''): Promise<Buffer> {
  const options = {
    cwd: directory,
    encoding: 'buffer' as const,
    maxBuffer: MAX_OUTPUT_BYTES,
    timeout: TIMEOUT_MS,
    env: { ...process.env, GIT_OPTIONAL_LOCKS: '0', GIT_NO_LAZY_FETCH: '1', GIT_NO_REPLACE_OBJECTS: '1', LC_ALL: 'C' },
  };
  return new Promise((fulfil, reject) => {
    const child = execFile('git', ['-c', 'core.fsmonitor=false', ...argv], options, (error, stdout, stderr) => {
      if (error) reject(unusable(name, whyFailed(error, stderr)));
      else fulfil(stdout);
    });
    // A program that ended early does not read its input: its exit code is the better error.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input);
  });
}

function whyFailed(error: { readonly code?: unknown; readonly message: string }, stderr: Buffer): string {
  if (error.code === 'ENOENT') return 'git is not installed';
  if (error.code === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER')
    return `the policies have more than ${limits.totalBytes} bytes`;
  const words = stderr
    .toString()
    .split('\n')[0]
    ?.replace(/^fatal: /, '')
    .slice(0, 300);
  return words || 'git failed';
}

function unusable(name: string, why: string, hint?: string): DeclarationError {
  const message = `--base-ref ${name}: ${why}${hint === undefined ? '' : ` (${hint})`}`;
  return new DeclarationError(message, [{ rule: 'base-ref', severity: 'error', message }], true);
}
