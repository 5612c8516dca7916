import type { DeploymentHost, Problem } from './deployment';

const KNOWN: readonly [RegExp, string, (host: DeploymentHost) => string][] = [
  [/could not resolve hostname/i, 'its name does not resolve', ({ address }) => `is ${address} written correctly?`],
  [/connection refused/i, 'nothing listens there', ({ port }) => `is sshd up, on port ${port}?`],
  [
    /(timed out|no route to host|network is unreachable)/i,
    'nothing answers',
    () => 'is it up, and does its firewall let this machine in?',
  ],
  [
    /host key verification failed/i,
    'its host key is not known here, or is another one',
    ({ user, address, port }) => `look at it once: ssh -p ${port} ${user}@${address}`,
  ],
  [
    /(unprotected private key file|bad permissions)/i,
    'ssh ignores a key that others can read',
    ({ identityFile }) => `chmod 600 ${identityFile ?? '~/.ssh/id_*'}`,
  ],
  [
    /permission denied/i,
    'it takes none of the keys offered',
    ({ user, identityFile }) => `put ${identityFile ?? 'the key'}.pub into authorized_keys of ${user}`,
  ],
];

/** @param stderr of ssh, where it ended with 255 */
export function explainSsh(stderr: string, host: DeploymentHost): Problem {
  const [, words, hint] = KNOWN.find(([pattern]) => pattern.test(stderr)) ?? [];
  const said = stderr.trim().split('\n').at(-1)?.slice(0, 200) ?? '';
  return {
    rule: 'host-unreachable',
    message: `${host.user}@${host.address} cannot be reached: ${words ?? (said || 'ssh did not say why')}`,
    hint: hint?.(host) ?? `try it by hand: ssh -p ${host.port} ${host.user}@${host.address}`,
  };
}

/** @param mode of the file, as stat tells it */
export function judgeKeyMode(file: string, mode: number): Problem | undefined {
  if ((mode & 0o077) === 0) return undefined;
  const shown = (mode & 0o777).toString(8).padStart(4, '0');
  return {
    rule: 'ssh-key-mode',
    message: `${file} has mode ${shown}: ssh ignores a key that others can read`,
    hint: `chmod 600 ${file}`,
  };
}
