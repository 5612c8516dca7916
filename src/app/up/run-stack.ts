import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { PlanRefusedError, UsageError } from '../../errors';
import {
  planSummaryText,
  stackInvocations,
  summarisePlan,
  type Action,
  type Deployment,
  type Invocation,
  type PlanSummary,
  type StackInvocations,
  type Tools,
} from './steps';
import { note, type UpContext } from './context';
import { keepMigrating, migrates } from './keep-migrating';
import { runTool } from './run-tool';

export interface StackOptions {
  readonly tools: Tools;
  readonly yes: boolean;
}

type StackAction = Extract<Action, { kind: 'stack' }>;

/** `terraform plan -detailed-exitcode` */
const NOTHING_TO_DO = 0;
const CHANGES = 2;

/**
 * Synthesises a stack, plans it, shows what that would do, asks, and applies exactly what was shown. A stack that is as
 * declared is left alone: that is why a run can be begun again anywhere.
 * @returns an exit code
 * @throws PlanRefusedError, UsageError
 */
export async function runStack(
  context: UpContext,
  deployment: Deployment,
  action: StackAction,
  options: StackOptions,
): Promise<number> {
  const { stack, destroy } = action;
  const invocations = stackInvocations(deployment, stack, destroy, options.tools);
  if (!(await synthesise(context, invocations.synth, stack))) return 1;
  if ((await runTool(context, invocations.init)).code !== 0) return 1;
  for (let before: Outcome | undefined; ;) {
    const outcome = await planAndApply(context, deployment, action, options, invocations);
    if (outcome === 'applied') return 0;
    // Once more where a container was only slow: what it was called for is in the plan that comes next.
    if (outcome === 'failed' || outcome === before) return 1;
    before = outcome;
  }
}

/** `kept`: the plan was out of date, because a container that it replaced is healthy. `unfinished`: one still migrates. */
type Outcome = 'applied' | 'failed' | 'kept' | 'unfinished';

async function planAndApply(
  context: UpContext,
  deployment: Deployment,
  { stack, destroy }: StackAction,
  { yes }: StackOptions,
  { plan, show, apply, untaint }: StackInvocations,
): Promise<Outcome> {
  const planned = await runTool(context, plan, 'shown', [NOTHING_TO_DO, CHANGES]);
  if (planned.code === NOTHING_TO_DO) {
    note(context, `${stack}: no changes`);
    return 'applied';
  }
  if (planned.code !== CHANGES || context.signal.aborted) return 'failed';
  const { stdout } = await runTool(context, show, 'kept');
  if (!destroy && (await keepMigrating(context, deployment, stdout, { stack, yes, untaint }))) return 'kept';
  if (context.signal.aborted) return 'failed';
  const summary = summarisePlan(stdout);
  const words = summary && planSummaryText(summary);
  if (words) note(context, words);
  if (yes) refuseUnseen(stack, destroy, summary);
  else if (!(await context.ask(`Apply this to ${stack} of ${deployment.name}?`)))
    throw new UsageError(`${stack} was not changed`);
  if ((await runTool(context, apply)).code === 0) {
    note(context, `${stack}: ${destroy ? 'removed' : 'applied'}`);
    return 'applied';
  }
  const goesOn = stack === 'harbor' && !destroy && !context.signal.aborted && (await migrates(context, deployment));
  return goesOn ? 'unfinished' : 'failed';
}

/**
 * Environments share cdktf.out, and one that leaves a stack out would leave there what another one wrote: then
 * Terraform would be run on the wrong Harbor. @throws UsageError where the stack is left out
 */
async function synthesise(context: UpContext, synth: Invocation, stack: string): Promise<boolean> {
  const file = join(context.cwd, 'cdktf.out', 'stacks', stack, 'cdk.tf.json');
  await rm(file, { force: true });
  // What the synthesis says is about the environment file: it is read, not kept.
  const { log: _log, ...shown } = context;
  if ((await runTool(shown, synth)).code !== 0) return false;
  const written = await stat(file).catch(() => undefined);
  if (written) return true;
  throw new UsageError(`this environment has no stack ${stack}`, 'the lines above show why it is left out');
}

/** A machine holds the data: nobody shall lose one because a script said yes to everything. */
function refuseUnseen(stack: StackAction['stack'], destroy: boolean, summary: PlanSummary | undefined): void {
  if (stack !== 'machine' || destroy) return;
  const lost = summary && [...summary.destroyed, ...summary.replaced.map(({ name }) => name)];
  if (lost?.length === 0) return;
  throw new PlanRefusedError('the plan of the machine must be confirmed by a person', [
    {
      rule: 'machine-replaced',
      message: lost ? `it would replace or destroy ${lost.join(', ')}` : 'its plan could not be read',
      hint: 'review it, and run without --yes',
    },
  ]);
}
