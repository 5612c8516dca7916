import { bearerChallenge, header, type PlainAnswer, type RegistryClient } from '../../oci';
import { describePlain, errorText } from '../answer-words';
import type { ProjectCheck, ProjectContext } from '../check';
import { evidence, failOn, skip, type Outcome } from '../outcome';

export const check: ProjectCheck = {
  id: 'W1',
  title: 'Nobody pushes into a proxy cache',
  proves: 'Starting an upload and putting a manifest are refused: 403 DENIED with push rights, 401 without.',
  why: 'Whoever can push into a proxy project decides what everybody pulls (goharbor/harbor#23681).',
  limits: 'Without a credential that may push it tests the role, not the proxy rule; the evidence tells which.',
  upstreamCost: 'none',
  writes: true,
  phase: 'front',
  scope: 'project',
  run,
};

/** Not an image anybody has, and a manifest that no registry accepts: a push that succeeds leaves nothing. */
const PROBE_REPOSITORY = 'breakwater/push-probe';
const PROBE_MANIFEST = '{"schemaVersion":2}';

async function run(context: ProjectContext): Promise<Outcome> {
  const { project, target, anonymous, wire } = context;
  if (!project.proxy) return skip('not a proxy cache project');
  const credential = project.pushCredential ?? target.apiCredential ?? project.pullCredential;
  const pusher = anonymous.as(credential);
  const name = `${project.name}/${PROBE_REPOSITORY}`;
  const authorization = await pushToken(pusher, name, wire);
  const upload = await pusher.plain(
    { method: 'POST', path: `/v2/${name}/blobs/uploads/`, headers: authorization },
    wire,
  );
  await cancel(pusher, upload, authorization, wire);
  const put = await pusher.plain(
    {
      method: 'PUT',
      path: `/v2/${name}/manifests/probe`,
      headers: { ...authorization, 'content-type': 'application/vnd.oci.image.manifest.v1+json' },
      body: PROBE_MANIFEST,
    },
    wire,
  );
  const problems = [...judge('starting an upload', upload), ...judge('putting a manifest', put)];
  const byRule = upload.status === 403 ? 'the proxy rule' : 'the role of the credential';
  return failOn(problems, `refused by ${byRule}: ${errorText(upload.body) ?? upload.status}`, [
    evidence('as', credential?.username ?? 'anonymous'),
    evidence('refused by', byRule),
  ]);
}

async function pushToken(
  pusher: RegistryClient,
  name: string,
  wire: ProjectContext['wire'],
): Promise<Record<string, string>> {
  const ping = await pusher.plain({ method: 'GET', path: '/v2/' }, wire);
  const challenge = bearerChallenge(ping.headers['www-authenticate']);
  const { token } = await pusher.token(challenge, `repository:${name}:pull,push`, wire);
  return token === '' ? {} : { authorization: `Bearer ${token}` };
}

function judge(what: string, answer: PlainAnswer): string[] {
  if (answer.status === 401 || answer.status === 403) return [];
  const accepted = answer.status < 300 ? 'was accepted' : 'was not refused';
  return [`${what} ${accepted}: ${describePlain(answer)}`];
}

/** An upload that was opened by mistake is closed again. */
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
