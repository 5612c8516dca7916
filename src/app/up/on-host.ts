import type { DeploymentHost } from './steps';
import { shellWord } from './steps';
import type { UpContext } from './context';
import { runTool, type ToolResult } from './run-tool';

/** What ssh itself ends with where it does not get there. */
export const SSH_FAILED = 255;

/**
 * Runs a POSIX shell script on the host: by ssh, or here where the host is this machine. Its output is kept.
 * @param input what the script reads from its standard input
 */
export function onHost(context: UpContext, host: DeploymentHost, script: string, input?: string): Promise<ToolResult> {
  const given = input === undefined ? {} : { input };
  if (host.local) return runTool(context, { program: 'sh', args: ['-c', script], env: {}, ...given }, 'kept');
  const identity = host.identityFile === undefined ? [] : ['-i', host.identityFile];
  const options = ['-o', 'BatchMode=yes', '-o', 'ConnectTimeout=10', '-p', String(host.port), ...identity];
  // The login shell of the user may be any: what it is given is one command with one quoted word.
  const command = `sh -c ${shellWord(script)}`;
  const args = [...options, `${host.user}@${host.address}`, command];
  return runTool(context, { program: 'ssh', args, env: {}, ...given }, 'kept');
}
