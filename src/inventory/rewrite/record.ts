import { createHash } from 'node:crypto';
import { appendFile, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, relative, resolve, sep } from 'node:path';
import { InventoryError } from '../../errors';
import { fileFault } from '../../file-fault';
import type { Edit } from './edits';

/** What a rewrite did to a file, so that it can be undone byte for byte. */
export interface Step {
  /** Hash of the file after the rewrite. */
  readonly sha256: string;
  /** Edits that restore the original file. */
  readonly undo: readonly Edit[];
}

/**
 * The file `.breakwater-rewrite.jsonl`, read into memory. Steps of the same file are in the order in which they were
 * made.
 */
export interface RewriteRecord {
  readonly path: string;
  /** Whether there is a record: files that it does not name were not rewritten. */
  readonly exists: boolean;
  /** By path relative to the record's directory, the last step last. */
  readonly files: Map<string, readonly Step[]>;
}

/** Its default place is the folder in which the command runs. */
export const RECORD_NAME = '.breakwater-rewrite.jsonl';

/**
 * One line for each step.
 * @throws InventoryError if one cannot be read
 */
export async function readRecord(path: string): Promise<RewriteRecord> {
  const files = new Map<string, readonly Step[]>();
  const lines = await linesOf(path);
  for (const [index, line] of (lines ?? []).entries()) {
    const { file, ...step } = parsedLine(line) ?? {};
    if (file === undefined || !isStep(step))
      throw new InventoryError(`${path}:${index + 1}: not a line of a record of inventory rewrite`);
    files.set(file, [...(files.get(file) ?? []), step]);
  }
  return { path, exists: lines !== undefined, files };
}

/** Written even if nothing is rewritten: names that already point to the cache must survive a reverse run. */
export async function startRecord({ path }: RewriteRecord): Promise<void> {
  await appendFile(path, '').catch((error: Error) => {
    throw new InventoryError(`${path} cannot be written: ${error.message}`, { cause: error });
  });
}

/** Written before the file is changed: otherwise the edit could not be undone. */
export async function addStep(record: RewriteRecord, file: string, step: Step): Promise<void> {
  record.files.set(file, [...(record.files.get(file) ?? []), step]);
  await appendFile(record.path, lineOf(file, step));
}

/** Removes the record once nothing is left to undo. */
export async function writeRecord({ path, files }: RewriteRecord): Promise<void> {
  if (files.size === 0) return rm(path, { force: true });
  await writeFile(
    `${path}.tmp`,
    [...files].flatMap(([file, steps]) => steps.map((step) => lineOf(file, step))).join(''),
  );
  await rename(`${path}.tmp`, path);
}

async function linesOf(path: string): Promise<string[] | undefined> {
  try {
    return (await readFile(path, 'utf8')).split('\n').filter((line) => line !== '');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new InventoryError(`${path} cannot be read: ${fileFault(error)}`, { cause: error });
  }
}

function parsedLine(line: string): { file?: string } | undefined {
  try {
    return JSON.parse(line) as { file?: string };
  } catch {
    // The caller reports an invalid line with its number.
    return undefined;
  }
}

function lineOf(file: string, step: Step): string {
  return `${JSON.stringify({ file, ...step })}\n`;
}

/** With forward slashes on every system, so that a record can be committed. */
export function keyOf(record: RewriteRecord, file: string): string {
  return relative(dirname(resolve(record.path)), resolve(file))
    .split(sep)
    .join('/');
}

/** One character for each byte. */
export function sha256(text: string): string {
  return createHash('sha256').update(Buffer.from(text, 'latin1')).digest('hex');
}

function isStep(value: unknown): value is Step {
  const { sha256: hash, undo } = (value ?? {}) as Partial<Step>;
  return typeof hash === 'string' && Array.isArray(undo) && undo.every(isEdit);
}

function isEdit(value: unknown): value is Edit {
  const { start, end, text } = (value ?? {}) as Partial<Edit>;
  return Number.isInteger(start) && Number.isInteger(end) && typeof text === 'string' && start! >= 0 && end! >= start!;
}
