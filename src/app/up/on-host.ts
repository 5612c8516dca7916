import type { Refusal } from '../../diagnostic';
import type { DeploymentHost } from './steps';
import { explainDocker, explainSsh, isDockerGone, shellWord } from './steps';
import type { Invocation } from './steps';
import type { UpContext } from './context';
import { runTool, type ToolResult } from './run-tool';

/** The exit code of ssh itself when it cannot connect. */
export const SSH_FAILED = 255;

/**
 * Runs a POSIX shell script on the host: over ssh, or directly if the host is this machine. Returns its output.
 * @param input for the script's standard input
 */
export function onHost(context: UpContext, host: DeploymentHost, script: string, input?: string): Promise<ToolResult> {
  const given = input === undefined ? {} : { input };
  return runTool(context, { ...hostInvocation(host, script), ...given }, 'kept');
}

/** Why neither the host nor its Docker answered; undefined if they did. */
export function unreachable(
  host: DeploymentHost,
  { code, stderr }: Pick<ToolResult, 'code' | 'stderr'>,
): Refusal | undefined {
  if (code === 0) return undefined;
  if (code === SSH_FAILED && !host.local) return explainSsh(stderr, host);
  return isDockerGone(stderr) ? explainDocker(stderr, host) : undefined;
}

/** Without prompts: a run in CI would wait for an answer that does not come. */
export function hostInvocation(host: DeploymentHost, script: string): Invocation {
  if (host.local) return { program: 'sh', args: ['-c', script], env: {} };
  const identity = host.identityFile === undefined ? [] : ['-i', host.identityFile];
  const alive = ['-o', 'ConnectTimeout=10', '-o', 'ServerAliveInterval=20'];
  const options = ['-o', 'BatchMode=yes', ...alive, '-p', String(host.port), ...identity];
  // The user's login shell may be any: it gets one command with one quoted word.
  const command = `sh -c ${shellWord(script)}`;
  return { program: 'ssh', args: [...options, `${host.user}@${host.address}`, command], env: {} };
}
