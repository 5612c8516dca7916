import type { Declaration, DeclaredObject } from '../declaration/declaration';
import { kinds } from '../kinds';
import { declaresSecret } from '../plan/diff';
import { addressesInDoubt, damagedLines, explainRun, type JournalReading } from '../reconcile/read-journal';
import { readJournalFile } from '../reconcile/read-journal-file';
import type { AppContext } from './context';
import { applyAtWork } from './journal-lock';

/**
 * Declared objects whose secret an earlier run may not have written to Harbor, by its journal. Harbor returns no
 * secrets, so they are written again.
 * @throws ApplyError, as `readJournalFile`
 */
export async function secretsInDoubt(context: AppContext, file: string, declaration: Declaration): Promise<string[]> {
  return doubtsIn(context, { file, journal: await readJournalFile(file) }, declaration);
}

/**
 * A run that was killed left no report: say what it was doing before continuing. For `apply`, which holds the lock of
 * the journal.
 * @throws ApplyError, as `readJournalFile`
 */
export async function recallKilledRun(context: AppContext, file: string): Promise<void> {
  recallIn(context, await readJournalFile(file));
}

/** The same for a command that only reads: an `apply` may be at work. @throws ApplyError, as `readJournalFile` */
export async function recallLastRun(context: AppContext, file: string): Promise<void> {
  if (!(await tellAtWork(context, file))) await recallKilledRun(context, file);
}

/**
 * For a plan: what the next `apply` says and does about a killed run. While an `apply` is at work, its unanswered writes
 * are no doubts.
 * @throws ApplyError, as `readJournalFile`
 */
export async function leftByKilledRun(context: AppContext, file: string, declaration: Declaration): Promise<string[]> {
  if (await tellAtWork(context, file)) return [];
  const journal = await readJournalFile(file);
  recallIn(context, journal);
  return doubtsIn(context, { file, journal }, declaration);
}

async function tellAtWork(context: AppContext, journal: string): Promise<boolean> {
  const holder = await applyAtWork(context, journal);
  if (holder) context.emit({ type: 'apply-at-work', ...holder });
  return holder !== undefined;
}

/**
 * Only objects with a secret: everything else can be read from Harbor, so a plan shows whether the change
 * arrived.
 */
function doubtsIn(
  { emit }: AppContext,
  { file, journal }: { readonly file: string; readonly journal: JournalReading },
  { objects }: Declaration,
): string[] {
  const damaged = damagedLines(journal);
  if (damaged > 0) emit({ type: 'journal-damaged', file, lines: damaged });
  const inDoubt = new Set(addressesInDoubt(journal));
  const found = objects.filter((object) => inDoubt.has(object.address) && hasSecret(object));
  for (const { address } of found) emit({ type: 'secret-in-doubt', address });
  return found.map(({ address }) => address);
}

function recallIn({ emit }: AppContext, { runs }: JournalReading): void {
  const last = runs.at(-1);
  if (last && !last.end) emit({ type: 'killed-run', sentences: explainRun(last) });
}

function hasSecret({ kind, spec }: DeclaredObject): boolean {
  const rules = kinds.find(({ name }) => name === kind);
  return rules !== undefined && declaresSecret(spec, rules);
}
