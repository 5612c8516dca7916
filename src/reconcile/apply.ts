import { createHash, randomUUID } from 'node:crypto';
import type { Declaration } from '../declaration/declaration';
import { PlanRefusedError } from '../errors';
import { canonicalJson } from '../json';
import type { Plan } from '../plan/plan';
import { execute, type ExecuteOptions } from './execute';
import type { RunEntry } from './journal';
import { timestamp } from './journaled-client';
import { readState } from './read';
import { silentReporter, type Reporter } from './reporter';
import type { ApplyReport, ChangeResult, Difference, Outcome } from './result';
import { differencesAfter } from './verify';

const DEFAULT_CONCURRENCY = 6;

export interface ApplyOptions extends Omit<ExecuteOptions, 'reporter' | 'concurrency'> {
  /** What the plan was made from: read again and compared when everything is done. */
  readonly declaration: Declaration;
  readonly reporter?: Reporter;
  /** Changes in flight; default 6. */
  readonly concurrency?: number;
}

/**
 * Makes the changes of a plan in dependency order, then reads again. A change that fails or is stale takes
 * its dependants with it and nothing else; everything that happened is in the report and the journal.
 * `signal`: start nothing new, finish what is in flight, report.
 * @throws PlanRefusedError when the guard refused the plan; nothing was written
 */
export async function apply(plan: Plan, options: ApplyOptions): Promise<ApplyReport> {
  if (plan.refusals.length > 0)
    throw new PlanRefusedError(`the guard refused this plan (${plan.refusals.length} reasons)`, plan.refusals);
  const reporter = options.reporter ?? silentReporter;
  await options.journal?.append(runEntry(plan));
  const results = await execute(plan, {
    ...options,
    reporter,
    concurrency: options.concurrency ?? DEFAULT_CONCURRENCY,
  });
  const aborted = options.signal?.aborted ?? false;
  const outcomes = countOutcomes(results);
  await options.journal?.append({ type: 'end', at: timestamp(), aborted, outcomes });
  const differences = aborted || outcomes.ok === 0 ? [] : await readAgain(plan, results, options, reporter);
  return { ...byOutcome(results), differences, aborted };
}

function runEntry(plan: Plan): RunEntry {
  return {
    type: 'run',
    run: randomUUID(),
    at: timestamp(),
    tool: plan.tool,
    plan: planHash(plan),
    declaration: plan.declaration,
    target: plan.target.url,
    mode: plan.mode,
    changes: plan.changes.length,
  };
}

export function planHash(plan: Plan): string {
  return `sha256:${createHash('sha256').update(canonicalJson(plan)).digest('hex')}`;
}

async function readAgain(
  plan: Plan,
  results: readonly ChangeResult[],
  { client, kinds, declaration }: ApplyOptions,
  reporter: Reporter,
): Promise<Difference[]> {
  reporter.report({ type: 'verifying', total: results.length });
  const { current } = await readState({ client, kinds, declaration });
  return differencesAfter(plan.changes, results, current, kinds);
}

function byOutcome(results: readonly ChangeResult[]): Record<Outcome, ChangeResult[]> {
  const of = (wanted: Outcome): ChangeResult[] => results.filter(({ outcome }) => outcome === wanted);
  return { ok: of('ok'), failed: of('failed'), stale: of('stale'), skipped: of('skipped'), unknown: of('unknown') };
}

function countOutcomes(results: readonly ChangeResult[]): Record<Outcome, number> {
  const { ok, failed, stale, skipped, unknown } = byOutcome(results);
  return {
    ok: ok.length,
    failed: failed.length,
    stale: stale.length,
    skipped: skipped.length,
    unknown: unknown.length,
  };
}
