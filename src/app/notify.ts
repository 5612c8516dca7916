import { compact } from '../compact';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { mergeReports, noticeBody, noticeOf, type Notice, type NoticeShape, type Report } from '../conformance';
import { NetworkError, UsageError } from '../errors';
import type { AppContext } from './context';
import { readReport } from './read-report';
import { createDispatcher } from '../http/dispatcher';
import { requestOnce, type PlainHttpAnswer } from '../http/request-once';
import { retried, type RetryPolicy } from '../http/retry';
import { makeDirectory } from '../make-directory';
import { printable } from '../outside/printable';

/** One notice to one webhook. */
export interface NotifyOptions {
  /** The URL, which is a secret itself. */
  readonly to: string;
  readonly shape: NoticeShape;
  /** Also if nothing changed since the last notice. */
  readonly always: boolean;
  /** File that stores the last notice. */
  readonly state: string;
  /** URL of the full report. */
  readonly link?: string;
  readonly signal?: AbortSignal;
}

/** `unchanged`: nothing was sent, which is a success. */
export type NotifyResult = 'sent' | 'unchanged';

const RETRY: RetryPolicy = {
  tries: 4,
  baseDelayMs: 2_000,
  maxDelayMs: 30_000,
  maxRetryAfterMs: 30_000,
  beyond: 'wait',
};

/** As written on the command line: the URL may come from the environment. */
export interface NotifyFromOptions extends Partial<Pick<NotifyOptions, 'to' | 'link'>> {
  readonly shape: NoticeShape;
  readonly always: boolean;
  readonly state: string;
}

/** The use case behind `report notify`. @param paths of reports, as `report merge` takes them. @throws UsageError, NetworkError */
export async function notifyOf(
  { env, secrets, signal }: AppContext,
  paths: readonly string[],
  { to = env['BREAKWATER_NOTIFY_URL'], shape, always, state, link }: NotifyFromOptions,
): Promise<NotifyResult> {
  if (to === undefined || to === '')
    throw new UsageError('no webhook is given', 'pass --to URL or set BREAKWATER_NOTIFY_URL');
  // Anyone who has the URL can post.
  secrets.remember(to);
  const report = mergeReports(await Promise.all(paths.map(readReport)));
  return notify(report, compact<NotifyOptions>({ to, shape, always, state, signal, link }));
}

/**
 * Notifies a webhook about a run, once for every change. The state is written after the webhook accepted it: a lost
 * notice is sent the next time.
 * @throws UsageError, NetworkError
 *     last notice    this run    sent            state written
 *     none           passed      with `always`   yes
 *     none           failed      yes             yes
 *     the same       any         with `always`   with `always`
 *     another one    any         yes             yes
 */
export async function notify(report: Report, options: NotifyOptions): Promise<NotifyResult> {
  const notice = noticeOf(report);
  const last = await readState(options.state);
  // The first run is not reported if it passed: there was no change.
  const isNews = last === undefined ? notice.state !== 'pass' : last !== notice.fingerprint;
  if (isNews || options.always) await send(notice, options);
  if (isNews || options.always || last === undefined) await writeState(options.state, notice);
  return isNews || options.always ? 'sent' : 'unchanged';
}

/** A damaged file is like none: the notice is then sent once too often, which is better than not at all. */
async function readState(path: string): Promise<string | undefined> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  try {
    const { fingerprint } = JSON.parse(text ?? '') as { fingerprint?: unknown };
    return typeof fingerprint === 'string' ? fingerprint : undefined;
  } catch {
    return undefined;
  }
}

/** Written beside and renamed: a killed run leaves the old state or the new one. */
async function writeState(path: string, { fingerprint, state, startedAt }: Notice): Promise<void> {
  try {
    await makeDirectory(dirname(path));
    const beside = `${path}.tmp`;
    await writeFile(beside, `${JSON.stringify({ schemaVersion: 1, state, fingerprint, startedAt })}\n`);
    await rename(beside, path);
  } catch (error) {
    throw new UsageError(`the state file ${path} cannot be written: ${(error as Error).message}`);
  }
}

/**
 * The path of a webhook is its password: messages name only its host.
 * @throws UsageError, NetworkError
 */
async function send(notice: Notice, { to, shape, link, signal }: NotifyOptions): Promise<void> {
  const url = webhookOf(to);
  const request = {
    ...{ method: 'POST' as const, url, signal },
    headers: { 'content-type': 'application/json' },
    body: noticeBody(notice, shape, link),
    // A notice that was taken must not be sent again because its response is long or breaks.
    beginningBytes: BEGINNING_BYTES,
  };
  const dispatcher = createDispatcher({});
  try {
    const { outcome } = await retried(
      async () => {
        const answer = await requestOnce(dispatcher, request, 0).catch((error: unknown) =>
          error instanceof NetworkError ? error : Promise.reject(error as Error),
        );
        return failureOf(answer, url);
      },
      {
        policy: RETRY,
        judge: (failure) => (failure?.isWorthAgain && !signal?.aborted ? failure : undefined),
        leftMs: () => Infinity,
        pause: (ms) => sleep(ms, true, { signal }),
      },
    );
    if (outcome) throw outcome.error;
  } finally {
    await dispatcher.destroy();
  }
}

function webhookOf(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && ['http:', 'https:'].includes(url.protocol)) return url;
  throw new UsageError('the webhook is not a URL', 'pass --to https://… or set BREAKWATER_NOTIFY_URL');
}

interface Failure {
  readonly error: NetworkError;
  readonly isWorthAgain: boolean;
  readonly retryAfter?: string;
}

/** The URL of a webhook is a secret of its own, so the message has only the host. */
function failureOf(answer: PlainHttpAnswer | NetworkError, { host, origin }: URL): Failure | undefined {
  const what = `the webhook at ${host}`;
  if (answer instanceof NetworkError) {
    const words = answer.message.replace(/^.*?: /, '').replace(/https?:\/\/\S+/g, host);
    return { error: new NetworkError(`${what}: ${words}`, answer.code, origin, answer.hint), isWorthAgain: true };
  }
  const { status, headers } = answer;
  const isTaken = status >= 200 && status < 300;
  const objection = isTaken ? objectionIn(answer.body.toString('utf8')) : '';
  if (objection === undefined) return undefined;
  const error = new NetworkError(
    `${what} returned ${status}${objection}`,
    'NETWORK_OTHER',
    origin,
    'check the URL and its --as',
  );
  const [retryAfter] = [headers['retry-after']].flat();
  const isBusy = isTaken ? /HTTP error (?:429|5\d\d)/.test(objection) : status === 429 || status >= 500;
  return compact<Failure>({ error, isWorthAgain: isBusy, retryAfter });
}

const BEGINNING_BYTES = 4_096;
const PAGE = /^\s*(?:<!--[^]*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b/i;

/**
 * Why a success is no receipt. Receivers answer with anything: Slack with `ok`, declared as HTML, Teams with `1` or
 * nothing. But a page is that of a login or a proxy, Teams wraps its errors in a 200, and APIs of chats say `"ok": false`.
 */
function objectionIn(text: string): string | undefined {
  if (PAGE.test(text)) return ' with an HTML page: a login page or a proxy responds at this address';
  if (text.startsWith('Webhook message delivery failed')) return `: ${printable(text, 200)}`;
  const denied = /^\s*\{(?:[^{}]*,)?\s*"(ok|success)"\s*:\s*false\b/.exec(text)?.[1];
  return denied === undefined ? undefined : ` with "${denied}": false: ${printable(text, 200)}`;
}
