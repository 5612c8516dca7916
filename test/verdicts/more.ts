import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { image } from '../../src/upstream';
import { bytesBlob, type FixtureBlob, type FixtureImage } from '../../src/upstream/image';
import { frontDoorCertificate, makeCertificate } from './certificates';
import { Front } from './front';
import {
  ill,
  isManifestOf,
  json,
  noArtifacts,
  one,
  page,
  permit,
  refuse,
  rotated,
  type Expected,
  type Fault,
} from './injections';
import {
  atFront,
  atGate,
  bare,
  errors,
  isManifest,
  isPull,
  pages,
  upstreamAnswers,
  upstreamIs,
  where,
  type Intercept,
} from './intercepts';
import type { World } from './world';

const digestOf = (bytes: Buffer): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

const on =
  (method: string, intercept: Intercept): Intercept =>
  (incoming, response) =>
    incoming.method === method && intercept(incoming, response);
const rewritten = (rewrite: (world: World) => NonNullable<Front['rewrite']>, causes: readonly Expected[]): Fault => ({
  arrange: (world) => void (world.front.rewrite = rewrite(world)),
  causes,
});
/** An upstream that wants a token of its own service, as Docker Hub does. */
const tokensFrom =
  (realm: string): Intercept =>
  (incoming, response) => {
    if ((incoming.headers.authorization ?? '').startsWith('Bearer ')) return false;
    response.setHeader('www-authenticate', `Bearer realm="${realm}",service="upstream"`);
    return json(response, 401, { errors: [{ code: 'UNAUTHORIZED', message: 'authentication required' }] });
  };

/** A layer of Windows, as the registry lists it and does not have it. */
function withForeignLayer(): FixtureImage {
  const { blobs, manifest, ...rest } = image({ seed: 'foreign' });
  const layer = Buffer.from('elsewhere');
  const ids = JSON.parse(textOf(blobs[0]!)) as { rootfs: { diff_ids: string[] } };
  ids.rootfs.diff_ids.push(digestOf(layer));
  const config = bytesBlob(Buffer.from(JSON.stringify(ids)));
  const parsed = JSON.parse(manifest.toString()) as { config: object; layers: object[] };
  parsed.config = { ...parsed.config, digest: config.digest, size: config.sizeBytes };
  parsed.layers.push({
    mediaType: 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip',
    digest: digestOf(layer),
    size: layer.length,
    urls: ['https://example.invalid/layer'],
  });
  const bytes = Buffer.from(JSON.stringify(parsed));
  return { ...rest, blobs: [config, ...blobs.slice(1)], manifest: bytes, digest: digestOf(bytes) };
}

const textOf = (blob: FixtureBlob): string => Buffer.concat([...blob.chunks()]).toString();

