import { basicAuthorization, type PlainAnswer, type PlainRequest, type WireOptions } from '../../oci';
import type { CheckContext, PullContext } from '../model/context';

/** What a question to Harbor's API takes. */
export type Asking = Pick<CheckContext, 'target' | 'anonymous'> & Partial<Pick<PullContext, 'project'>>;

/** The same, where a project is asked about. */
export type AskingProject = Pick<PullContext, 'target' | 'anonymous' | 'project'>;

/** As `getApi`, for what is not read. */
export async function askApi(context: Asking, wire: WireOptions, request: PlainRequest): Promise<PlainAnswer> {
  const credential = context.target.apiCredential ?? context.project?.pullCredential;
  const authorization = credential ? { authorization: await basicAuthorization(credential) } : {};
  const type: Record<string, string> = request.body === undefined ? {} : { 'content-type': 'application/json' };
  return context.anonymous.plain({ ...request, headers: { ...type, ...authorization } }, wire);
}

/** As the API credential, else as the project's own, else anonymously: a public project shows its artifacts to all. */
export async function getApi(context: Asking, path: string, wire: WireOptions): Promise<PlainAnswer> {
  return askApi(context, wire, { method: 'GET', path });
}

/** The JSON of an answer; undefined where it is none. */
export function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}
