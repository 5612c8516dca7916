import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { UsageError } from '../../errors';
import { adoptState } from './adopt-state';
import type { Action, Deployment, Invocation, StackInvocations } from './steps';
import type { UpContext } from './context';
import { runTool } from './run-tool';

export type StackAction = Extract<Action, { kind: 'stack' }>;

/** `terraform plan -detailed-exitcode` */
const NOTHING_TO_DO = 0;
const CHANGES = 2;

/** Synthesises a stack and prepares Terraform for it. @returns whether both worked @throws UsageError if it is left out */
export async function prepareStack(
  context: UpContext,
  deployment: Deployment,
  { stack }: StackAction,
  { synth, init }: StackInvocations,
  adopt = false,
): Promise<boolean> {
  if (!(await synthesise(context, synth, stack))) return false;
  if (adopt) await adoptState(context, deployment, stack);
  return (await runTool(context, init)).code === 0;
}

/** @returns what `terraform show -json` says of the saved plan, `unchanged` for an empty plan, or `failed` */
export async function planStack(
  context: UpContext,
  { plan, show }: Pick<StackInvocations, 'plan' | 'show'>,
): Promise<{ readonly json: string } | 'unchanged' | 'failed'> {
  const planned = await runTool(context, plan, 'shown', [NOTHING_TO_DO, CHANGES]);
  if (planned.code === NOTHING_TO_DO) return 'unchanged';
  if (planned.code !== CHANGES || context.signal.aborted) return 'failed';
  const { stdout } = await runTool(context, show, 'kept');
  return { json: stdout };
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
  throw new UsageError(`this environment has no stack ${stack}`, 'the lines above say why it is left out');
}