const OF_UPSTREAM: Readonly<Record<string, Fault>> = {
  'upstream answers HEAD and fails for GET': upstreamAnswers(
    where(isManifest, on('GET', errors(500, 'UNKNOWN'))),
    one('upstream-broken', 'outage', /status page/, 'open'),
  ),
  'upstream answers HEAD and limits GET': upstreamAnswers(
    where(isManifest, on('GET', errors(429, 'TOOMANYREQUESTS'))),
    one('upstream-limit', 'outage', /account that may pull more/, 'open'),
  ),
  'upstream answers HEAD and has pages for GET': upstreamAnswers(
    where(isManifest, on('GET', pages(200))),
    one('upstream-page', 'outage', /login page/, 'open'),
  ),
  'upstream answers GET alone': upstreamAnswers(
    where(isManifest, on('HEAD', errors(405, 'UNSUPPORTED'))),
    one('upstream-broken', 'outage', /HEAD and GET/, 'open'),
  ),
  'upstream limits pulls for an hour': upstreamAnswers(
    where(isPull, errors(429, 'TOOMANYREQUESTS', { 'retry-after': '3600' })),
    one('upstream-limit', 'outage', /account that may pull more/, 'open'),
  ),
  'upstream limits token requests': upstreamIs(
    (wall) => {
      const tokens = tokensFrom(`${wall.url}/token`);
      wall.intercept = (incoming, response) =>
        (incoming.url ?? '').startsWith('/token')
          ? json(response, 429, { errors: [{ code: 'TOOMANYREQUESTS', message: '' }] })
          : tokens(incoming, response);
    },
    one('upstream-limit', 'outage', /account that may pull more/, 'open'),
  ),
  'token service of the upstream refuses connections': upstreamAnswers(
    tokensFrom('http://127.0.0.1:9/token'),
    one('upstream-unreachable', 'outage', /127\.0\.0\.1:9/, 'open'),
  ),
  'upstream answers with nothing': upstreamAnswers(
    where(isManifest, bare(200, { 'content-length': '0' })),
    one('upstream-not-a-manifest', 'outage', /report it there/, 'open'),
  ),
  'upstream answers with broken gzip': upstreamAnswers(
    where(
      isManifest,
      bare(
        200,
        {
          'content-type': 'application/vnd.oci.image.index.v1+json',
          'content-encoding': 'gzip',
          'docker-content-digest': digestOf(Buffer.from('x')),
        },
        'this is not gzip',
      ),
    ),
    one('upstream-not-a-manifest', 'outage', /report it there/, 'open'),
  ),
  'upstream has schema 1 alone': upstreamAnswers(
    where(
      (url) => url.endsWith('/manifests/2'),
      bare(
        200,
        { 'content-type': 'application/vnd.docker.distribution.manifest.v1+prettyjws' },
        '{"schemaVersion":1,"name":"library/multi","tag":"2","architecture":"amd64","fsLayers":[],"history":[],"signatures":[]}',
      ),
    ),
    one('image-schema1', 'proof', /another image/, 'open'),
  ),
  'tag moved upstream to a single image of another platform': {
    arrange: ({ upstream }) => upstream.put('library/multi', '2', image({ seed: 'moved', arch: 's390x' })),
    causes: one('image-platform', 'proof', /conformance\.platforms/, 'open'),
  },
  'certificate of the upstream expired': {
    options: async () => ({ tls: await frontDoorCertificate() }),
    arrange: async (world) => {
      const { cert, key, ca } = await makeCertificate({ days: 0 });
      const wall = await Front.start({ cert, key });
      wall.target = world.upstream;
      world.closing.push(() => wall.close());
      world.sandbox.store.registries.update(world.registryId('outer'), {
        url: wall.url,
        insecure: false,
        caCertificate: ca,
      });
      world.redeclare('open', {
        origin: { url: wall.url, ca },
        declaredRegistry: { type: 'docker-registry', url: wall.url, insecure: false, account: '' },
      });
    },
    causes: one('upstream-unreachable', 'outage', /certificate/, 'open'),
  },
  'Harbor does not trust the upstream': {
    arrange: async (world) => {
      const { cert, key, ca } = await makeCertificate();
      const wall = await Front.start({ cert, key });
      wall.target = world.upstream;
      world.closing.push(() => wall.close());
      world.sandbox.store.registries.update(world.registryId('outer'), {
        url: wall.url,
        insecure: false,
        caCertificate: '',
      });
      world.redeclare('open', {
        origin: { url: wall.url, ca },
        declaredRegistry: { type: 'docker-registry', url: wall.url, insecure: false, account: '' },
      });
    },
    causes: one('upstream-blocked', 'outage', /CA of the registry/, 'open'),
  },
  'credential dead for one registry of two with one upstream and one account': {
    options: () => ({ login: 'bot:right' }),
    arrange: (world) => {
      world.sandbox.store.registries.update(world.registryId('inner'), {
        url: world.gate.url,
        credential: { type: 'basic', accessKey: 'bot', accessSecret: 'old' },
      });
      world.redeclare('closed', {
        images: ['library/multi:2'],
        origin: { url: world.upstream.url, credential: { username: 'bot', password: () => 'old' } },
        declaredRegistry: { type: 'docker-registry', url: world.gate.url, insecure: true, account: 'bot' },
      });
    },
    causes: one('upstream-credential', 'outage', /--rotate registry\/inner/, 'closed'),
  },
  'both projects on one dead upstream': {
    arrange: async (world) => {
      world.sandbox.store.registries.update(world.registryId('inner'), { url: world.gate.url });
      world.redeclare('closed', {
        images: ['library/multi:2'],
        origin: { url: world.upstream.url },
        declaredRegistry: { type: 'docker-registry', url: world.gate.url, insecure: true, account: '' },
      });
      world.upstream.setMode('503' as never);
    },
    causes: one('upstream-broken', 'outage', /status page/, 'open', 'closed'),
  },
  'a foreign layer that the upstream does not have': {
    arrange: ({ inner }) => inner.put('library/single', '1', withForeignLayer()),
    causes: [],
  },
};

