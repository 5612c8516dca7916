import { basicAuthorization, type PlainAnswer, type PlainRequest, type WireOptions } from '../../oci';
import type { CheckContext, PullContext } from '../model/context';

/** What a request to Harbor's API needs. */
export type Asking = Pick<CheckContext, 'target' | 'anonymous'> & Partial<Pick<PullContext, 'project'>>;

/** The same for a request about a project. */
export type AskingProject = Pick<PullContext, 'target' | 'anonymous' | 'project'>;

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
  return askApi(context, wire, { method: 'GET', path });
}

/** The JSON of a response; undefined if it is not JSON. */
export function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}
