import type { Refusal } from '../../diagnostic';
import { join } from 'node:path';
import type { Declaration } from '../../declaration/declaration';
import { compact } from '../../compact';
import { releaseOf } from '../../deploy/harbor';
import { deploymentFiles } from '../../deploy/package-files';
import { PlanRefusedError, UsageError } from '../../errors';
import {
  commandLines,
  destroySteps,
  selectSteps,
  type Deployment,
  type Step,
  type StepId,
  type Tools,
  type UpPlan,
  type UpRecord,
} from './steps';
import { tellAdvisories } from '../tell-advisories';
import { note, type UpContext } from './context';
import { cleanImages } from './clean';
import { compareWithBefore, forgetBefore } from './compare';
import { askGates, chooseSteps, declarationFlags, type GateOptions, type Gates } from './gates';
import { withHostLock } from './host-lock';
import { loadUpPlan, refuseOtherSteps, refuseOutdated } from './plan-directory';
import { planUp } from './plan-up';
import { migrates } from './keep-migrating';
import type { UpOptions } from './options';
import type { StackOptions } from './run-stack';
import { checkMachine } from './preflight';
import { filesOf, firstRecord, interruption, locked, recorded, type Recorded, type UpResult } from './recorded-run';
import { PROOF_FAILED, runSteps, type Ran } from './run-steps';
import { openToolLog } from './tool-log';
import type { World } from './world';

const DONE: UpResult = { code: 0 };

/** As requested, and what a person saw of it in a plan. */
type RunOptions = UpOptions & Pick<StackOptions, 'seen'> & { readonly plan?: UpPlan };

/**
 * The use case behind `up`: the complete order, from an empty machine to verified pulls. Nothing is changed before
 * every gate has passed.
 * @throws PlanRefusedError with every precondition that is not met
 */
export async function runUp(
  context: UpContext,
  deployment: Deployment,
  declaration: Declaration,
  options: RunOptions,
  world: World,
): Promise<UpResult> {
  const { reports } = filesOf(context, deployment);
  if (options.apply !== undefined) return applyPlan(context, deployment, declaration, options, world);
  if (deployment.sample)
    return showSample(context, deployment, chooseSteps(deployment, { ...options, reports }, false));
  return locked(context, deployment, options, (last) =>
    withHostLock(context, deployment, { ids: possibleSteps(context, deployment, options), ...options }, (inLock) =>
      runAll(inLock, deployment, declaration, options, world, last),
    ),
  );
}

/** Before it is known what runs: empty for a selection that the gates refuse. */
function possibleSteps(context: UpContext, deployment: Deployment, options: RunOptions): readonly StepId[] {
  const chosen = chooseSteps(deployment, { ...options, reports: filesOf(context, deployment).reports }, true);
  return 'rule' in chosen ? [] : chosen.map(({ id }) => id);
}

async function runAll(
  context: UpContext,
  deployment: Deployment,
  declaration: Declaration,
  options: RunOptions,
  world: World,
  last: UpRecord | undefined,
): Promise<UpResult> {
  const { reports, record } = filesOf(context, deployment);
  const tools = toolsOf(context);
  const known = compact<Pick<GateOptions, 'upgrade'>>({ upgrade: last?.upgrade });
  const gates = await askGates(
    context,
    deployment,
    declaration,
    { ...options, ...known, reports, record, tools },
    world,
  );
  if (options.dryRun) show(context, deployment, gates.steps);
  await tellAdvisories(context, declaration, deployment.harborVersion);
  refuseAny(gates.problems);
  if (options.seen) refuseOtherSteps(options.seen.directory, options.seen.steps, gates.steps, deployment);
  sayJump(context, deployment, gates, options.withoutBackup);
  if (options.dryRun) return DONE;
  if (options.planOut !== undefined) return planOut(context, deployment, gates, options.planOut, options, last);
  if (!options.seen) refuseUnasked(context, options);
  const ids = gates.steps.map(({ id }) => id);
  if (ids.includes('before')) await forgetBefore(reports);
  const first = firstRecord(deployment, gates, last, new Date(world.now()).toISOString());
  return recorded(context, record, first, (inRecord) => carryOut(inRecord, deployment, gates, options, last));
}

