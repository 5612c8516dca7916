import type { IncomingMessage } from 'node:http';
import type { CheckResult } from '../../../../src/conformance';
import { Front } from '../../../verdicts/front';
import { openStage, type Stage } from '../scenarios/stage';

// What the shield writes into the header of a limit or a failure shows nothing of its cache.
let stage: Stage;
let mirror: Front;
afterEach(() => Promise.all([stage.close(), mirror.close()]));

/** D7 at a mirror that answers from its cache, and some requests with a failure. */
async function d7(isBroken: (incoming: IncomingMessage) => boolean, state: string): Promise<CheckResult> {
  stage = await openStage();
  mirror = await Front.start();
  mirror.target = stage.sandbox.url;
  mirror.path = (url) =>
    url.startsWith('/service/token')
      ? '/service/token?service=harbor-registry&scope=repository:proxy/library/single:pull'
      : url.replace(/^\/v2\/(.+)$/, '/v2/proxy/$1');
  mirror.intercept = (incoming, response) => {
    if (!isBroken(incoming)) return false;
    response.writeHead(503, { 'x-breakwater-shield': state }).end();
    return true;
  };
  mirror.rewrite = ({ url = '', headers: asked }, { status, headers }) => {
    const isPrivate = String(asked.authorization).includes('broken.by.breakwater');
    if (status === 401 || url.includes('no-such-tag')) return;
    headers['x-breakwater-shield'] = isPrivate ? 'bypass' : 'memory';
  };
  const [project] = stage.target.projects;
  const mirrors = [{ url: mirror.url, serves: 'docker.io', shield: { revalidateMs: 1_000, retryMs: 1_000 } }];
  return stage.play('D7', { ...stage.target, projects: [{ ...project!, mirrors }] });
}

it('D7 passes at a mirror that does it right', async () => {
  expect(await d7(() => false, '')).toMatchObject({ status: 'pass' });
});

it.each<[string, (incoming: IncomingMessage) => boolean, string, RegExp]>([
  [
    'a private request',
    ({ headers }) => String(headers.authorization).includes('broken.by.breakwater'),
    'memory',
    /^whether the cache shares private or missing content is not known: 503/,
  ],
  [
    'a missing tag',
    ({ url = '' }) => url.includes('no-such-tag'),
    'memory',
    /^whether the cache shares private or missing content is not known: 503/,
  ],
  ['a tag', ({ method }) => method === 'HEAD', 'fetched', /^whether the tag is cached is not known: 503/],
])('D7: a failure for %s', async (_what, isBroken, state, words) => {
  expect(await d7(isBroken, state)).toMatchObject({ status: 'error', message: expect.stringMatching(words) });
});
