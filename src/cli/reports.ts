import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  HISTORY_LIMIT,
  parseHistoryEntry,
  renderReport,
  REPORT_FILES,
  toHistoryEntry,
  withRun,
  type HistoryEntry,
  type Report,
  type ReportFormat,
} from '../conformance';

/** A run of a thousand projects takes a tenth of that. */
const MAX_ENTRY_BYTES = 4 * 1024 * 1024;

/** Nothing else in the folder is read or removed. */
const ENTRY_NAME = /^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{3}Z\.json$/;

/**
 * Writes every form of a report, and remembers the run in `history/` for the reports to come. Answers the paths,
 * the one for people first. A reader never sees half a file.
 */
export async function writeReports(directory: string, report: Report): Promise<string[]> {
  const past = join(directory, 'history');
  await mkdir(past, { recursive: true });
  const history = withRun(await readHistory(directory), report);
  for (const [format, name] of Object.entries(REPORT_FILES))
    await writeWhole(join(directory, name), renderReport(format as ReportFormat, report, history));
  await writeWhole(join(past, entryName(report)), `${JSON.stringify(toHistoryEntry(report))}\n`);
  await forgetOldest(past);
  return Object.values(REPORT_FILES).map((name) => join(directory, name));
}

/** The last runs that were reported into this directory, oldest first; what is damaged is left out. */
export async function readHistory(directory: string): Promise<readonly HistoryEntry[]> {
  const past = join(directory, 'history');
  const names = (await entryNames(past)).slice(-HISTORY_LIMIT);
  const entries = await Promise.all(names.map((name) => readEntry(join(past, name))));
  return entries.filter((entry) => entry !== undefined);
}

async function readEntry(path: string): Promise<HistoryEntry | undefined> {
  const { size } = await stat(path);
  return size > MAX_ENTRY_BYTES ? undefined : parseHistoryEntry(await readFile(path, 'utf8'));
}

async function forgetOldest(past: string): Promise<void> {
  const tooMany = (await entryNames(past)).slice(0, -HISTORY_LIMIT);
  for (const name of tooMany) await rm(join(past, name), { force: true });
}

/** Names are moments, so that their order is the order of the runs. */
async function entryNames(past: string): Promise<string[]> {
  try {
    return (await readdir(past)).filter((name) => ENTRY_NAME.test(name)).sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** A colon is no part of a name everywhere. */
function entryName({ startedAt }: Report): string {
  return `${startedAt.replaceAll(':', '-')}.json`;
}

/** Beside it and then in its place: the textfile collector of node_exporter may look at any moment. */
async function writeWhole(path: string, text: string): Promise<void> {
  const beside = `${path}.tmp`;
  await writeFile(beside, text);
  await rename(beside, path);
}
