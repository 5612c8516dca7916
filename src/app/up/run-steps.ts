import { UsageError } from '../../errors';
import { playbookInvocation, type Action, type Deployment, type Step } from '../../up';
import type { CommandContext } from '../../cli/command';
import { askYes } from '../../cli/confirm';
import { abortedCode, ExitCode } from '../../cli/exit-code';
import { runStack, type StackOptions } from './run-stack';
import { runTool } from './run-tool';

export interface RunOptions extends StackOptions {
  readonly verbose: boolean;
  readonly quiet: boolean;
}

export interface Ran {
  readonly code: ExitCode;
  /** The step that did not end well. */
  readonly stoppedAt?: Step;
}

/** One step after the other; the first that does not end well ends it. */
export async function runSteps(
  context: CommandContext,
  deployment: Deployment,
  steps: readonly Step[],
  options: RunOptions,
): Promise<Ran> {
  for (const [index, step] of steps.entries()) {
    context.progress.stage(`[${index + 1}/${steps.length}] ${step.id}: ${step.title}`);
    for (const action of step.actions) {
      const code = await runAction(context, deployment, action, options);
      if (context.signal.aborted) return { code: abortedCode(context.signal), stoppedAt: step };
      // What is red before an upgrade is written down, and no reason to leave the old version running.
      if (code !== ExitCode.ok && step.id !== 'before') return { code, stoppedAt: step };
    }
  }
  return { code: ExitCode.ok };
}

async function runAction(
  context: CommandContext,
  deployment: Deployment,
  action: Action,
  options: RunOptions,
): Promise<ExitCode> {
  if (action.kind === 'stack') return runStack(context, deployment, action, options);
  if (action.kind === 'playbook') return runPlaybook(context, deployment, action, options);
  const flags = [...(options.verbose ? ['--verbose'] : []), ...(options.quiet ? ['--quiet'] : [])];
  return context.runAnother([...action.args, ...flags]);
}

async function runPlaybook(
  context: CommandContext,
  deployment: Deployment,
  { playbook }: Extract<Action, { kind: 'playbook' }>,
  { yes }: RunOptions,
): Promise<ExitCode> {
  const where = deployment.host?.address ?? deployment.hostname;
  if (!yes && !(await askYes(context, `Run ${playbook} on ${where}?`)))
    throw new UsageError(`${where} was left as it is`);
  const { code } = await runTool(context, playbookInvocation(deployment, playbook));
  return code === 0 ? ExitCode.ok : ExitCode.error;
}
