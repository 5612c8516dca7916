import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { join } from 'node:path';
import { docker as persona } from '../../../src/conformance/personas/docker';
import { dockerd } from '../../../src/clients/dockerd';
import { rendering } from './rendering';
import { cannotMount, outwardAddress, type ClientProgram, type Login } from './client';
import { startDaemon } from './run';

/** dockerd with a graph driver, asked over its API. It looks for authorities in /etc/docker/certs.d and nowhere else. */
export const docker: ClientProgram = {
  name: 'docker',
  persona,
  shufflesAccept: true,
  executables: ['dockerd'],
  debianPackages: 'docker.io',
  unusable: () => cannotMount() ?? withoutCgroups() ?? withoutAddress(),
  async start(folder) {
    const socket = join(folder, 'docker.sock');
    const etc = join(folder, 'etc');
    mkdirSync(etc);
    const call = api(socket);
    const daemon = await startDaemon(join(folder, 'log'), command(folder, etc, socket), () => call('GET', '/_ping'));
    const trust = (host: string, ca: string): void => {
      const certificates = join(etc, 'certs.d', host);
      mkdirSync(certificates, { recursive: true });
      writeFileSync(join(certificates, 'ca.crt'), ca);
    };
    return {
      trust,
      // Of Docker Hub alone, and without a path: which is what mirror domains are for.
      mirror(_registry, host, ca) {
        trust(host, ca);
        const { files } = dockerd.render(rendering(host, { registry: 'docker.io', mirrors: [host] }));
        writeFileSync(join(etc, 'daemon.json'), files.find(({ path }) => path.endsWith('/daemon.json'))!.content);
        process.kill(Number(readFileSync(join(folder, 'docker.pid'), 'utf8')), 'SIGHUP');
      },
      async pull(reference, login) {
        const progress = await call('POST', `/images/create?fromImage=${encodeURIComponent(reference)}`, login);
        // Once it has begun to answer, it tells of errors in the stream.
        const error = /"error":"([^"]*)"/.exec(progress)?.[1];
        if (error !== undefined) throw new Error(error);
        const image = JSON.parse(await call('GET', `/images/${reference}/json`)) as Image;
        return { digests: image.RepoDigests.map((one) => one.split('@')[1] ?? one), configDigest: image.Id };
      },
      stop: daemon.stop,
    };
  },
};

interface Image {
  readonly Id: string;
  readonly RepoDigests: readonly string[];
}

/**
 * Its own /etc/docker, in a mount namespace of its own: the machine's stays as it is. With files `hosts` and
 * `authorities.crt` in the folder it has its own names of hosts and trusts these authorities alone.
 */
function command(folder: string, etc: string, socket: string): string[] {
  const [hosts, authorities] = ['hosts', 'authorities.crt'].map((name) => join(folder, name));
  const mount = [
    'mkdir -p /etc/docker && mount --bind "$0" /etc/docker',
    ...(existsSync(hosts!) ? [`mount --bind ${hosts} /etc/hosts`] : []),
    ...(existsSync(authorities!) ? [`export SSL_CERT_FILE=${authorities}`] : []),
    'exec "$@"',
  ].join(' && ');
  const places = ['--data-root', join(folder, 'data'), '--exec-root', join(folder, 'exec')];
  const alone = ['--bridge', 'none', '--iptables=false', '--ip6tables=false', '--storage-driver', 'vfs'];
  const reach = ['--host', `unix://${socket}`, '--pidfile', join(folder, 'docker.pid')];
  return ['sh', '-c', mount, etc, 'dockerd', ...places, ...alone, ...reach];
}

function withoutCgroups(): string | undefined {
  const found = ['/sys/fs/cgroup/devices', '/sys/fs/cgroup/cgroup.controllers'].some(existsSync);
  return found ? undefined : 'it needs cgroups';
}

function withoutAddress(): string | undefined {
  return outwardAddress() === undefined
    ? 'it verifies no certificate on loopback, and this machine has no other address'
    : undefined;
}

type Call = (method: string, path: string, login?: Login) => Promise<string>;

function api(socketPath: string): Call {
  return async (method, path, login) => {
    const headers = login ? { 'x-registry-auth': registryAuth(login) } : {};
    return new Promise((resolve, reject) => {
      const sending = request({ socketPath, method, path, headers }, (answer) => {
        text(answer).then((body) => (answer.statusCode === 200 ? resolve(body) : reject(new Error(body))), reject);
      });
      sending.on('error', reject).end();
    });
  };
}

/** URL-safe and padded; dockerd takes anything else for no login at all. */
function registryAuth(login: Login): string {
  const encoded = Buffer.from(JSON.stringify(login)).toString('base64');
  return encoded.replaceAll('+', '-').replaceAll('/', '_');
}
