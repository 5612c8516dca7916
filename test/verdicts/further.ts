import { frontDoorCertificate } from './certificates';
import { Front } from './front';
import { DAY_S, isManifestOf, nowS, one, page, refuse, VULNERABLE, type Expected, type Fault } from './injections';
import { atFront, atGate, bare, errors, isBlob, isPull, reset, where, type Intercept } from './intercepts';
import type { World } from './world';

const to =
  (location: (url: string) => string, status = 307): Intercept =>
  (incoming, response) => {
    response.writeHead(status, { location: location(incoming.url ?? '') }).end();
    return true;
  };
const silent: Intercept = () => true;
/** Announces more than it sends, and then breaks off. */
const cut: Intercept = (_incoming, response) => {
  response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': '100000' });
  response.write('some bytes');
  setTimeout(() => response.destroy(), 20);
  return true;
};
const hasToken = (incoming: Parameters<Intercept>[0]): boolean =>
  (incoming.headers.authorization ?? '').startsWith('Bearer ey');
const afterLogin =
  (intercept: Intercept): Intercept =>
  (incoming, response) =>
    hasToken(incoming) && intercept(incoming, response);

/** An upstream that is so to everybody. */
const oneUpstreamIs = (name: 'open' | 'closed', intercept: Intercept, causes: readonly Expected[]): Fault => ({
  arrange: async (world) => {
    const wall = await Front.start();
    const isOuter = name === 'open';
    wall.target = isOuter ? world.upstream : world.inner;
    wall.intercept = intercept;
    world.closing.push(() => wall.close());
    const { origin } = world.target.projects.find((project) => project.name === name)!;
    if (isOuter) world.gate.target = wall;
    else world.sandbox.store.registries.update(world.registryId('inner'), { url: wall.url });
    const declared = isOuter
      ? {}
      : { declaredRegistry: { type: 'docker-registry', url: wall.url, insecure: true, account: '' } };
    world.redeclare(name, { origin: { ...origin!, url: wall.url }, ...declared });
  },
  causes,
});
const registryIs = (change: (world: World) => object, causes: readonly Expected[]): Fault => ({
  arrange: (world) => world.sandbox.store.registries.update(world.registryId('outer'), change(world)),
  causes,
});

const blobs = (action: RegExp, name = 'open'): Expected[] => one('upstream-blobs', 'outage', action, name);
const kept = (action: RegExp): Expected[] => one('upstream-blobs-blocked', 'outage', action, 'open');
const led = (action: RegExp, ...projects: string[]): Expected[] =>
  one('front-redirects-pulls', 'outage', action, ...projects);
const drifted = (action: RegExp): Expected[] => one('registry-differs', 'outage', action, 'open');

const OF_BLOBS: Readonly<Record<string, Fault>> = {
  'layers of the upstream return 503': oneUpstreamIs(
    'open',
    where(isBlob, errors(503, 'UNAVAILABLE')),
    blobs(/status page/),
  ),
  'layers of the upstream return 502 without a body': oneUpstreamIs(
    'open',
    where(isBlob, bare(502)),
    blobs(/status page/),
  ),
  'the blob store of the upstream refuses': oneUpstreamIs(
    'open',
    where(isBlob, bare(403, { 'content-type': 'application/xml' }, '<Error><Code>AccessDenied</Code></Error>')),
    blobs(/blob store/),
  ),
  'layers of the upstream are gone': oneUpstreamIs(
    'open',
    where(isBlob, errors(404, 'BLOB_UNKNOWN')),
    blobs(/another image/),
  ),
  'layers of the upstream are limited': oneUpstreamIs(
    'open',
    where(isBlob, errors(429, 'TOOMANYREQUESTS')),
    one('upstream-limit', 'outage', /account that may pull more/, 'open'),
  ),
  'layers of the upstream are reset': oneUpstreamIs(
    'open',
    where(isBlob, reset),
    blobs(/its logs|status page|blob store/),
  ),
  'layers of the upstream break off': oneUpstreamIs(
    'open',
    where(isBlob, cut),
    one('upstream-wrong-bytes', 'outage', /report it there/, 'open'),
  ),
  'the blob store of the upstream does not resolve': oneUpstreamIs(
    'open',
    where(
      isBlob,
      to((url) => `http://cdn.invalid${url}`),
    ),
    blobs(/cdn\.invalid/),
  ),
  'the blob store of the upstream refuses connections': oneUpstreamIs(
    'open',
    where(
      isBlob,
      to((url) => `http://127.0.0.1:9${url}`),
    ),
    blobs(/127\.0\.0\.1:9/),
  ),
  'layers of the upstream are pages': oneUpstreamIs(
    'open',
    where(isBlob, (_incoming, response) => page(response)),
    one('upstream-wrong-bytes', 'outage', /report it there|login page/, 'open'),
  ),
  'layers of the private upstream return 500': oneUpstreamIs(
    'closed',
    where(isBlob, errors(500, 'UNKNOWN')),
    blobs(/status page/, 'closed'),
  ),
  'layers of the upstream never come': {
    ...oneUpstreamIs('open', where(isBlob, silent), blobs(/blob store|drops packets/)),
    options: () => ({ headersTimeoutMs: 4_000 }),
  },
};

