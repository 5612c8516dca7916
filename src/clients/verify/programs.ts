/** How a client's own program pulls an image, prints its digests, and removes it. `{}` is replaced by the reference. */
export interface PullProgram {
  readonly name: string;
  readonly pull: readonly string[];
  /** Standard input of `pull`. */
  readonly input?: string;
  /** Prints every digest of the image; absent if the output of `pull` has to be used. */
  readonly show?: readonly string[];
  readonly remove?: readonly string[];
  /** What a successful pull does not prove. */
  readonly note?: string;
}

const crictl = (...prefix: string[]): PullProgram => ({
  name: [...prefix, 'crictl'].join(' '),
  pull: [...prefix, 'crictl', 'pull', '{}'],
  show: [...prefix, 'crictl', 'inspecti', '-o', 'json', '{}'],
  remove: [...prefix, 'crictl', 'rmi', '{}'],
});

/** Fetches without unpacking: needs no snapshotter and runs nothing. */
const ctr = (directory: string): PullProgram => ({
  name: 'ctr',
  pull: ['ctr', 'content', 'fetch', '--hosts-dir', directory, '{}'],
  show: ['ctr', 'images', 'list', 'name=={}'],
  remove: ['ctr', 'images', 'remove', '{}'],
  note: 'ctr gets the directory as an option; only config.toml shows whether the CRI plugin reads it',
});

const dockerLike = (name: string): PullProgram => ({
  name,
  pull: [name, 'pull', '{}'],
  show: [name, 'image', 'inspect', '{}'],
  remove: [name, 'rmi', '{}'],
});

const RKE2 = ['/var/lib/rancher/rke2/bin/crictl', '--config', '/var/lib/rancher/rke2/agent/etc/crictl.yaml'];

const BUILDCTL =
  'd=$(mktemp -d) && trap \'rm -rf "$d"\' EXIT && printf "FROM %s\\n" "$0" >"$d/Dockerfile" && buildctl build --no-cache --frontend dockerfile.v0 --local context="$d" --local dockerfile="$d"';

const PROGRAMS: Readonly<Record<string, readonly PullProgram[]>> = {
  containerd: [crictl()],
  dockerd: [dockerLike('docker')],
  nomad: [dockerLike('docker')],
  podman: [dockerLike('podman')],
  buildah: [
    {
      name: 'buildah',
      pull: ['buildah', 'pull', '{}'],
      show: ['buildah', 'inspect', '--type', 'image', '{}'],
      remove: ['buildah', 'rmi', '{}'],
    },
  ],
  skopeo: [{ name: 'skopeo', pull: ['skopeo', 'inspect', '--raw', 'docker://{}'] }],
  'cri-o': [crictl()],
  k3s: [crictl('k3s')],
  rke2: [
    {
      name: 'rke2 crictl',
      pull: [...RKE2, 'pull', '{}'],
      show: [...RKE2, 'inspecti', '-o', 'json', '{}'],
      remove: [...RKE2, 'rmi', '{}'],
    },
  ],
  buildkit: [
    {
      name: 'buildctl',
      pull: ['sh', '-c', BUILDCTL, '{}'],
    },
  ],
  buildx: [
    {
      name: 'docker buildx',
      pull: ['docker', 'buildx', 'build', '--pull', '--no-cache', '--progress', 'plain', '-'],
      input: 'FROM {}\n',
    },
  ],
};

/**
 * The programs that can pull like this client, the best proof first; empty if a machine has none.
 * @param directory of hosts.toml files, for clients that have one
 */
export function programsOf(client: string, directory = '/etc/containerd/certs.d'): readonly PullProgram[] {
  const programs = PROGRAMS[client] ?? [];
  return client === 'containerd' ? [...programs, ctr(directory)] : programs;
}

const VERSIONS: Readonly<Record<string, readonly (readonly string[])[]>> = {
  containerd: [['containerd', '--version']],
  dockerd: [
    ['docker', 'version', '--format', '{{.Server.Version}}'],
    ['dockerd', '--version'],
  ],
};

/** Commands that print the version of a client, the running one first; empty if no rule depends on it. */
export function versionCommandsOf(client: string): readonly (readonly string[])[] {
  return VERSIONS[client] ?? [];
}

/** Finds `24.0.7` in the output of such a command. */
export function versionIn(text: string): string | undefined {
  return /(?<![\d.])v?(\d+\.\d+\.\d+)/.exec(text)?.[1];
}

/** A custom program: words, with `{}` for the reference. */
export function ownProgram(command: string): PullProgram {
  const words = command.split(/\s+/).filter((word) => word !== '');
  return { name: words[0] ?? command, pull: words.some((word) => word.includes('{}')) ? words : [...words, '{}'] };
}

/** Word by word, without a shell: a reference cannot add arguments. */
export function withReference(words: readonly string[], reference: string): string[] {
  return words.map((word) => word.replaceAll('{}', reference));
}

/** Every digest and every image id in a text: podman prints ids without `sha256:`. */
export function identitiesIn(text: string): string[] {
  const found = text.match(/(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])/g) ?? [];
  return [...new Set(found.map((hex) => `sha256:${hex}`))];
}
