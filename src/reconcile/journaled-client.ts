import { compact } from '../compact';
import { ApplyError } from '../errors';
import type { Client, RequestOptions } from '../harbor/client';
import type { Change } from '../plan/plan';
import { harborErrorIn, isBusy, textOf } from './failure';
import type { AttemptEntry, Journal, ResultEntry } from './journal';
import type { Pace } from './pace';

/** Numbers the writes of the whole run. */
export interface Attempts {
  next(): number;
}

/** One for each run. The numbers connect an attempt with its result. */
export function countAttempts(): Attempts {
  let n = 0;
  return { next: () => ++n };
}

/** A client for one change. It counts what Harbor accepted, and journals each write before and after. */
export interface JournaledClient extends Client {
  /** Writes of this change that succeeded. */
  readonly accepted: number;
  /** Writes of this change, whatever their result. */
  readonly sent: number;
}

/** What all changes of a run share. */
export interface Ledger {
  readonly journal: Journal | undefined;
  readonly attempts: Attempts;
  readonly pace: Pace;
}

/**
 * `begun` is set from the second request on: a stopped run then finishes the change instead of leaving it in
 * part.
 *
 *     write ──► journal: attempt ──► fails: ApplyError, nothing is sent
 *                       │ on disk
 *                       ▼
 *                     send ──► response or error ──► journal: result, pace learns the time
 */
export function journaledClient(client: Client, change: Change, { journal, attempts, pace }: Ledger): JournaledClient {
  let accepted = 0;
  let sent = 0;
  const { address, action } = change;
  /** After its first write a change is completed. */
  const asPart = <O extends RequestOptions>(options: O | undefined): O | undefined =>
    sent === 0 ? options : { ...(options as O), begun: true };
  const write = async <T>(
    method: string,
    path: string,
    given: RequestOptions | undefined,
    send: (options: RequestOptions | undefined) => Promise<T>,
  ): Promise<T> => {
    const n = attempts.next();
    await begin(journal, { type: 'attempt', n, at: timestamp(), address, action, method, path });
    const record = recorder({ journal, pace }, `${method} ${change.kind}`);
    try {
      const options = asPart(given);
      sent += 1;
      const answer = await send(options);
      accepted += 1;
      record({ type: 'result', n, at: timestamp(), ok: true }, false);
      return answer;
    } catch (error) {
      record(failedResult(n, error), isBusy(error));
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
    get sent() {
      return sent;
    },
    get: (path, options) => client.get(path, asPart(options)),
    find: (path, options) => client.find(path, asPart(options)),
    exists: (path, options) => client.exists(path, asPart(options)),
    list: (path, options) => client.list(path, asPart(options)),
    post: (path, body, given) => write('POST', path, given, (options) => client.post(path, body, options)),
    put: (path, body, given) => write('PUT', path, given, (options) => client.put(path, body, options)),
    patch: (path, body, given) => write('PATCH', path, given, (options) => client.patch(path, body, options)),
    delete: (path, given) => write('DELETE', path, given, (options) => client.delete(path, options)),
  };
}

/** A write that is not recorded is not sent. @throws ApplyError */
async function begin(journal: Journal | undefined, attempt: AttemptEntry): Promise<void> {
  const { address } = attempt;
  await journal?.append(attempt).catch((cause: unknown) => {
    throw new ApplyError(`${address}: ${unwritable(cause)}`, address, { cause });
  });
}

/** Starts measuring. @param what writes with a common pace */
function recorder({ journal, pace }: Omit<Ledger, 'attempts'>, what: string) {
  const sentAt = performance.now();
  return (result: ResultEntry, busy: boolean): void => {
    pace.observe(what, performance.now() - sentAt, busy);
    // It is done by now: a result that cannot be recorded does not change that, and the next attempt is a line after it in
    // the same file.
    journal?.append(result, 'soon').catch(() => {});
  };
}

/** For the first line of a run and for each attempt. */
export function unwritable(cause: unknown): string {
  return `the journal cannot be written (${textOf(cause)}), so nothing was sent to Harbor`;
}

/** Without a status there was no answer of Harbor, and the request may have been carried out. */
function failedResult(n: number, error: unknown): ResultEntry {
  const head = { type: 'result', n, at: timestamp(), ok: false } as const;
  const answer = harborErrorIn(error);
  if (!answer) return { ...head, error: textOf(error) };
  const { requestId, harborMessage } = answer.details;
  const told = harborMessage ?? answer.message;
  return compact({ ...head, status: answer.status, requestId: requestId || undefined, error: told });
}

/** In UTC, so that journals of several machines can be compared. */
export function timestamp(): string {
  return new Date().toISOString();
}