/**
 * `whole` closes the record: everything ran, and the proof passed. Otherwise the next `up` continues from it. A
 * stop in `harbor` during a migration is not a failure: it may still be migrating.
 */
async function carryOut(
  context: UpContext,
  deployment: Deployment,
  { steps, jump }: Gates,
  options: RunOptions,
  last: UpRecord | undefined,
): Promise<Recorded> {
  const ids = steps.map(({ id }) => id);
  const ran = await logged(context, deployment, options, (inLog) =>
    runSteps(inLog, deployment, steps, { ...options, ...interruption(last), tools: toolsOf(context) }),
  );
  const broken = ids.includes('conform') && !(await compareWithBefore(context, filesOf(context, deployment).reports));
  if (ran.stoppedAt?.id === 'harbor' && (jump.kind === 'upgrade' || (await migrates(context, deployment)))) {
    context.emit({ type: 'up-migrating' });
    return { result: ran, whole: false };
  }
  if (broken && ran.code === 0) return { result: { code: PROOF_FAILED }, whole: false };
  if (options.clean && ran.code === 0) await clean(context, deployment, steps, options);
  const replaced = ids.some((id) => id === 'harbor' || id === 'cluster');
  const whole = ran.code === 0 && ids.includes('conform') && (jump.kind !== 'upgrade' || replaced);
  return { result: ended(context, ran, options), whole };
}

async function clean(
  context: UpContext,
  deployment: Deployment,
  steps: readonly Step[],
  { yes, seen }: RunOptions,
): Promise<void> {
  if (steps.some(({ id }) => id === 'conform')) await cleanImages(context, deployment, yes || seen !== undefined);
  else note(context, '--clean: nothing was removed, because conform did not run');
}

/**
 * Does exactly what a directory of `--plan-out` shows.
 * @throws PlanRefusedError if that is not possible
 */
async function applyPlan(
  context: UpContext,
  deployment: Deployment,
  declaration: Declaration,
  { apply: directory = '', plan: loaded, ...options }: RunOptions,
  world: World,
): Promise<UpResult> {
  const plan = loaded ?? (await loadUpPlan(context.cwd, directory));
  await refuseOutdated(context.cwd, directory, plan, deployment);
  const [from, to] = [plan.steps[0]?.id, plan.steps.at(-1)?.id];
  const seen = { directory, steps: plan.steps };
  return runUp(context, deployment, declaration, compact({ ...options, from, to, seen }), world);
}

async function planOut(
  context: UpContext,
  deployment: Deployment,
  { steps }: Gates,
  directory: string,
  options: UpOptions,
  last: UpRecord | undefined,
): Promise<UpResult> {
  const tools = toolsOf(context);
  const asked = {
    directory,
    tools,
    declaration: declarationFlags(options),
    adoptState: options.adoptState,
    ...interruption(last),
  };
  const plan = await logged(context, deployment, options, (inLog) => planUp(inLog, deployment, steps, asked));
  context.emit({ type: 'up-planned', directory, plan });
  return context.signal.aborted ? { code: 1, aborted: true } : DONE;
}

/** Removes what the stacks created, in the required order. The data on the disk of the host stays. */
export async function runDown(context: UpContext, deployment: Deployment, options: UpOptions): Promise<UpResult> {
  const steps = selectSteps(destroySteps(deployment), options);
  if (deployment.sample) return showSample(context, deployment, steps);
  if ('rule' in steps) return refuse([steps]);
  const ids = steps.map(({ id }) => id);
  return locked(context, deployment, options, (last) =>
    withHostLock(context, deployment, { ids, ...options }, (inLock) =>
      takeDown(inLock, deployment, steps, options, last),
    ),
  );
}

