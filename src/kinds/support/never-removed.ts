import { ApplyError } from '../../errors';
import { addressOf } from '../kind';

/** `remove` of a kind that is not `deletable`: no plan contains such a change. */
export function neverRemoved(kind: string): (context: unknown, live: { identity: string }) => Promise<void> {
  return async (_context, { identity }) => {
    const address = addressOf(kind, identity);
    throw new ApplyError(`${address} cannot be deleted`, address);
  };
}
