import { compact } from '../../compact';
import { UsageError } from '../../errors';
import { loadOrThrow } from '../load';
import { note, type UpContext } from './context';
import { loadDeployment } from './load-deployment';
import type { UpOptions } from './options';
import { loadUpPlan } from './plan-directory';
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
  const plan = options.apply === undefined ? undefined : await loadUpPlan(context.cwd, options.apply);
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
 * Both machines of a pair, one after the other: the second is not touched unless the first is well.
 * @throws UsageError for options that are about one machine
 */
async function upMachines(
  told: UpContext,
  options: UpOptions,
  telling: UpTelling,
  { name, machines = [] }: Deployment,
): Promise<UpResult> {
  if (telling.json || options.planOut !== undefined || options.apply !== undefined)
    throw new UsageError(
      `${name} is a pair: a plan and a JSON document are those of one machine`,
      `use --environment ${machines.join(', then --environment ')}`,
    );
  let last: UpResult | undefined;
  for (const machine of machines) {
    note(told, `${machine}:`);
    last = await up(told, { ...options, environment: machine }, telling);
    if (telling.exitCode(last) !== 0) return last;
  }
  return last!;
}
