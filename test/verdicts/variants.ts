import { makeCertificate } from './certificates';
import { Front } from './front';
import { ill, isManifestOf, noArtifacts, one, throughFronts, type Fault } from './injections';
import {
  atFront,
  atGate,
  bare,
  errors,
  isPull,
  pages,
  reset,
  upstreamAnswers,
  where,
  type Intercept,
} from './intercepts';
import type { World } from './world';

const isToken = (url: string): boolean => url.startsWith('/service/token');
const later =
  (ms: number, intercept: Intercept): Intercept =>
  (incoming, response) => {
    setTimeout(() => intercept(incoming, response), ms);
    return true;
  };
const unresolved = (world: World): void => {
  for (const { name } of world.target.projects) world.redeclare(name, { origin: { url: `http://${name}.invalid` } });
};

const OF_UPSTREAM: Readonly<Record<string, Fault>> = {
  'upstream returns pages with 503': upstreamAnswers(
    pages(503),
    one('upstream-broken', 'outage', /status page/, 'open'),
  ),
  'upstream returns 502 without a body': upstreamAnswers(
    bare(502),
    one('upstream-broken', 'outage', /status page/, 'open'),
  ),
  'upstream returns 500 after three seconds': upstreamAnswers(
    later(3_000, errors(500, 'UNKNOWN')),
    one('upstream-broken', 'outage', /status page/, 'open'),
  ),
  'URL of the registry is a web site': upstreamAnswers(
    pages(404),
    one('not-a-registry', 'outage', /url: of the registry/, 'open'),
  ),
  'upstream refuses by a page': upstreamAnswers(
    pages(403),
    one('upstream-broken', 'outage', /proxy in front of the upstream/, 'open'),
  ),
  'upstream limits pulls by a page': upstreamAnswers(
    pages(429),
    one('upstream-limit', 'outage', /account that may pull more/, 'open'),
  ),
  'upstream redirects in a circle': upstreamAnswers(
    bare(301, { location: '/v2/' }),
    one('upstream-unreachable', 'outage', /login page/, 'open'),
  ),
  'upstream refuses without a challenge': upstreamAnswers(
    errors(401, 'UNAUTHORIZED'),
    one('upstream-wants-login', 'outage', /declare credential/, 'open'),
  ),
  'upstream has no manifests any more': upstreamAnswers(
    where(isPull, errors(404, 'MANIFEST_UNKNOWN')),
    one('image-removed', 'proof', /declare another image/, 'open'),
  ),
};

