import { lastLine } from './last-line';
import type { Refusal } from '../../../diagnostic';
import type { DeploymentHost } from './deployment';

/** @param stdout of ansible/roles/harbor_host/files/host_check.py: one JSON object a line */
export function judgeFit(stdout: string, address: string): Refusal[] {
  return stdout.split('\n').flatMap((line) => {
    const problem = parse(line);
    return problem ? [{ ...problem, message: `${address}: ${problem.message}` }] : [];
  });
}

/** Lines of other programs, such as a login banner, are skipped. */
function parse(line: string): Refusal | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const { rule, message, hint } = JSON.parse(line) as Partial<Refusal>;
    return rule !== undefined && message !== undefined ? { rule, message, hint: hint ?? '' } : undefined;
  } catch {
    return undefined;
  }
}

const DOCKER: readonly [RegExp, string, (host: DeploymentHost) => string][] = [
  [
    /permission denied/i,
    'its user may not use Docker',
    ({ user }) => `sudo usermod -aG docker ${user} on the host, then log in again; the step host does it, too`,
  ],
  [
    /not found/i,
    'Docker is not installed, or not on the PATH of its user',
    () => 'the step host installs it: start earlier, with --from host',
  ],
  [
    /cannot connect|failed to connect|error during connect/i,
    'its Docker daemon does not run',
    () => 'start it on the host: sudo systemctl start docker',
  ],
];

/** @param stderr of a docker command on the host that failed: whether the daemon did not answer */
export function isDockerGone(stderr: string): boolean {
  return /cannot connect to the docker daemon|failed to connect to the docker api|error during connect/i.test(stderr);
}

/**
 * A Docker that was killed while it started a container keeps the port of that container, also after it was removed.
 * @param lines of a Terraform that failed
 */
export function explainPort(lines: readonly string[], { address }: DeploymentHost): string | undefined {
  const port = /Bind for (\S+) failed: port is already allocated/.exec(lines.join(' '))?.[1];
  if (port === undefined) return undefined;
  const who = 'docker ps names the container that publishes it';
  return `port ${port} on ${address} is taken in Docker: ${who}; if none does, free it: sudo systemctl restart docker`;
}

/** @param stderr of `docker version` on the host, where it failed */
export function explainDocker(stderr: string, host: DeploymentHost): Refusal {
  const [, words, hint] = DOCKER.find(([pattern]) => pattern.test(stderr)) ?? [];
  const said = lastLine(stderr, 200);
  return {
    rule: 'docker-unreachable',
    message: `Docker on ${host.address} cannot be used: ${words ?? (said || 'it gave no reason')}`,
    hint: hint?.(host) ?? 'try it by hand on the host: docker version',
  };
}
