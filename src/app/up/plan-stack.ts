import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { UsageError } from '../../errors';
import { adoptState, forgetImports } from './take-over';
import type { Action, Deployment, Invocation, StackInvocations } from './steps';
import type { UpContext } from './context';
import { runTool } from './run-tool';

/** The action that Terraform carries out. */
export type StackAction = Extract<Action, { kind: 'stack' }>;

/** `terraform plan -detailed-exitcode` */
const NOTHING_TO_DO = 0;
const CHANGES = 2;

/**
 * Synthesizes a stack and prepares Terraform for it.
 * @returns whether both worked
 * @throws UsageError if it is left out
 */
export async function prepareStack(
  context: UpContext,
  deployment: Deployment,
  { stack }: StackAction,
  { synth, init }: StackInvocations,
  adopt = false,
): Promise<boolean> {
  if (!(await synthesise(context, synth, stack))) return false;
  await forgetImports(context, stack);
  if (adopt) await adoptState(context, deployment, stack);
  return (await runTool(context, init)).code === 0;
}

/** @returns the output of `terraform show -json` for the saved plan, `unchanged` for an empty plan, or `failed` */
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

/** Messages of the synthesis are about the environment file: they are shown, not logged. Each stack repeats the notices. */
function tellSynth({ emit, notices }: UpContext, text: string, isNotice: boolean): void {
  if (text === '' || (isNotice && notices?.has(text))) return;
  notices?.add(text);
  emit({ type: 'tool-output', text });
}

/**
 * Environments share cdktf.out. If this environment leaves the stack out, the directory may contain the stack of
 * another one, and Terraform would change the wrong Harbor.
 * @throws UsageError if the stack is left out
 */
async function synthesise(context: UpContext, synth: Invocation, stack: string): Promise<boolean> {
  const file = join(context.cwd, 'cdktf.out', 'stacks', stack, 'cdk.tf.json');
  await rm(file, { force: true });
  const { code, stdout, stderr } = await runTool(context, synth, 'kept');
  tellSynth(context, stdout + stderr, code === 0);
  if (code !== 0) return false;
  const written = await stat(file).catch(() => undefined);
  if (written) return true;
  throw new UsageError(`this environment has no stack ${stack}`, 'the lines above say why it is left out');
}
