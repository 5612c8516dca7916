import { isManifestOf, one, page, type Expected, type Fault } from './injections';
import { atFront, bare, errors, isBlob, isManifest, isPull, pages, upstreamAnswers, where } from './intercepts';
import type { Intercept } from './intercepts';
import { throughFronts } from './injections';
import type { World } from './world';

const HTML = { 'content-type': 'text/html' };
const isToken = (url: string): boolean => url.startsWith('/service/token');
const isLogin = (url: string): boolean => isToken(url) && !url.includes('scope=');

/** Of these requests only the first is answered so, with all that repeat it at once. */
function forAMoment(intercept: Intercept, times: number): Intercept {
  let left = times;
  return (incoming, response) => left-- > 0 && intercept(incoming, response);
}

const withToken =
  (intercept: Intercept): Intercept =>
  (incoming, response) =>
    (incoming.headers.authorization ?? '').startsWith('Bearer ey') && intercept(incoming, response);

/** This machine reaches the upstream of the public project through a proxy that answers so; Harbor does not. */
const firewall = (intercept: Intercept, world: World): Promise<void> =>
  throughFronts(world, (front) => void (front.intercept = intercept));

const nothing: readonly Expected[] = [];

/** Answers that are not about the question: they must not be read as evidence for a cause. */
export const FOREIGN: Readonly<Record<string, Fault>> = {
  'a proxy has a login page of its own at the token service': atFront(
    () => where(isToken, pages(401)),
    one('no-token', 'outage', /correct the proxy/),
  ),
  'a proxy has a login page of its own for logins alone': atFront(
    () => where(isLogin, pages(401)),
    one('no-token', 'outage', /correct the proxy/, 'closed'),
  ),
  'the token service fails without a body': atFront(
    () => where(isToken, bare(500)),
    one('token-service', 'outage', /log of core/),
  ),
  'a proxy limits tokens': atFront(() => where(isToken, pages(429)), one('no-token', 'outage', /rate limit/)),
  'a proxy answers the test of a registry': {
    arrange: ({ gate, front }) => {
      gate.intercept = where(isPull, errors(500, 'UNKNOWN'));
      front.intercept = where((url) => url.endsWith('/registries/ping'), pages(400));
    },
    causes: one('served-here-only', 'outage', /stored secret/, 'open'),
  },
  'a proxy answers for a registry with a page': atFront(
    () => where((url) => /\/registries\/\d+$/.test(url), pages(200)),
    one('api-at-front', 'soon', /routes/),
  ),
  'a proxy wants a login of its own for the API': {
    arrange: (world) => {
      const { robots } = world.sandbox.store;
      for (const name of ['clusters', 'closed+puller']) robots.update(world.robotId(name), { disabled: true });
      world.front.intercept = where((url) => url.startsWith('/api/v2.0/registries?'), pages(401));
    },
    causes: one('robot-disabled', 'outage', /enable it/, 'closed'),
  },
  'a firewall between this machine and the upstream': {
    options: () => ({ login: 'bot:secret' }),
    arrange: async (world) => {
      world.gate.intercept = where(isPull, errors(500, 'UNKNOWN'));
      await firewall(where(isPull, pages(403)), world);
    },
    causes: one('upstream-broken', 'outage', /proxy in front of the upstream/, 'open'),
  },
  'the url of the upstream is a web server': upstreamAnswers(
    bare(404, { 'content-type': 'text/plain' }, '404 page not found'),
    one('not-a-registry', 'outage', /correct url:/, 'open'),
  ),
  'a proxy returns 412 to pulls': atFront(
    () => where(isManifest, withToken(pages(412))),
    one('front-error', 'outage', /read its log/),
  ),
  'a proxy forbids pulls with a page': atFront(
    () => where(isManifest, withToken(pages(403))),
    one('front-error', 'outage', /read its log/),
  ),
  // The first requests alone: whose limit it was is not known any more.
  'a proxy limits pulls for a moment': atFront(() => {
    const limit = forAMoment(pages(429), 6);
    return (incoming, response) =>
      incoming.method === 'HEAD' && isManifestOf(incoming.url, 'open') && limit(incoming, response);
  }, nothing),
  'a proxy compresses layers': atFront(
    () => where(isBlob, withToken(bare(200, { 'content-encoding': 'gzip' }, 'compressed'))),
    [
      ...one('front-door-changes-answers', 'outage', /compression/),
      ...one('ranges-not-served', 'soon', /pass on Range/),
    ],
  ),
  'a proxy has a page in place of challenges': atFront(
    () => (incoming, response) =>
      isManifest(incoming.url ?? '') && incoming.headers.authorization === undefined ? page(response) : false,
    [
      ...one('page', 'outage', /routes/),
      ...one('front-page', 'outage', /routes/),
      ...one('error-pages', 'soon', /custom error pages/),
    ],
  ),
  'a firewall in front of a mirror domain': {
    options: () => ({ mirror: true }),
    arrange: ({ mirror }) => void (mirror.intercept = bare(403, HTML, '<html>')),
    causes: one('mirror-broken', 'outage', /log of its proxy/, 'open'),
  },
};
