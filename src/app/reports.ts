import { diskFault } from '../outside/disk-fault';
import { UsageError } from '../errors';
import { constants } from 'node:fs';
import { access, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  HISTORY_LIMIT,
  parseHistoryEntry,
  renderReport,
  REPORT_FILES,
  toHistoryEntry,
  withRun,
  type HistoryEntry,
  type RenderOptions,
  type Report,
  type ReportFormat,
} from '../conformance';
import { makeDirectory } from '../make-directory';

/** A run of a thousand projects needs a tenth of that. */
const MAX_ENTRY_BYTES = 4 * 1024 * 1024;

const REPORT_HINT = 'pass a directory that this user can write to, on a disk with free space';

/** Written and removed again, to check that there is free space. */
const ROOM = '.room';
const ROOM_BYTES = 1 << 20;

/** Nothing else in the folder is read or removed. */
const ENTRY_NAME = /^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{3}Z\.json$/;

/**
 * Prepares the directory for the reports before a run starts: otherwise the results could be lost at the end.
 * @throws UsageError
 */
export async function prepareReports(directory: string): Promise<void> {
  try {
    const past = join(directory, 'history');
    await makeDirectory(past);
    for (const folder of [directory, past]) await access(folder, constants.W_OK);
    // A full disk still allows an empty file.
    await writeWhole(join(directory, ROOM), Buffer.alloc(ROOM_BYTES));
    await rm(join(directory, ROOM));
  } catch (error) {
    throw notWritten(`no report can be written to ${directory}`, error);
  }
}

function notWritten(what: string, error: unknown): UsageError {
  const fault = diskFault(error);
  const why = fault ? `this machine ${fault.words} (${(error as Error).message})` : (error as Error).message;
  return new UsageError(`${what}: ${why}`, fault?.whatToDo ?? REPORT_HINT);
}

/**
 * Writes every format of a report and adds the run to `history/` for later reports. Returns the paths, the one for
 * people first. A reader never sees an incomplete file.
 */
export async function writeReports(directory: string, report: Report, options: RenderOptions = {}): Promise<string[]> {
  await prepareReports(directory);
  const past = join(directory, 'history');
  const history = withRun(await readHistory(directory), report);
  try {
    for (const [format, name] of Object.entries(REPORT_FILES))
      await writeWhole(join(directory, name), renderReport(format as ReportFormat, report, history, options));
    await writeWhole(join(past, entryName(report)), `${JSON.stringify(toHistoryEntry(report))}\n`);
    await forgetOldest(past);
  } catch (error) {
    throw notWritten(`the report was not written to ${directory}`, error);
  }
  return Object.values(REPORT_FILES).map((name) => join(directory, name));
}

/**
 * A report in one format.
 * @param directory contains the earlier runs
 */
export async function reportText(
  report: Report,
  format: ReportFormat,
  directory: string | undefined,
  options: RenderOptions = {},
): Promise<string> {
  const history = directory === undefined ? [] : await readHistory(directory);
  return renderReport(format, report, withRun(history, report), options);
}

/** The last runs that were reported into this directory, oldest first; damaged ones are left out. */
export async function readHistory(directory: string): Promise<readonly HistoryEntry[]> {
  const past = join(directory, 'history');
  const names = (await entryNames(past)).slice(-HISTORY_LIMIT);
  const entries = await Promise.all(names.map((name) => readEntry(join(past, name))));
  return entries.filter((entry) => entry !== undefined);
}

/** An unreadable file costs the bar of that run, not the report of this one. */
async function readEntry(path: string): Promise<HistoryEntry | undefined> {
  try {
    const { size } = await stat(path);
    return size > MAX_ENTRY_BYTES ? undefined : parseHistoryEntry(await readFile(path, 'utf8'));
  } catch {
    return undefined;
  }
}

async function forgetOldest(past: string): Promise<void> {
  const tooMany = (await entryNames(past)).slice(0, -HISTORY_LIMIT);
  for (const name of tooMany) await rm(join(past, name), { force: true, recursive: true });
}

/** Names are timestamps, so sorting by name sorts by time. */
async function entryNames(past: string): Promise<string[]> {
  try {
    return (await readdir(past)).filter((name) => ENTRY_NAME.test(name)).sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** Not every file system allows a colon in a name. */
function entryName({ startedAt }: Report): string {
  return `${startedAt.replaceAll(':', '-')}.json`;
}

/** Written to a temporary file and renamed: the textfile collector of node_exporter may read at any moment. */
async function writeWhole(path: string, text: string | Uint8Array): Promise<void> {
  const beside = `${path}.tmp`;
  try {
    await writeFile(beside, text);
    await rename(beside, path);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
}
