import type { Client, Identity } from '../harbor/client';
import type { AnyKind, SecretDelivery, WriteContext } from '../kinds/kind';
import { kindRanks, stage } from '../plan/order';
import type { Change, Plan } from '../plan/plan';
import type { SecretReference } from '../secret-reference';
import { isStopped } from './failure';
import type { Journal } from './journal';
import { countAttempts, journaledClient, timestamp } from './journaled-client';
import { makeChange } from './make-change';
import { newBorns } from './new-born';
import type { Pace } from './pace';
import type { LearningRefs } from './refs';
import type { Reporter } from './reporter';
import type { ChangeResult, Settled } from './result';
import { schedule } from './schedule';

/** What the changes of one run share. Nothing here depends on a single change. */
export interface ExecuteOptions {
  readonly client: Client;
  readonly kinds: readonly AnyKind[];
  readonly refs: LearningRefs;
  readonly identity: Identity;
  readonly secret: (reference: SecretReference) => Promise<string>;
  readonly deliver: (delivery: SecretDelivery) => Promise<void>;
  /** Absent if `deliver` accepts everything. */
  readonly checkDelivery?: (file: string, robot: string) => Promise<void>;
  readonly journal?: Journal;
  readonly reporter: Reporter;
  readonly pace: Pace;
  /** Decided before the run. */
  readonly settled?: readonly ChangeResult[];
  readonly signal?: AbortSignal;
  /** Wait before a create without a response, whose object is missing, is sent again. Default 1,000. */
  readonly repeatAfterMs?: number;
}

const REPEAT_AFTER_MS = 1_000;

/** Makes every change of a plan, or reports for each why it was not made. Never throws because of Harbor. */
export async function execute(plan: Plan, options: ExecuteOptions): Promise<ChangeResult[]> {
  const ranks = kindRanks(options.kinds);
  const { settled = [] } = options;
  const results = new Map(settled.map((result) => [result.address, result]));
  for (const result of settled) record(result, options.journal);
  const settle = settler(plan, options, results);
  const total = plan.changes.length;
  const made = await schedule(
    plan.changes,
    (change) => stage(change, ranks),
    options.pace,
    async (change) => {
      options.reporter.report({ type: 'change-started', change, total });
      const { address, kind, action } = change;
      const result = { address, kind, action, ...(await settle(change)) };
      results.set(address, result);
      record(result, options.journal);
      options.reporter.report({ type: 'change-finished', result, done: results.size - settled.length, total });
      return result;
    },
  );
  return [...settled, ...made];
}

/**
 * Decides for one change whether it is made, and makes it:
 *
 *     carried by another request   ──► the outcome of that change, unless its object existed already
 *     the run was stopped          ──► skipped
 *     a needed change is not ok    ──► skipped, with its address
 *     otherwise                    ──► `makeChange`; skipped if the stop came before its first accepted write
 */
function settler(plan: Plan, options: ExecuteOptions, results: ReadonlyMap<string, ChangeResult>) {
  const kinds = new Map(options.kinds.map((kind) => [kind.name, kind]));
  const carried = carriedSpecs(plan);
  const attempts = countAttempts();
  const born = newBorns(plan, options.client);
  return async (change: Change): Promise<Settled> => {
    const carrier = change.carriedBy === undefined ? undefined : results.get(change.carriedBy);
    if (carrier && !carrier.adopted) return withCarrier(carrier);
    if (options.signal?.aborted) return STOPPED;
    const blocker = change.dependsOn.map((address) => results.get(address)).find((one) => one && one.outcome !== 'ok');
    if (blocker) return { outcome: 'skipped', detail: `it needs ${blocker.address}: ${blocker.outcome}` };
    const kind = kinds.get(change.kind);
    if (!kind) return { outcome: 'failed', detail: `there is no kind ${change.kind}` };
    const client = journaledClient(options.client, change, { journal: options.journal, attempts, pace: options.pace });
    const { refs, identity, secret, deliver, checkDelivery = async () => {} } = options;
    const context: WriteContext & { client: typeof client } = { client, refs, secret, deliver, checkDelivery };
    const parent = change.bornOf === undefined ? undefined : results.get(change.bornOf);
    const made = await makeChange({
      change: asFound(change, carrier),
      kind,
      context,
      refs,
      identity,
      born: parent !== undefined && parent.adopted !== true,
      newBorns: born,
      repeatAfterMs: options.repeatAfterMs ?? REPEAT_AFTER_MS,
      signal: options.signal,
      carried: carried.get(change.address) ?? new Map(),
    });
    // A write that was sent is waited for: a stop only ends reads and requests that were not sent.
    return client.accepted === 0 && isStopped(made.error) ? STOPPED : made;
  };
}

const STOPPED: Settled = { outcome: 'skipped', detail: 'not tried: the run was stopped' };

/**
 * The owner existed already, so its request was not sent: what its creator made is accepted only if it is as declared.
 */
function asFound(change: Change, carrier: ChangeResult | undefined): Change {
  return carrier ? { ...change, action: 'update', precondition: NOTHING_OBSERVED } : change;
}

const NOTHING_OBSERVED = { hash: '', observed: {} };

function withCarrier({ outcome, address }: ChangeResult): Settled {
  return outcome === 'ok' ? { outcome } : { outcome, detail: `it is sent together with ${address}` };
}

/**
 * By the address of the change whose request carries them, then by kind: the quota in the request for its
 * project.
 */
function carriedSpecs(plan: Plan): Map<string, Map<string, object>> {
  const carried = new Map<string, Map<string, object>>();
  for (const { carriedBy, kind, desired } of plan.changes) {
    if (carriedBy === undefined || !desired) continue;
    carried.set(carriedBy, (carried.get(carriedBy) ?? new Map<string, object>()).set(kind, desired));
  }
  return carried;
}

function record({ address, action, outcome, detail }: ChangeResult, journal: Journal | undefined): void {
  const entry = { type: 'change', at: timestamp(), address, action, outcome } as const;
  // Not awaited: the attempts are on disk, and the last line of a run is appended after it and awaited. A reader can handle
  // a missing result of a change.
  journal?.append(detail === undefined ? entry : { ...entry, detail }, 'soon').catch(() => {});
}
