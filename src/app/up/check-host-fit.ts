import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageDirectory } from '../../deploy/package-files';
import type { Refusal } from '../../diagnostic';
import { judgeFit, lastLine, shellWord, type Deployment, type Step } from './steps';
import { note, type UpContext } from './context';
import { onHost, SSH_FAILED } from './on-host';
import { isOnPath } from './run-tool';

/** Steps that change the host, or fill its disk. */
const NEED_ROOM = ['host', 'images'];
const TOUCH_HOST = [...NEED_ROOM, 'harbor', 'edge'];

/**
 * Refuses an unsuitable host: distribution, architecture, memory, free space, a Docker from snap. If the host is not
 * set up and no images are pulled in this run, the same findings are notes: they must not prevent a restart of what
 * already runs.
 */
export async function checkHostFit(
  context: UpContext,
  { deployment, steps }: { readonly deployment: Deployment; readonly steps: readonly Step[] },
): Promise<Refusal[]> {
  const { host, needs } = deployment;
  const ids = steps.map(({ id }): string => id);
  if (!host || !needs || ids.includes('machine') || !ids.some((id) => TOUCH_HOST.includes(id))) return [];
  if (!host.local && !(await isOnPath('ssh', context))) return [];
  const script = `exec python3 - ${shellWord(`--needs=${JSON.stringify(needs)}`)}`;
  const { code, stdout, stderr } = await onHost(context, host, script, readScript());
  // Problems with ssh are a separate finding.
  if (code !== 0) {
    if (code !== SSH_FAILED) note(context, `${host.address} was not checked for disk and memory: ${lastLine(stderr)}`);
    return [];
  }
  const problems = judgeFit(stdout, host.address);
  if (ids.some((id) => NEED_ROOM.includes(id))) return problems;
  for (const { message, hint } of problems) note(context, `${message}; ${hint}`);
  return [];
}

/** The same file as Ansible's preflight runs. */
function readScript(): string {
  return readFileSync(join(packageDirectory, 'ansible/roles/harbor_host/files/host_check.py'), 'utf8');
}