const BESIDE_HARBOR: Readonly<Record<string, Fault>> = {
  'Harbor alone cannot reach the token service of the upstream': upstreamIs(
    (wall, world) => {
      const tokens = tokensFrom(`${wall.url}/token`);
      wall.intercept = (incoming, response) => {
        if (!(incoming.url ?? '').startsWith('/token')) return tokens(incoming, response);
        return json(response, 200, { token: 'upstream-token' });
      };
      world.gate.rewrite = (_incoming, answer) => {
        const challenge = [answer.headers['www-authenticate']].flat().join('');
        if (challenge !== '') answer.headers['www-authenticate'] = challenge.replace(wall.url, 'http://auth.invalid');
      };
    },
    one('upstream-blocked', 'outage', /proxy settings/, 'open'),
  ),
  'a proxy beside Harbor breaks gzip': atGate(
    where(
      isManifest,
      bare(200, { 'content-type': 'application/vnd.oci.image.index.v1+json', 'content-encoding': 'gzip' }, 'not gzip'),
    ),
    one('served-here-only', 'outage', /Harbor's network/, 'open'),
  ),
  'Harbor itself fails for one project': atFront(
    () =>
      where(
        (url) => isManifestOf(url, 'open'),
        (incoming, response) =>
          (incoming.headers.authorization ?? '').startsWith('Bearer ey') &&
          json(response, 500, { errors: [{ code: 'UNKNOWN', message: 'unknown' }] }),
      ),
    one('harbor-error', 'outage', /log of core/, 'open'),
  ),
};

/** Realms of one project alone. */
const realmOf =
  (project: string, realm: (world: World) => string) =>
  (world: World): NonNullable<Front['rewrite']> =>
  (incoming, answer) => {
    const challenge = [answer.headers['www-authenticate']].flat().join(', ');
    if (challenge.startsWith('Bearer') && (incoming.url ?? '').startsWith(`/v2/${project}/`))
      answer.headers['www-authenticate'] = challenge.replace(/realm="[^"]*"/, `realm="${realm(world)}"`);
  };

/** Tokens of robots, for everybody who asks for the same scope. */
function remembersTokens({ sandbox }: World): Intercept {
  const kept = new Map<string, string>();
  const ask = async (url: string, authorization: string | undefined, response: ServerResponse): Promise<void> => {
    const answer = await fetch(`${sandbox.url}${url}`, {
      headers: authorization === undefined ? {} : { authorization },
    });
    const body = await answer.text();
    if (answer.ok && authorization !== undefined) kept.set(url, body);
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(body);
  };
  return ({ url = '', method, headers }, response) => {
    if (!url.startsWith('/service/token') || method !== 'GET') return false;
    const known = kept.get(url);
    if (known === undefined) void ask(url, headers.authorization, response).catch(() => response.destroy());
    else response.writeHead(200, { 'content-type': 'application/json' }).end(known);
    return true;
  };
}

const AT_THE_FRONT: Readonly<Record<string, Fault>> = {
  'realm of another port for one project': rewritten(
    realmOf('closed', () => 'http://127.0.0.1:9/service/token'),
    one('foreign-realm', 'outage', /external_url|X-Forwarded/, 'closed'),
  ),
  'realm of another host for one project': rewritten(
    realmOf('open', () => 'https://harbor-internal.invalid/service/token'),
    one('foreign-realm', 'outage', /external_url|X-Forwarded/, 'open'),
  ),
  'clock of Harbor an hour ahead': rewritten(
    () => (_incoming, answer) => void (answer.headers['date'] = new Date(Date.now() + 3_600_000).toUTCString()),
    one('clock-skew', 'soon', /NTP/),
  ),
  'the front refuses HEAD': atFront(
    () => where(isPull, on('HEAD', bare(405, { 'content-type': 'text/html' }))),
    one('front-error', 'outage', /HEAD/, 'open', 'closed'),
  ),
  'the front refuses tokens as too large': atFront(
    () => (incoming, response) =>
      (incoming.headers.authorization ?? '').startsWith('Bearer ey') ? page(response, 400) : false,
    one('front-error', 'outage', /its log/, 'open', 'closed'),
  ),
  'the front drops digests': rewritten(
    () => (_incoming, answer) => void delete answer.headers['docker-content-digest'],
    one('front-door-changes-answers', 'outage', /header rewriting/),
  ),
  'the front has types of its own': rewritten(
    () => (incoming, answer) => {
      if (isManifest(incoming.url ?? '') && answer.status === 200) answer.headers['content-type'] = 'application/json';
    },
    one('front-door-changes-answers', 'outage', /header rewriting/),
  ),
  'the front breaks gzip': rewritten(
    () => (incoming, answer) => {
      if (isManifest(incoming.url ?? '') && answer.status === 200) answer.headers['content-encoding'] = 'gzip';
    },
    one('front-door-changes-answers', 'outage', /compression/),
  ),
  'the front refuses containerd': atFront(
    () => (incoming, response) =>
      /containerd/i.test(incoming.headers['user-agent'] ?? '') ? page(response, 403) : false,
    one('front-refuses-clients', 'outage', /User-Agent/),
  ),
  'the front remembers token answers': atFront(
    remembersTokens,
    one('anonymous-pull-at-front', 'exposure', /caches tokens/, 'closed'),
  ),
  'http redirects to https': {
    arrange: ({ front }) => {
      front.intercept = (incoming, response) => {
        response.writeHead(301, { location: `${front.url.replace('http:', 'https:')}${incoming.url}` }).end();
        return true;
      };
    },
    causes: one('redirect-loop', 'outage', /https/),
  },
  'Harbor restarts in the middle': atFront(
    () => {
      let count = 0;
      // Causes are looked for when the checks are done: then it is back.
      let isBack = false;
      return (incoming, response) => {
        isBack ||= incoming.url === '/api/v2.0/health';
        return ++count > 60 && !isBack && page(response, 502);
      };
    },
    one('harbor-was-away', 'outage', /run again/),
  ),
  'Harbor goes away in the middle': atFront(
    () => {
      let count = 0;
      return (_incoming, response) => (++count > 60 ? page(response, 502) : false);
    },
    one('harbor-unavailable', 'outage', /health --wait/),
  ),
  'mirror domain of a project that does not exist': {
    options: () => ({ mirror: true }),
    arrange: ({ mirror }) => {
      const own = mirror.path;
      mirror.path = (url) => own(url).replace('/v2/open/', '/v2/opne/').replace('repository:open', 'repository:opne');
    },
    causes: one('mirror-wants-login', 'outage', /this project.*mirror render/, 'open'),
  },
};

const OF_HARBOR: Readonly<Record<string, Fault>> = {
  'Redis is down, and /v2/ answers': atFront(
    () => (incoming, response) => {
      const url = incoming.url ?? '';
      if (url === '/v2/') return false;
      if (ill(url, response, 'redis')) return true;
      return url.startsWith('/v2/') && incoming.headers.authorization === undefined
        ? false
        : json(response, 500, { errors: [{ code: 'UNKNOWN', message: 'internal server error' }] });
    },
    one('component-down', 'outage', /health/),
  ),
  'job service down, nothing is scanned': {
    options: () => ({ guarded: true }),
    arrange: async (world) => {
      await world.put(`projects/${world.projectId('open')}`, { metadata: { public: 'true', auto_scan: 'false' } });
      world.redeclare('open', { autoScan: false });
      world.front.intercept = (incoming, response) => ill(incoming.url, response, 'jobservice');
    },
    causes: one('component-down', 'outage', /health/),
  },
  'unsigned image refused': {
    arrange: (world) => refuse(world, 'The image is not signed by cosign.'),
    causes: one('image-unsigned', 'outage', /sign/, 'open'),
  },
  'quota of one project full, disk full': {
    options: () => ({ stores: true }),
    arrange: async (world) => {
      await world.put(`quotas/${world.quotaId('closed')}`, { hard: { storage: 100 } });
      world.front.intercept = (incoming, response) =>
        incoming.url === '/api/v2.0/systeminfo/volumes'
          ? json(response, 200, { storage: [{ free: 4096, total: 1 << 30 }] })
          : noArtifacts(incoming, response);
    },
    causes: [
      ...one('quota-full', 'soon', /quota\/closed/, 'closed'),
      ...one('storage-full', 'soon', /garbage/, 'open'),
    ],
  },
  'project deleted by hand': {
    arrange: (world) => world.sandbox.store.projects.remove(world.projectId('closed')),
    causes: one('project-missing', 'outage', /--target project\/closed/, 'closed'),
  },
  'project recreated by hand without a registry': {
    arrange: (world) => {
      world.sandbox.store.projects.update(world.projectId('open'), { registryId: 0 });
    },
    causes: one('registry-differs', 'outage', /project\/open/, 'open'),
  },
};

const OF_ROBOTS: Readonly<Record<string, Fault>> = {
  'robot deleted and made again by hand': {
    arrange: async (world) => {
      const old = world.sandbox.store.robots.get(world.robotId('clusters'))!;
      world.sandbox.store.robots.remove(old.id);
      const authorization = `Basic ${Buffer.from('admin:Harbor12345').toString('base64')}`;
      const made = await fetch(`${world.sandbox.url}/api/v2.0/robots`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization },
        body: JSON.stringify({
          name: 'clusters',
          level: 'system',
          duration: -1,
          permissions: [{ kind: 'project', namespace: '*', access: [{ resource: 'repository', action: 'pull' }] }],
        }),
      });
      if (!made.ok) throw new Error(await made.text());
    },
    causes: one('robot-secret', 'outage', /--rotate robot\/clusters/),
  },
  'robot of the system lost the project': {
    arrange: (world) => {
      const { robots } = world.sandbox.store;
      const id = world.robotId('clusters');
      robots.update(id, {
        permissions: robots
          .get(id)!
          .permissions.map((one) => ({ ...one, namespace: 'elsewhere', scope: '/project/99' })) as never,
      });
    },
    causes: one('missing-right', 'outage', /--target robot\/clusters/, 'closed'),
  },
  'the other robot lost its permission': {
    arrange: (world) => permit(world, 'closed+puller', ['list']),
    causes: one('missing-right', 'outage', /--target robot\/closed\+puller/, 'closed'),
  },
  'robot prefix changed by hand': {
    arrange: (world) => world.put('configurations', { robot_name_prefix: 'bot-' }),
    causes: one('robot-prefix', 'outage', /robot_name_prefix/),
  },
  'admin password changed, one robot rotated': {
    arrange: (world) => {
      world.target = { ...world.target, apiCredential: { username: 'admin', password: () => 'wrong' } };
      rotated(world, 'clusters');
    },
    causes: one('credential-refused', 'outage', /plan/, 'closed'),
  },
  'admin password changed': {
    arrange: (world) =>
      void (world.target = { ...world.target, apiCredential: { username: 'admin', password: () => 'wrong' } }),
    causes: [],
  },
};

export const MORE: Readonly<Record<string, Fault>> = {
  ...OF_UPSTREAM,
  ...BESIDE_HARBOR,
  ...AT_THE_FRONT,
  ...OF_HARBOR,
  ...OF_ROBOTS,
};

export const MORE_COMBINED: readonly (readonly string[])[] = [
  ['realm of another port for one project', 'upstream answers HEAD and fails for GET', 'certificate expires soon'],
  ['the front refuses containerd', 'project opened to everybody', 'quota changed by hand'],
  ['robot prefix changed by hand', 'upstream answers GET alone', 'certificate expires soon'],
  ['unsigned image refused', 'the private upstream is down', 'robot may push'],
  [
    'the other robot lost its permission',
    'project recreated by hand without a registry',
    'clock of Harbor an hour ahead',
    'the private upstream limits pulls',
  ],
  ['Redis is down, and /v2/ answers', 'certificate expires soon'],
];
