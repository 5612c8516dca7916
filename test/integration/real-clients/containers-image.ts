import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { podman as persona } from '../../../src/conformance/personas/podman';
import { cannotMount, type ClientProgram, type Login } from './client';
import { registriesConf } from '../../../src/clients/support/registries-conf';
import { rendering } from './rendering';
import { run } from './run';

/** podman and skopeo share a library, and so what they ask for and whom they trust. */
export const skopeo: ClientProgram = {
  name: 'skopeo',
  persona,
  executables: ['skopeo'],
  debianPackages: 'skopeo',
  unusable: () => undefined,
  async start(folder) {
    const trusted = certificates(folder);
    let copies = 0;
    return {
      trust: trusted.add,
      async pull(reference, login) {
        const layout = join(folder, `copy-${++copies}`);
        const access = login ? ['--src-creds', userAndPassword(login)] : ['--src-no-creds'];
        const options = ['--preserve-digests', '--src-cert-dir', trusted.path, ...access];
        await run('skopeo', '--insecure-policy', 'copy', ...options, `docker://${reference}`, `oci:${layout}`);
        const { manifests } = readJson<{ manifests: [{ digest: string }] }>(join(layout, 'index.json'));
        const blob = join(layout, 'blobs', manifests[0].digest.replace(':', '/'));
        return { digests: [manifests[0].digest], configDigest: readJson<Manifest>(blob).config.digest };
      },
      stop: () => Promise.resolve(),
    };
  },
};

export const podman: ClientProgram = {
  name: 'podman',
  persona,
  mirrors: 'silently',
  executables: ['podman'],
  debianPackages: 'podman',
  unusable: cannotMount,
  async start(folder) {
    const trusted = certificates(folder);
    const storage = ['--root', join(folder, 'root'), '--runroot', join(folder, 'run'), '--storage-driver', 'vfs'];
    const anything = join(folder, 'policy.json');
    const registries = join(folder, 'registries.conf');
    writeFileSync(registries, '');
    const command = (...args: string[]): Promise<string> =>
      run('env', `CONTAINERS_REGISTRIES_CONF=${registries}`, 'podman', ...storage, ...args);
    writeFileSync(anything, JSON.stringify({ default: [{ type: 'insecureAcceptAnything' }] }));
    return {
      trust: trusted.add,
      async pull(reference, login) {
        const access = login ? ['--creds', userAndPassword(login)] : [];
        const options = ['--quiet', '--signature-policy', anything, '--cert-dir', trusted.path, ...access];
        const id = await command('pull', ...options, reference);
        const told = JSON.parse(await command('image', 'inspect', id)) as [{ RepoDigests: string[] }];
        return { digests: told[0].RepoDigests.map(afterAt), configDigest: `sha256:${id}` };
      },
      mirror(registry, location, ca) {
        const [host = '', project = ''] = location.split('/');
        trusted.add(host, ca);
        writeFileSync(registries, registriesConf(rendering(host, { registry, project }), 'podman'));
      },
      stop: () => Promise.resolve(),
    };
  },
};

interface Manifest {
  readonly config: { readonly digest: string };
}

/** A folder of authorities, as `--cert-dir` takes it. */
function certificates(folder: string): { path: string; add: (host: string, ca: string) => void } {
  const path = join(folder, 'certs');
  mkdirSync(path);
  return { path, add: (_host, ca) => writeFileSync(join(path, 'ca.crt'), ca) };
}

function userAndPassword({ username, password }: Login): string {
  return `${username}:${password}`;
}

function readJson<T>(path: string): T {
  return JSON.parse(readFileSync(path, 'utf8')) as T;
}

function afterAt(repositoryAndDigest: string): string {
  return repositoryAndDigest.slice(repositoryAndDigest.indexOf('@') + 1);
}
