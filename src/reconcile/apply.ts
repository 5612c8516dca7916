import { compact } from '../compact';
import { createHash, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Declaration } from '../declaration/declaration';
import { BreakwaterError, PlanRefusedError } from '../errors';
import { canonicalJson } from '../json';
import type { KindRules } from '../kinds/kind';
import type { Change, Plan } from '../plan/plan';
import { execute, type ExecuteOptions } from './execute';
import { isStopped, textOf } from './failure';
import type { Journal, RunEntry } from './journal';
import { timestamp, unwritable } from './journaled-client';
import { adaptivePace, fixedPace, type Pace } from './pace';
import { readState } from './read';
import { silentReporter, type Reporter } from './reporter';
import type { ApplyReport, ChangeResult, Difference, Outcome } from './result';
import { requireSecrets } from './secrets-first';
import { differencesAfter } from './verify';

const READ_AGAIN_EVERY_MS = 5_000;

/**
 * Everything that an apply needs besides the plan. `refs` must be those of the read that the plan was made
 * from.
 */
export interface ApplyOptions extends Omit<ExecuteOptions, 'reporter' | 'pace'> {
  /** The input of the plan: read again and compared when everything is done. */
  readonly declaration: Declaration;
  /** The previous declaration, if the plan deletes what was removed from it. */
  readonly base?: Pick<Declaration, 'objects' | 'parents'>;
  /**
   * Changes of a saved plan that `approve` has decided: they are part of the report, and block changes that need them.
   */
  readonly settled?: readonly ChangeResult[];
  readonly reporter?: Reporter;
  /** See `ReadOptions.mayHide`. */
  readonly mayHide?: () => Promise<boolean>;
  /** Simultaneous changes. Default: six, more while Harbor responds as fast, at most 32. */
  readonly concurrency?: number;
}

/**
 * Makes the changes of a plan in dependency order, then reads again. A change that fails or is stale also skips its
 * dependants, but nothing else; everything that happened is in the report and the journal. `signal`: start nothing new,
 * finish running changes, report.
 * @throws PlanRefusedError if the guard refused the plan, SecretError if a secret that it writes is not available; then
 * nothing was written
 * The stages of one apply:
 *
 *     guard refused? ──► PlanRefusedError          nothing is read or written
 *     secrets there? ──► SecretError               nothing is written
 *     journal: run   ──► every change is `failed`  nothing is written
 *     changes, stage by stage                      each with its own outcome
 *     journal: end
 *     read again, compare                          only if a change is ok and the run was not stopped
 */
export async function apply(plan: Plan, options: ApplyOptions): Promise<ApplyReport> {
  if (plan.refusals.length > 0)
    throw new PlanRefusedError(`the guard refused this plan (${plan.refusals.length} reasons)`, plan.refusals);
  const reporter = options.reporter ?? silentReporter;
  await requireSecrets(plan.changes, options);
  const journal = noting(options.journal);
  const begun = await journal.append(runEntry(plan)).then(() => undefined, unwritable);
  const results =
    begun === undefined
      ? await execute(plan, { ...options, reporter, journal, pace: paceOf(options) })
      : [...(options.settled ?? []), ...plan.changes.map((change) => unsent(change, begun))];
  const aborted = options.signal?.aborted ?? false;
  const outcomes = countOutcomes(results);
  // From here on Harbor may be changed: there is always a report.
  await journal.append({ type: 'end', at: timestamp(), aborted, outcomes }).catch(() => {});
  const verified = outcomes.ok === 0 ? {} : aborted ? NOT_VERIFIED : await verify(plan, results, options, reporter);
  const { error: journalError } = journal;
  return compact({
    differences: [],
    aborted,
    ...byOutcome(results),
    ...verified,
    journalError: journalError || undefined,
  });
}

function paceOf({ concurrency }: ApplyOptions): Pace {
  return concurrency === undefined ? adaptivePace() : fixedPace(concurrency);
}

/** A journal that remembers why its first line was lost. */
function noting(journal: Journal | undefined): Journal & { readonly error: string | undefined } {
  let error: string | undefined;
  return {
    get error() {
      return error;
    },
    async append(entry, when) {
      try {
        await journal?.append(entry, when);
      } catch (cause) {
        error ??= textOf(cause);
        throw cause;
      }
    },
    close: async () => journal?.close(),
  };
}

/** The journal could not take its first line, so this change was never tried. */
function unsent({ address, kind, action }: Change, detail: string): ChangeResult {
  return { address, kind, action, outcome: 'failed', detail };
}

const NOT_VERIFIED = { aborted: true, unverified: 'the run was stopped' };

/** The changes are made already. An error here does not undo them, so it is reported and not thrown. */
async function verify(
  ...task: Parameters<typeof readAgain>
): Promise<Partial<Pick<ApplyReport, 'differences' | 'unverified' | 'aborted'>>> {
  try {
    const differences = await readAgain(...task);
    return differences ? { differences } : NOT_VERIFIED;
  } catch (error) {
    if (!(error instanceof BreakwaterError)) throw error;
    return isStopped(error) ? NOT_VERIFIED : { unverified: error.message };
  }
}

/** The beginning of a run in the journal. Hashes tell which plan it was, without its values. */
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

/** Equal plans have equal hashes, whatever the order of keys in them. */
export function planHash(plan: Plan): string {
  return `sha256:${createHash('sha256').update(canonicalJson(plan)).digest('hex')}`;
}

/**
 * A setting that Harbor returns from its cache looks like a difference. So the state is read again every 5 s
 * (or a quarter of the time), as long as every difference may come from a cache.
 * @returns undefined if the run was stopped meanwhile: then it is not known whether anything differs
 */
async function readAgain(
  plan: Plan,
  results: readonly ChangeResult[],
  { client, kinds, declaration, base, signal, mayHide = async () => false }: ApplyOptions,
  reporter: Reporter,
): Promise<Difference[] | undefined> {
  reporter.report({ type: 'verifying', total: results.length });
  const startedAt = performance.now();
  for (let told = false; ; told = true) {
    const state = await readState({ client, kinds, declaration, base, hurry: true, mayHide });
    const unknown = [...state.unreadable, ...state.doubts];
    const differences = differencesAfter(plan.changes, results, state.current, kinds, unknown);
    const forMs = staleForMs(differences, plan.changes, kinds);
    if (performance.now() - startedAt >= forMs) return differences;
    if (!told) reporter.report({ type: 'stale', addresses: differences.map(({ address }) => address), forMs });
    try {
      await sleep(Math.min(READ_AGAIN_EVERY_MS, forMs / 4), undefined, { signal });
    } catch {
      return undefined;
    }
  }
}

/** 0 as soon as one of them cannot come from a cache: then there is nothing to wait for. */
function staleForMs(
  differences: readonly Difference[],
  changes: readonly Change[],
  kinds: readonly KindRules[],
): number {
  const different = new Set(differences.map(({ address }) => address));
  const waits = changes
    .filter(({ address }) => different.has(address))
    .map((change) => kinds.find(({ name }) => name === change.kind)?.staleForMs ?? 0);
  return waits.length === 0 || waits.includes(0) ? 0 : Math.max(...waits);
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
