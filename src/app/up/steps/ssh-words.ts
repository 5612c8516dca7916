import { lastLine } from './last-line';
import type { Refusal } from '../../../diagnostic';
import type { DeploymentHost } from './deployment';

const KNOWN: readonly [RegExp, string, (host: DeploymentHost) => string][] = [
  [/could not resolve hostname/i, 'the name does not resolve', ({ address }) => `check the spelling of ${address}`],
  [/connection refused/i, 'connection refused', ({ port }) => `check that sshd is running on port ${port}`],
  [
    /(timed out|no route to host|network is unreachable)/i,
    'no answer',
    () => 'check that the host is up and that its firewall allows this machine',
  ],
  [
    /host key verification failed/i,
    'its host key is unknown on this machine, or has changed',
    ({ user, address, port }) => `connect once by hand and check the key: ssh -p ${port} ${user}@${address}`,
  ],
  [
    /(unprotected private key file|bad permissions)/i,
    'ssh ignores a key that others can read',
    ({ identityFile }) => `chmod 600 ${identityFile ?? '~/.ssh/id_*'}`,
  ],
  [
    /permission denied/i,
    'the host accepts none of the offered keys',
    ({ user, identityFile }) => `put ${identityFile ?? 'the key'}.pub into authorized_keys of ${user}`,
  ],
];

/** @param stderr of ssh, after exit code 255 */
export function explainSsh(stderr: string, host: DeploymentHost): Refusal {
  const [, words, hint] = KNOWN.find(([pattern]) => pattern.test(stderr)) ?? [];
  const said = lastLine(stderr, 200);
  return {
    rule: 'host-unreachable',
    message: `${host.user}@${host.address} cannot be reached: ${words ?? (said || 'ssh gave no reason')}`,
    hint: hint?.(host) ?? `try it by hand: ssh -p ${host.port} ${host.user}@${host.address}`,
  };
}

/** @param mode of the file, as in stat */
export function judgeKeyMode(file: string, mode: number): Refusal | undefined {
  if ((mode & 0o077) === 0) return undefined;
  const shown = (mode & 0o777).toString(8).padStart(4, '0');
  return {
    rule: 'ssh-key-mode',
    message: `${file} has mode ${shown}: ssh ignores a key that others can read`,
    hint: `chmod 600 ${file}`,
  };
}
