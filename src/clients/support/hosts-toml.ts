import { tomlList, tomlString } from './toml';

/** One endpoint of a hosts.toml (containerd, and dockerd with the containerd image store). */
export interface HostsTomlHost {
  /** Including the path up to the project: `https://harbor.example.com/v2/proxy.docker.io`. */
  readonly url: string;
  /** The path is complete: containerd does not add `/v2`. */
  readonly overridePath: boolean;
  /** File name next to the hosts.toml, or an absolute path. */
  readonly ca?: string;
  /** Certificate and key of the client. */
  readonly client?: readonly [certificate: string, key: string];
  readonly authorization?: string;
}

/** Content of one hosts.toml: one registry, and at most one cache before it. */
export interface HostsToml {
  /** Comment lines. */
  readonly head: readonly string[];
  /** The registry to use if `host` does not serve an image. Absent: `host` itself is the server and the only source. */
  readonly server?: string;
  readonly host: HostsTomlHost;
}

/**
 * `server` with a `[host]` before it is the fallback to the public registry. Without a fallback the cache is the server
 * and its settings are at the top level. The empty `[host]` is for containerd before 2.0, which ignores a file without
 * it (containerd/containerd#10027).
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
    // For a cache: without "resolve", tags are looked up at the public registry; Harbor would refuse a push.
    ...(overridePath ? ['capabilities = ["pull", "resolve"]', 'override_path = true'] : []),
    ...(ca === undefined ? [] : [`ca = ${tomlString(ca)}`]),
    ...(client === undefined ? [] : [`client = [${tomlList(client)}]`]),
  ];
}
