import type { ServerResponse } from 'node:http';
import { SecretError } from '../../src/errors';
import type { VulnerabilityTarget } from '../../src/conformance';
import { image } from '../../src/upstream';
import { publishVersion } from '../../src/canary';
import { frontDoorCertificate } from './certificates';
import { Front } from './front';
import {
  DAY_S,
  ill,
  isManifestOf,
  json,
  noArtifacts,
  nowS,
  one,
  page,
  permit,
  realm,
  refuse,
  rotated,
  throughFronts,
  VULNERABLE,
  type Expected,
  type Fault,
} from './injections';
import { FOREIGN } from './foreign';
import { FURTHER, FURTHER_COMBINED } from './further';
import { MORE, MORE_COMBINED } from './more';
import { VARIANTS } from './variants';

export type { Expected, Fault } from './injections';

const FAULTS: Readonly<Record<string, Fault>> = {
  // The upstream.
  'upstream refuses connections': {
    arrange: ({ upstream }) => upstream.stop(),
    causes: one('upstream-unreachable', 'outage', /check that it runs/, 'open'),
  },
  'upstream resets connections': {
    arrange: ({ upstream }) => upstream.setMode('reset'),
    causes: one('upstream-unreachable', 'outage', /logs/, 'open'),
  },
  'upstream returns 500': {
    arrange: ({ upstream }) => upstream.setMode('500'),
    causes: one('upstream-broken', 'outage', /status page/, 'open'),
  },
  'upstream limits pulls': {
    arrange: ({ upstream }) => upstream.setMode('429'),
    causes: one('upstream-limit', 'outage', /account that may pull more/, 'open'),
  },
  'upstream limits Harbor alone': {
    arrange: ({ gate }) => {
      gate.intercept = (incoming, response) =>
        incoming.url === '/v2/' ? false : json(response, 429, { errors: [{ code: 'TOOMANYREQUESTS', message: '' }] });
    },
    causes: one('upstream-limit', 'outage', /Harbor's address/, 'open'),
  },
  'upstream serves a login page': {
    arrange: ({ upstream }) => upstream.setMode('html'),
    causes: one('upstream-page', 'outage', /captive portal/, 'open'),
  },
  'upstream credential revoked': {
    options: () => ({ login: 'bot:old' }),
    arrange: ({ upstream }) => upstream.setAuth('bot:new'),
    causes: one('upstream-credential', 'outage', /--rotate registry\/outer/, 'open'),
  },
  'upstream wants a login': {
    arrange: ({ upstream }) => upstream.setAuth('bot:new'),
    causes: one('upstream-wants-login', 'outage', /declare credential/, 'open'),
  },
  'account without access to the repository': {
    options: () => ({ login: 'bot:right' }),
    arrange: async (world) => {
      const wall = await Front.start();
      wall.target = world.upstream;
      wall.intercept = (incoming, response) =>
        (incoming.url ?? '').includes('/library/') && incoming.headers.authorization !== undefined
          ? json(response, 403, { errors: [{ code: 'DENIED', message: 'requested access to the resource is denied' }] })
          : false;
      world.closing.push(() => wall.close());
      world.gate.target = wall;
      const { origin } = world.target.projects[0]!;
      world.redeclare('open', { origin: { ...origin!, url: wall.url } });
    },
    causes: one('upstream-repository-refused', 'outage', /give the account access/, 'open'),
  },
  'tag removed upstream': {
    arrange: ({ upstream }) => upstream.removeTag('library/multi', '2'),
    causes: one('image-removed', 'proof', /declare another image/, 'open'),
  },
  'repository removed upstream': {
    arrange: ({ upstream }) => upstream.removeRepository('library/multi'),
    causes: one('image-removed', 'proof', /declare another image/, 'open'),
  },
  'upstream serves wrong bytes': {
    arrange: ({ upstream }) => upstream.setMode('wrongblob'),
    causes: one('upstream-wrong-bytes', 'outage', /report it there/, 'open'),
  },
  'upstream cuts blobs': {
    arrange: ({ upstream }) => upstream.setMode('cutblob'),
    causes: one('upstream-wrong-bytes', 'outage', /report it there/, 'open'),
  },
  'wrong bytes in the cache alone': {
    arrange: ({ front }) => {
      front.rewrite = (incoming, answer) => {
        if (/^\/v2\/closed\/.*\/blobs\//.test(incoming.url ?? '') && answer.body.length > 1000) answer.body[100]! ^= 1;
      };
    },
    causes: one('wrong-bytes', 'outage', /cache/, 'closed'),
  },
  'image not made for the platform': {
    arrange: (world) => world.redeclare('open', { platforms: ['linux/amd64', 'linux/s390x'] }),
    causes: one('image-platform', 'proof', /conformance\.platforms/, 'open'),
  },
  'no upstream can be reached': {
    arrange: ({ upstream, inner }) => Promise.all([upstream.stop(), inner.stop()]),
    causes: one('network', 'outage', /DNS and firewall/),
  },
  // Between Harbor and its upstream.
  'Harbor alone is kept from the upstream': {
    arrange: ({ gate }) => gate.close(),
    causes: one('upstream-blocked', 'outage', /proxy settings/, 'open'),
  },
  'a proxy on the side of Harbor answers with a page': {
    arrange: ({ gate }) => {
      gate.intercept = (_incoming, response) => page(response, 403);
    },
    causes: one('served-here-only', 'outage', /Harbor's network/, 'open'),
  },
  'Harbor has another secret for the upstream': {
    options: () => ({ login: 'bot:right' }),
    arrange: (world) =>
      world.sandbox.store.registries.update(world.registryId('outer'), {
        credential: { type: 'basic', accessKey: 'bot', accessSecret: 'old' },
      }),
    causes: one('served-here-only', 'outage', /--prove-secrets/, 'open'),
  },
  'registry marked unhealthy': {
    options: () => ({ timeScale: 1 }),
    arrange: (world) => world.sandbox.store.registries.update(world.registryId('outer'), { status: 'unhealthy' }),
    causes: one('registry-unhealthy', 'outage', /five minutes/, 'open'),
  },
  // The front door.
  'certificate expired': {
    options: async () => ({ tls: await frontDoorCertificate({ days: 0 }) }),
    causes: one('certificate-expired', 'outage', /renew/),
  },
  'certificate expires soon': {
    options: async () => ({ tls: await frontDoorCertificate({ days: 3 }) }),
    causes: one('certificate-expires', 'soon', /renew/),
  },
  'certificate for another name': {
    options: async () => ({ tls: await frontDoorCertificate({ names: 'DNS:other.example.com' }) }),
    causes: one('certificate-name', 'outage', /this name/),
  },
  'incomplete chain': {
    options: async () => ({ tls: await frontDoorCertificate({ withoutIntermediate: true }) }),
    causes: one('certificate-chain', 'outage', /full chain/),
  },
  'clock of this machine an hour ahead': {
    // Everybody else is an hour behind it.
    arrange: (world) => {
      const behind: Front['rewrite'] = (_incoming, answer) =>
        void (answer.headers['date'] = new Date(Date.now() - 3_600_000).toUTCString());
      world.front.rewrite = behind;
      return throughFronts(world, (front) => void (front.rewrite = behind));
    },
    causes: one('own-clock', 'soon', /NTP/),
  },
  'clock an hour behind': {
    arrange: ({ front }) => {
      front.rewrite = (_incoming, answer) =>
        void (answer.headers['date'] = new Date(Date.now() - 3_600_000).toUTCString());
    },
    causes: one('clock-skew', 'soon', /NTP/),
  },
  'realm of another host': {
    arrange: ({ front }) => realm(front, 'https://harbor-internal.invalid/service/token'),
    causes: one('foreign-realm', 'outage', /external_url/),
  },
  'realm of another scheme': {
    arrange: ({ front }) => realm(front, `${front.url.replace('http:', 'https:')}/service/token`),
    causes: one('foreign-realm', 'outage', /X-Forwarded-Proto/),
  },
  'redirect loop': {
    arrange: ({ front }) => {
      front.intercept = (incoming, response) => {
        response.writeHead(301, { location: `${front.url}${incoming.url}` }).end();
        return true;
      };
    },
    causes: one('redirect-loop', 'outage', /proxy in front/),
  },
  'portal page in place of the registry': {
    arrange: ({ front }) => {
      front.intercept = (incoming, response) => (incoming.url?.startsWith('/v2/') === true ? page(response) : false);
    },
    causes: one('page', 'outage', /routes/),
  },
  'Harbor restarts': {
    arrange: ({ front }) => {
      front.intercept = (_incoming, response) => page(response, 502);
    },
    causes: one('harbor-unavailable', 'outage', /health --wait/),
  },
  'front door refuses connections': {
    arrange: ({ front }) => front.close(),
    causes: one('front-door-unreachable', 'outage', /check that it runs/),
  },
  'name of Harbor does not resolve': {
    arrange: (world) => void (world.target = { ...world.target, harborUrl: 'http://harbor.invalid' }),
    causes: one('front-door-unreachable', 'outage', /DNS/),
  },
  'this machine is offline': {
    arrange: async (world) => {
      world.target = { ...world.target, harborUrl: 'http://harbor.invalid' };
      await Promise.all([world.upstream.stop(), world.inner.stop()]);
    },
    causes: one('offline', 'outage', /network, DNS and firewall/),
  },
  // Robots.
  'robot expired': {
    arrange: (world) => world.sandbox.store.robots.update(world.robotId('clusters'), { expiresAt: nowS() - DAY_S }),
    causes: one('robot-expired', 'outage', /duration/),
  },
  'robot disabled': {
    arrange: (world) => world.sandbox.store.robots.update(world.robotId('clusters'), { disabled: true }),
    causes: one('robot-disabled', 'outage', /enable it/),
  },
  'robot rotated by hand': {
    arrange: (world) => rotated(world, 'clusters'),
    causes: one('robot-secret', 'outage', /--rotate robot\/clusters/),
  },
  'robot deleted': {
    arrange: (world) => world.sandbox.store.robots.remove(world.robotId('clusters')),
    causes: one('robot-missing', 'outage', /create it/),
  },
  'project robot expired, system robot alive': {
    arrange: (world) =>
      world.sandbox.store.robots.update(world.robotId('closed+puller'), { expiresAt: nowS() - DAY_S }),
    causes: one('robot-expired', 'outage', /--target robot\/closed\+puller/),
  },
  'project robot rotated, system robot alive': {
    arrange: (world) => rotated(world, 'closed+puller'),
    causes: one('robot-secret', 'outage', /--rotate robot\/closed\+puller/),
  },
  'robot expires in three days': {
    arrange: (world) => world.sandbox.store.robots.update(world.robotId('clusters'), { expiresAt: nowS() + 3 * DAY_S }),
    causes: one('robot-expires', 'soon', /duration/),
  },
  'robot lost its permission': {
    arrange: (world) => permit(world, 'clusters', ['push']),
    causes: [
      ...one('robot-may-write', 'exposure', /remove the permission/),
      ...one('missing-right', 'outage', /repository:pull/),
    ],
  },
  'robot may push': {
    arrange: (world) => permit(world, 'clusters', ['pull', 'push']),
    causes: one('robot-may-write', 'exposure', /--target robot\/clusters/),
  },
  'no secret for this run': {
    arrange: (world) => {
      const password = (): never => {
        throw new SecretError('environment variable CLUSTERS is not set', 'SECRET_UNSET');
      };
      const robot = { username: 'robot$clusters', address: 'robot/clusters', password };
      world.redeclare('closed', { pullCredential: robot, robots: [robot] });
    },
    causes: one('no-secret', 'outage', /secret/),
  },
  'private project that no robot may pull from': {
    arrange: (world) => world.undeclare('closed', 'pullCredential', 'robots'),
    causes: one('no-robot', 'outage', /declare a robot/, 'closed'),
  },
  // The project.
  'project opened to everybody': {
    arrange: (world) => world.put(`projects/${world.projectId('closed')}`, { metadata: { public: 'true' } }),
    causes: one('anonymous-pull', 'exposure', /--target project\/closed/, 'closed'),
  },
  'project closed': {
    arrange: (world) => world.put(`projects/${world.projectId('open')}`, { metadata: { public: 'false' } }),
    causes: one('project-closed', 'outage', /--target project\/open/, 'open'),
  },
  'project never created': {
    arrange: (world) => world.redeclare('open', { name: 'opened' }),
    causes: one('project-missing', 'outage', /--target project\/opened/, 'opened'),
  },
  'setting changed by hand': {
    arrange: (world) => world.redeclare('open', { preventVulnerable: true }),
    causes: one('settings-differ', 'soon', /--target project\/open/, 'open'),
  },
  'quota changed by hand': {
    arrange: (world) => world.redeclare('open', { quotaBytes: 1 << 30 }),
    causes: one('settings-differ', 'soon', /--target quota\/open/, 'open'),
  },
  'quota full': {
    options: () => ({ stores: true }),
    arrange: (world) => world.put(`quotas/${world.quotaId('closed')}`, { hard: { storage: 100 } }),
    causes: one('quota-full', 'soon', /storage_limit/, 'closed'),
  },
  'image larger than the rest of the quota': {
    options: () => ({ stores: true }),
    arrange: (world) => world.put(`quotas/${world.quotaId('open')}`, { hard: { storage: 3000 } }),
    causes: one('quota-full', 'soon', /--target quota\/open/, 'open'),
  },
  'read-only mode': {
    options: () => ({ stores: true }),
    arrange: (world) => world.put('configurations', { read_only: true }),
    causes: one('read-only', 'soon', /read_only: false/),
  },
  'Harbor stores nothing, and its disk is not known': {
    options: () => ({ stores: true }),
    arrange: ({ front }) => {
      front.intercept = (incoming, response) =>
        incoming.url === '/api/v2.0/systeminfo/volumes'
          ? json(response, 403, { errors: [{ code: 'FORBIDDEN', message: '' }] })
          : noArtifacts(incoming, response);
    },
    causes: one('stores-nothing', 'soon', /disk/),
  },
  'storage of the registry read-only': {
    options: () => ({ stores: true }),
    arrange: ({ front }) => void (front.intercept = noArtifacts),
    causes: one('storage-read-only', 'soon', /mounted writable/),
  },
  'job service down': {
    options: () => ({ stores: true }),
    arrange: (world) => {
      world.front.intercept = (incoming, response) =>
        noArtifacts(incoming, response) || ill(incoming.url, response, 'jobservice');
    },
    causes: one('component-down', 'outage', /health/),
  },
  'registry component down': {
    arrange: ({ front }) => {
      front.intercept = (incoming, response) => {
        if (isManifestOf(incoming.url, 'open') && incoming.headers.authorization !== undefined)
          return json(response, 500, { errors: [{ code: 'UNKNOWN', message: 'unknown' }] });
        return ill(incoming.url, response, 'registry');
      };
    },
    causes: one('component-down', 'outage', /health/, 'open'),
  },
  'vulnerable image refused': {
    arrange: (world) => refuse(world, VULNERABLE),
    causes: one('policy', 'outage', /scan report/, 'open'),
  },
  'unscanned image refused': {
    arrange: (world) =>
      refuse(world, 'current image without vulnerability scanning cannot be pulled due to configured policy'),
    causes: one('image-unscanned', 'outage', /auto_scan/, 'open'),
  },
  'allowlist of the project ended': {
    arrange: async (world) => {
      await world.put(`projects/${world.projectId('open')}`, {
        metadata: { public: 'true', reuse_sys_cve_allowlist: 'false' },
        cve_allowlist: { items: [{ cve_id: 'CVE-2024-0001' }], expires_at: nowS() - DAY_S },
      });
      refuse(world, VULNERABLE);
    },
    causes: one('allowlist-expired', 'outage', /expires_at/, 'open'),
  },
  'tag moved upstream, the cache has the old image': {
    // Harbor looks at the upstream again after 30 s: by then the run has ended, also on a busy machine.
    options: () => ({ stores: true, timeScale: 0.1 }),
    arrange: async (world) => {
      publishVersion(world.inner, 'library/single', '1', 1);
      await world.run();
      publishVersion(world.inner, 'library/single', '1', 2);
      world.sandbox.store.registries.update(world.registryId('inner'), { status: 'unhealthy' });
    },
    causes: [
      ...one('stale', 'outage', /cache/, 'closed'),
      ...one('registry-unhealthy', 'outage', /five minutes/, 'closed'),
    ],
  },
};

/** Faults of a mirror domain in front of the public project. */
const atMirror = (intercept: Front['intercept'], causes: Expected[]): Fault => ({
  options: () => ({ mirror: true }),
  arrange: ({ mirror }) => void (mirror.intercept = intercept),
  causes,
});

const MIRRORED: Readonly<Record<string, Fault>> = {
  'mirror domain is the portal': atMirror(
    (_incoming, response) => page(response),
    one('mirror-page', 'outage', /mirror render/, 'open'),
  ),
  'mirror domain redirects to a login': atMirror(
    (_incoming, response) => {
      response.writeHead(302, { location: '/account/sign-in' }).end();
      return true;
    },
    one('mirror-page', 'outage', /route \/v2\//, 'open'),
  ),
  'mirror domain is broken': atMirror(
    (_incoming, response) => json(response, 502, {}),
    one('mirror-broken', 'outage', /log of its proxy/, 'open'),
  ),
  'mirror domain drops what has a query': atMirror(
    (incoming, response) => ((incoming.url ?? '').includes('ns=') ? json(response, 404, {}) : false),
    one('mirror-broken', 'outage', /mirror render/, 'open'),
  ),
  'mirror domain wants a login': atMirror(
    (_incoming, response) => {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="mirror"' }).end();
      return true;
    },
    one('mirror-wants-login', 'outage', /must not require a password/, 'open'),
  ),
  'mirror domain in front of another project': {
    options: () => ({ mirror: true }),
    arrange: ({ mirror, upstream }) => {
      upstream.put('library/other', '1', 'b');
      const own = mirror.path;
      mirror.path = (url) => own(url).replace('library/multi/manifests/2', 'library/other/manifests/1');
    },
    causes: one('mirror-other-image', 'outage', /another project/, 'open'),
  },
  'mirror domain with the realm of another host': {
    options: () => ({ mirror: true }),
    arrange: ({ mirror }) => realm(mirror, 'https://elsewhere.invalid/service/token'),
    causes: one('mirror-elsewhere', 'outage', /challenge/, 'open'),
  },
  'mirror domain refuses connections': {
    options: () => ({ mirror: true }),
    arrange: ({ mirror }) => mirror.close(),
    causes: one('mirror-unreachable', 'outage', /check that it runs/, 'open'),
  },
  'mirror domain does not resolve': {
    arrange: (world) => world.redeclare('open', { mirrors: [{ url: 'http://mirror.invalid', serves: 'docker.io' }] }),
    causes: one('mirror-unreachable', 'outage', /DNS/, 'open'),
  },
  'mirror domain of a private project': {
    arrange: (world) => {
      world.mirror.path = (url) =>
        url.startsWith('/service/token')
          ? '/service/token?service=harbor-registry&scope=repository:closed/m:pull'
          : url.replace(/^\/v2\/(.+)$/, '/v2/closed/$1');
      world.redeclare('closed', { mirrors: [{ url: world.mirror.url, serves: 'docker.io' }] });
    },
    causes: one('mirror-of-private-project', 'outage', /public: true/, 'closed'),
  },
};

/** Faults of what has to refuse vulnerable images. */
const guarded = (arrange: Fault['arrange'], causes: Expected[]): Fault => ({
  options: () => ({ guarded: true }),
  ...(arrange && { arrange }),
  causes,
});

const GUARDED: Readonly<Record<string, Fault>> = {
  'prevent_vul turned off by hand': guarded(
    (world) => world.put(`projects/${world.projectId('open')}`, { metadata: { public: 'true', prevent_vul: 'false' } }),
    one('policy-off', 'exposure', /--target project\/open/, 'open'),
  ),
  'no scanner any more': guarded(
    ({ sandbox: { store } }) => {
      for (const { id } of store.scanners.all()) store.scanners.remove(id);
    },
    one('no-scanner', 'exposure', /declare a scanner/, 'open'),
  ),
  'the vulnerable image was fixed': guarded(
    (world) => world.redeclare('open', { vulnerability: refusing('library/fine:1') }),
    one('finding-gone', 'proof', /declare another image/, 'open'),
  ),
  'nothing is scanned': guarded(
    (world) => world.put(`projects/${world.projectId('open')}`, { metadata: { public: 'true', auto_scan: 'false' } }),
    one('image-unscanned', 'outage', /auto_scan/, 'open'),
  ),
  'what is allowed is refused': guarded(
    (world) => world.redeclare('open', { vulnerability: { ...refusing('library/bad:1'), allowed: ['library/bad:1'] } }),
    one('policy', 'outage', /scan report/, 'open'),
  ),
  'a mirror domain serves what is refused': {
    options: () => ({ guarded: true, mirror: true }),
    arrange: ({ mirror }) => {
      mirror.intercept = (incoming, response) =>
        (incoming.url ?? '').includes('/manifests/') ? manifest(response) : false;
    },
    causes: one('mirror-serves-refused', 'exposure', /mirror render/, 'open'),
  },
};

/** Of any image: what the mirror domain returns is not compared. */
function manifest(response: ServerResponse): true {
  response.writeHead(200, { 'content-type': 'application/vnd.oci.image.manifest.v1+json' }).end('{}');
  return true;
}

function refusing(image: string): VulnerabilityTarget {
  return { refused: [image], unscanned: [], allowed: [], refuseFirstPull: false, egressClosed: false };
}

/** Faults on the way of the answers, and of what Harbor waits for. */
const ON_THE_WAY: Readonly<Record<string, Fault>> = {
  'Harbor waits for an upstream that this machine reaches': {
    options: () => ({ headersTimeoutMs: 8_000 }),
    arrange: ({ gate }) => void (gate.intercept = () => true),
    causes: one('upstream-silent', 'outage', /drops packets/, 'open'),
  },
  'upstream accepts connections and never answers': {
    options: () => ({ headersTimeoutMs: 8_000 }),
    arrange: async (world) => {
      const hole = await Front.start();
      hole.intercept = () => true;
      world.closing.push(() => hole.close());
      world.gate.target = hole.url;
      world.redeclare('open', { origin: { url: hole.url } });
    },
    causes: one('upstream-unreachable', 'outage', /drops packets/, 'open'),
  },
  'realm of another port': {
    arrange: ({ front }) => realm(front, 'http://127.0.0.1:9/service/token'),
    causes: one('foreign-realm', 'outage', /external_url/),
  },
  'certificate of Traefik itself': {
    options: async () => ({ tls: await frontDoorCertificate({ subject: 'TRAEFIK DEFAULT CERT' }) }),
    causes: one('certificate-default', 'outage', /traefik/),
  },
  'disk of the registry has no room': {
    options: () => ({ stores: true }),
    arrange: (world) => {
      world.front.intercept = (incoming, response) =>
        incoming.url === '/api/v2.0/systeminfo/volumes'
          ? json(response, 200, { storage: [{ free: 4096, total: 1 << 30 }] })
          : noArtifacts(incoming, response);
    },
    causes: one('storage-full', 'soon', /garbage collection/),
  },
  'disk of Harbor has no room, and the images are in S3': {
    options: () => ({ stores: true }),
    arrange: (world) => {
      const info = { harbor_version: 'v2.15.2-1', read_only: false, registry_storage_provider_name: 's3' };
      world.front.intercept = (incoming, response) => {
        if (incoming.url === '/api/v2.0/systeminfo') return json(response, 200, info);
        return incoming.url === '/api/v2.0/systeminfo/volumes'
          ? json(response, 200, { storage: [{ free: 4096, total: 1 << 30 }] })
          : noArtifacts(incoming, response);
      };
    },
    causes: one('stores-nothing', 'soon', /bucket/),
  },
  'database of Harbor down': {
    arrange: ({ front }) => {
      front.intercept = (incoming, response) => {
        if (/^\/v2\/(open|closed)\//.test(incoming.url ?? '') && incoming.headers.authorization !== undefined)
          return json(response, 500, { errors: [{ code: 'UNKNOWN', message: 'unknown' }] });
        return ill(incoming.url, response, 'database');
      };
    },
    causes: one('component-down', 'outage', /health/, 'open', 'closed'),
  },
  'layers are redirected to an inner name': {
    arrange: ({ front }) => {
      front.intercept = (incoming, response) => {
        if (
          !/^\/v2\/open\/.*\/blobs\//.test(incoming.url ?? '') ||
          !(incoming.headers.authorization ?? '').startsWith('Bearer ey')
        )
          return false;
        response.writeHead(307, { location: `http://minio.invalid${incoming.url}` }).end();
        return true;
      };
    },
    causes: one('storage-redirect', 'outage', /redirect\.disable/, 'open'),
  },
  'the front drops the length of manifests': {
    arrange: ({ front }) => {
      front.rewrite = (incoming, answer) => {
        if (incoming.method === 'HEAD' && isManifestOf(incoming.url, 'open')) delete answer.headers['content-length'];
      };
    },
    causes: one('front-door-changes-answers', 'outage', /compression/, 'open'),
  },
  'the front replaces errors by pages': {
    arrange: ({ front }) => {
      front.rewrite = (incoming, answer) => {
        if (answer.status !== 404 || !(incoming.url ?? '').startsWith('/v2/')) return;
        answer.headers = { 'content-type': 'text/html' };
        answer.body = Buffer.from('<html>not found</html>');
      };
    },
    causes: one('error-pages', 'soon', /error pages/),
  },
  'image built for another platform': {
    arrange: ({ inner }) => inner.put('library/single', '1', image({ seed: 'x', arch: 'arm64' })),
    causes: one('image-platform', 'proof', /declare another image/, 'closed'),
  },
};

/** Every single root cause. */
export const ALL_FAULTS: Readonly<Record<string, Fault>> = {
  ...FAULTS,
  ...MIRRORED,
  ...GUARDED,
  ...ON_THE_WAY,
  ...VARIANTS,
  ...FURTHER,
  ...MORE,
  ...FOREIGN,
};

/** Several at once: what is expected of each alone is expected of all together. */
export const COMBINED: readonly (readonly string[])[] = [
  ['project opened to everybody', 'certificate expires soon'],
  ['project opened to everybody', 'upstream limits pulls'],
  ['project opened to everybody', 'robot expired'],
  ['robot expired', 'upstream returns 500'],
  ['robot disabled', 'upstream refuses connections'],
  ['robot rotated by hand', 'tag removed upstream'],
  ['quota full', 'project closed'],
  ['quota full', 'upstream returns 500'],
  ['read-only mode', 'clock an hour behind'],
  ['setting changed by hand', 'robot expires in three days'],
  ['upstream credential revoked', 'wrong bytes in the cache alone'],
  ['registry marked unhealthy', 'robot may push'],
  ['Harbor alone is kept from the upstream', 'project robot rotated, system robot alive'],
  ['image not made for the platform', 'project robot expired, system robot alive'],
  ['project never created', 'project opened to everybody'],
  ['vulnerable image refused', 'robot expired', 'certificate expires soon'],
  ['mirror domain is the portal', 'robot expired'],
  ['mirror domain is broken', 'upstream returns 500'],
  ['mirror domain refuses connections', 'project closed'],
  ['prevent_vul turned off by hand', 'robot rotated by hand'],
  ['a mirror domain serves what is refused', 'project robot expired, system robot alive'],
  ['robot rotated by hand', 'project robot expired, system robot alive'],
  ['the front replaces errors by pages', 'robot may push'],
  ['layers are redirected to an inner name', 'quota changed by hand'],
  ['Harbor waits for an upstream that this machine reaches', 'project opened to everybody'],
  ['image built for another platform', 'certificate expires soon', 'upstream limits pulls'],
  ['disk of the registry has no room', 'robot expires in three days'],
  ['realm of another host', 'certificate expires soon'],
  [
    'project opened to everybody',
    'upstream refuses connections',
    'project robot rotated, system robot alive',
    'certificate expires soon',
  ],
  ['this machine resolves no upstream', 'robot expired'],
  ['this machine resolves no upstream', 'project closed'],
  ['this machine may reach Harbor alone', 'robot rotated by hand'],
  ['the scanner of Harbor is down', 'upstream returns 500'],
  ['clock of this machine an hour ahead', 'robot expired'],
  ['storage of the registry read-only', 'certificate expires soon'],
  ['storage of the registry read-only', 'robot may push', 'quota changed by hand'],
  ['URL of the registry is a web site', 'project robot rotated, system robot alive'],
  ['a captive portal beside Harbor', 'robot disabled'],
  ['a firewall beside Harbor resets connections', 'project opened to everybody', 'certificate expires soon'],
  ['upstream limits pulls by a page', 'project robot expired, system robot alive', 'quota changed by hand'],
  ['the front loses pulls of one project', 'project robot rotated, system robot alive'],
  ['a firewall in front refuses token requests', 'certificate expires soon'],
  ['the portal answers token requests', 'setting changed by hand'],
  ['upstream returns 500 after three seconds', 'robot lost its permission'],
  // A private project is open, every robot is refused, a certificate expires: the worst first.
  [
    'project opened to everybody',
    'robot rotated by hand',
    'project robot expired, system robot alive',
    'upstream limits pulls',
    'quota changed by hand',
    'certificate expires soon',
  ],
  ...FURTHER_COMBINED,
  ...MORE_COMBINED,
];
