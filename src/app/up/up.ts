import { join } from 'node:path';
import { compact } from '../../compact';
import { loadOrThrow } from '../load';
import { errorOf } from '../render/error';
import { note, type UpContext } from './context';
import { loadDeployment } from './load-deployment';
import type { UpOptions } from './options';
import { hasUpPlan, loadUpPlan } from './plan-directory';
import { UpReporter, type PairReport, type UpReport } from './report';
import type { UpResult } from './recorded-run';
import { runDown, runUp } from './run-up';
import type { Deployment } from './steps';
import { realWorld } from './world';

/** How a run is reported as one document. */
export interface UpTelling {
  /** Receives the one document of the run, at its end, instead of lines on stdout. */
  readonly report?: (report: UpReport | PairReport) => void;
  /** The exit code of a run, or of the error that ended it. */
  readonly exitCode: (end: UpResult | { readonly error: unknown }) => number;
}

/**
 * Deploys, plans or removes what an environment file declares.
 * @throws PlanRefusedError, UsageError, DeclarationError; if a step was started, it is reported first
 * What a run passes, in this order. Nothing is changed before the gates are passed:
 *
 *     environment file, policies          errors in them: DeclarationError
 *     lock of this checkout               another run here: PlanRefusedError
 *     record of the last run              what it left is named; a program of it still works: PlanRefusedError
 *     lock of the host                    a run of another checkout: PlanRefusedError
 *     gates (gates.ts)                    every problem at once: PlanRefusedError
 *     steps (run-steps.ts)                each recorded before and after it
 *     comparison, after an upgrade        checks that passed before must pass now
 */
export async function up(told: UpContext, options: UpOptions, telling: UpTelling): Promise<UpResult> {
  const { report, exitCode } = telling;
  const reporter = report && new UpReporter();
  const context = reporter?.context(told) ?? told;
  const { apply } = options;
  // The plan of a pair has one of these in the directory of each machine.
  const plan = apply !== undefined && hasUpPlan(context.cwd, apply) ? await loadUpPlan(context.cwd, apply) : undefined;
  const deployment = await loadDeployment(context, options.environment ?? plan?.environment, options.dryRun);
  if (deployment.machines) return upMachines(told, options, telling, deployment);
  try {
    const result = options.destroy
      ? await runDown(context, deployment, options)
      : await runUp(context, deployment, await loadOrThrow(context, options), compact({ ...options, plan }), realWorld);
    if (reporter) report?.(reporter.report(deployment.name, exitCode(result)));
    return result;
  } catch (error) {
    // The report keeps what was done before a refusal.
    if (reporter?.begun) report?.({ ...reporter.report(deployment.name, exitCode({ error })), error: errorOf(error) });
    throw error;
  }
}

/**
 * Both machines of a pair, one after the other: the second is not touched unless the first is well. A plan has one
 * directory for each, and is read whole before anything is done.
 */
async function upMachines(
  told: UpContext,
  options: UpOptions,
  { report, exitCode }: UpTelling,
  deployment: Deployment,
): Promise<UpResult> {
  const { name, machines = [] } = deployment;
  const { apply } = options;
  for (const machine of apply === undefined ? [] : machines) await loadUpPlan(told.cwd, join(apply!, machine));
  const reports: UpReport[] = [];
  const own = compact<UpTelling>({ report: report && ((one) => void reports.push(one as UpReport)), exitCode });
  let at = '';
  const tell = (end: UpResult | { readonly error: unknown }): void => {
    const code = exitCode(end);
    const stopped = code === 0 ? {} : { stoppedAt: at };
    const error = 'error' in end ? { error: errorOf(end.error) } : {};
    report?.({ environment: name, code, machines: reports, ...stopped, ...error });
  };
  let last: UpResult | undefined;
  try {
    for (at of machines) {
      note(told, `${at}:`);
      last = await up(told, { ...options, ...optionsOf(at, deployment, options) }, own);
      if (exitCode(last) !== 0) break;
    }
  } catch (error) {
    // If nothing was begun, the error alone is the document.
    if (reports.length > 0) tell({ error });
    throw error;
  }
  tell(last!);
  return last!;
}

/** What differs for one machine of a pair. */
function optionsOf(
  machine: string,
  { machines, harborVersion }: Deployment,
  { planOut, apply, runningVersion }: UpOptions,
): Partial<UpOptions> {
  return compact<Partial<UpOptions>>({
    environment: machine,
    planOut: planOut && join(planOut, machine),
    apply: apply && join(apply, machine),
    // By then the machine before it has migrated the shared database.
    runningVersion: planOut !== undefined && machine !== machines?.[0] ? harborVersion : runningVersion,
  });
}
