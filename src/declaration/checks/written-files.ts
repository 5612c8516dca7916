import { isAbsolute, normalize, resolve, win32 } from 'node:path';
import type { Diagnostic } from '../../diagnostic';
import type { Finding } from '../../kinds/kind';
import { findingAt, type Expanded } from '../expand/expand';

/** A file that an apply will write for a declared object. */
export interface WrittenFile {
  readonly entry: Expanded;
  readonly file: string;
  readonly field: string;
}

const HINT = 'use a path below the policies directory that nothing else uses, such as secrets/puller.json';
/** The names that `readPolicyFiles` reads, as a case-insensitive file system compares them. */
const POLICY_FILE = /^(?:instances\/)?[^./][^/]*\.ya?ml$/i;

/** Today these are secrets of robots (`secret_to`). The kinds name them. */
export function writtenFiles(expanded: readonly Expanded[]): WrittenFile[] {
  return expanded.flatMap((entry) =>
    (entry.site.kind.writes?.(entry.object.spec) ?? []).map((written) => ({ entry, ...written })),
  );
}

/**
 * Files that an apply must not write: outside of the policies, over the policies, or one file for two objects. Only the
 * paths are checked here; `checkWrittenOnDisk` follows links.
 */
export function checkWrittenFiles(
  written: readonly WrittenFile[],
  directory: string,
  overlays: readonly string[],
): Checked {
  const read = new Set(overlays.map((file) => letters(resolve(file))));
  const taken: Taken = { files: new Map(), folders: new Map() };
  const messages = written.map((one) => {
    const isOverlay = read.has(letters(resolve(directory, one.file)));
    return pathProblem(one.file) ?? (isOverlay ? readAsPolicy(one.file) : sharedWith(one, taken));
  });
  return {
    diagnostics: written.flatMap((one, i) => (messages[i] === undefined ? [] : [writtenFinding(one, messages[i])])),
    fine: written.filter((_one, i) => messages[i] === undefined),
  };
}

interface Checked {
  readonly diagnostics: readonly Diagnostic[];
  /** Files without a finding. */
  readonly fine: readonly WrittenFile[];
}

/** At the field that names the file. */
export function writtenFinding({ entry, field }: WrittenFile, message: string): Diagnostic {
  const finding: Finding = { rule: 'secret-file', field, message, hint: HINT };
  return findingAt(entry, finding);
}

/** Why no file with this path, relative to the policies, can be written. */
export function pathProblem(file: string): string | undefined {
  if (isAbsolute(file) || win32.isAbsolute(file) || file.startsWith('~/')) return `"${file}" is not a relative path`;
  const path = normalize(file);
  if (path === '..' || path.startsWith('../')) return `"${file}" is outside of the policies directory`;
  if (file.includes('\0') || path === '.' || path.endsWith('/')) return `"${file}" is not the name of a file`;
  return POLICY_FILE.test(path) ? readAsPolicy(file) : undefined;
}

function readAsPolicy(file: string): string {
  return `"${file}" would be read as a policy file`;
}

/** The owner of each path and of each of its parent folders. */
interface Taken {
  readonly files: Map<string, WrittenFile>;
  readonly folders: Map<string, WrittenFile>;
}

/** A path cannot be a file for one object and a folder for another. */
function sharedWith(one: WrittenFile, { files, folders }: Taken): string | undefined {
  const path = letters(normalize(one.file));
  const above = foldersAbove(path);
  const other = files.get(path) ?? folders.get(path) ?? above.map((folder) => files.get(folder)).find(Boolean);
  if (!other) {
    files.set(path, one);
    for (const folder of above) folders.set(folder, one);
    return undefined;
  }
  const { file: source, line, column } = other.entry.object.at;
  return `${other.entry.object.address} at ${source}:${line}:${column} writes its secret to "${other.file}" already`;
}

function foldersAbove(path: string): string[] {
  const parts = path.split('/');
  return parts.slice(1).map((_part, i) => parts.slice(0, i + 1).join('/'));
}

/** Two names that some file systems treat as equal. */
function letters(path: string): string {
  return path.normalize('NFC').toLowerCase();
}
