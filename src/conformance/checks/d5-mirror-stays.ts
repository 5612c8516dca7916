import { bearerChallenge, header } from '../../oci';
import type { ProjectCheck, ProjectContext } from '../model/check';
import { evidence, failOn, type Outcome } from '../model/outcome';
import { askMirror, perMirror, type Mirror } from '../support/per-mirror';
import { problem } from '../model/problem';

/**
 * Own hosts are the mirror and Harbor. Anything else in a realm or a redirect would get the requests, and perhaps the
 * logins, of clients.
 */
export const check: ProjectCheck = {
  id: 'D5',
  title: 'The mirror does not send clients elsewhere',
  proves: 'The realm of the mirror’s challenge and its redirects of manifests stay on the mirror or on Harbor itself.',
  why: 'A realm on another host returns tokens for another project or none, and the client pulls from Docker Hub.',
  limits: 'Layers may be redirected to storage: B2 checks that.',
  upstreamCost: '1 HEAD by Harbor',
  phase: 'serving',
  scope: 'project',
  run: (context) => perMirror(context, (mirror) => look(context, mirror)),
};

async function look({ anonymous, wire }: ProjectContext, mirror: Mirror): Promise<Outcome> {
  const { client } = mirror;
  const own = [client.url.origin, anonymous.url.origin];
  const front = await client.plain({ method: 'GET', path: '/v2/' }, wire);
  const realm = bearerChallenge(front.headers['www-authenticate'])?.params['realm'];
  const strays = realm !== undefined && isElsewhere(realm, client.url, own);
  // A token is requested at the realm: if that is on another host, nothing more can be tested.
  const location = strays ? undefined : header(await askMirror(mirror, 'HEAD', wire), 'location');
  const problems = [
    ...(strays ? [`the challenge sends clients to ${realm}`] : []),
    ...(location !== undefined && isElsewhere(location, client.url, own) ? [`HEAD is redirected to ${location}`] : []),
  ];
  const target = strays ? realm : location;
  const kinds = problems.length > 0 ? [problem('mirror-elsewhere', client.url.host, target)] : [];
  return failOn(problems, 'clients stay', [evidence('realm', realm ?? 'none')], kinds);
}

function isElsewhere(target: string, base: URL, own: readonly string[]): boolean {
  return !URL.canParse(target, base.href) || !own.includes(new URL(target, base).origin);
}
