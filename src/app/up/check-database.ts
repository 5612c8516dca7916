import type { Refusal } from '../../diagnostic';
import { releaseOf } from '../../deploy/harbor';
import { databaseScript, judgeDatabase, lastLine, parseDatabase, shellWord, type Deployment, type Step } from './steps';
import { note, type UpContext } from './context';
import { onHost, SSH_FAILED } from './on-host';
import { isOnPath } from './run-tool';

/**
 * Refuses to start PostgreSQL on data that its image would not upgrade, would take for complete, or has no room to copy.
 */
export async function checkDatabase(
  context: UpContext,
  { deployment, steps }: { readonly deployment: Deployment; readonly steps: readonly Step[] },
): Promise<Refusal[]> {
  const { host, waits, dataVolume = '/data', harborVersion: version } = deployment;
  const ids = steps.map(({ id }): string => id);
  // Only a PostgreSQL that runs on the host has its data there.
  if (!host || waits?.postgresql === undefined || ids.includes('machine') || !ids.includes('harbor')) return [];
  if (!host.local && !(await isOnPath('ssh', context))) return [];
  const directory = `${dataVolume}/database`;
  const { code, stdout, stderr } = await onHost(context, host, databaseScript(shellWord(directory)));
  // What is wrong with ssh is a finding of its own.
  if (code === SSH_FAILED && !host.local) return [];
  const found = parseDatabase(stdout);
  const demand = { version, postgresql: releaseOf(version).postgresql, address: host.address, directory };
  if (found) return judgeDatabase(found, demand);
  const why = lastLine(stderr) || 'its user may read it neither as root nor in the container';
  note(context, `${directory} on ${host.address} was not checked for its PostgreSQL version and free space: ${why}`);
  return [];
}
