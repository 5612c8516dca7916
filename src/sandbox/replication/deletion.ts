import { logLine } from '../jobs/job-log';
import type { ReplicationTaskRow } from '../store/rows';
import type { Side } from './sides';

const SOURCE = 'controller/replication/transfer/image/transfer.go';

/** What has to disappear at the destination, after it disappeared here. */
export interface Deletion {
  readonly destination: Side;
  readonly to: string;
  /** Tags, or the digest of an untagged artifact. */
  readonly references: readonly string[];
  readonly operation: ReplicationTaskRow['operation'];
}

/**
 * Deletes at the destination what was deleted here; missing objects are skipped, and the first failure stops the run.
 */
export async function deleteThere(deletion: Deletion): Promise<{ readonly failed: boolean; readonly log: string }> {
  const { destination, to, references, operation } = deletion;
  const ofTag = operation === 'tag deletion';
  const what = ofTag ? 'the tag' : 'the artifact';
  let log = '';
  for (const reference of references) {
    try {
      const done = await (ofTag ? destination.deleteTag(to, reference) : destination.deleteManifest(to, reference));
      log += done
        ? logLine(
            'INFO',
            `${SOURCE}:${ofTag ? 555 : 534}`,
            `${ofTag ? what : `the manifest of artifact`} ${to}:${reference} is deleted`,
          )
        : logLine(
            'INFO',
            `${SOURCE}:${ofTag ? 548 : 525}`,
            `${what} ${to}:${reference} doesn't exist on the destination registry, skip`,
          );
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const failed = `failed to delete ${ofTag ? what : 'the manifest of artifact'} ${to}:${reference} on the destination registry: ${reason}`;
      return { failed: true, log: log + logLine('ERROR', `${SOURCE}:${ofTag ? 551 : 530}`, failed) };
    }
  }
  return { failed: false, log };
}
