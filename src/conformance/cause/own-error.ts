import { diskFault } from '../../outside/disk-fault';
import { BreakwaterError, SecretError } from '../../errors';
import type { Cause } from '../model/result';

/**
 * An error of Breakwater itself, or of this run's input; undefined for errors from the network.
 *
 *      thrown                       kind              the registry
 *      SecretError                  no-secret         was not checked
 *      another BreakwaterError      undefined         the other rules look for the cause
 *      ENOSPC, EACCES and others    own-disk          was not checked
 *      anything else                internal-error    is not to blame: a bug is never reported as an outage
 */
export function ownCause(thrown: unknown): Cause | undefined {
  if (thrown instanceof SecretError)
    return {
      kind: 'no-secret',
      rank: 'outage',
      party: 'this run',
      words: `this run has no usable secret: ${thrown.message}`,
      evidence: [{ label: 'code', value: thrown.code }],
      whatToDo: 'set the secret as declared for this run; the registry was not checked',
    };
  if (thrown instanceof BreakwaterError) return undefined;
  const disk = diskFault(thrown);
  if (disk)
    return {
      kind: 'own-disk',
      rank: 'outage',
      party: 'this machine',
      words: `this machine ${disk.words}`,
      evidence: [{ label: 'thrown', value: (thrown as Error).message }],
      whatToDo: `${disk.whatToDo}; the registry was not checked`,
    };
  const name = thrown instanceof Error ? thrown.name : typeof thrown;
  return {
    kind: 'internal-error',
    rank: 'undetermined',
    party: 'breakwater',
    words: `internal error in breakwater (${name})`,
    evidence: [{ label: 'thrown', value: thrown instanceof Error ? thrown.message : String(thrown) }],
    whatToDo: 'this is a bug in Breakwater, not a problem of the registry: please report it with this message',
  };
}
