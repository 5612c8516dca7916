import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { runConformance, type CheckResult } from '../../../src/conformance';
import { SECRET_DYNAMIC_DIRECTORY, type EdgeMirror } from '../../../src/deploy/edge';
import { traefikRobot } from '../../../src/mirror';
import { fixtureImage } from '../../../src/upstream';
import { skopeo, temporaryFolder } from '../real-parts';
import { Behind, eventually, PRIVATE_PROJECT, PUBLIC_PROJECT, type Edge } from './behind';
import { describeWithTraefik } from './traefik';

const HOSTNAME = '127.0.0.1';
const SECRET_FILE = `${SECRET_DYNAMIC_DIRECTORY}/mirror.yml`;
/** What clients have for Docker Hub, and mirrors are not to be bothered with. */
const HUB_LOGIN = { authorization: `Basic ${Buffer.from('someone:at-docker-hub').toString('base64')}` };

describeWithTraefik('a mirror domain, with a real Traefik', () => {
  let behind: Behind;
  beforeAll(async () => void (behind = await Behind.start('https://localhost')));
  afterAll(() => behind?.close());
  beforeEach(() => void (behind.requests = []));

  function mirrorOf(
    mirror: Omit<EdgeMirror, 'hostname'>,
    hostFiles: Readonly<Record<string, string>> = {},
  ): Promise<Edge> {
    return behind.edge({ mirrors: [{ hostname: HOSTNAME, ...mirror }] }, { hostFiles });
  }

  /** The checks of `conformance.mirrors`, through the edge. */
  async function prove(edge: Edge, project: string): Promise<readonly CheckResult[]> {
    const { ca } = behind.authority;
    const { name, secret } = behind.robot;
    const { results } = await runConformance(
      {
        harborUrl: edge.harbor,
        ca,
        projects: [
          {
            name: project,
            public: project === PUBLIC_PROJECT,
            proxy: true,
            images: ['library/multi:1'],
            platforms: ['linux/amd64'],
            mirrors: [{ url: edge.mirror, serves: 'docker.io' }],
            pullCredential: { username: name, password: () => secret },
          },
        ],
      },
      { tool: { name: 'test', version: '0' }, timeScale: 0.02, checks: ['D1', 'D2', 'D3', 'D4', 'D5', 'D6'] },
    );
    return results;
  }

  const allPass = ['D1', 'D2', 'D3', 'D4', 'D5', 'D6'].map((id) => expect.stringMatching(`^${id} pass`));

  function robotFile(secret = behind.robot.secret): string {
    const mirror = { hostname: HOSTNAME, project: PRIVATE_PROJECT, way: 'robot' } as const;
    return stringify(traefikRobot(mirror, behind.robot.name, secret));
  }

  describe('by the redirection of the token request', () => {
    let edge: Edge;
    beforeAll(async () => void (edge = await mirrorOf({ project: PUBLIC_PROJECT })));

    it('meets what Docker and containerd require', async () => {
      const results = await prove(edge, PUBLIC_PROJECT);
      expect(results.map(({ id, status, message }) => `${id} ${status} ${message}`)).toEqual(allPass);
    });

    it.each([
      ['as Docker asks', 'service=harbor-registry&scope=repository%3Alibrary%2Fphp%3Apull'],
      ['with a login of Docker Hub', 'account=someone&scope=repository%3Alibrary%2Fphp%3Apull&service=harbor-registry'],
      ['with several scopes', 'scope=repository:a/b:pull&scope=repository:library/php:pull&service=harbor-registry'],
    ])('redirects clients that request a token %s, and passes on no login', async (_, query) => {
      const sent = await edge.ask(`${edge.mirror}/service/token?${query}`, { headers: HUB_LOGIN });
      const location = `${edge.mirror}/service/token?service=harbor-registry&scope=repository:${PUBLIC_PROJECT}/x:pull`;
      expect([sent.status, sent.headers.location]).toEqual([302, location]);
      const { status, body } = await edge.ask(location, { headers: HUB_LOGIN });
      expect(status).toBe(200);
      expect(behind.requests.map(({ headers }) => headers.authorization)).toEqual([undefined]);
      const { token } = JSON.parse(body) as { token: string };
      const headers = { authorization: `Bearer ${token}` };
      expect(await edge.ask(`${edge.mirror}/v2/library/php/manifests/8`, { headers })).toMatchObject({ status: 200 });
    });

    it("does not redirect containerd, which requests the project's scope in addition to its own", async () => {
      const scopes = [`repository:${PUBLIC_PROJECT}/library/php:pull`, 'repository:library/php:pull'];
      const query = scopes.map((scope) => `scope=${encodeURIComponent(scope)}`).join('&');
      expect((await edge.ask(`${edge.mirror}/service/token?${query}&service=harbor-registry`)).status).toBe(200);
    });

    it('leaves a POST to Harbor, whose 405 makes containerd ask by GET', async () => {
      expect((await edge.ask(`${edge.mirror}/service/token`, { method: 'POST' })).status).toBe(405);
    });

    it('refuses every login with any password', async () => {
      const login = `${edge.mirror}/service/token?account=a&client_id=docker&offline_token=true&service=harbor-registry`;
      expect((await edge.ask(login, { headers: HUB_LOGIN })).status).toBe(401);
    });

    it('keeps the paging of a tag list', async () => {
      const token = await edge.ask(
        `${edge.mirror}/service/token?service=harbor-registry&scope=repository:${PUBLIC_PROJECT}/x:pull`,
      );
      const headers = { authorization: `Bearer ${(JSON.parse(token.body) as { token: string }).token}` };
      for (const tag of ['8', '8.1']) await edge.ask(`${edge.mirror}/v2/library/php/manifests/${tag}`, { headers });
      const first = await edge.ask(`${edge.mirror}/v2/library/php/tags/list?n=1`, { headers });
      const next = /<([^>]+)>; rel="next"/.exec(String(first.headers['link']))?.[1] ?? '';
      const second = await edge.ask(new URL(next, edge.mirror).href, { headers });
      const tags = [first, second].map(({ body }) => (JSON.parse(body) as { tags: string[] }).tags);
      expect(tags).toEqual([['8'], ['8.1']]);
    });

    it.each([
      ['POST', '/v2/library/php/blobs/uploads/'],
      ['PUT', '/v2/library/php/manifests/8'],
      ['DELETE', '/v2/library/php/manifests/8'],
      ['GET', '/v2/_catalog'],
      ['GET', '/api/v2.0/projects'],
      ['GET', '/'],
      ['GET', '/c/login'],
      ['GET', '/v2/../api/v2.0/projects'],
      ['GET', '/v2/%2e%2e/api/v2.0/projects'],
      ['GET', '/v2/x/../_catalog'],
    ])('knows nothing of %s %s', async (method, path) => {
      // Given as it is: a URL would tidy its path up.
      expect((await edge.ask(edge.mirror, { method, path })).status).toBe(404);
      expect(behind.requests).toEqual([]);
    });
  });

  it('passes a login on if it is asked to', async () => {
    const edge = await mirrorOf({ project: PRIVATE_PROJECT, login: true });
    const { name, secret } = behind.robot;
    const headers = { authorization: `Basic ${Buffer.from(`${name}:${secret}`).toString('base64')}` };
    const query = 'service=harbor-registry&scope=repository:library/php:pull';
    const sent = await edge.ask(`${edge.mirror}/service/token?${query}`, { headers });
    const { body } = await edge.ask(sent.headers.location ?? '', { headers });
    const bearer = { authorization: `Bearer ${(JSON.parse(body) as { token: string }).token}` };
    const manifest = `${edge.mirror}/v2/library/php/manifests/8`;
    expect((await edge.ask(manifest, { headers: bearer })).status).toBe(200);
    expect((await edge.ask(manifest)).status).toBe(401);
  });

  it('refuses clients from other networks', async () => {
    const edge = await mirrorOf({ project: PUBLIC_PROJECT, allow_from: ['192.0.2.0/24', '2001:db8::/32'] });
    for (const path of ['/v2/', '/service/token', '/v2/library/php/manifests/8'])
      expect((await edge.ask(`${edge.mirror}${path}`)).status).toBe(403);
    expect((await edge.ask(`${edge.harbor}/v2/`)).status).toBe(401);
  });

  it.each([
    ['token-redirect', PUBLIC_PROJECT],
    ['robot', PRIVATE_PROJECT],
  ] as const)('serves skopeo, by %s', async (way, project) => {
    const edge = await mirrorOf({ project, way }, { [SECRET_FILE]: robotFile() });
    const folder = temporaryFolder();
    try {
      writeFileSync(join(folder.path, 'ca.crt'), behind.authority.ca);
      const source = `docker://${new URL(edge.mirror).host}/library/multi:1`;
      const copy = ['copy', '--all', '--preserve-digests', '--src-no-creds', '--src-cert-dir', folder.path];
      await skopeo(...copy, source, `oci:${join(folder.path, 'image')}`);
      const index = readFileSync(join(folder.path, 'image', 'index.json'), 'utf8');
      expect(index).toContain(fixtureImage('idx').digest);
    } finally {
      folder.remove();
    }
  });

  describe('by a robot', () => {
    it('serves a private project to clients that have no credential', async () => {
      const edge = await mirrorOf({ project: PRIVATE_PROJECT, way: 'robot' }, { [SECRET_FILE]: robotFile() });
      expect(edge.traefik.complaints()).toEqual([]);
      const results = await prove(edge, PRIVATE_PROJECT);
      expect(results.map(({ id, status, message }) => `${id} ${status} ${message}`)).toEqual(allPass);
      // The client's own login never arrives.
      behind.requests = [];
      expect((await edge.ask(`${edge.mirror}/v2/`, { headers: HUB_LOGIN })).status).toBe(200);
      expect(behind.requests[0]?.headers.authorization).not.toBe(HUB_LOGIN.authorization);
    });

    it('pushes nothing, and asks for no token', async () => {
      const edge = await mirrorOf({ project: PRIVATE_PROJECT, way: 'robot' }, { [SECRET_FILE]: robotFile() });
      behind.requests = [];
      for (const [method, path] of [
        ['POST', '/v2/library/php/blobs/uploads/'],
        ['GET', '/service/token'],
        ['GET', '/v2/_catalog'],
      ] as const)
        expect((await edge.ask(`${edge.mirror}${path}`, { method })).status).toBe(404);
      expect(behind.requests).toEqual([]);
    });

    it('is closed, and Harbor is not, until its credential is placed', async () => {
      const edge = await mirrorOf({ project: PRIVATE_PROJECT, way: 'robot' });
      const manifest = `${edge.mirror}/v2/library/php/manifests/8`;
      expect((await edge.ask(manifest)).status).toBe(404);
      expect((await edge.ask(`${edge.harbor}/v2/`)).status).toBe(401);
      edge.traefik.writeHostFile(SECRET_FILE, robotFile());
      edge.traefik.reload();
      // Without it Harbor's registry answers 404 for an OCI manifest that it has.
      const headers = { accept: 'application/vnd.oci.image.manifest.v1+json' };
      const answer = await eventually(
        () => edge.ask(manifest, { headers }),
        ({ status }) => status !== 404,
      );
      expect(answer.status).toBe(200);
    });

    it('asks no client for a password if its own robot has expired', async () => {
      const edge = await mirrorOf({ project: PRIVATE_PROJECT, way: 'robot' }, { [SECRET_FILE]: robotFile('dead') });
      const { status, headers } = await edge.ask(`${edge.mirror}/v2/library/php/manifests/8`);
      expect([status, headers['www-authenticate']]).toEqual([401, undefined]);
    });
  });
});
