import type { CheckResult } from '../../../../src/conformance';
import { DOCKER_MANIFEST } from '../../../../src/oci/media-type';
import { Front, type Intercept } from '../../../verdicts/front';
import { openStage, type Stage } from '../scenarios/stage';

// A tag that moves between two requests of a check makes them differ, and nobody is to blame.
let stage: Stage;
let front: Front;
afterEach(() => Promise.all([stage.close(), front.close()]));

/** The tag moves before the first request that fits is passed on. */
async function whileMoving(id: string, isMoment: (method: string, url: string) => boolean): Promise<CheckResult> {
  stage = await openStage();
  front = await Front.start();
  front.target = stage.sandbox.url;
  let isMoved = false;
  const move: Intercept = ({ method = '', url = '' }) => {
    if (!isMoved && isMoment(method, url)) {
      isMoved = true;
      stage.upstream.put('library/single', '1', 'b');
    }
    return false;
  };
  front.intercept = move;
  const mirror = await Front.start();
  mirror.target = front;
  mirror.path = (url) =>
    url.startsWith('/service/token')
      ? '/service/token?service=harbor-registry&scope=repository:proxy/library/single:pull'
      : url.replace(/^\/v2\/(.+)$/, '/v2/proxy/$1');
  const [project] = stage.target.projects;
  const origin = { url: stage.upstream.url };
  const mirrors = [{ url: mirror.url, serves: 'docker.io' }];
  const projects = [{ ...project!, origin, mirrors }];
  try {
    const result = await stage.play(id, { ...stage.target, harborUrl: front.url, projects });
    expect(isMoved).toBe(true);
    return result;
  } finally {
    await mirror.close();
  }
}

it('M4: between two clients', async () => {
  const result = await whileMoving('M4', (method, url) => method === 'GET' && url.endsWith('/manifests/1'));
  expect(result).toMatchObject({ status: 'pass', message: 'one digest for 6 clients' });
});

it.each(['D2', 'D6'])('%s: between a request without ?ns= and one with it', async (id) => {
  const result = await whileMoving(id, (_method, url) => url.includes('?ns='));
  expect(result.status).toBe('pass');
});

it('M6: between the request to Harbor and that to the upstream', async () => {
  stage = await openStage();
  front = await Front.start();
  front.target = stage.upstream.url;
  let asked = 0;
  // The upstream still had the former image when this machine asked: first for a limit of pulls, then for the digest.
  front.intercept = (incoming, response) => {
    if (!(incoming.url ?? '').endsWith('/manifests/1') || ++asked !== 2) return false;
    const headers = { 'docker-content-digest': `sha256:${'a'.repeat(64)}`, 'content-type': DOCKER_MANIFEST };
    response.writeHead(200, headers).end();
    return true;
  };
  const [project] = stage.target.projects;
  const projects = [{ ...project!, origin: { url: front.url } }];
  expect(await stage.play('M6', { ...stage.target, projects })).toMatchObject({ status: 'pass' });
});
