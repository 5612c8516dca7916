import { UsageError } from '../../errors';
import { playbookInvocation, type Action, type Deployment, type Step } from './steps';
import type { UpContext } from './context';
import { runStack, type StackOptions } from './run-stack';
import { runTool } from './run-tool';

export interface RunOptions extends StackOptions {
  readonly verbose: boolean;
  readonly quiet: boolean;
}

export interface Ran {
  /** 0, or the exit code of the action that failed. */
  readonly code: number;
  /** The signal ended it. */
  readonly aborted?: true;
  /** The step that failed or was stopped. */
  readonly stoppedAt?: Step;
}

/** One step after the other, until one fails. */
export async function runSteps(
  context: UpContext,
  deployment: Deployment,
  steps: readonly Step[],
  options: RunOptions,
): Promise<Ran> {
  for (const [index, step] of steps.entries()) {
    context.emit({ type: 'up-step', number: index + 1, total: steps.length, step });
    for (const action of step.actions) {
      const code = await runAction(context, deployment, action, options);
      if (context.signal.aborted) return { code, aborted: true, stoppedAt: step };
      // Failures from before an upgrade are recorded. They are no reason to keep the old version.
      if (code !== 0 && step.id !== 'before') return { code, stoppedAt: step };
    }
  }
  return { code: 0 };
}

async function runAction(
  context: UpContext,
  deployment: Deployment,
  action: Action,
  options: RunOptions,
): Promise<number> {
  if (action.kind === 'stack') return runStack(context, deployment, action, options);
  if (action.kind === 'playbook') return runPlaybook(context, deployment, action, options);
  const flags = [...(options.verbose ? ['--verbose'] : []), ...(options.quiet ? ['--quiet'] : [])];
  return context.breakwater([...action.args, ...flags]);
}

async function runPlaybook(
  context: UpContext,
  deployment: Deployment,
  { playbook }: Extract<Action, { kind: 'playbook' }>,
  { yes, tools }: RunOptions,
): Promise<number> {
  const where = deployment.host?.address ?? deployment.hostname;
  if (!yes && !(await context.ask(`Run the playbook ${playbook} on ${where}?`)))
    throw new UsageError(`${where} was not changed`);
  const { code } = await runTool(context, playbookInvocation(deployment, playbook, tools));
  return code === 0 ? 0 : 1;
}
