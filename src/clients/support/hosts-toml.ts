import { tomlList, tomlString } from './toml';

/** One endpoint of a hosts.toml (containerd, and dockerd with the containerd image store). */
export interface HostsTomlHost {
  /** With the path up to the project: `https://harbor.example.com/v2/proxy.docker.io`. */
  readonly url: string;
  /** The path is whole: containerd adds no `/v2` of its own. */
  readonly overridePath: boolean;
  /** File name beside the hosts.toml, or an absolute path. */
  readonly ca?: string;
  /** Certificate and key that the client shows. */
  readonly client?: readonly [certificate: string, key: string];
  readonly authorization?: string;
}

export interface HostsToml {
  /** Comment lines. */
  readonly head: readonly string[];
  /** The registry to ask where `host` does not serve. Absent: `host` itself is the server, and nothing else is asked. */
  readonly server?: string;
  readonly host: HostsTomlHost;
}

/**
 * `server` with a `[host]` before it is the fallback to the public registry. Without a fallback the cache is the
 * server: its settings then stand at the top level. The empty `[host]` is for containerd before 2.0, which ignores a file
 * without it (containerd/containerd#10027).
 */
export function hostsToml({ head, server, host }: HostsToml): string {
  const { url, authorization } = host;
  const isStrict = server === undefined;
  const indent = isStrict ? '' : '  ';
  const table = `host.${tomlString(url)}`;
  const header = [
    ...['', isStrict ? '[header]' : `[${table}.header]`],
    `${indent}Authorization = ${tomlString(authorization ?? '')}`,
  ];
  const lines = [
    ...head.map((line) => `# ${line}`.trimEnd()),
    `server = ${tomlString(server ?? url)}`,
    ...(isStrict ? [] : ['', `[${table}]`]),
    ...settingsOf(host).map((line) => indent + line),
    ...(authorization === undefined ? [] : header),
    ...(isStrict ? ['', '[host]'] : []),
  ];
  return `${lines.join('\n')}\n`;
}

function settingsOf({ overridePath, ca, client }: HostsTomlHost): string[] {
  return [
    // Of a cache: without "resolve" a tag is looked up at the public registry, and a push would be refused by Harbor.
    ...(overridePath ? ['capabilities = ["pull", "resolve"]', 'override_path = true'] : []),
    ...(ca === undefined ? [] : [`ca = ${tomlString(ca)}`]),
    ...(client === undefined ? [] : [`client = [${tomlList(client)}]`]),
  ];
}

/** Where a registry is asked when its name is in an image: Docker Hub alone has another host for it. */
export function registryServer(registry: string): string {
  return `https://${registry === 'docker.io' ? 'registry-1.docker.io' : registry}`;
}
