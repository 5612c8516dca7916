import type { Refusal } from '../../diagnostic';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageDirectory } from '../../deploy/package-files';
import { judgeOccupants, lastLine, shellWord } from './steps';
import type { Deployment, Step } from './steps';
import { note, type UpContext } from './context';
import { onHost, SSH_FAILED } from './on-host';
import { isOnPath } from './run-tool';

/** Steps that start containers, or restart the Docker that runs them. */
const TOUCHES_HOST = ['host', 'images', 'harbor', 'edge'];

/**
 * Refuses a host on which another Harbor runs. Every run that touches the host checks this, whichever step it starts
 * with: a second PostgreSQL on the directory of a running one destroys the database. Our own containers have a label.
 */
export async function checkOccupants(
  context: UpContext,
  { deployment, steps }: { readonly deployment: Deployment; readonly steps: readonly Step[] },
): Promise<Refusal[]> {
  const { host } = deployment;
  const ids = steps.map(({ id }): string => id);
  // A machine that does not exist yet is empty; the step `host` checks it again.
  if (!host || ids.includes('machine') || !ids.some((id) => TOUCHES_HOST.includes(id))) return [];
  // Problems with ssh are a separate finding.
  if (!host.local && !(await isOnPath('ssh', context))) return [];
  const { code, stdout, stderr } = await onHost(context, host, lookScript(deployment), readScript());
  if (code === SSH_FAILED && !host.local) return [];
  if (code !== 0) return notLooked(context, stderr, host.address, ids.includes('host'));
  const { problems, notes } = judgeOccupants(stdout, host.address);
  for (const message of notes) note(context, message);
  return [...problems];
}

/** As root if that needs no password: only PostgreSQL's own user can read its data. */
function lookScript({ dataVolume = '/data', ports = [] }: Deployment): string {
  const options = [`--data-volume=${dataVolume}`, `--ports=${ports.join(',')}`].map(shellWord).join(' ');
  const asRoot = 'set --; [ "$(id -u)" = 0 ] || ! sudo -n true 2>/dev/null || set -- sudo -n';
  return `${asRoot}; exec "$@" \${DOCKER_HOST:+env "DOCKER_HOST=$DOCKER_HOST"} python3 - ${options}`;
}

/** The same file as Ansible's preflight runs. */
function readScript(): string {
  return readFileSync(join(packageDirectory, 'ansible/roles/harbor_host/files/occupants.py'), 'utf8');
}

/** The step `host` checks again, as root; without it no other step would. */
function notLooked(context: UpContext, stderr: string, address: string, asksLater: boolean): Refusal[] {
  const said = lastLine(stderr);
  const message = `the containers on ${address} could not be listed: ${said || 'ssh gave no reason'}`;
  if (asksLater) {
    note(context, `${message}; the step host checks again before it changes anything`);
    return [];
  }
  const hint = 'the ssh user needs Python and access to Docker on the host; --from host checks as root';
  return [{ rule: 'host-not-examined', message, hint }];
}
