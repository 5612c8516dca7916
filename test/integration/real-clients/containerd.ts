import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { containerd as persona } from '../../../src/conformance/personas/containerd';
import { hostsToml } from '../../../src/clients/support/hosts-toml';
import { cannotMount, type ClientProgram } from './client';
import { run, startDaemon } from './run';

/** `ctr` with a containerd of its own; it is told of the authority by a hosts.toml. */
export const containerd: ClientProgram = {
  name: 'containerd',
  persona,
  mirrors: 'saying whose',
  executables: ['containerd', 'ctr'],
  debianPackages: 'containerd',
  unusable: cannotMount,
  async start(folder) {
    const socket = join(folder, 'containerd.sock');
    const hosts = join(folder, 'certs.d');
    mkdirSync(hosts);
    const config = join(folder, 'config.toml');
    writeFileSync(config, configuration(folder, socket));
    const ctr = (...args: string[]): Promise<string> => run('ctr', '--address', socket, ...args);
    const command = ['containerd', '--config', config];
    const daemon = await startDaemon(join(folder, 'log'), command, () => ctr('version'));
    return {
      trust: (host, ca) => writeHost(hosts, host, { url: `https://${host}`, ca }),
      mirror(registry, location, ca) {
        const [host, path] = location.split('/');
        writeHost(hosts, registry, { url: `https://${host}/v2/${path}`, ca, isWholePath: true });
      },
      async pull(reference, login) {
        const access = login ? ['--user', `${login.username}:${login.password}`] : [];
        await ctr('images', 'pull', '--hosts-dir', hosts, '--snapshotter', 'native', ...access, reference);
        const digest = await digestOf(ctr, reference);
        return { digests: [digest], configDigest: await configOf(ctr, digest) };
      },
      stop: daemon.stop,
    };
  },
};

type Ctr = (...args: string[]) => Promise<string>;

function configuration(folder: string, socket: string): string {
  return `version = 2
root = "${join(folder, 'root')}"
state = "${join(folder, 'state')}"
disabled_plugins = ["io.containerd.grpc.v1.cri"]
[grpc]
  address = "${socket}"
[ttrpc]
  address = "${socket}.ttrpc"
`;
}

interface Host {
  readonly url: string;
  readonly ca: string;
  /** Nothing is put before the repository, not even /v2. */
  readonly isWholePath?: boolean;
}

/** Where what is named after `registry` comes from, as `clients render` writes it for the profile strict. */
function writeHost(hosts: string, registry: string, { url, ca, isWholePath = false }: Host): void {
  const folder = join(hosts, registry);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'ca.crt'), ca);
  const content = hostsToml({ head: ['of a test'], host: { url, overridePath: isWholePath, ca: 'ca.crt' } });
  writeFileSync(join(folder, 'hosts.toml'), content);
}

/** The table has the columns REF, TYPE, DIGEST. */
async function digestOf(ctr: Ctr, reference: string): Promise<string> {
  const table = await ctr('images', 'list', `name==${reference}`);
  return /sha256:[0-9a-f]{64}/.exec(table)?.[0] ?? `no digest in ${table}`;
}

/** Of the one platform that was pulled: an index names others, whose manifests are not here. */
async function configOf(ctr: Ctr, digest: string): Promise<string> {
  const { config, manifests } = JSON.parse(await ctr('content', 'get', digest)) as Manifest;
  if (config) return config.digest;
  const own = manifests?.find(({ platform }) => platform.architecture === 'amd64');
  return own ? configOf(ctr, own.digest) : `no amd64 in ${digest}`;
}

interface Manifest {
  readonly config?: { readonly digest: string };
  readonly manifests?: readonly { readonly digest: string; readonly platform: { readonly architecture: string } }[];
}
