import type { Declaration, DeclaredObject } from '../declaration/declaration';
import { kinds } from '../kinds';
import { declaresSecret } from '../plan/diff';
import { addressesInDoubt, damagedLines, explainRun } from '../reconcile/read-journal';
import { readJournalFile } from '../reconcile/read-journal-file';
import type { AppContext } from './context';

/**
 * Declared objects whose secret an earlier run may not have written to Harbor, by its journal. Harbor returns no
 * secrets, so they are written again.
 * @throws ApplyError, as `readJournalFile`
 */
export async function secretsInDoubt({ emit }: AppContext, file: string, { objects }: Declaration): Promise<string[]> {
  const journal = await readJournalFile(file);
  const damaged = damagedLines(journal);
  if (damaged > 0) emit({ type: 'journal-damaged', file, lines: damaged });
  const inDoubt = new Set(addressesInDoubt(journal));
  const found = objects.filter((object) => inDoubt.has(object.address) && hasSecret(object));
  for (const { address } of found) emit({ type: 'secret-in-doubt', address });
  return found.map(({ address }) => address);
}

function hasSecret({ kind, spec }: DeclaredObject): boolean {
  const rules = kinds.find(({ name }) => name === kind);
  return rules !== undefined && declaresSecret(spec, rules);
}

/** A run that was killed left no report: say what it was doing before continuing. @throws ApplyError, as `readJournalFile` */
export async function recallKilledRun({ emit }: AppContext, file: string): Promise<void> {
  const last = (await readJournalFile(file)).runs.at(-1);
  if (last && !last.end) emit({ type: 'killed-run', sentences: explainRun(last) });
}