const OF_BLOBS_BESIDE_HARBOR: Readonly<Record<string, Fault>> = {
  'layers are redirected to where Harbor cannot go': atGate(
    where(
      isBlob,
      to((url) => `http://cdn.invalid${url}`),
    ),
    kept(/firewall/),
  ),
  'a proxy beside Harbor refuses layers': atGate(where(isBlob, bare(403)), kept(/proxy settings/)),
  'a proxy beside Harbor returns 502 for layers': atGate(
    where(isBlob, (_incoming, response) => page(response, 502)),
    kept(/proxy settings/),
  ),
  'a firewall beside Harbor resets layers': atGate(where(isBlob, reset), kept(/firewall/)),
  'a proxy beside Harbor cuts layers off': atGate(where(isBlob, cut), one('layers-cut', 'outage', /proxy/, 'open')),
  'a proxy beside Harbor has no layers': atGate(where(isBlob, bare(404)), kept(/proxy settings/)),
};

const OF_REDIRECTS: Readonly<Record<string, Fault>> = {
  'pulls are redirected to http': {
    options: async () => ({ tls: await frontDoorCertificate() }),
    arrange: ({ front }) => {
      front.intercept = where(
        isPull,
        to((url) => `http://127.0.0.1:${front.port}${url}`, 301),
      );
    },
    causes: led(/X-Forwarded-Proto/, 'open', 'closed'),
  },
  'pulls are redirected to another host': atFront(
    () =>
      where(
        isPull,
        to((url) => `http://registry-old.invalid${url}`, 302),
      ),
    led(/routes|proxy in front/, 'open', 'closed'),
  ),
  'pulls of one project are redirected to another host': atFront(
    () =>
      where(
        (url) => url.startsWith('/v2/closed/'),
        to((url) => `http://registry-old.invalid${url}`, 302),
      ),
    led(/routes|proxy in front/, 'closed'),
  ),
  'pulls are redirected in a circle': atFront(
    () =>
      where(
        isPull,
        to((url) => url, 301),
      ),
    led(/routes|proxy in front/, 'open', 'closed'),
  ),
  'pulls are redirected to a login': atFront(
    () =>
      where(
        isPull,
        to(() => '/account/sign-in', 302),
      ),
    led(/login/, 'open', 'closed'),
  ),
  'manifests alone are redirected to a login': atFront(
    () =>
      where(
        (url) => isManifestOf(url, 'open'),
        to(() => '/account/sign-in', 302),
      ),
    led(/login/, 'open'),
  ),
  'layers are redirected to a login': atFront(
    () => where(isBlob, afterLogin(to(() => '/account/sign-in', 302))),
    led(/login/, 'open', 'closed'),
  ),
  'layers are redirected in a circle': atFront(
    () =>
      where(
        (url) => /^\/v2\/open\/.*\/blobs\//.test(url),
        to((url) => url, 302),
      ),
    led(/routes|proxy in front/, 'open'),
  ),
  'layers are redirected to http': {
    options: async () => ({ tls: await frontDoorCertificate() }),
    arrange: ({ front }) => {
      front.intercept = where(
        (url) => /^\/v2\/open\/.*\/blobs\//.test(url),
        afterLogin(to((url) => `http://127.0.0.1:${front.port}${url}`, 307)),
      );
    },
    causes: one('storage-redirect', 'outage', /https endpoint/, 'open'),
  },
};

