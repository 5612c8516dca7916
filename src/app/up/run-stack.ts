import { PlanRefusedError, UsageError } from '../../errors';
import {
  explainStateLock,
  planSummaryText,
  stackChanges,
  stackInvocations,
  summarisePlan,
  touchesExisting,
  unseenChanges,
  type Deployment,
  type PlannedStep,
  type PlanSummary,
  type StackInvocations,
  type StepId,
  type Tools,
} from './steps';
import { note, type UpContext } from './context';
import { keepMigrating, migrates } from './keep-migrating';
import { planStack, prepareStack, type StackAction } from './plan-stack';
import { runTool, type ToolResult } from './run-tool';
import { takeOver, tellLeft } from './take-over';
import { withLogLines } from './watch-logs';

/** How far a person has agreed, and what the last run left. */
export interface StackOptions {
  readonly tools: Tools;
  readonly yes: boolean;
  /** The state was lost: what exists on the host is imported, not created. */
  readonly adoptState?: boolean;
  /** The step in which the last run was killed or failed. */
  readonly interruptedIn?: StepId;
  /** The directory of `up --plan-out` that is applied, and its reviewed changes. */
  readonly seen?: { readonly directory: string; readonly steps: readonly PlannedStep[] };
}

/** How a stack ended; `unchanged`: its plan is empty. */
export type StackResult = 'applied' | 'unchanged' | 'failed';

/**
 * Synthesizes a stack, plans it, shows the plan, asks, and applies exactly what was shown. A stack that is as declared
 * is not changed, so a run can be started again at any step.
 * @throws PlanRefusedError, UsageError
 */
export async function runStack(
  context: UpContext,
  deployment: Deployment,
  action: StackAction,
  options: StackOptions,
): Promise<StackResult> {
  const { stack, destroy } = action;
  const invocations = stackInvocations(deployment, stack, destroy, options.tools);
  const adopt = options.adoptState === true && !destroy;
  if (!(await prepareStack(context, deployment, action, invocations, adopt))) return 'failed';
  for (let before: Outcome | undefined; ;) {
    const outcome = await planAndApply(context, deployment, action, options, invocations);
    if (destroy) await tellLeft(context, deployment, stack);
    if (outcome === 'applied' || outcome === 'unchanged') return outcome;
    // Runs again if a container was only slow: the next plan contains everything else.
    if (outcome === 'failed' || outcome === before) return 'failed';
    before = outcome;
  }
}

/**
 * `taken-over`, `kept`: the plan was out of date, because a container that it created is there, or one that it replaced is
 * healthy. `unfinished`: one still migrates.
 */
type Outcome = StackResult | 'taken-over' | 'kept' | 'unfinished';

/**
 * One round. Its outcomes decide whether there is another one:
 *
 *     plan ──► unchanged | failed                             the end
 *       │
 *       ├─ a container migrates ──► waited for ──► kept       once more: the plan is out of date
 *       ├─ exists, not in the state ──► taken-over            once more, with the import
 *       ├─ shown, agreed
 *       └─ apply ──► applied                                  the end
 *                └─► failed, and a container migrates         unfinished: once more
 *                    failed otherwise                         failed: the end
 *
 *     The same outcome twice in a row is `failed`.
 */
