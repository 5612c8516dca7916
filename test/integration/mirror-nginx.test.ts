import { runConformance } from '../../src/conformance';
import { nginxMirror, nginxRobot, type Mirror } from '../../src/mirror';
import { describeWithNginx, startNginx, type RunningNginx } from './nginx';
import { ask, type Answer, type Question } from './traefik/ask';
import { Behind, PRIVATE_PROJECT, PUBLIC_PROJECT } from './traefik/behind';

const HOSTNAME = '127.0.0.1';
const CHECKS = ['D1', 'D2', 'D3', 'D4', 'D5', 'D6'];
const HUB_LOGIN = { authorization: `Basic ${Buffer.from('someone:at-docker-hub').toString('base64')}` };

describeWithNginx('a mirror domain, with a real nginx', () => {
  const running: RunningNginx[] = [];
  let behind: Behind;
  beforeAll(async () => void (behind = await Behind.start()));
  afterAll(async () => {
    await Promise.all(running.map(({ stop }) => stop()));
    await behind?.close();
  });
  beforeEach(() => void (behind.requests = []));

  async function mirrorOf(mirror: Omit<Mirror, 'hostname'>): Promise<string> {
    const { cert, key, ca } = behind.authority;
    const { name, secret } = behind.robot;
    const nginx = await startNginx((folder) => {
      const front = {
        harborUrl: behind.sandbox.url,
        certificates: folder,
        robots: folder,
        authorities: `${folder}/ca`,
      };
      return {
        'conf.d/mirror.conf': nginxMirror({ hostname: HOSTNAME, ...mirror }, front),
        [`${HOSTNAME}.crt`]: cert,
        [`${HOSTNAME}.key`]: key,
        [`${HOSTNAME}.conf`]: nginxRobot(name, secret),
        ca,
      };
    });
    running.push(nginx);
    return `https://${HOSTNAME}:${nginx.port}`;
  }

  function get(url: string, question: Question = {}): Promise<Answer> {
    return ask(url, { ca: behind.authority.ca, ...question });
  }

  it.each([
    [{ project: PUBLIC_PROJECT, way: 'token-redirect' }],
    [{ project: PRIVATE_PROJECT, way: 'robot' }],
  ] as const)('meets what Docker and containerd require: %j', async (mirror) => {
    const url = await mirrorOf(mirror);
    const { name, secret } = behind.robot;
    const project = {
      name: mirror.project,
      public: mirror.project === PUBLIC_PROJECT,
      proxy: true,
      images: ['library/multi:1'],
      platforms: ['linux/amd64'],
      mirrors: [{ url, serves: 'docker.io' }],
      pullCredential: { username: name, password: () => secret },
    };
    const { results } = await runConformance(
      { harborUrl: behind.sandbox.url, ca: behind.authority.ca, projects: [project] },
      { tool: { name: 'test', version: '0' }, timeScale: 0.02, checks: CHECKS },
    );
    expect(results.map(({ id, status, message }) => `${id} ${status} ${message}`)).toEqual(
      CHECKS.map((id) => expect.stringMatching(`^${id} pass`)),
    );
  });

  describe('by another scope', () => {
    let url: string;
    beforeAll(async () => void (url = await mirrorOf({ project: PUBLIC_PROJECT, way: 'token-redirect' })));

    it.each([
      ['as Docker asks', 'service=harbor-registry&scope=repository%3Alibrary%2Fphp%3Apull'],
      ['with a login of Docker Hub', 'account=someone&scope=repository%3Alibrary%2Fphp%3Apull&service=harbor-registry'],
      ['with several scopes', 'scope=repository:a/b:pull&scope=repository:library/php:pull&service=harbor-registry'],
    ])('gives clients that ask %s a token for the project, and passes on no login', async (_, query) => {
      const { status, body } = await get(`${url}/service/token?${query}`, { headers: HUB_LOGIN });
      expect(status).toBe(200);
      expect(behind.requests.map(({ headers }) => headers.authorization)).toEqual([undefined]);
      const headers = { authorization: `Bearer ${(JSON.parse(body) as { token: string }).token}` };
      expect((await get(`${url}/v2/library/php/manifests/8`, { headers })).status).toBe(200);
    });

    it.each([
      ['POST', '/service/token', 405],
      ['POST', '/v2/library/php/blobs/uploads/', 405],
      ['PUT', '/v2/library/php/manifests/8', 405],
      ['GET', '/v2/_catalog', 404],
      ['GET', '/api/v2.0/projects', 404],
      ['GET', '/v2/%2e%2e/api/v2.0/projects', 404],
      ['GET', '/', 404],
    ])('%s %s is %i', async (method, path, expected) =>
      expect((await get(url, { method, path })).status).toBe(expected),
    );

    it('refuses every login with any password', async () => {
      const login = `${url}/service/token?account=a&client_id=docker&offline_token=true&service=harbor-registry`;
      expect((await get(login, { headers: HUB_LOGIN })).status).toBe(401);
    });
  });

  it('refuses clients from other networks', async () => {
    const allowFrom = ['192.0.2.0/24', '2001:db8::/32'];
    const url = await mirrorOf({ project: PUBLIC_PROJECT, way: 'token-redirect', allowFrom });
    for (const path of ['/v2/', '/service/token', '/v2/library/php/manifests/8'])
      expect((await get(`${url}${path}`)).status).toBe(403);
    expect(behind.requests).toEqual([]);
  });
});