const ON_THE_SIDE_OF_HARBOR: Readonly<Record<string, Fault>> = {
  'a proxy beside Harbor wants a login': atGate(bare(407), one('upstream-blocked', 'outage', /proxy settings/, 'open')),
  'a proxy beside Harbor returns 502': atGate(pages(502), one('upstream-blocked', 'outage', /proxy settings/, 'open')),
  'a proxy beside Harbor returns 404': atGate(pages(404), one('upstream-blocked', 'outage', /proxy settings/, 'open')),
  'a captive portal beside Harbor': atGate(pages(200), one('served-here-only', 'outage', /Harbor's network/, 'open')),
  'a firewall beside Harbor resets connections': atGate(
    reset,
    one('upstream-blocked', 'outage', /proxy settings/, 'open'),
  ),
  'upstream refuses Harbor alone': atGate(
    errors(401, 'UNAUTHORIZED'),
    one('served-here-only', 'outage', /--prove-secrets/, 'open'),
  ),
  'pulls of Harbor alone end with 503': atGate(
    where(isPull, later(1_000, errors(503, 'UNAVAILABLE'))),
    one('served-here-only', 'outage', /Harbor's network/, 'open'),
  ),
};

const AT_THE_FRONT: Readonly<Record<string, Fault>> = {
  'Harbor is down, in JSON': atFront(
    () => errors(503, 'UNAVAILABLE'),
    one('harbor-unavailable', 'outage', /health --wait/, 'open', 'closed'),
  ),
  'the front gives up on pulls': atFront(() => where(isPull, bare(504)), one('front-error', 'outage', /timeout/)),
  'the front loses pulls of one project': atFront(
    () => where((url) => isManifestOf(url, 'open'), pages(502)),
    one('front-error', 'outage', /its log/, 'open'),
  ),
  'the front limits pulls': atFront(
    () => where(isPull, pages(429)),
    one('front-limit-of-pulls', 'outage', /rate limit/),
  ),
  'the front limits everything': atFront(() => pages(429), one('front-limit', 'outage', /rate limit/)),
  'a firewall in front refuses token requests': atFront(
    () => where(isToken, pages(403)),
    one('no-token', 'outage', /firewall/),
  ),
  'the portal answers token requests': atFront(
    () => where(isToken, pages(200)),
    one('no-token', 'outage', /\/service\//),
  ),
  'token requests lead nowhere': atFront(() => where(isToken, pages(404)), one('no-token', 'outage', /\/service\//)),
  'the token service fails': atFront(
    () => where(isToken, errors(500, 'UNKNOWN')),
    one('token-service', 'outage', /log of core/),
  ),
  'the front does not know /v2/': atFront(
    () => where((url) => url.startsWith('/v2/'), pages(404)),
    one('not-routed', 'outage', /routes/),
  ),
  'the front knows nothing': atFront(() => pages(404), one('not-routed', 'outage', /routes/)),
  'the front wants a login of its own': atFront(
    () => bare(401, { 'www-authenticate': 'Basic realm="front"' }),
    one('front-login', 'outage', /turn its login off/),
  ),
  'the front redirects to a login': atFront(
    () => bare(302, { location: '/account/sign-in' }),
    one('redirect-loop', 'outage', /proxy in front/),
  ),
  'pages in the place of layers': atFront(
    () => where((url) => url.includes('/blobs/'), pages(200)),
    one('page', 'outage', /routes/),
  ),
  'the front drops logins': {
    arrange: ({ front }) => {
      front.intercept = (incoming) => {
        delete incoming.headers.authorization;
        return false;
      };
    },
    causes: one('every-login-refused', 'outage', /Authorization/),
  },
  'no route to the API': atFront(
    () => where((url) => url.startsWith('/api/'), pages(404)),
    one('api-at-front', 'soon', /routes/),
  ),
  'the API of Harbor fails': atFront(
    () => where((url) => /^\/api\/v2\.0\/projects\//.test(url), errors(500, 'UNKNOWN')),
    one('api-error', 'soon', /health/),
  ),
  'the API is limited': atFront(
    () => where((url) => /^\/api\/v2\.0\/projects\//.test(url), pages(429)),
    one('api-at-front', 'soon', /rate limit for \/api\//),
  ),
};

const OURS: Readonly<Record<string, Fault>> = {
  'DNS of this machine is dead': {
    arrange: (world) => {
      world.target = { ...world.target, harborUrl: 'http://harbor.invalid' };
      unresolved(world);
    },
    causes: one('own-dns', 'outage', /DNS server of this machine/),
  },
  'this machine resolves no upstream': { arrange: unresolved, causes: [] },
  'this machine may reach Harbor alone': {
    arrange: (world) => throughFronts(world, (front) => void front.close()),
    causes: [],
  },
  'the scanner of Harbor is down': atFront(() => (incoming, response) => ill(incoming.url, response, 'trivy'), []),
  'registryctl of Harbor is down': {
    options: () => ({ stores: true }),
    arrange: ({ front }) => {
      front.intercept = (incoming, response) =>
        noArtifacts(incoming, response) || ill(incoming.url, response, 'registryctl');
    },
    causes: one('component-down', 'outage', /health/),
  },
  'the API of artifacts fails': {
    options: () => ({ stores: true }),
    arrange: ({ front }) => void (front.intercept = where((url) => url.includes('/artifacts'), pages(500))),
    causes: [],
  },
  'certificate of the mirror domain expired': {
    arrange: async (world) => {
      const mirror = await Front.start(await makeCertificate({ days: 0 }));
      world.closing.push(() => mirror.close());
      mirror.target = world.front;
      world.redeclare('open', { mirrors: [{ url: mirror.url, serves: 'docker.io' }] });
    },
    causes: one('mirror-unreachable', 'outage', /certificate/, 'open'),
  },
};

/** As others would inject them: other statuses, other bodies, slow in place of dead, half of it, on one side alone. */
export const VARIANTS: Readonly<Record<string, Fault>> = {
  ...OF_UPSTREAM,
  ...ON_THE_SIDE_OF_HARBOR,
  ...AT_THE_FRONT,
  ...OURS,
};
