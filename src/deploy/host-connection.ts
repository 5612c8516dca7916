import type { HostEnvironment } from './host-schema';

/** In the form of the docker provider. */
export interface HostConnection {
  /** `ssh://user@host:port`; absent for the Docker of this machine. */
  readonly host?: string;
  /** Arguments of ssh, one word each. */
  readonly sshOpts: readonly string[];
}

/** An unknown host key stops the run: anyone who can impersonate the host would get root on it. */
export function hostConnection(host: HostEnvironment): HostConnection {
  if (host.local || host.address === undefined) return { sshOpts: [] };
  const { address, user = 'deploy', port = 22, identity_file: identity } = host;
  const name = address.includes(':') ? `[${address}]` : address;
  return {
    host: `ssh://${user}@${name}:${port}`,
    sshOpts: [
      ...['-o', 'StrictHostKeyChecking=yes', '-o', 'ConnectTimeout=10', '-o', 'ServerAliveInterval=30'],
      ...(identity === undefined ? [] : ['-i', identity, '-o', 'IdentitiesOnly=yes']),
    ],
  };
}
