import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { PlanRefusedError } from '../../errors';
import {
  planSummaryText,
  stackInvocations,
  summarisePlan,
  type Action,
  type Deployment,
  type Invocation,
  type PlanSummary,
} from '../../up';
import type { CommandContext } from '../command';
import { askYes } from '../confirm';
import { ExitCode } from '../exit-code';
import { UsageError } from '../usage-error';
import { runTool } from './run-tool';

export interface StackOptions {
  readonly terraform: string;
  readonly yes: boolean;
}

type StackAction = Extract<Action, { kind: 'stack' }>;

/** `terraform plan -detailed-exitcode` */
const NOTHING_TO_DO = 0;
const CHANGES = 2;

/**
 * Synthesises a stack, plans it, shows what that would do, asks, and applies exactly what was shown. A stack that is as
 * declared is left alone: that is why a run can be begun again anywhere.
 * @throws PlanRefusedError, UsageError
 */
export async function runStack(
  context: CommandContext,
  deployment: Deployment,
  { stack, destroy }: StackAction,
  { terraform, yes }: StackOptions,
): Promise<ExitCode> {
  const { synth, init, plan, show, apply } = stackInvocations(deployment, stack, destroy, { terraform });
  if (!(await synthesise(context, synth, stack))) return ExitCode.error;
  if ((await runTool(context, init)).code !== 0) return ExitCode.error;
  const planned = await runTool(context, plan);
  if (planned.code === NOTHING_TO_DO) {
    context.progress.line(`${stack}: as declared, nothing to do`);
    return ExitCode.ok;
  }
  if (planned.code !== CHANGES || context.signal.aborted) return ExitCode.error;
  const { stdout } = await runTool(context, show, 'kept');
  const summary = summarisePlan(stdout);
  const words = summary && planSummaryText(summary);
  if (words) context.progress.line(words.replaceAll('\n', '\n  '));
  if (yes) refuseUnseen(stack, destroy, summary);
  else if (!(await askYes(context, `Do this to ${stack} of ${deployment.name}?`)))
    throw new UsageError(`${stack} was left as it is`);
  return (await runTool(context, apply)).code === 0 ? ExitCode.ok : ExitCode.error;
}

/**
 * Environments share cdktf.out, and one that leaves a stack out would leave there what another one wrote: then
 * Terraform would be run on the wrong Harbor. @throws UsageError where the stack is left out
 */
async function synthesise(context: CommandContext, synth: Invocation, stack: string): Promise<boolean> {
  const file = join(context.terminal.cwd, 'cdktf.out', 'stacks', stack, 'cdk.tf.json');
  await rm(file, { force: true });
  if ((await runTool(context, synth)).code !== 0) return false;
  const written = await stat(file).catch(() => undefined);
  if (written) return true;
  throw new UsageError(`this environment has no stack ${stack}`, 'the lines above say why it is left out');
}

/** A machine holds the data: nobody shall lose one because a script said yes to everything. */
function refuseUnseen(stack: StackAction['stack'], destroy: boolean, summary: PlanSummary | undefined): void {
  if (stack !== 'machine' || destroy) return;
  const lost = summary && [...summary.destroyed, ...summary.replaced.map(({ name }) => name)];
  if (lost?.length === 0) return;
  throw new PlanRefusedError('the plan of the machine needs a person', [
    {
      rule: 'machine-replaced',
      message: lost ? `it would replace or destroy ${lost.join(', ')}` : 'what it would do could not be read',
      allow: 'look at it, and run without --yes',
    },
  ]);
}
