import { stat } from 'node:fs/promises';
import { isAbsolute, join, relative } from 'node:path';
import { ApplyError, PlanRefusedError } from '../errors';
import type { AppContext } from './context';
import { holderOf, takeLock, type Holder, type LockedWork } from './run-lock';

/**
 * A lock of another machine or container is taken over: in CI a killed job leaves one, and the preconditions of each
 * change still hold.
 */
const APPLY: LockedWork = {
  rule: 'apply-running',
  what: 'another apply works with this journal',
  takesUnknown: true,
};

/** Where the journal is: a relative path begins at the directory of the run, which is not always that of the process. */
export function journalFile({ cwd }: Pick<AppContext, 'cwd'>, file: string): string {
  return isAbsolute(file) ? file : join(relative('.', cwd), file);
}

const lockOf = (journal: string): string => `${journal}.lock`;

/**
 * Runs `work` while no other run works with the journal. Two runs would each take the other's attempts for those of a
 * killed run, and write secrets again.
 * @throws PlanRefusedError (`apply-running`) while another one does; ApplyError where the lock cannot be written
 */
export async function withJournalLock<Result>(
  { pid }: Pick<AppContext, 'pid'>,
  journal: string,
  work: () => Promise<Result>,
): Promise<Result> {
  // `openJournal` says what is wrong with a pipe or a directory, and a device keeps nothing that could be shared.
  const found = await stat(journal).catch(() => undefined);
  if (found && !found.isFile()) return work();
  const release = await takeLock(lockOf(journal), pid, APPLY).catch((cause: Error) => {
    if (cause instanceof PlanRefusedError) throw cause;
    throw new ApplyError(`the journal ${journal} cannot be locked: ${cause.message}`, journal, { cause });
  });
  try {
    return await work();
  } finally {
    await release();
  }
}

/** The `apply` that works with the journal at this moment. */
export async function applyAtWork({ pid }: Pick<AppContext, 'pid'>, journal: string): Promise<Holder | undefined> {
  return holderOf(lockOf(journal), pid);
}