async function planAndApply(
  context: UpContext,
  deployment: Deployment,
  action: StackAction,
  options: StackOptions,
  invocations: StackInvocations,
): Promise<Outcome> {
  const { stack, destroy } = action;
  const yes = options.yes || options.seen !== undefined;
  const planned = await planStack(context, invocations);
  if (planned === 'unchanged') note(context, `${stack}: no changes`);
  if (planned === 'failed') tellStateLock(context, stack, invocations);
  if (planned === 'unchanged' || planned === 'failed') return planned;
  const { apply, untaint } = invocations;
  if (!destroy && (await keepMigrating(context, deployment, planned.json, { stack, yes, untaint }))) return 'kept';
  const mayTakeOver = options.adoptState === true || options.interruptedIn === stack;
  if (!destroy && (await takeOver(context, deployment, planned.json, { stack, yes, untaint, mayTakeOver })))
    return 'taken-over';
  if (context.signal.aborted) return 'failed';
  const summary = summarisePlan(planned.json);
  const words = summary && planSummaryText(summary);
  if (words) note(context, words);
  if (summary) context.emit({ type: 'up-stack', stack, summary });
  await agree(context, deployment, action, options, planned.json, summary);
  if (!destroy && (stack === 'harbor' || stack === 'cluster')) await context.record?.begun();
  const applying = (): Promise<ToolResult> => runTool(context, apply);
  const watched = stack === 'harbor' && !destroy;
  const { code } = await (watched ? withLogLines(context, deployment, applying) : applying());
  if (code === 0) {
    note(context, `${stack}: ${destroy ? 'removed' : 'applied'}`);
    return 'applied';
  }
  tellStateLock(context, stack, invocations);
  const goesOn = stack === 'harbor' && !destroy && !context.signal.aborted && (await migrates(context, deployment));
  return goesOn ? 'unfinished' : 'failed';
}

/** Another run holds a state that only Terraform can see. */
function tellStateLock(context: UpContext, stack: string, invocations: StackInvocations): void {
  const words = explainStateLock(context.log?.tail() ?? [], stack, invocations);
  if (words !== undefined) note(context, words);
}

/**
 * A person agrees now, or has seen exactly this in a plan.
 * @throws PlanRefusedError, UsageError otherwise
 */
async function agree(
  context: UpContext,
  { name }: Deployment,
  { stack, destroy }: StackAction,
  { yes, seen }: StackOptions,
  json: string,
  summary: PlanSummary | undefined,
): Promise<void> {
  if (seen) return refuseUnseen(stack, name, json, seen);
  if (!yes) {
    if (await context.ask(`Apply this to ${stack} of ${name}?`)) return;
    throw new UsageError(`${stack} was not changed`);
  }
  refuseLostMachine(stack, destroy, summary);
  if (!destroy && inCi(context)) refuseUnreviewed(stack, name, json);
}

/** What a person has seen is applied, or less; anything else must be reviewed first. */
function refuseUnseen(
  stack: StackAction['stack'],
  environment: string,
  json: string,
  { directory, steps }: NonNullable<StackOptions['seen']>,
): void {
  const now = stackChanges(json);
  const unseen = now && unseenChanges(now, steps.find(({ id }) => id === stack)?.changes ?? []);
  if (unseen?.length === 0) return;
  throw new PlanRefusedError(`${stack} was not changed`, [
    {
      rule: 'not-as-planned',
      message: unseen
        ? `${stack} would now change what ${directory} does not show: ${unseen.join(', ')}`
        : `the plan of ${stack} could not be read`,
      hint: `plan again: breakwater up --environment ${environment} --from ${stack} --plan-out ${directory}`,
    },
  ]);
}

/** Set by every CI system. */
function inCi({ env, canAsk }: UpContext): boolean {
  return !canAsk && !['', '0', 'false', undefined].includes(env['CI']);
}

/** A first deployment only creates. An unreviewed job does not change running containers. */
function refuseUnreviewed(stack: string, environment: string, json: string): void {
  const changes = stackChanges(json);
  const touched = changes && touchesExisting(changes);
  if (touched?.length === 0) return;
  throw new PlanRefusedError(`${stack} was not changed`, [
    {
      rule: 'plan-not-reviewed',
      message: touched
        ? `in CI, --yes creates only; ${stack} would change or replace ${touched.join(', ')}`
        : `in CI, --yes creates only; the plan of ${stack} could not be read`,
      hint: `review a plan first: breakwater up --environment ${environment} --plan-out DIR, then breakwater up --apply DIR`,
    },
  ]);
}

/** A machine contains the data, so --yes must not destroy or replace it. */
function refuseLostMachine(stack: StackAction['stack'], destroy: boolean, summary: PlanSummary | undefined): void {
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
