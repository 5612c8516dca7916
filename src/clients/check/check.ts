import type { Diagnostic } from '../../diagnostic';
import { inOrder } from '../../diagnostic';
import type { Client, Facts, FoundFile } from '../client';

/** Everything in its files that the client would ignore, refuse or misread, with the line to change. */
export function checkFiles(client: Client, files: readonly FoundFile[], facts: Facts = {}): Diagnostic[] {
  return inOrder(client.check(files, facts));
}
