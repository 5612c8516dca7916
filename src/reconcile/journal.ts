import { constants, type Stats } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ApplyError } from '../errors';
import type { Action, Mode } from '../plan/plan';
import { harmlessJson } from '../outside/printable';
import { textOf } from './failure';
import type { Outcome } from './result';
import { makeDirectory } from '../make-directory';

/** First line of a run. */
export interface RunEntry {
  readonly type: 'run';
  readonly run: string;
  /** As in all entries: ISO 8601 in UTC, with milliseconds. */
  readonly at: string;
  readonly tool: string;
  /** SHA-256 of the canonical plan. */
  readonly plan: string;
  /** Hash of the declaration. */
  readonly declaration: string;
  readonly target: string;
  readonly mode: Mode;
  readonly changes: number;
}

/** Written to disk before the request is sent. */
export interface AttemptEntry {
  readonly type: 'attempt';
  /** Counts from 1 within the run, over all changes. */
  readonly n: number;
  readonly at: string;
  readonly address: string;
  readonly action: Action;
  readonly method: string;
  /** Below `/api/v2.0`, without the body. */
  readonly path: string;
}

/** The result of attempt `n`. Bodies are never written. */
export interface ResultEntry {
  readonly type: 'result';
  readonly n: number;
  readonly at: string;
  /** False also if there was no response: then `status` is absent. */
  readonly ok: boolean;
  readonly status?: number;
  /** To find the request in Harbor's log. */
  readonly requestId?: string;
  readonly error?: string;
}

/** How one change ended, after reading back if needed. */
export interface ChangeEntry {
  readonly type: 'change';
  readonly at: string;
  readonly address: string;
  readonly action: Action;
  readonly outcome: Outcome;
  readonly detail?: string;
}

/** Last line of a run that was not killed. */
export interface EndEntry {
  readonly type: 'end';
  readonly at: string;
  /** It was stopped by its caller, in order. */
  readonly aborted: boolean;
  readonly outcomes: Readonly<Record<Outcome, number>>;
}

/**
 * One line. The life of a write in the file:
 *
 *     attempt n   on disk (fsync) before the request is sent
 *         │ sent
 *     result n    the response; not waited for, on disk with the next attempt
 *         │ further attempts of the same change, if it needs several requests
 *     change      how the change ended, after reading back
 *
 *     A kill leaves           which means
 *     attempt, no result      sent or about to be sent: only a read of Harbor shows which
 *     result, no change       done or refused, but it may have been a part of a change
 *     no end                  the run was killed, or still runs
 */
export type JournalEntry = RunEntry | AttemptEntry | ResultEntry | ChangeEntry | EndEntry;

/**
 * A file of lines that is only appended to. A line that cannot be written rejects; later lines are tried
 * separately.
 */
export interface Journal {
  /** Resolves when the line is on disk. `soon`: with the next line that is written now, or after a tenth of a second. */
  append(entry: JournalEntry, when?: 'soon'): Promise<void>;
  /** Waits for lines that were given before. */
  close(): Promise<void>;
}

/**
 * Opens a journal for appending: JSON lines, mode 0600, several runs one after another. An incomplete line of a killed
 * run is terminated first.
 * @param mask removes secrets from a text
 * @throws ApplyError if it cannot be opened or is a pipe; a symbolic link is refused (ELOOP)
 */
export async function openJournal(file: string, mask: (text: string) => string = (text) => text): Promise<Journal> {
  const { O_APPEND, O_CREAT, O_NOFOLLOW, O_NONBLOCK, O_RDWR } = constants;
  try {
    await makeDirectory(dirname(file));
    const handle = await open(file, O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_RDWR | WRITES_TO_DISK, 0o600);
    try {
      assertKeeps(await handle.stat());
      return appendingTo(handle, await endsWithinLine(handle), (entry) => lineOf(entry, mask));
    } catch (error) {
      await handle.close();
      throw error;
    }
  } catch (cause) {
    throw new ApplyError(`the journal ${file} cannot be opened: ${textOf(cause)}`, file, { cause });
  }
}

/** A pipe or socket stores nothing, and can block a run forever. A device is noticed at the first line. */
export function assertKeeps(stat: Stats): void {
  if (!stat.isFile() && !stat.isCharacterDevice()) throw new Error('it is not a regular file');
}

/**
 * A killed run may have written a part of a line. Without a line break the next entry would become a part of
 * it.
 */
async function endsWithinLine(handle: FileHandle): Promise<boolean> {
  const { size } = await handle.stat();
  if (size === 0) return false;
  const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, size - 1);
  return buffer.toString() !== '\n';
}

/** Values that come from a declaration, from Harbor or from the system. All others are our own words. */
const FROM_OUTSIDE: readonly string[] = ['target', 'address', 'path', 'requestId', 'error', 'detail'];

function lineOf(entry: JournalEntry, mask: (text: string) => string): string {
  const masked = (key: string, value: unknown): unknown =>
    typeof value === 'string' && FROM_OUTSIDE.includes(key) ? mask(value) : value;
  return `${harmlessJson(JSON.stringify(entry, masked))}\n`;
}

/**
 * Linux then returns from a write when it is on disk: one call to Node's threads for each flush instead of two. On macOS
 * only fsync also empties the cache of the disk.
 */
const WRITES_TO_DISK = process.platform === 'linux' ? constants.O_DSYNC : 0;

/** How long a line may wait for one that is written now. */
const SOON_MS = 100;

/**
 * Lines that are requested while the disk is busy share the next write and its fsync: each is on disk when its promise
 * resolves, and eight writers in parallel cost one fsync, not eight.
 */
function appendingTo(handle: FileHandle, cut: boolean, lineOf: (entry: JournalEntry) => string): Journal {
  let waiting: string[] = [];
  let next: Promise<void> | undefined;
  let last: Promise<void> = Promise.resolve();
  let begin = (): void => {};
  const flush = async (): Promise<void> => {
    const lines = waiting.join('');
    waiting = [];
    next = undefined;
    const head = cut ? '\n' : '';
    // Until all of it is written, a part of it may be on disk.
    cut = true;
    await handle.appendFile(`${head}${lines}`);
    cut = false;
    if (WRITES_TO_DISK === 0) await handle.datasync();
  };
  /** One write, as soon as `begin` is called and the one before it has ended. */
  const prepare = (): Promise<void> => {
    const begun = new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, SOON_MS);
      begin = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    const before = last;
    const written = begun.then(() => before).then(flush);
    // A failed line is reported to its writer; later lines are tried separately.
    last = written.catch(() => {});
    return written;
  };
  return {
    append(entry, when) {
      waiting.push(lineOf(entry));
      next ??= prepare();
      if (when !== 'soon') begin();
      return next;
    },
    async close() {
      begin();
      await last;
      await handle.close();
    },
  };
}
