import type { Diagnostic } from '../../diagnostic';
import type { Facts, FoundFile } from '../client';
import { checkRegistryName } from './endpoint';
import { error, startOfFile } from './trees';

const NEVER = 'the directory is never read';

/**
 *      /etc/containerd/certs.d/docker.io/hosts.toml                    directory …/docker.io, registry docker.io
 *      /etc/containerd/certs.d/registry.example.com_5000_/hosts.toml   registry registry.example.com:5000
 *      /etc/containerd/certs.d/_default/hosts.toml                     every registry without a directory
 */
export interface HostFile {
  readonly file: FoundFile;
  readonly directory: string;
  /** Registry of the directory. */
  readonly registry: string;
}

/**
 * A file two levels below a directory of hosts. Also names that are nearly right (`host.toml`, `hosts.yaml`): for those
 * the finding is that containerd does not read them. `/etc/hosts` has the right name and is left out.
 */
export function hostFile(file: FoundFile): HostFile[] {
  const match = /^(.*\/certs\.d|.*)\/([^/]+)\/(hosts?\.[^/]*|hosts)$/.exec(file.path);
  const [, , folder = ''] = match ?? [];
  if (!match || folder === 'etc') return [];
  return [{ file, directory: file.path.replace(/\/[^/]*$/, ''), registry: registryOf(folder) }];
}

/** The last part: containerd reads only `hosts.toml`. */
export function fileName({ path }: FoundFile): string {
  return path.replace(/^.*\//, '');
}

/** `registry.example.com_5000_` is the form for file systems without colons. */
function registryOf(folder: string): string {
  return folder.replace(/_(\d+)_$/, ':$1');
}

/**
 * An error and not a warning: the directory exists, so its registry looks configured, and every pull goes past the
 * cache.
 */
export function misnamed(file: FoundFile): Diagnostic[] {
  const message = `containerd reads only hosts.toml: ${fileName(file)} is ignored`;
  return [error('ignored-file', startOfFile(file.path), message, 'rename it to hosts.toml')];
}

/** The directory has the name that images use, `docker.io`, not the host that is contacted, `registry-1.docker.io`. */
export function checkDirectoryName({ path }: FoundFile, registry: string): Diagnostic[] {
  return registry === '_default' ? [] : checkRegistryName(registry, startOfFile(path), NEVER);
}

/**
 * Declared registries without a directory, placed at the file that is missing. Without any file nothing is reported:
 * then the machine may have another runtime.
 */
export function missingRegistries(found: readonly HostFile[], { upstreams }: Facts): Diagnostic[] {
  const [first] = found;
  if (!upstreams || !first) return [];
  const root = first.directory.replace(/\/[^/]*$/, '');
  const seen = new Set(found.map(({ registry }) => registry));
  return upstreams
    .filter(({ registry }) => !seen.has(registry))
    .map(({ registry, project }) =>
      error(
        'registry-missing',
        startOfFile(`${root}/${registry}/hosts.toml`),
        `${registry} is not configured: its images do not come from ${project}`,
        'breakwater clients render writes the file',
      ),
    );
}
