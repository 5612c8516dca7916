import { compact } from '../../compact';
import { compareText } from '../../compare-text';
import { readdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Diagnostic } from '../../diagnostic';
import { fileFault } from '../../file-fault';
import { limits } from '../yaml/limits';
import { readUpTo, withFile } from './regular-file';
import { positionOf, sourceText, startOf, type SourceText } from '../yaml/source-text';
import { didYouMean } from '../../suggest';

/** The same files always give the same declaration: they are read in the order of their names. */
export interface FileSelection {
  /** Contains the policies: every `*.yaml` and `*.yml` directly in it, not in subfolders. */
  readonly directory: string;
  /** Applies `instances/<name>.yaml` below the directory as an overlay. */
  readonly instance?: string | undefined;
  /** Further overlays, applied in this order. */
  readonly overlays?: readonly string[] | undefined;
}

/**
 * Files that could not be read are among the findings. The others are there anyway, so that all findings appear at
 * once.
 */
export interface PolicyFiles {
  readonly policies: readonly SourceText[];
  /** In the order in which they are applied: the instance first. */
  readonly overlays: readonly SourceText[];
  readonly diagnostics: readonly Diagnostic[];
}

/** In lower case only: `X.YAML` is reported as not read. */
export const YAML_FILE = /\.ya?ml$/;

/** Reads all files of a declaration, at most as many bytes as the limits allow. */
export async function readPolicyFiles({ directory, instance, overlays = [] }: FileSelection): Promise<PolicyFiles> {
  const diagnostics: Diagnostic[] = [];
  const names = await yamlFilesIn(directory, diagnostics);
  diagnostics.push(...(await notRead(directory, overlays)));
  const budget = { bytes: limits.totalBytes };
  const instanceFile = instance === undefined ? [] : await instanceOverlay(directory, instance, diagnostics);
  const policies = await readAll(
    names.map((name) => join(directory, name)),
    budget,
    diagnostics,
  );
  const above = await readAll([...instanceFile, ...overlays], budget, diagnostics);
  return { policies, overlays: above, diagnostics };
}

/** Names without the directory, sorted. Too many files are not read at all: such a directory is not one of policies. */
async function yamlFilesIn(directory: string, diagnostics: Diagnostic[]): Promise<string[]> {
  const names = await listYaml(directory);
  if (!names)
    diagnostics.push(
      problem('missing-directory', directory, 'is not a readable directory', 'name one with --policies'),
    );
  else if (names.length === 0) diagnostics.push(problem('no-policies', directory, 'contains no *.yaml file'));
  else if (names.length > limits.files) {
    diagnostics.push(problem('too-many-files', directory, `contains more than ${limits.files} files`));
    return [];
  }
  return names ?? [];
}

/** Undefined if the directory is missing or may not be read. Files that begin with a dot are those of editors. */
async function listYaml(directory: string): Promise<string[] | undefined> {
  try {
    const entries = await readdir(directory, { withFileTypes: true });
    const files = entries.filter(
      (entry) => !entry.isDirectory() && YAML_FILE.test(entry.name) && !entry.name.startsWith('.'),
    );
    return files.map((entry) => entry.name).sort();
  } catch {
    return undefined;
  }
}

/**
 * Files that look like policies and are not read: a moved or misnamed file must not look like deleted objects. Folders are
 * searched one level deep; `instances` and the folders of the overlays of this run are known.
 */
async function notRead(directory: string, overlays: readonly string[]): Promise<Diagnostic[]> {
  const entries = await readdir(directory, { withFileTypes: true }).catch(() => []);
  const visible = entries.filter(({ name }) => !name.startsWith('.')).sort((a, b) => compareText(a.name, b.name));
  const misnamed = visible.filter(
    (entry) => !entry.isDirectory() && !YAML_FILE.test(entry.name) && /\.(?:ya?ml|json)$/i.test(entry.name),
  );
  const known = new Set([resolve(directory, 'instances'), ...overlays.map((file) => dirname(resolve(file)))]);
  const folders = visible.filter((entry) => entry.isDirectory() && !known.has(resolve(directory, entry.name)));
  const inFolders = await Promise.all(
    folders.map(async ({ name }) => ((await listYaml(join(directory, name))) ?? []).map((file) => join(name, file))),
  );
  const message = `is not read: policies are the *.yaml and *.yml files directly in ${directory}`;
  const hint = 'move or rename it if it declares something; if it is an overlay, name it with --overlay';
  return [...misnamed.map(({ name }) => name), ...inFolders.flatMap((files) => files.slice(0, 3))].map((name) => ({
    ...problem('file-not-read', join(directory, name), message, hint),
    severity: 'warning' as const,
  }));
}

