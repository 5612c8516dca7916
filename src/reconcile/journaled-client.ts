import { ApplyError } from '../errors';
import type { Client } from '../harbor/client';
import type { Change } from '../plan/plan';
import { harborErrorIn, textOf } from './failure';
import type { AttemptEntry, Journal, ResultEntry } from './journal';

/** One write after the other gets a number, over the whole run. */
export interface Attempts {
  next(): number;
}

export function countAttempts(): Attempts {
  let n = 0;
  return { next: () => ++n };
}

/** A client for one change. It counts what Harbor accepted, and journals each write before and after. */
export interface JournaledClient extends Client {
  /** Writes of this change that Harbor answered with success. */
  readonly accepted: number;
}

export function journaledClient(
  client: Client,
  change: Change,
  journal: Journal | undefined,
  attempts: Attempts,
): JournaledClient {
  let accepted = 0;
  const { address, action } = change;
  const write = async <T>(method: string, path: string, send: () => Promise<T>): Promise<T> => {
    const n = attempts.next();
    const attempt: AttemptEntry = { type: 'attempt', n, at: timestamp(), address, action, method, path };
    // What is not on record is not done.
    await journal?.append(attempt).catch((cause: unknown) => {
      throw new ApplyError(`${address}: ${unwritable(cause)}`, address, { cause });
    });
    const record = async (result: ResultEntry): Promise<void> => {
      // It is done by now: a result that cannot be recorded changes nothing about it, and stops the next attempt.
      await journal?.append(result).catch(() => {});
    };
    try {
      const answer = await send();
      accepted += 1;
      await record({ type: 'result', n, at: timestamp(), ok: true });
      return answer;
    } catch (error) {
      await record(failedResult(n, error));
      throw error;
    }
  };
  return {
    url: client.url,
    get calls() {
      return client.calls;
    },
    get accepted() {
      return accepted;
    },
    get: (path, options) => client.get(path, options),
    find: (path, options) => client.find(path, options),
    list: (path, options) => client.list(path, options),
    post: (path, body, options) => write('POST', path, () => client.post(path, body, options)),
    put: (path, body, options) => write('PUT', path, () => client.put(path, body, options)),
    patch: (path, body, options) => write('PATCH', path, () => client.patch(path, body, options)),
    delete: (path, options) => write('DELETE', path, () => client.delete(path, options)),
  };
}

export function unwritable(cause: unknown): string {
  return `the journal cannot be written (${textOf(cause)}), so nothing was sent to Harbor`;
}

function failedResult(n: number, error: unknown): ResultEntry {
  const head = { type: 'result', n, at: timestamp(), ok: false } as const;
  const answer = harborErrorIn(error);
  if (!answer) return { ...head, error: textOf(error) };
  const { requestId, harborMessage } = answer.details;
  const told = harborMessage ?? answer.message;
  return { ...head, status: answer.status, ...(requestId ? { requestId } : {}), error: told };
}

export function timestamp(): string {
  return new Date().toISOString();
}
