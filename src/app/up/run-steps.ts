import { UsageError } from '../../errors';
import { explainPort, playbookInvocation, type Action, type Deployment, type Step } from './steps';
import { PLAN_FILES, refuseNotPlanned } from './plan-directory';
import { note, type UpContext } from './context';
import { worksOnHost } from './host-lock';
import { onHost, unreachable } from './on-host';
import { runStack, type StackOptions } from './run-stack';
import { runTool } from './run-tool';

/** For all steps of a run. */
export interface RunOptions extends StackOptions {
  readonly verbose: boolean;
  readonly quiet: boolean;
}

/** Where a run of steps ended. */
export interface Ran {
  /** 0, or the exit code of the action that failed. */
  readonly code: number;
  /** The signal ended it. */
  readonly aborted?: true;
  /** The step that failed or was stopped. */
  readonly stoppedAt?: Step;
}

/** What `conform` exits with. */
export const PROOF_FAILED = 7;

/**
 * Runs one step after the other until one fails.
 * For each step:
 *
 *     planned? (`--apply`) ──► lock of the host kept ──► record: begin ──► actions ──► record: done
 *                                                                            │ failed, or stopped by the signal
 *                                                                            ▼
 *                                                               the end; the same command continues here
 *
 *     Exceptions: `before` may fail, because an upgrade may repair it. A failed proof (code 7) of it counts as done.
 */
export async function runSteps(
  context: UpContext,
  deployment: Deployment,
  steps: readonly Step[],
  options: RunOptions,
): Promise<Ran> {
  for (const [index, step] of steps.entries()) {
    refusePlanless(deployment, step, options);
    if (worksOnHost(step.id)) await context.hostLock?.keep(`stopped before ${step.id}; earlier steps are done`);
    await context.record?.begin(step.id);
    context.emit({ type: 'up-step', number: index + 1, total: steps.length, step });
    for (const action of step.actions) {
      const { code, unchanged } = await runAction(context, deployment, action, options);
      const result = code !== 0 ? 'failed' : unchanged ? 'unchanged' : 'done';
      context.emit({ type: 'up-step-ended', step: step.id, result });
      if (context.signal.aborted) return { code, aborted: true, stoppedAt: step };
      if (code !== 0) await tellHost(context, deployment);
      // Failures before an upgrade are recorded. They do not prevent the upgrade.
      if (code !== 0 && step.id !== 'before') return { code, stoppedAt: step };
      if (code === 0 || code === PROOF_FAILED) await context.record?.done(step.id);
    }
  }
  return { code: 0 };
}

/** Programs that fail because the host or its Docker is gone say it in many words, or wait for something else. */
async function tellHost(context: UpContext, { host }: Deployment): Promise<void> {
  if (!host) return;
  const why = unreachable(host, await onHost(context, host, 'docker version'));
  const words = why ? `${why.message}; ${why.hint}` : explainPort(context.log?.tail() ?? [], host);
  if (words !== undefined) note(context, words);
}

function refusePlanless(deployment: Deployment, { id }: Step, { seen }: RunOptions): void {
  if (!seen) return;
  const planned = seen.steps.find((step) => step.id === id);
  refuseNotPlanned(seen.directory, planned, deployment);
}

interface ActionResult {
  readonly code: number;
  readonly unchanged?: boolean;
}

/**
 *     stack      Terraform          says itself whether anything changed
 *     playbook   Ansible            1 for every failure, whatever its own code
 *     command    Breakwater itself  its exit code is kept
 */
async function runAction(
  context: UpContext,
  deployment: Deployment,
  action: Action,
  options: RunOptions,
): Promise<ActionResult> {
  if (action.kind === 'stack') {
    const result = await runStack(context, deployment, action, options);
    return { code: result === 'failed' ? 1 : 0, unchanged: result === 'unchanged' };
  }
  if (action.kind === 'playbook') return { code: await runPlaybook(context, deployment, action, options) };
  const flags = [...(options.verbose ? ['--verbose'] : []), ...(options.quiet ? ['--quiet'] : [])];
  return { code: await context.breakwater([...withSavedPlan(action.args, options), ...flags]) };
}

/** `apply` uses the plan that was saved with the others. */
function withSavedPlan([command, ...args]: readonly string[], { seen }: RunOptions): readonly string[] {
  if (command !== 'apply' || !seen) return [command!, ...args];
  const yes = args.includes('--yes') ? [] : ['--yes'];
  return [command, `${seen.directory}/${PLAN_FILES.policies}`, ...args, ...yes];
}

/** Asked only if no plan was shown: a saved plan that was looked at is the answer. */
async function runPlaybook(
  context: UpContext,
  deployment: Deployment,
  { playbook, variables }: Extract<Action, { kind: 'playbook' }>,
  { yes, tools, seen }: RunOptions,
): Promise<number> {
  const where = deployment.host?.address ?? deployment.hostname;
  if (!yes && !seen && !(await context.ask(`Run the playbook ${playbook} on ${where}?`)))
    throw new UsageError(`${where} was not changed`);
  const { code } = await runTool(context, playbookInvocation(deployment, playbook, tools, variables));
  return code === 0 ? 0 : 1;
}