/** The Harbors of a fleet: every `instances/<name>.yaml`, by name. */
export async function instanceNames(directory: string): Promise<string[]> {
  const names = ((await listYaml(join(directory, 'instances'))) ?? []).map((name) => name.replace(YAML_FILE, ''));
  return [...new Set(names)];
}

/** The name becomes part of a path: one segment that cannot leave `instances/`. */
async function instanceOverlay(directory: string, instance: string, diagnostics: Diagnostic[]): Promise<string[]> {
  const folder = join(directory, 'instances');
  const known = (await listYaml(folder)) ?? [];
  const files = known.filter((name) => name.replace(YAML_FILE, '') === instance);
  if (files.length > 1)
    diagnostics.push(problem('duplicate-instance', folder, `contains ${files.join(' and ')}`, 'keep one of them'));
  if (files.length > 0) return files.map((file) => join(folder, file));
  const names = known.map((name) => name.replace(YAML_FILE, ''));
  const hint = didYouMean(instance, names) ?? (names.length > 0 ? `there are: ${names.join(', ')}` : undefined);
  diagnostics.push(problem('unknown-instance', folder, `contains no overlay named "${instance}"`, hint));
  return [];
}

/** The text of a single file, or why it cannot be read. */
export async function readTextFile(file: string): Promise<SourceText | Diagnostic> {
  const bytes = await readOne(file, limits.fileBytes);
  return Buffer.isBuffer(bytes) ? decode(file, bytes) : bytes;
}

/** One after the other, because they share one budget of bytes: after it is used up, every further file is too large. */
async function readAll(
  files: readonly string[],
  budget: { bytes: number },
  diagnostics: Diagnostic[],
): Promise<SourceText[]> {
  const sources: SourceText[] = [];
  for (const file of files) {
    const bytes = await readOne(file, Math.min(limits.fileBytes, budget.bytes));
    if (!Buffer.isBuffer(bytes)) {
      diagnostics.push(bytes);
      continue;
    }
    budget.bytes -= bytes.length;
    const source = decode(file, bytes);
    if ('rule' in source) diagnostics.push(source);
    else sources.push(source);
  }
  return sources;
}

/** Reads one byte more than the limit at most: the size that the file system reports may be wrong, as below `/proc`. */
async function readOne(file: string, limit: number): Promise<Buffer | Diagnostic> {
  try {
    return await withFile(file, async (handle, stat) => {
      if (!stat.isFile()) return problem('unreadable-file', file, 'is not a regular file');
      const bytes = await readUpTo(handle, limit);
      return bytes.length > limit ? tooLarge(file, stat.size) : bytes;
    });
  } catch (error) {
    return problem('unreadable-file', file, `cannot be read: ${fileFault(error)}`, 'check the path');
  }
}

function tooLarge(file: string, sizeBytes: number): Diagnostic {
  const limit = `a file may have ${mebibytes(limits.fileBytes)}, all files together ${mebibytes(limits.totalBytes)}`;
  return problem('file-too-large', file, `is too large (${mebibytes(sizeBytes)})`, limit);
}

function mebibytes(bytes: number): string {
  return `${Math.ceil((bytes / 1024 ** 2) * 10) / 10} MiB`;
}

/** UTF-8 without exceptions: a replaced character could be part of a name. */
export function decode(file: string, bytes: Buffer): SourceText | Diagnostic {
  try {
    return sourceText(file, new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    const source = sourceText(file, new TextDecoder('utf-8').decode(bytes));
    const start = Math.max(0, source.text.indexOf('\uFFFD'));
    const at = positionOf({ source, start, end: start + 1 });
    return { rule: 'not-utf-8', severity: 'error', message: 'is not UTF-8 text', hint: 'save the file as UTF-8', at };
  }
}

/** A finding about a whole file, at its first line. */
export function problem(rule: string, file: string, message: string, hint?: string): Diagnostic {
  const at = startOf(sourceText(file, ''));
  return compact({ rule, severity: 'error', message: `${file} ${message}`, hint, at });
}
