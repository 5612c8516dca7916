import { writeFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { BreakwaterError } from '../../errors';
import { compact } from '../../compact';
import { version } from '../version';
import { note, type UpContext } from './context';
import { PLAN_FILES, digests, inputsOf, upPlanText } from './plan-directory';
import { planStack, prepareStack, type StackAction } from './plan-stack';
import { runTool } from './run-tool';
import { takeOver } from './take-over';
import {
  playbookInvocation,
  planSummaryText,
  stackChanges,
  stackInvocations,
  summarisePlan,
  type Action,
  type Deployment,
  type PlannedStep,
  type Step,
  type StepId,
  type Tools,
  type UpPlan,
} from './steps';
import { makeDirectory } from '../../make-directory';

/** What a plan needs besides the steps. */
export interface PlanOutOptions {
  readonly directory: string;
  readonly tools: Tools;
  readonly adoptState?: boolean;
  /** The step in which the last run was killed or failed. */
  readonly interruptedIn?: StepId;
  /** `--policies`, `--instance`, `--overlay`, as given. */
  readonly declaration: readonly string[];
}

/**
 * Plans every step without applying any, and writes what each would do into a directory. A step that needs an earlier
 * one to be applied first is not planned, nor is any step after it.
 * @returns the plan, which can be published: sensitive values are hashed or left out
 */
export async function planUp(
  context: UpContext,
  deployment: Deployment,
  steps: readonly Step[],
  options: PlanOutOptions,
): Promise<UpPlan> {
  const directory = resolve(context.cwd, options.directory);
  await makeDirectory(directory);
  const planned: PlannedStep[] = [];
  for (const [index, step] of steps.entries()) {
    context.emit({ type: 'up-step', number: index + 1, total: steps.length, step });
    const waits = planned.find(({ state }) => state === 'not-planned');
    const found: PlannedStep = waits
      ? { id: step.id, state: 'not-planned', why: `comes after ${waits.id}` }
      : await planStep(context, deployment, step, { ...options, directory });
    note(context, sentence(found));
    planned.push(found);
    if (context.signal.aborted) break;
  }
  const policies = (await digests(directory, [PLAN_FILES.policies]))[PLAN_FILES.policies];
  const plan: UpPlan = compact({
    schemaVersion: 1 as const,
    breakwater: version,
    environment: deployment.name,
    plannedAt: new Date().toISOString(),
    inputs: await digests(context.cwd, inputsOf(deployment)),
    steps: planned,
    policies: policies === '' ? undefined : policies,
  });
  await writeFile(join(directory, PLAN_FILES.plan), `${JSON.stringify(plan, null, 2)}\n`);
  await writeFile(join(directory, PLAN_FILES.summary), upPlanText(plan));
  return plan;
}

function sentence({ id, state, why, summary }: PlannedStep): string {
  if (state === 'unchanged') return `${id}: no changes`;
  if (state === 'changes') return (summary && planSummaryText(summary)) ?? `${id}: changes`;
  return `${id}: ${state === 'runs' ? (why ?? 'runs') : `not planned: ${why ?? 'an earlier step comes first'}`}`;
}

/** Proofs and checks have nothing to plan. They are listed, so that the plan shows all that `up` would do. */
async function planStep(
  context: UpContext,
  deployment: Deployment,
  step: Step,
  options: PlanOutOptions,
): Promise<PlannedStep> {
  const { id } = step;
  const [action] = step.actions;
  if (action?.kind === 'stack') return planOneStack(context, deployment, id, action, options);
  if (action?.kind === 'playbook') return rehearse(context, deployment, id, action, options);
  if (id === 'apply') return planPolicies(context, options);
  return { id, state: 'runs', why: 'checks and changes nothing' };
}

/**
 * A stack that needs an earlier step first is no error: it is `not-planned`, and the other steps are still planned. Taking over containers needs a plan to look at, and changes it, so it is planned twice then.
 */
async function planOneStack(
  context: UpContext,
  deployment: Deployment,
  id: Step['id'],
  action: StackAction,
  { directory, tools, adoptState = false, interruptedIn }: PlanOutOptions,
): Promise<PlannedStep> {
  const { stack, destroy } = action;
  const invocations = stackInvocations(deployment, stack, destroy, tools);
  const first = 'apply the steps before it, and plan again';
  try {
    if (!(await prepareStack(context, deployment, action, invocations, adoptState)))
      return { id, state: 'not-planned', why: first };
  } catch (error) {
    if (!(error instanceof BreakwaterError)) throw error;
    return { id, state: 'not-planned', why: `${error.message}; ${first}` };
  }
  let planned = await planStack(context, invocations);
  const { untaint } = invocations;
  const taking = { stack, yes: true, untaint, plansOnly: true, mayTakeOver: adoptState || interruptedIn === stack };
  if (typeof planned === 'object' && !destroy && (await takeOver(context, deployment, planned.json, taking)))
    planned = await planStack(context, invocations);
  if (planned === 'unchanged') return { id, state: 'unchanged' };
  const changes = planned === 'failed' ? undefined : stackChanges(planned.json);
  if (planned === 'failed' || !changes)
    return { id, state: 'not-planned', why: `Terraform cannot plan it yet; ${first}` };
  const details = `${stack}.txt`;
  const { stdout } = await runTool(context, invocations.showText, 'kept');
  await writeFile(join(directory, details), context.secrets.mask(stdout), { mode: 0o600 });
  return compact({ id, state: 'changes' as const, changes, summary: summarisePlan(planned.json), details });
}

/** The names of the tasks that would change something. Contents of files are not shown, because some are secrets. */
async function rehearse(
  context: UpContext,
  deployment: Deployment,
  id: Step['id'],
  { playbook, variables }: Extract<Action, { kind: 'playbook' }>,
  { directory, tools }: PlanOutOptions,
): Promise<PlannedStep> {
  const { args, ...invocation } = playbookInvocation(deployment, playbook, tools, variables);
  const details = `${id}.txt`;
  const { code, stdout, stderr } = await runTool(context, { ...invocation, args: [...args, '--check'] }, 'kept');
  await writeFile(join(directory, details), context.secrets.mask(stdout + stderr), { mode: 0o600 });
  const why =
    code === 0
      ? `the playbook ${playbook}.yml runs; its check mode: ${details}`
      : `the playbook ${playbook}.yml runs; its check mode failed, as it does before Docker is installed: ${details}`;
  return { id, state: 'runs', why, details };
}

async function planPolicies(context: UpContext, { directory, declaration }: PlanOutOptions): Promise<PlannedStep> {
  const out = relative('.', join(directory, PLAN_FILES.policies));
  const code = await context.breakwater(['plan', ...declaration, '--out', out]);
  if (code !== 0)
    return {
      id: 'apply',
      state: 'not-planned',
      why: 'Harbor could not be planned: apply the steps before it, and plan again',
    };
  return { id: 'apply', state: 'runs', why: 'applies the saved plan', details: PLAN_FILES.policies };
}
