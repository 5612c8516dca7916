import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { nginxMirror, nginxRobot, type Mirror, type Shield } from '../../src/mirror';
import { fixtureImage } from '../../src/upstream';
import { mayBeOwnDelay, withOwnDelay } from '../../src/conformance/support/own-delay';
import { startSandbox } from '../../src/sandbox';
import { callApi, createProxyProject, untilArtifact } from './harbor-api';
import { describeWithNginx, startNginx, type RunningNginx } from './nginx';
import { describeWithClient } from './real-clients/client';
import { skopeo as skopeoProgram } from './real-clients/containers-image';
import { skopeo, temporaryFolder } from './real-parts';
import { startRelay } from './relay';
import { ask, type Answer, type Question } from './traefik/ask';
import { Behind, eventually, PRIVATE_PROJECT, PUBLIC_PROJECT } from './traefik/behind';

const HOSTNAME = '127.0.0.1';
const SHIELD: Shield = { revalidateSeconds: 2, staleSeconds: 600, upstreamTimeoutSeconds: 1 };
/** Where Harbor answers, and a busy machine may take its time. */
const PATIENT: Partial<Shield> = { upstreamTimeoutSeconds: 20 };
const EVERY_TYPE = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');
const TEN_TAGS = Array.from({ length: 10 }, (_, number) => `t${number}`);

interface Timed extends Answer {
  readonly ms: number;
}

/** The time below which 99 of 100 answers lie. */
function p99(answers: readonly Timed[]): number {
  const sorted = answers.map(({ ms }) => ms).sort((a, b) => a - b);
  return sorted[Math.ceil(sorted.length * 0.99) - 1] ?? 0;
}

