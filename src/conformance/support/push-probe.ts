import { bearerChallenge, header, type Credential, type PlainAnswer, type RegistryClient } from '../../oci';
import { describePlain, errorCode } from '../answer-words';
import type { ProjectContext } from '../model/check';
import { skip, type Outcome } from '../model/outcome';
import type { WriteProbe } from '../model/target';
import { problem, type Problem } from '../model/problem';

/** A repository that does not exist; write tests use only this name, so that real images are never touched. */
export const PROBE_REPOSITORY = 'breakwater/push-probe';

/** No registry accepts it as an image: a push that is accepted leaves nothing. */
const PROBE_MANIFEST = '{"schemaVersion":2}';

/** Both ways to push are tried, because a proxy in front may block only one of them. */
export interface PushAnswers {
  readonly upload: PlainAnswer;
  readonly put: PlainAnswer;
}

/** No write is attempted unless a robot is declared for it. */
export async function needsWriteProbe(
  { project }: ProjectContext,
  probe: (as: WriteProbe) => Promise<Outcome>,
): Promise<Outcome> {
  if (!project.proxy) return skip('not a proxy cache project');
  return project.writeProbe ? probe(project.writeProbe) : skip('no write_probe is declared for this project');
}

/** Starts an upload and puts a manifest with that robot. An accepted upload is cancelled. */
export async function probePush(
  { project, anonymous, wire }: ProjectContext,
  credential: Credential,
): Promise<PushAnswers> {
  const pusher = anonymous.as(credential);
  const name = `${project.name}/${PROBE_REPOSITORY}`;
  const authorization = await tokenFor(pusher, `repository:${name}:pull,push`, wire);
  const upload = await pusher.plain(
    { method: 'POST', path: `/v2/${name}/blobs/uploads/`, headers: authorization },
    wire,
  );
  await cancel(pusher, upload, authorization, wire);
  const type = { 'content-type': 'application/vnd.oci.image.manifest.v1+json' };
  const put = await pusher.plain(
    {
      method: 'PUT',
      path: `/v2/${name}/manifests/probe`,
      headers: { ...authorization, ...type },
      body: PROBE_MANIFEST,
    },
    wire,
  );
  return { upload, put };
}

/** Which parts were accepted, or refused for another reason than the robot. */
export function pushProblems({ upload, put }: PushAnswers): string[] {
  return [...judge('starting an upload', upload), ...judge('putting a manifest', put)];
}

/** An accepted push, for programs. */
export function acceptedPush({ upload, put }: PushAnswers, { username }: Credential): Problem[] {
  return [upload, put].some(isAccepted) ? [problem('push-accepted', username)] : [];
}

/** The first response that neither accepts nor refuses: a limit, a failure, or a page or a redirect of a proxy. */
export function unjudged({ upload, put }: PushAnswers): PlainAnswer | undefined {
  return [upload, put].find((answer) => !isAccepted(answer) && !isRefused(answer) && !isPastPermissions(answer));
}

/** The Authorization header for that scope; undefined if the token service returns no token. */
export async function tokenFor(
  client: RegistryClient,
  scope: string,
  wire: ProjectContext['wire'],
): Promise<Record<string, string>> {
  const ping = await client.plain({ method: 'GET', path: '/v2/' }, wire);
  const challenge = bearerChallenge(ping.headers['www-authenticate']);
  const { token } = await client.token(challenge, scope, wire);
  return token === '' ? {} : { authorization: `Bearer ${token}` };
}

/**
 *      202 for an upload, 201 for a manifest         accepted
 *      401, 403                                      refused
 *      another 4xx in the form of a registry         not refused: the request went past the check of permissions
 *      429, 5xx, pages, redirects                    nothing is known
 */
function judge(what: string, answer: PlainAnswer): string[] {
  if (isAccepted(answer)) return [`${what} was accepted: ${describePlain(answer)}`];
  return isPastPermissions(answer) ? [`${what} was not refused: ${describePlain(answer)}`] : [];
}

/** A page with 200 accepts nothing. */
function isAccepted({ status }: PlainAnswer): boolean {
  return status === 201 || status === 202;
}

function isRefused({ status }: PlainAnswer): boolean {
  return status === 401 || status === 403;
}

function isPastPermissions(answer: PlainAnswer): boolean {
  const { status, body } = answer;
  return status >= 400 && status < 500 && status !== 429 && !isRefused(answer) && errorCode(body) !== undefined;
}

/**
 * An upload that stays open occupies the registry's disk until its purge. Only at the same host: the Location comes
 * from a server.
 */
async function cancel(
  pusher: RegistryClient,
  upload: PlainAnswer,
  headers: Record<string, string>,
  wire: ProjectContext['wire'],
): Promise<void> {
  const location = header(upload, 'location');
  if (upload.status !== 202 || location === undefined || !URL.canParse(location, pusher.url.href)) return;
  const { origin, pathname, search } = new URL(location, pusher.url);
  if (origin === pusher.url.origin) await pusher.plain({ method: 'DELETE', path: pathname + search, headers }, wire);
}
