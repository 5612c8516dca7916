import { join } from 'node:path';
import { compact } from '../../compact';
import { UsageError } from '../../errors';
import { loadOrThrow } from '../load';
import { note, type UpContext } from './context';
import { loadDeployment } from './load-deployment';
import type { UpOptions } from './options';
import { hasUpPlan, loadUpPlan } from './plan-directory';
import { UpReporter } from './report';
import type { UpResult } from './recorded-run';
import { runDown, runUp } from './run-up';
import type { Deployment } from './steps';
import { realWorld } from './world';

/** How a run is reported as one document. */
export interface UpTelling {
  /** One JSON document instead of lines. */
  readonly json: boolean;
  readonly print: (text: string) => void;
  /** The exit code of a run, or of the error that ended it. */
  readonly exitCode: (result: UpResult | { readonly error: unknown }) => number;
}

/**
 * Deploys, plans or removes what an environment file declares.
 * @throws PlanRefusedError, UsageError, DeclarationError; if a step was started, a report is printed first
 */
export async function up(told: UpContext, options: UpOptions, { json, print, exitCode }: UpTelling): Promise<UpResult> {
  const reporter = json ? new UpReporter() : undefined;
  const context = reporter?.context(told) ?? told;
  const { apply } = options;
  // The plan of a pair has one of these in the directory of each machine.
  const plan = apply !== undefined && hasUpPlan(context.cwd, apply) ? await loadUpPlan(context.cwd, apply) : undefined;
  const deployment = await loadDeployment(context, options.environment ?? plan?.environment, options.dryRun);
  if (deployment.machines) return upMachines(told, options, { json, print, exitCode }, deployment);
  try {
    const result = options.destroy
      ? await runDown(context, deployment, options)
      : await runUp(context, deployment, await loadOrThrow(context, options), compact({ ...options, plan }), realWorld);
    if (reporter) print(reporter.text(deployment.name, exitCode(result)));
    return result;
  } catch (error) {
    // The report keeps what was done before a refusal.
    if (reporter?.begun) print(reporter.text(deployment.name, exitCode({ error }), error));
    throw error;
  }
}

/**
 * Both machines of a pair, one after the other: the second is not touched unless the first is well. A plan has one
 * directory for each, and is read whole before anything is done.
 * @throws UsageError for options that are about one machine
 */
async function upMachines(
  told: UpContext,
  options: UpOptions,
  telling: UpTelling,
  { name, machines = [], harborVersion }: Deployment,
): Promise<UpResult> {
  if (telling.json)
    throw new UsageError(
      `${name} is a pair: a JSON document is that of one machine`,
      `use --environment ${machines.join(', then --environment ')}`,
    );
  const { planOut, apply } = options;
  for (const machine of apply === undefined ? [] : machines) await loadUpPlan(told.cwd, join(apply!, machine));
  let last: UpResult | undefined;
  for (const [index, machine] of machines.entries()) {
    note(told, `${machine}:`);
    const own = compact<Partial<UpOptions>>({
      planOut: planOut && join(planOut, machine),
      apply: apply && join(apply, machine),
      // By then the machine before it has migrated the shared database.
      runningVersion: planOut !== undefined && index > 0 ? harborVersion : options.runningVersion,
    });
    last = await up(told, { ...options, ...own, environment: machine }, telling);
    if (telling.exitCode(last) !== 0) return last;
  }
  return last!;
}