const OF_STORAGE: Readonly<Record<string, Fault>> = {
  'layers are redirected to a storage that refuses connections': atFront(
    () => where((url) => /^\/v2\/open\/.*\/blobs\//.test(url), afterLogin(to((url) => `http://127.0.0.1:9${url}`))),
    one('storage-redirect', 'outage', /public https endpoint/, 'open'),
  ),
  'layers are redirected to a storage that refuses its own signature': {
    arrange: async (world) => {
      const bucket = await Front.start();
      bucket.intercept = bare(403, { 'content-type': 'application/xml' }, '<Error><Code>RequestExpired</Code></Error>');
      world.closing.push(() => bucket.close());
      world.front.intercept = where(
        (url) => /^\/v2\/open\/.*\/blobs\//.test(url),
        afterLogin(to(() => `${bucket.url}/bucket/docker/registry/v2/blobs/data?X-Amz-Signature=0`)),
      );
    },
    causes: one('storage-redirect', 'outage', /storage/, 'open'),
  },
  'Harbor lost the layers that it has stored': {
    options: () => ({ stores: true, timeScale: 0.02 }),
    arrange: async (world) => {
      await world.run();
      world.front.intercept = where(
        (url) => /^\/v2\/closed\/.*\/blobs\//.test(url),
        afterLogin(errors(500, 'UNKNOWN')),
      );
    },
    causes: one('stored-layers-lost', 'outage', /bucket of Harbor's registry/, 'closed'),
  },
  'the front refuses large layers': atFront(
    () =>
      where(
        (url) => /^\/v2\/open\/.*\/blobs\//.test(url),
        afterLogin(bare(413, { 'content-type': 'text/html' }, '<html>')),
      ),
    one('front-error-of-blobs', 'outage', /limits of size/, 'open'),
  ),
};

const OF_THE_REGISTRY: Readonly<Record<string, Fault>> = {
  'URL of the registry changed by hand to a dead host': registryIs(
    () => ({ url: 'http://127.0.0.1:9' }),
    drifted(/--target registry\/outer/),
  ),
  'URL of the registry changed by hand to another registry': {
    arrange: async (world) => {
      const other = await Front.start();
      other.intercept = where((url) => url !== '/v2/', errors(404, 'MANIFEST_UNKNOWN'));
      other.target = world.inner;
      world.closing.push(() => other.close());
      world.sandbox.store.registries.update(world.registryId('outer'), { url: other.url });
    },
    causes: drifted(/--target registry\/outer/),
  },
  'URL of the registry changed by hand to a name that does not resolve': registryIs(
    () => ({ url: 'http://old-registry.invalid' }),
    drifted(/--target registry\/outer/),
  ),
  'insecure changed by hand, pulls work': registryIs(
    () => ({ insecure: false }),
    one('registry-drift', 'soon', /--target registry\/outer/, 'open'),
  ),
  'account of the registry removed by hand': {
    options: () => ({ login: 'bot:right' }),
    arrange: (world) =>
      world.sandbox.store.registries.update(world.registryId('outer'), {
        credential: { type: 'basic', accessKey: '', accessSecret: '' },
      }),
    causes: drifted(/--target registry\/outer/),
  },
  'account of the registry replaced by hand': {
    options: () => ({ login: 'bot:right' }),
    arrange: (world) =>
      world.sandbox.store.registries.update(world.registryId('outer'), {
        credential: { type: 'basic', accessKey: 'somebody', accessSecret: 'else' },
      }),
    causes: drifted(/--target registry\/outer/),
  },
};

const OF_TWO_UPSTREAMS: Readonly<Record<string, Fault>> = {
  'the private upstream limits pulls': {
    arrange: ({ inner }) => inner.setMode('429'),
    causes: one('upstream-limit', 'outage', /account that may pull more/, 'closed'),
  },
  'the private upstream is down': {
    arrange: ({ inner }) => inner.stop(),
    causes: one('upstream-unreachable', 'outage', /check that it runs/, 'closed'),
  },
  'the private upstream lost the tag': {
    arrange: ({ inner }) => inner.removeTag('library/single', '1'),
    causes: one('image-removed', 'proof', /declare another image/, 'closed'),
  },
  'the private upstream returns 500': {
    arrange: ({ inner }) => inner.setMode('500'),
    causes: one('upstream-broken', 'outage', /status page/, 'closed'),
  },
  'this machine resolves no upstream, and one is down': {
    arrange: async (world) => {
      for (const { name } of world.target.projects)
        world.redeclare(name, { origin: { url: `http://${name}.invalid` } });
      await world.upstream.stop();
    },
    causes: one('upstream-cut-off', 'outage', /Harbor's own machine/, 'open'),
  },
  'the other robot disabled': {
    arrange: (world) => world.sandbox.store.robots.update(world.robotId('closed+puller'), { disabled: true }),
    causes: one('robot-disabled', 'outage', /--target robot\/closed\+puller/, 'closed'),
  },
  'the other robot expires in two days': {
    arrange: (world) =>
      world.sandbox.store.robots.update(world.robotId('closed+puller'), { expiresAt: nowS() + 2 * DAY_S }),
    causes: one('robot-expires', 'soon', /--target robot\/closed\+puller/, 'closed'),
  },
  'the other robot may delete': {
    arrange: (world) => {
      const { robots } = world.sandbox.store;
      const id = world.robotId('closed+puller');
      const permissions = robots.get(id)!.permissions.map((permission) => ({
        ...permission,
        access: ['pull', 'delete'].map((action) => ({ resource: 'repository', action })),
      }));
      robots.update(id, { permissions });
    },
    causes: one('robot-may-write', 'exposure', /--target robot\/closed\+puller/, 'closed'),
  },
  'the private project was deleted': {
    arrange: (world) => world.redeclare('closed', { name: 'enclosed' }),
    causes: one('project-missing', 'outage', /--target project\/enclosed/, 'enclosed'),
  },
  'the public project refuses vulnerable images': {
    arrange: (world) => refuse(world, VULNERABLE),
    causes: one('policy', 'outage', /scan report/, 'open'),
  },
};

export const FURTHER: Readonly<Record<string, Fault>> = {
  ...OF_BLOBS,
  ...OF_BLOBS_BESIDE_HARBOR,
  ...OF_REDIRECTS,
  ...OF_STORAGE,
  ...OF_THE_REGISTRY,
  ...OF_TWO_UPSTREAMS,
};

export const FURTHER_COMBINED: readonly (readonly string[])[] = [
  ['layers of the upstream return 503', 'project opened to everybody', 'certificate expires soon'],
  ['layers of the upstream return 503', 'the private upstream limits pulls'],
  ['upstream returns 500', 'the private upstream is down'],
  ['upstream limits pulls', 'the private upstream lost the tag'],
  ['tag removed upstream', 'the private upstream returns 500'],
  ['upstream returns 500', 'the private upstream returns 500'],
  ['robot expired', 'the other robot disabled'],
  ['robot disabled', 'the other robot expires in two days'],
  ['robot expires in three days', 'the other robot expires in two days'],
  ['the other robot may delete', 'robot expired', 'upstream refuses connections'],
  ['quota full', 'the public project refuses vulnerable images'],
  ['quota full', 'read-only mode'],
  ['certificate expires soon', 'realm of another host', 'robot expired'],
  ['job service down', 'the private upstream lost the tag'],
  ['read-only mode', 'disk of the registry has no room'],
  ['read-only mode', 'quota changed by hand', 'robot expires in three days'],
  ['certificate expires soon', 'the private project was deleted', 'upstream limits pulls'],
  ['URL of the registry changed by hand to a dead host', 'robot rotated by hand'],
  ['URL of the registry changed by hand to a dead host', 'the private upstream is down'],
  ['insecure changed by hand, pulls work', 'project opened to everybody', 'the private upstream limits pulls'],
  ['URL of the registry changed by hand to another registry', 'certificate expires soon', 'quota changed by hand'],
  ['layers are redirected to where Harbor cannot go', 'project robot rotated, system robot alive'],
  ['pulls of one project are redirected to another host', 'upstream returns 500'],
  ['this machine resolves no upstream, and one is down', 'robot expired'],
  ['this machine resolves no upstream, and one is down', 'certificate expires soon', 'project opened to everybody'],
  ['clock an hour behind', 'upstream returns 500', 'the private upstream lost the tag'],
  ['certificate expires soon', 'robot may push', 'the private upstream limits pulls', 'quota changed by hand'],
  ['project closed', 'project opened to everybody'],
  ['project closed', 'the private upstream returns 500', 'robot disabled'],
  ['mirror domain refuses connections', 'layers of the upstream return 503'],
  ['prevent_vul turned off by hand', 'the private upstream is down'],
];
