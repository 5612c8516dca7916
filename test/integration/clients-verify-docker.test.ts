import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { nginxMirror } from '../../src/mirror';
import { fixtureImage, startFixtureUpstream, type FixtureUpstream } from '../../src/upstream';
import { cli, directoryWith, type CliResult } from '../support/cli';
import { makePrivateCa } from '../unit/harbor/support/private-ca';
import { describeWithNginx, startNginx, type RunningNginx } from './nginx';
import { describeWithClient, outwardAddress, type RealClient } from './real-clients/client';
import { docker } from './real-clients/docker';
import { temporaryFolder } from './real-parts';
import { Behind, eventually, PUBLIC_PROJECT } from './traefik/behind';

/** An address that is nobody else's: Docker asks Docker Hub at port 443 and no other. */
const HUB_ADDRESS = '127.0.77.53';
const HOST = outwardAddress() ?? '127.0.0.1';

function mirrorsOf(env: Readonly<Record<string, string>>): string {
  return execFileSync('docker', ['info', '--format', '{{json .RegistryConfig.Mirrors}}'], { env, encoding: 'utf8' });
}

/** Docker Hub itself is the stand-in here: the daemon has names of hosts of its own. */
describeWithClient({ ...docker, executables: ['dockerd', 'docker'] }, () => {
  const folder = temporaryFolder();
  const authority = makePrivateCa(`DNS:registry-1.docker.io,DNS:auth.docker.io,IP:${HUB_ADDRESS}`);
  const front = makePrivateCa(`IP:${HOST}`);
  let behind: Behind;
  let hub: FixtureUpstream;
  let nginx: RunningNginx;
  let client: RealClient;

  describeWithNginx('clients verify with a real dockerd', () => {
    beforeAll(async () => {
      behind = await Behind.start();
      behind.upstream.put('library/canary', '1', fixtureImage('a'));
      hub = await startFixtureUpstream({
        host: HUB_ADDRESS,
        port: 443,
        tls: { cert: authority.cert, key: authority.key },
      });
      hub.put('library/refused', '1', fixtureImage('c'));
      nginx = await startNginx(
        (at) => ({
          'conf.d/mirror.conf': nginxMirror(
            { hostname: HOST, project: PUBLIC_PROJECT, way: 'token-redirect' },
            { harborUrl: behind.sandbox.url, certificates: at, robots: at, authorities: `${at}/ca` },
          ),
          [`${HOST}.crt`]: front.cert,
          [`${HOST}.key`]: front.key,
          ca: behind.authority.ca,
        }),
        HOST,
      );
      writeFileSync(
        join(folder.path, 'hosts'),
        `127.0.0.1 localhost\n${HUB_ADDRESS} registry-1.docker.io auth.docker.io\n`,
      );
      writeFileSync(join(folder.path, 'authorities.crt'), `${authority.ca}${front.ca}`);
      client = await docker.start(folder.path);
    });
    afterAll(async () => {
      await client?.stop();
      await Promise.all([nginx?.stop(), hub?.close(), behind?.close()]);
      folder.remove();
    });

    function directory(): string {
      return directoryWith({
        'ca.crt': front.ca,
        'hub.crt': authority.ca,
        'a.yaml': `
harbor: { url: ${behind.sandbox.url}, username: admin, password: { env: HARBOR_PASSWORD }, ca_file: ca.crt }
registries: { hub: { type: docker-hub, url: https://hub.docker.com } }
projects:
  ${PUBLIC_PROJECT}:
    { registry: hub, public: true, conformance: { pull: [library/canary:1], mirrors: [{ domain: '${HOST}:${nginx.port}' }] } }
clients: { runners: { client: dockerd } }
`,
      });
    }

    /** @param configure what becomes of the rendered daemon.json */
    async function verify(configure: (text: string) => string): Promise<CliResult> {
      const at = directory();
      const rendered = await cli(['clients', 'render', '--policies', at, '--out', join(at, 'out')]);
      expect(rendered.code).toBe(0);
      const daemonJson = configure(readFileSync(join(at, 'out/runners/etc/docker/daemon.json'), 'utf8'));
      mkdirSync(join(at, 'root/etc/docker'), { recursive: true });
      writeFileSync(join(at, 'root/etc/docker/daemon.json'), daemonJson);
      writeFileSync(join(folder.path, 'etc/daemon.json'), daemonJson);
      process.kill(Number(readFileSync(join(folder.path, 'docker.pid'), 'utf8')), 'SIGHUP');
      const env = {
        PATH: process.env['PATH'] ?? '',
        HOME: folder.path,
        DOCKER_HOST: `unix://${join(folder.path, 'docker.sock')}`,
      };
      await eventually(
        () => mirrorsOf(env),
        (mirrors) => mirrors.includes(`${HOST}:`) === daemonJson.includes(`${HOST}:`),
      );
      return cli(
        [
          ...['clients', 'verify', '--policies', at, '--root', join(at, 'root')],
          ...['--canary', 'docker.io/library/canary:1', '--refused', 'docker.io/library/refused:1'],
          ...['--public-registry', `docker.io=https://${HUB_ADDRESS}`, '--public-ca', join(at, 'hub.crt')],
        ],
        env,
      );
    }

    it('reports served by the cache, and that Docker bypasses a refusal', async () => {
      const { code, out } = await verify((text) => text);
      expect(out).toContain('docker.io: served by the cache\n');
      expect(out).toContain('client program: docker\n');
      expect(out).toContain('note: the client bypasses the cache');
      expect(code).toBe(0);
    });

    it.each<[string, (text: string) => string]>([
      ['without a mirror', () => '{ "registry-mirrors": [] }\n'],
      ['with a mirror that is another one', (text) => text.replace(/:\d+/, ':1')],
    ])('reports bypassed %s', async (_, configure) => {
      const { code, out } = await verify(configure);
      expect(out).toContain('docker.io: bypassed\n');
      expect(out).toMatch(/daemon\.json|clients render/);
      expect(code).toBe(7);
    });
  });
});