async function takeDown(
  context: UpContext,
  deployment: Deployment,
  steps: readonly Step[],
  options: UpOptions,
  last: UpRecord | undefined,
): Promise<UpResult> {
  const tools = toolsOf(context);
  if (options.dryRun) show(context, deployment, steps);
  refuseAny(await checkMachine(context, { deployment, steps, tools }));
  if (options.dryRun) return DONE;
  refuseUnasked(context, options);
  const question = `Remove the containers of ${deployment.hostname}? The data stays on the host.`;
  if (!options.yes && !(await context.ask(question))) throw new UsageError('nothing was changed');
  const startedAt = new Date().toISOString();
  const { harborVersion } = deployment;
  const { upgrade } = last ?? {};
  const first = compact<UpRecord>({ schemaVersion: 1, startedAt, destroy: true, harborVersion, done: [], upgrade });
  return recorded(context, filesOf(context, deployment).record, first, async (inRecord) => {
    const ran = await logged(inRecord, deployment, options, (inLog) =>
      runSteps(inLog, deployment, steps, { ...options, tools }),
    );
    return { result: ended(context, ran, options), whole: ran.code === 0 && upgrade === undefined };
  });
}

/** What a sample would run. Its host names do not exist, so no gate is checked. */
function showSample(context: UpContext, deployment: Deployment, steps: readonly Step[] | Refusal): UpResult {
  if ('rule' in steps) return refuse([steps]);
  show(context, deployment, steps);
  note(context, `${deployment.name} is a sample: the commands are shown, nothing was checked`);
  return DONE;
}

/** Without --verbose, the output of programs goes to a file. */
async function logged<T>(
  outer: UpContext,
  deployment: Deployment,
  { verbose }: UpOptions,
  work: (context: UpContext) => Promise<T>,
): Promise<T> {
  const context = { ...outer, notices: new Set<string>() };
  if (verbose) return work(context);
  const log = openToolLog(join(filesOf(context, deployment).reports, 'tools.log'), context.secrets);
  try {
    return await work({ ...context, log });
  } finally {
    await log.close();
  }
}

function toolsOf({ env, cwd }: UpContext): Tools {
  // The same variable as that of cdktf.
  return { terraform: env['TERRAFORM_BINARY_NAME'] ?? 'terraform', ...deploymentFiles(cwd) };
}

function show(context: UpContext, deployment: Deployment, steps: readonly Step[]): void {
  const tools = toolsOf(context);
  const shown = steps.map((step) => ({
    step,
    lines: step.actions.flatMap((action) => commandLines(deployment, action, tools)),
  }));
  context.emit({ type: 'up-commands', steps: shown });
}

function refuseAny(problems: readonly Refusal[]): void {
  if (problems.length > 0) refuse(problems);
}

/** @throws PlanRefusedError always */
function refuse(problems: readonly Refusal[]): never {
  throw new PlanRefusedError(
    'nothing was changed',
    problems.map(({ rule, message, hint }) => ({ rule, message, hint })),
  );
}

function refuseUnasked(context: UpContext, { yes }: UpOptions): void {
  if (yes || context.canAsk) return;
  throw new UsageError('not an interactive terminal: pass --yes', 'review the output of --dry-run first');
}

function sayJump(
  context: UpContext,
  { waits }: Deployment,
  { jump, running }: Gates,
  withoutBackup: string | undefined,
): void {
  if (jump.kind !== 'upgrade') return;
  if (running.upgrade?.begun && running.upgrade.baseline)
    note(context, 'the report from before the upgrade is kept: this Harbor no longer shows what pulled then');
  note(context, `upgrade ${jump.from} -> ${jump.to} (${running.by ?? 'given'})`);
  note(context, 'the new version migrates the database; to go back you need the backup');
  const [before, after] = [jump.from, jump.to].map((version) => releaseOf(version).postgresql.major);
  if (before !== after && waits?.postgresql !== undefined)
    note(
      context,
      `PostgreSQL ${before} -> ${after}: its first start rewrites the database; this takes up to an hour and as much ` +
        'free space as the database has',
    );
  if (withoutBackup !== undefined) note(context, `without a backup: ${withoutBackup}`);
}

/** Every step can be run again: what is as declared does not change. */
function ended({ emit }: UpContext, { stoppedAt, ...result }: Ran, { only }: UpOptions): UpResult {
  if (stoppedAt) emit({ type: 'up-stopped', step: stoppedAt.id, restart: only === undefined });
  return result;
}
