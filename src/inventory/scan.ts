import { splitImageName } from '../oci';
import { createBeside } from './beside';
import { builtNames } from './built';
import type { Cache } from './cache';
import { extractorFor } from './extract';
import type { Found, Trouble } from './found';
import type { Beside } from './interpolate';
import { mayBeRead, readSource } from './read-source';
import { referenceOf, type ImageReference } from './reference';
import { placeOf, textStart, type Source } from './source';
import { textOf } from './value';
import { walk } from './walk';

/** The references of one file. */
export interface ScannedFile {
  readonly source: Source;
  readonly references: readonly ScannedReference[];
}

/** Both views of the same place: `reference` for reports, `found` for edits. */
export interface ScannedReference {
  readonly reference: ImageReference;
  readonly found: Found;
}

/** A file that could not be read, or not completely. */
export interface Problem {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
  readonly message: string;
}

/** Called as the scan goes on. Nothing is collected here, because a tree can be large. */
export interface ScanEvents {
  problem(problem: Problem): void;
  skipped(path: string, rule: string): void;
  /** Called for every file that is read. */
  file?(path: string): void;
  readonly signal?: AbortSignal;
}

/** Number of files read ahead, so that the scan does not wait for the disk. */
const READ_AHEAD = 16;

/**
 * Every file below the paths that names images, one after the other: the memory of a few files is enough for any tree.
 */
export async function* scan(paths: readonly string[], cache: Cache, events: ScanEvents): AsyncGenerator<ScannedFile> {
  const beside = createBeside();
  for await (const batch of inBatches(filesOf(paths, events), READ_AHEAD)) {
    const sources = await Promise.all(batch.map(async (file) => ({ file, read: await readSource(file) })));
    for (const { file, read } of sources) {
      if (events.signal?.aborted === true) return;
      if (read === undefined) continue;
      if ('problem' in read) events.problem({ file, message: read.problem });
      else {
        const scanned = scanSource(read, cache, events, await beside(file));
        if (scanned.references.length > 0) yield scanned;
      }
    }
  }
}

async function* filesOf(paths: readonly string[], events: ScanEvents): AsyncGenerator<string> {
  const failed = (file: string, message: string): void => events.problem({ file, message });
  for await (const file of walk(paths, { skipped: (path, rule) => events.skipped(path, rule), failed })) {
    events.file?.(file);
    if (mayBeRead(file.replaceAll('\\', '/'))) yield file;
  }
}

/** The references of one file, in their order in the file. */
export function scanSource(
  source: Source,
  cache: Cache,
  { problem }: Pick<ScanEvents, 'problem'>,
  beside?: Beside,
): ScannedFile {
  const path = source.file.replaceAll('\\', '/');
  const start = textStart(source);
  const extractor = extractorFor(path, () => source.text.slice(start));
  if (!extractor) return { source, references: [] };
  const { found, troubles } = survived(() => extractor.extract(source.text, start, path, beside));
  for (const { at, message } of troubles ?? []) {
    const { line, column } = placeOf(source, at, at);
    problem({ file: source.file, line, column, message });
  }
  if (found.length === 0) return { source, references: [] };
  const built = builtNames(source.text);
  const pulled = usesOf(found).filter(({ value }) => !built.has(splitImageName(textOf(value)).name));
  const references = pulled.map((one) => ({
    found: one,
    reference: referenceOf(source, extractor.name, one, cache),
  }));
  return { source, references: references.sort((a, b) => a.found.start - b.found.start || a.found.end - b.found.end) };
}

/** An error in one file must not end the scan of a tree. */
function survived(extract: () => { found: readonly Found[]; troubles?: readonly Trouble[] }): {
  found: readonly Found[];
  troubles?: readonly Trouble[];
} {
  try {
    return extract();
  } catch (error) {
    return { found: [], troubles: [{ at: 0, message: `cannot be read: ${(error as Error).message}` }] };
  }
}

/** The value of a variable counts where it is used, not where it is set; nothing counts twice. */
function usesOf(found: readonly Found[]): readonly Found[] {
  if (found.length === 0) return found;
  const origins = new Set(
    found.flatMap(({ start, value }) =>
      value.flatMap((part) =>
        'unknown' in part || part.at === undefined || part.at === start
          ? []
          : [`${part.at}-${part.at + part.text.length}`],
      ),
    ),
  );
  const seen = new Set<string>();
  return found.filter(({ start, end }) => {
    const key = `${start}-${end}`;
    return !origins.has(key) && !seen.has(key) && seen.add(key);
  });
}

async function* inBatches<T>(items: AsyncIterable<T>, size: number): AsyncGenerator<T[]> {
  let batch: T[] = [];
  for await (const item of items) {
    batch.push(item);
    if (batch.length < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
