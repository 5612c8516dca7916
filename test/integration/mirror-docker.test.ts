import { stringify } from 'yaml';
import { SECRET_DYNAMIC_DIRECTORY } from '../../src/deploy/edge';
import { nginxMirror, nginxRobot, traefikRobot, type MirrorWay } from '../../src/mirror';
import { fixtureImage } from '../../src/upstream';
import { describeWithNginx, startNginx } from './nginx';
import { describeWithClient, type RealClient } from './real-clients/client';
import { docker } from './real-clients/docker';
import { temporaryFolder } from './real-parts';
import { Behind, eventually, PRIVATE_PROJECT, PUBLIC_PROJECT } from './traefik/behind';
import { describeWithTraefik } from './traefik/traefik';

const HOSTNAME = '127.0.0.1';
const WAYS: readonly (readonly [MirrorWay, string])[] = [
  ['token-redirect', PUBLIC_PROJECT],
  ['robot', PRIVATE_PROJECT],
];

/** The images are of this test, so that what Docker falls back to in silence cannot have them. */
describeWithClient(docker, () => {
  const folder = temporaryFolder();
  let behind: Behind;
  let client: RealClient;
  beforeAll(async () => {
    behind = await Behind.start('https://localhost');
    client = await docker.start(folder.path);
  });
  afterAll(async () => {
    await client?.stop();
    await behind?.close();
    folder.remove();
  });

  /** `docker pull php` of one tag for each front: what it has it does not ask for again. */
  async function pullsThrough(host: string, tag: string): Promise<void> {
    behind.upstream.put('library/php', tag, fixtureImage('a'));
    client.mirror?.('docker.io', host, behind.authority.ca);
    const pull = (): Promise<readonly string[]> =>
      client.pull(`php:${tag}`).then(
        ({ digests }) => digests,
        () => [],
      );
    // The daemon takes the new mirror when it comes to it.
    expect(await eventually(pull, (digests) => digests.length > 0)).toContain(fixtureImage('a').digest);
    expect(behind.requests.filter(({ target }) => target.includes(`/manifests/${tag}`)).length).toBeGreaterThan(0);
  }

  describeWithNginx('through a mirror domain of nginx', () => {
    const shield = { revalidateSeconds: 60, staleSeconds: 600, upstreamTimeoutSeconds: 2 };

    it.each([
      ...WAYS.map(([way, project]) => [way, 'without a shield', project, undefined] as const),
      ...WAYS.map(([way, project]) => [way, 'with a shield', project, shield] as const),
    ])('pulls by %s %s', async (way, which, project, shielded) => {
      const { cert, key, ca } = behind.authority;
      const nginx = await startNginx((at) => ({
        'conf.d/mirror.conf': nginxMirror(
          { hostname: HOSTNAME, project, way, ...(shielded && { shield: shielded }) },
          { harborUrl: behind.sandbox.url, certificates: at, robots: at, authorities: `${at}/ca`, cache: at },
        ),
        [`${HOSTNAME}.crt`]: cert,
        [`${HOSTNAME}.key`]: key,
        [`${HOSTNAME}.conf`]: nginxRobot(behind.robot.name, behind.robot.secret),
        ca,
      }));
      try {
        await pullsThrough(`${HOSTNAME}:${nginx.port}`, `nginx-${way}-${which.split(' ')[0]}`);
      } finally {
        await nginx.stop();
      }
    });
  });

  describeWithTraefik('through a mirror domain of Traefik', () => {
    it.each(WAYS)('pulls by %s', async (way, project) => {
      const mirror = { hostname: HOSTNAME, project, way };
      const { name, secret } = behind.robot;
      const hostFiles = { [`${SECRET_DYNAMIC_DIRECTORY}/mirror.yml`]: stringify(traefikRobot(mirror, name, secret)) };
      const edge = await behind.edge({ mirrors: [mirror] }, { hostFiles });
      await pullsThrough(new URL(edge.mirror).host, `traefik-${way}`);
    });
  });
});