describeWithNginx('the shield of a mirror domain, with a real nginx', () => {
  const running: RunningNginx[] = [];
  let behind: Behind;
  beforeAll(async () => void (behind = await Behind.start()));
  afterAll(async () => {
    behind?.upstream.setMode('ok');
    await Promise.all(running.map(({ stop }) => stop()));
    await behind?.close();
  });
  afterEach(() => behind.upstream.setMode('ok'));

  /** A front with an empty memory. */
  async function front(
    mirror: Omit<Mirror, 'hostname'>,
    { robot = behind.robot, harborUrl = behind.sandbox.url } = {},
  ): Promise<Front> {
    const { cert, key, ca } = behind.authority;
    let memory = '';
    const nginx = await startNginx((folder) => ({
      'conf.d/mirror.conf': nginxMirror(
        { hostname: HOSTNAME, ...mirror },
        {
          harborUrl,
          certificates: folder,
          robots: folder,
          authorities: `${folder}/ca`,
          cache: (memory = folder),
        },
      ),
      [`${HOSTNAME}.crt`]: cert,
      [`${HOSTNAME}.key`]: key,
      [`${HOSTNAME}.conf`]: nginxRobot(robot.name, robot.secret),
      ca,
    }));
    running.push(nginx);
    const get = async (path: string, { headers, ...question }: Question = {}): Promise<Timed> => {
      const startedAt = performance.now();
      const asked = { accept: EVERY_TYPE, ...headers };
      const answer = await ask(`https://${HOSTNAME}:${nginx.port}${path}`, { ca, ...question, headers: asked });
      return { ...answer, ms: performance.now() - startedAt };
    };
    return {
      port: nginx.port,
      memory: join(memory, `breakwater-${HOSTNAME}`),
      get,
      manifest: (name, question) => get(`/v2/library/${name.replace(':', '/manifests/')}`, question),
    };
  }

  interface Front {
    readonly port: number;
    /** Directory of the answers. */
    readonly memory: string;
    readonly get: (path: string, question?: Question) => Promise<Timed>;
    /** @param name `php:8` */
    readonly manifest: (name: string, question?: Question) => Promise<Timed>;
  }

  const shielded = (shield: Partial<Shield> = {}): Promise<Front> =>
    front({ project: PUBLIC_PROJECT, way: 'token-redirect', shield: { ...SHIELD, ...shield } });

  /** What came to Harbor while `act` ran. */
  async function asked(act: () => Promise<unknown>): Promise<string[]> {
    behind.requests = [];
    await act();
    return behind.requests.map(({ method, target }) => `${method} ${target}`);
  }

  describe('with an upstream that drops every request', () => {
    beforeAll(() => {
      for (const tag of TEN_TAGS) behind.upstream.put('library/ten', tag, fixtureImage('a'));
    });

    it('serves 99 of 100 requests for a known tag within 300 ms, marked as stale', async () => {
      // One request waits for Harbor, which is then left alone for 50 s: longer than the others take.
      const { manifest } = await shielded({ upstreamTimeoutSeconds: 10 });
      const ask = async (rounds: number): Promise<Timed[]> => {
        const answers: Timed[] = [];
        for (let round = 0; round < rounds; round++)
          for (const tag of TEN_TAGS) answers.push(await manifest(`ten:${tag}`));
        return answers;
      };
      expect(new Set((await ask(1)).map(({ status }) => status))).toEqual(new Set([200]));
      // What this machine takes for an answer from memory now.
      const usual = p99(await ask(2));
      behind.upstream.setMode('hang');
      await wait(2_500);
      behind.requests = [];
      const { result: answers, ownDelayMs } = await withOwnDelay(() => ask(10));
      expect(behind.requests.length).toBeLessThanOrEqual(1);
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
      expect(new Set(answers.map(({ body }) => body)).size).toBe(1);
      const tookMs = p99(answers);
      const boundMs = 300 + usual;
      const isSlow = tookMs > boundMs && !mayBeOwnDelay({ tookMs, boundMs, ownDelayMs });
      expect({ tookMs, boundMs, ownDelayMs, isSlow }).toMatchObject({ isSlow: false });
      const last = answers.at(-1)!.headers;
      expect(last['x-breakwater-shield']).toMatch(/^stale; since="\w{3}, \d\d \w{3} \d{4} [\d:]{8} GMT"$/);
      expect(last.warning).toBe('111 breakwater "Revalidation Failed"');
    }, 120_000);

    it('does not without the shield: the same request has no response after three seconds', async () => {
      const { manifest, get } = await front({ project: PUBLIC_PROJECT, way: 'token-redirect' });
      const { body } = await get('/service/token?service=harbor-registry&scope=repository:library/ten:pull');
      const headers = { authorization: `Bearer ${(JSON.parse(body) as { token: string }).token}` };
      expect((await manifest('ten:t0', { headers })).status).toBe(200);
      behind.upstream.setMode('hang');
      const answer = manifest('ten:t0', { headers }).catch(() => 'cut');
      expect(await Promise.race([answer, wait(3_000, 'no answer')])).toBe('no answer');
    });

    it('waits for Harbor, as without it, for what it does not know', async () => {
      const { manifest } = await shielded();
      behind.upstream.put('library/slow', '1', fixtureImage('b'));
      behind.upstream.setMode('hang');
      const answer = manifest('slow:1');
      await wait(1_500);
      behind.upstream.setMode('ok');
      expect((await manifest('slow:1')).status).toBe(200);
      void answer.catch(() => undefined);
    });

    it('serves while Harbor itself is down, also the ping', async () => {
      const relay = await startRelay(behind.sandbox.url);
      try {
        const mirror = { project: PUBLIC_PROJECT, way: 'token-redirect', shield: SHIELD } as const;
        const { get, manifest } = await front(mirror, { harborUrl: relay.url });
        expect((await manifest('php:8')).status).toBe(200);
        relay.swallow();
        await wait(2_500);
        expect((await get('/v2/')).status).toBe(200);
        for (const _ of [1, 2]) {
          const { status, headers } = await manifest('php:8');
          expect([status, headers['x-breakwater-shield']]).toEqual([200, expect.stringMatching(/^stale/)]);
        }
        relay.pass();
        // It is tried again some ten seconds after the last silence.
        const state = async (): Promise<unknown> => (await manifest('php:8')).headers['x-breakwater-shield'];
        expect(await eventually(state, (seen) => seen === 'fresh')).toBe('fresh');
      } finally {
        await relay.close();
      }
    });
  });

  describeWithClient(skopeoProgram, () => {
    it('gives a real client a whole image while the upstream drops every request', async () => {
      const { ca } = behind.authority;
      behind.upstream.put('library/whole', '1', fixtureImage('idx'));
      const folder = temporaryFolder();
      writeFileSync(join(folder.path, 'ca.crt'), ca);
      const { port } = await shielded();
      const copy = (to: string): Promise<string> =>
        skopeo(
          ...['copy', '--all', '--preserve-digests', '--src-no-creds', '--src-cert-dir', folder.path],
          ...[`docker://${HOSTNAME}:${port}/library/whole:1`, `oci:${join(folder.path, to)}`],
        );
      try {
        await copy('before');
        // skopeo asks by GET alone, and Harbor then gives the index no tag.
        for (const { digest } of fixtureImage('idx').children)
          await untilArtifact(behind.sandbox, PUBLIC_PROJECT, 'library/whole', digest);
        behind.upstream.setMode('hang');
        await wait(2_500);
        await copy('during');
        const index = (name: string): string => readFileSync(join(folder.path, name, 'index.json'), 'utf8');
        expect(index('during')).toBe(index('before'));
        expect(index('during')).toContain(fixtureImage('idx').digest);
      } finally {
        folder.remove();
      }
    }, 60_000);
  });

  it('verifies the certificate of a Harbor that has one, by its name', async () => {
    const { ca, cert, key } = behind.authority;
    const sandbox = await startSandbox({ timeScale: 0.02, tls: { cert, key } });
    try {
      await createProxyProject({ url: sandbox.url, ca }, PUBLIC_PROJECT, { url: behind.upstream.url });
      const mirror = { project: PUBLIC_PROJECT, way: 'token-redirect', shield: { ...SHIELD, ...PATIENT } } as const;
      const named = await front(mirror, { harborUrl: `https://localhost:${sandbox.port}` });
      expect((await named.manifest('php:8')).headers['x-breakwater-shield']).toBe('fresh');
      expect((await named.manifest('php:8')).headers['x-breakwater-shield']).toBe('memory');
      await wait(2_500);
      expect((await named.manifest('php:8')).headers['x-breakwater-shield']).toBe('fresh');
    } finally {
      await sandbox.close();
    }
  });

  it('asks Harbor once in an interval for each of ten tags, in a thousand pulls', async () => {
    const { manifest } = await shielded({ revalidateSeconds: 600 });
    behind.upstream.takeLog();
    for (const tag of TEN_TAGS) behind.upstream.put('library/many', tag, fixtureImage('a'));
    const one = async (number: number): Promise<void> =>
      expect((await manifest(`many:t${number % 10}`)).status).toBe(200);
    const pulls = await asked(async () => {
      for (let round = 0; round < 20; round++)
        await Promise.all(Array.from({ length: 50 }, (_, number) => one(round * 50 + number)));
    });
    expect(pulls.filter((line) => line.includes('/manifests/t'))).toHaveLength(10);
    const heads = behind.upstream.takeLog().filter((line) => line.startsWith('HEAD '));
    expect(heads.length).toBeLessThanOrEqual(10);
  }, 120_000);

  it('serves a moved tag after the interval, and 404 for a deleted one', async () => {
    const { manifest } = await shielded(PATIENT);
    behind.upstream.put('library/moves', '1', fixtureImage('a'));
    const digest = async (): Promise<unknown> =>
      (await manifest('moves:1', { method: 'HEAD' })).headers['docker-content-digest'];
    expect(await digest()).toBe(fixtureImage('a').digest);
    behind.upstream.put('library/moves', '1', fixtureImage('b'));
    expect(await digest()).toBe(fixtureImage('a').digest);
    await wait(SHIELD.revalidateSeconds * 1_000 + 100);
    expect(await digest()).toBe(fixtureImage('b').digest);
    behind.upstream.removeTag('library/moves', '1');
    await wait(SHIELD.revalidateSeconds * 1_000 + 100);
    expect((await manifest('moves:1', { method: 'HEAD' })).status).toBe(404);
  });

  it('forgets a response whose file is deleted, so that its age can be limited', async () => {
    const { manifest, memory } = await shielded({ revalidateSeconds: 600 });
    const state = async (): Promise<unknown> => (await manifest('php:8')).headers['x-breakwater-shield'];
    expect([await state(), await state()]).toEqual(['fresh', 'memory']);
    const older = (minutes: string) => execFileSync('find', [memory, '-type', 'f', '-mmin', minutes, '-delete']);
    older('+10');
    expect(await state()).toBe('memory');
    older('-10');
    expect([await state(), await state()]).toEqual(['fresh', 'memory']);
  });

  it('caches no refusal: a missing image is served as soon as the upstream has it', async () => {
    const { manifest } = await shielded({ revalidateSeconds: 600 });
    expect((await manifest('later:1')).status).toBe(404);
    behind.upstream.put('library/later', '1', fixtureImage('a'));
    expect((await manifest('later:1')).status).toBe(200);
  });

  it('sends Harbor the types that each client accepts, regardless of earlier requests', async () => {
    const { manifest } = await shielded({ revalidateSeconds: 600 });
    const asksFor = async (accept: string): Promise<string[]> => {
      await asked(() => manifest('multi:1', { headers: { accept } }));
      return behind.requests.map(({ headers }) => String(headers.accept));
    };
    const index = 'application/vnd.oci.image.index.v1+json';
    const image = 'application/vnd.oci.image.manifest.v1+json';
    for (const accept of [index, image, EVERY_TYPE]) expect(await asksFor(accept)).toEqual([accept]);
    for (const accept of [index, image, EVERY_TYPE]) expect(await asksFor(accept)).toEqual([]);
    // The same types in another order, and more of them, are the same answer.
    expect(await asksFor([...EVERY_TYPE.split(', ').reverse(), '*/*'].join(','))).toEqual([]);
  });

  it('caches HEAD and GET separately, and serves a manifest by digest only under that digest', async () => {
    const { manifest } = await shielded({ revalidateSeconds: 600 });
    const { digest } = fixtureImage('idx');
    const head = await manifest('multi:1', { method: 'HEAD' });
    expect([head.headers['docker-content-digest'], head.body]).toEqual([digest, '']);
    for (const _ of [1, 2]) expect((await manifest(`multi:1`)).body).toBe(fixtureImage('idx').manifest.toString());
    const byDigest = await manifest(`multi:${digest}`);
    expect(byDigest.body).toBe(fixtureImage('idx').manifest.toString());
    expect((await asked(() => manifest(`multi:${digest}`))).length).toBe(0);
  });

  it('streams layers without caching them', async () => {
    const { get, manifest } = await shielded({ revalidateSeconds: 600 });
    await manifest('php:8');
    const path = `/v2/library/php/blobs/${fixtureImage('a').blobs[1]!.digest}`;
    for (const _ of [1, 2]) {
      const seen = await asked(async () => expect((await get(path)).status).toBe(200));
      expect(seen.filter((line) => line.includes('/blobs/'))).toHaveLength(1);
    }
  });

  describe('privacy', () => {
    it('neither caches nor serves from its cache if a client sends a credential', async () => {
      const { manifest } = await shielded({ revalidateSeconds: 600 });
      const headers = { authorization: 'Bearer of.somebody.else' };
      for (const _ of [1, 2]) {
        let answer: Timed | undefined;
        const seen = await asked(async () => (answer = await manifest('php:8.1', { headers })));
        expect(seen).toHaveLength(1);
        expect(behind.requests[0]?.headers.authorization).toBe(headers.authorization);
        expect(answer?.headers['x-breakwater-shield']).toBe('bypass');
      }
      expect(await asked(() => manifest('php:8.1'))).toHaveLength(1);
      expect(await asked(() => manifest('php:8.1'))).toHaveLength(0);
    });

    it('passes on nothing that identifies the client', async () => {
      const { manifest } = await shielded();
      const headers = { cookie: 'sid=of-an-administrator', 'x-forwarded-for': '192.0.2.1', range: 'bytes=0-1' };
      const answers: Timed[] = [];
      await asked(async () => void answers.push(await manifest('php:8', { headers })));
      expect(answers[0]?.status).toBe(200);
      expect(Object.keys(behind.requests[0]?.headers ?? {}).sort()).toEqual([
        'accept',
        'authorization',
        'host',
        'user-agent',
      ]);
    });

    it('does not expose a private project: a mirror that expects a public one stays closed', async () => {
      const { manifest } = await front({ project: PRIVATE_PROJECT, way: 'token-redirect', shield: SHIELD });
      const { name, secret } = behind.robot;
      const basic = `Basic ${Buffer.from(`${name}:${secret}`).toString('base64')}`;
      expect((await manifest('php:8', { headers: { authorization: basic } })).status).toBe(200);
      expect((await manifest('php:8')).status).toBe(401);
    });

    it('shares what the robot of a private project pulls, and nothing after the robot is refused', async () => {
      const { manifest } = await front({ project: PRIVATE_PROJECT, way: 'robot', shield: SHIELD });
      expect((await manifest('php:8')).status).toBe(200);
      expect(await asked(() => manifest('php:8'))).toEqual([]);
      const robot = { name: behind.robot.name, secret: 'dead' };
      const dead = await front({ project: PRIVATE_PROJECT, way: 'robot', shield: SHIELD }, { robot });
      const { status, headers } = await dead.manifest('php:8');
      expect([status, headers['www-authenticate']]).toEqual([401, undefined]);
    });

    it('refuses within the interval what Harbor refuses from now on', async () => {
      const { manifest } = await shielded(PATIENT);
      expect((await manifest('php:8')).status).toBe(200);
      await callApi(behind.sandbox, 'PUT', `/projects/${PUBLIC_PROJECT}`, { metadata: { public: 'false' } });
      try {
        await wait(SHIELD.revalidateSeconds * 1_000 + 100);
        expect((await manifest('php:8')).status).toBe(401);
      } finally {
        await callApi(behind.sandbox, 'PUT', `/projects/${PUBLIC_PROJECT}`, { metadata: { public: 'true' } });
      }
    });
  });

  // Last: Harbor may find the upstream unhealthy meanwhile, and then asks for nothing new.
  it.each(['429', '500', 'reset'] as const)('serves from its cache while the upstream returns %s', async (mode) => {
    const { manifest } = await shielded();
    const before = await manifest('php:8', { method: 'HEAD' });
    behind.upstream.setMode(mode);
    await wait(2_100);
    const during = await manifest('php:8', { method: 'HEAD' });
    expect([during.status, during.headers['docker-content-digest']]).toEqual([
      200,
      before.headers['docker-content-digest'],
    ]);
  });
});
