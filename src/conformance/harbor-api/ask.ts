import { basicAuthorization, type PlainAnswer, type PlainRequest, type WireOptions } from '../../oci';
import { describePlain, errorCode, isFailureOfCore, isPassing } from '../answer-words';
import { error, type Outcome } from '../model/outcome';
import { problem, type Problem } from '../model/problem';
import type { CheckContext, PullContext } from '../model/context';

/** What a request to Harbor's API needs. */
export type Asking = Pick<CheckContext, 'target' | 'anonymous'> & Partial<Pick<PullContext, 'project'>> & Noting;

/** The same for a request about a project. */
export type AskingProject = Pick<PullContext, 'target' | 'anonymous' | 'project'> & Noting;

/** For callers to whom it matters why something could not be read: not for lack of a permission. */
interface Noting {
  readonly noteUnread?: (unread: Unread) => void;
}

/** A response that is not Harbor's, or a failure of Harbor. */
export interface Unread {
  /** `GET /api/… returned 502 [bw-1]` */
  readonly words: string;
  readonly problem: Problem;
}

/** The outcome of a check that could not read something for another reason than a permission. */
export function unreadOutcome(unknown: string, { words, problem: one }: Unread): Outcome {
  return error(`${unknown}: ${words}`, [one]);
}

/** Like `getApi`, for responses that are not parsed. */
export async function askApi(context: Asking, wire: WireOptions, request: PlainRequest): Promise<PlainAnswer> {
  const credential = context.target.apiCredential ?? context.project?.pullCredential;
  const authorization = credential ? { authorization: await basicAuthorization(credential) } : {};
  const type: Record<string, string> = request.body === undefined ? {} : { 'content-type': 'application/json' };
  return context.anonymous.plain({ ...request, headers: { ...type, ...authorization } }, wire);
}

/**
 * With the API credential, else the project's own, else anonymously: a public project shows its artifacts to everyone.
 */
export async function getApi(context: Asking, path: string, wire: WireOptions): Promise<PlainAnswer> {
  const answer = await askApi(context, wire, { method: 'GET', path });
  if (!isRead(answer)) {
    const { status, body } = answer;
    const who = isFailureOfCore(status, body) ? 'Harbor' : 'front door';
    const words = `GET ${path} returned ${describePlain(answer)}`;
    context.noteUnread?.({ words, problem: problem('api-answer', who, String(status)) });
  }
  return answer;
}

/**
 *      response                                   tells what was asked
 *      200 with JSON, or with nothing             yes
 *      4xx in the form of a registry's error      yes: a refusal, or no such thing
 *      429, 5xx, a page, a redirect, other JSON   no; or it says nothing about what was asked
 */
function isRead({ status, body }: PlainAnswer): boolean {
  if (status === 200) return body.length === 0 || parse(body) !== undefined;
  return status >= 400 && !isPassing(status) && errorCode(body) !== undefined;
}

/** The JSON of a response; undefined if it is not JSON. */
export function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}
