import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { ApplyError } from '../errors';
import { textOf } from './failure';
import { assertKeeps } from './journal';
import { readJournal, type JournalReading } from './read-journal';

/**
 * What earlier runs wrote; empty if there is no journal yet.
 * @throws ApplyError if it cannot be read: an uncertain secret in it would be forgotten
 */
export async function readJournalFile(file: string): Promise<JournalReading> {
  try {
    const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const stat = await handle.stat();
      assertKeeps(stat);
      return readJournal(stat.isFile() ? await handle.readFile('utf8') : '');
    } finally {
      await handle.close();
    }
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return readJournal('');
    throw new ApplyError(`the journal ${file} cannot be read: ${textOf(cause)}`, file, { cause });
  }
}
