import { compact } from '../../compact';
import { chmod, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { InventoryError } from '../../errors';
import type { Cache } from '../cache';
import type { ImageReference } from '../reference';
import { scan, type ScanEvents, type ScannedFile } from '../scan';
import { unifiedDiff } from './diff';
import { applyEdits, editsOf, inverse, type Direction, type Edit, type NotRewritten } from './edits';
import { addStep, keyOf, readRecord, startRecord, sha256, writeRecord, type RewriteRecord } from './record';

/** What to rename, and whether for real. */
export interface RewriteOptions {
  readonly cache: Cache;
  readonly direction: Direction;
  /** Without it, nothing is written. */
  readonly write: boolean;
  /** Where rewrites are recorded, so that they can be undone byte for byte. */
  readonly record: string;
  /**
   * Why a reference must keep its name; undefined if it may change. Called for each reference that would be renamed to
   * the cache.
   */
  readonly objection?: (reference: ImageReference) => Promise<string | undefined>;
}

/** The result, or the planned result, for one file. */
export interface RewrittenFile {
  readonly file: string;
  readonly edits: number;
  readonly diff: string;
  readonly refusals: readonly NotRewritten[];
  /** It was changed after the rewrite, so the names get their short form instead of the original one. */
  readonly isApproximate?: boolean;
}

/** Renames references file by file. A second run finds nothing to do. */
export async function* rewrite(
  paths: readonly string[],
  options: RewriteOptions,
  events: ScanEvents,
): AsyncGenerator<RewrittenFile> {
  const record = await readRecord(options.record);
  if (options.write && options.direction === 'to-cache') await startRecord(record);
  for await (const scanned of scan(paths, options.cache, events)) {
    const { file, objected } = await withoutObjected(scanned, options);
    const planned = plan(file, options, record);
    const { source } = file;
    const refusals = [...planned.refusals, ...objected];
    if (planned.edits.length > 0 && options.write) await write(file, planned.edits, options.direction, record);
    if (planned.edits.length === 0 && refusals.length === 0) continue;
    yield compact({
      file: source.file,
      edits: planned.edits.length,
      diff: unifiedDiff(source.file, source.text, planned.edits),
      refusals,
      isApproximate: planned.isApproximate ? true : undefined,
    });
  }
  if (options.write && options.direction === 'to-upstream') await writeRecord(record);
}

/** References with an objection stay unchanged, and so do variables that they share with others. */
async function withoutObjected(
  file: ScannedFile,
  { direction, objection }: RewriteOptions,
): Promise<{ readonly file: ScannedFile; readonly objected: readonly NotRewritten[] }> {
  if (!objection || direction !== 'to-cache') return { file, objected: [] };
  const objected: NotRewritten[] = [];
  for (const { reference } of file.references) {
    const why = reference.status === 'needs-rewrite' ? await objection(reference) : undefined;
    if (why !== undefined) objected.push({ reference, why });
  }
  const references = file.references.filter(({ reference }) => objected.every((one) => one.reference !== reference));
  return { file: { ...file, references }, objected };
}

interface Planned {
  readonly edits: readonly Edit[];
  readonly refusals: readonly NotRewritten[];
  readonly isApproximate: boolean;
}

/**
 * What to do with one file:
 *
 *      direction     record                     edits
 *      to-cache      -                          new names for what needs them
 *      to-upstream   none exists                names by the rules (approximate)
 *      to-upstream   does not name the file     none: it was not rewritten
 *      to-upstream   has it, hash is the same   the recorded undo, byte for byte
 *      to-upstream   has it, hash differs       names by the rules (approximate): it was edited since
 */
function plan(file: ScannedFile, { cache, direction }: RewriteOptions, record: RewriteRecord): Planned {
  if (direction === 'to-cache') return { ...editsOf(file, cache, direction), isApproximate: false };
  const steps = record.files.get(keyOf(record, file.source.file));
  if (!steps && record.exists) return { edits: [], refusals: [], isApproximate: false };
  const last = steps?.at(-1);
  if (last && last.sha256 === sha256(file.source.text))
    return { edits: undoing(steps!, file.source.text), refusals: [], isApproximate: false };
  return { ...editsOf(file, cache, direction), isApproximate: true };
}

/** All steps back, as long as each step's result is the text that the next one found. */
function undoing(steps: readonly { sha256: string; undo: readonly Edit[] }[], text: string): readonly Edit[] {
  const [step, ...earlier] = [...steps].reverse();
  if (!step) return [];
  const before = applyEdits(text, step.undo);
  if (earlier.length === 0 || earlier[0]!.sha256 !== sha256(before)) return step.undo;
  return composed(text, step.undo, before, undoing(earlier.reverse(), before));
}

/** Combines two rounds of edits: the lines are the same, so the range from the first to the last edit is replaced. */
function composed(text: string, first: readonly Edit[], middle: string, second: readonly Edit[]): Edit[] {
  const result = applyEdits(middle, second);
  let start = 0;
  while (start < text.length && start < result.length && text[start] === result[start]) start += 1;
  let tail = 0;
  const room = Math.min(text.length, result.length) - start;
  while (tail < room && text[text.length - 1 - tail] === result[result.length - 1 - tail]) tail += 1;
  return first.length === 0 && second.length === 0
    ? []
    : [{ start, end: text.length - tail, text: result.slice(start, result.length - tail) }];
}

/** To the cache: recorded before the file changes, so that an interrupted run can be undone. */
async function write(
  { source }: ScannedFile,
  edits: readonly Edit[],
  direction: Direction,
  record: RewriteRecord,
): Promise<void> {
  const text = applyEdits(source.text, edits);
  const key = keyOf(record, source.file);
  if (direction === 'to-cache') await addStep(record, key, { sha256: sha256(text), undo: inverse(source.text, edits) });
  else record.files.delete(key);
  await writeInPlace(source.file, source.text, text);
}

/**
 * A reader sees the old file or the new one; mode and links are kept.
 * @throws InventoryError
 */
async function writeInPlace(file: string, before: string, after: string): Promise<void> {
  const path = await realpath(file);
  const beside = `${path}.breakwater-tmp`;
  try {
    if ((await readFile(path, 'latin1')) !== before) throw new Error('it changed while it was read');
    const { mode } = await stat(path);
    await writeFile(beside, after, 'latin1');
    await chmod(beside, mode);
    await rename(beside, path);
  } catch (error) {
    await rm(beside, { force: true });
    throw new InventoryError(`${file} was not rewritten: ${(error as Error).message}`, { cause: error });
  }
}
