import { compact } from '../compact';
import { setTimeout as sleep } from 'node:timers/promises';
import { ApplyError } from '../errors';
import type { Identity } from '../harbor/client';
import type { AnyKind, Live, WriteContext } from '../kinds/kind';
import { allDifferences, compare, mergeOver, observedFields } from '../plan/diff';
import { topLevelField } from '../plan/field-path';
import type { Change } from '../plan/plan';
import { harborErrorIn, isConflict, isGone, mayHaveHappened, textOf, wentUnanswered } from './failure';
import type { JournaledClient } from './journaled-client';
import type { NewBorns } from './new-born';
import type { LearningRefs } from './refs';
import { done, stale, type Settled } from './result';

/** Everything that making one change needs. */
export interface Task {
  readonly change: Change;
  readonly kind: AnyKind;
  readonly context: WriteContext & { readonly client: JournaledClient };
  readonly refs: LearningRefs;
  readonly identity: Identity;
  /** Specs that are part of this change's request, by kind. */
  readonly carried: ReadonlyMap<string, object>;
  /** What Harbor created together with the owner of this change in this run: it may be changed, whatever it is. */
  readonly born: boolean;
  readonly newBorns: Pick<NewBorns, 'find'>;
  /** How long a create without a response may take to become visible before it is sent again. */
  readonly repeatAfterMs: number;
  /** The run was stopped: nothing is sent again. */
  readonly signal: AbortSignal | undefined;
}

/** Makes one change, or says why not. Never throws: an error is an outcome. */
export async function makeChange(task: Task): Promise<Settled> {
  try {
    return await MAKERS[task.change.action](task);
  } catch (error) {
    return failed(task, error);
  }
}

/**
 * What each action reads first, and what it does when the response is lost:
 *
 *     create    nothing            409: adopt if as declared · no response, absent twice: once more · else read back
 *     update    the live object    read back; with a secret `unknown`, because no read shows it
 *     replace   the live object    deleted, then as create
 *     delete    the live object    read back: absent is ok
 *
 *     Every read before a write compares with the plan: a difference makes the change `stale`.
 */
const MAKERS = { create, update, replace, delete: remove };

async function create(task: Task, tries = 2): Promise<Settled> {
  const { accepted } = task.context.client;
  try {
    await createNow(task);
    return done;
  } catch (error) {
    // What exists after the first accepted write is our own object.
    const inPart = task.context.client.accepted > accepted;
    if (!inPart && isConflict(error)) return adopt(task, error);
    if (tries > 1 && !inPart && wentUnanswered(error) && (await isAbsentStill(task))) return create(task, tries - 1);
    return inPart || mayHaveHappened(error) ? readBackCreated(task, error) : failed(task, error);
  }
}

/**
 * Read twice: a request that a gateway gave up on may still be running. If it completes even later, the repeated create
 * returns 409 and is adopted.
 */
async function isAbsentStill(task: Task): Promise<boolean> {
  if ((await readBack(task)) !== undefined) return false;
  try {
    await sleep(task.repeatAfterMs, undefined, { signal: task.signal });
  } catch {
    return false;
  }
  return (await readBack(task)) === undefined;
}

/** The id is learned at once, because children of the same run need it. */
async function createNow({ kind, context, change, carried, refs }: Task): Promise<void> {
  const { id } = await kind.create(context, change.desired, carried);
  refs.learn(change.kind, change.identity, id);
}

/** Another client was faster, or our response was lost: if the existing object is as declared, it is adopted. */
async function adopt(task: Task, conflict: unknown): Promise<Settled> {
  const live = await readBack(task);
  if (live === 'unknown') return failed(task, conflict, 'the existing one cannot be read with these credentials');
  if (!live) return failed(task, conflict);
  const [different] = compare(desiredOf(task), live.spec, task.kind);
  if (different)
    return stale(`${task.change.address} was created in the meantime, with another ${different.path}`, different.path);
  await writeSecrets(task, live);
  return { outcome: 'ok', adopted: true, detail: 'already as declared' };
}

/** The outcome is that of the object and not that of the request. */
async function readBackCreated(task: Task, error: unknown): Promise<Settled> {
  const live = await readBack(task);
  if (live === 'unknown') return lost(task, error);
  if (!live) return failed(task, error);
  const [different] = compare(desiredOf(task), live.spec, task.kind);
  if (different) return failed(task, error, `it exists, but its ${different.path} is not as declared`);
  await writeSecrets(task, live);
  return { outcome: 'ok', adopted: true, detail: 'the response was lost, but Harbor has it as declared' };
}

/** Whether the secret was stored is unknown, so it is written again. */
async function writeSecrets(task: Task, live: Live<object>): Promise<void> {
  const secrets = task.change.fields.filter(({ writeOnly }) => writeOnly).map(({ path }) => path);
  if (secrets.length === 0) return;
  try {
    await writeFields(task, live, secrets);
  } catch (cause) {
    const { address } = task.change;
    throw new ApplyError(
      `it exists, but its secret was not written (${textOf(cause)}): run apply with --rotate ${address}`,
      address,
      {
        cause,
      },
    );
  }
}

async function update(task: Task): Promise<Settled> {
  const live = (task.born ? await task.newBorns.find(task.change, task.kind) : undefined) ?? (await readLive(task));
  if (!live) return task.born ? create(task) : stale(`${task.change.address} is gone`);
  const { change, kind } = task;
  const differing = compare(desiredOf(task), live.spec, kind).map(({ path }) => path);
  const secrets = change.fields.filter(({ writeOnly }) => writeOnly).map(({ path }) => path);
  if (differing.length === 0 && secrets.length === 0)
    return { outcome: 'ok', adopted: true, detail: 'it already matches the declaration' };
  const moved =
    task.born || differing.length === 0
      ? undefined
      : driftSince(change, observedFields(live.spec, desiredOf(task), kind));
  if (moved !== undefined) return staleField(change, moved);
  try {
    await writeFields(task, live, [...differing, ...secrets]);
    return change.renamedFrom === undefined ? done : { ...done, detail: `renamed from ${change.renamedFrom}` };
  } catch (error) {
    if (change.renamedFrom !== undefined && isConflict(error))
      return stale(`the name ${change.identity} was taken in the meantime: nothing was renamed`, 'name');
    if (!mayHaveHappened(error)) return failed(task, error, secrets.length > 0 ? rotateHint(change) : undefined);
    return secrets.length > 0 ? lost(task, error) : readBackUpdated(task, error);
  }
}

/** `kind.update` gets top-level fields, because Harbor's endpoints do not write less. */
async function writeFields(
  { kind, context, change }: Task,
  live: Live<object>,
  paths: readonly string[],
): Promise<void> {
  const merged = mergeOver(live.spec, change.desired ?? {}, kind);
  await kind.update(context, { live, merged, changed: [...new Set(paths.map(topLevelField))] });
}

/** Only without secrets: what Harbor returns shows whether the rest was applied. */
async function readBackUpdated(task: Task, error: unknown): Promise<Settled> {
  const live = await readBack(task);
  if (live === 'unknown') return lost(task, error);
  if (!live || compare(desiredOf(task), live.spec, task.kind).length > 0) return failed(task, error);
  return { outcome: 'ok', adopted: true, detail: 'the response was lost, but Harbor has it as declared' };
}

/** If the create fails, the object is gone: the detail says so, and a new plan creates it. */
async function replace(task: Task): Promise<Settled> {
  const { change, refs } = task;
  const live = await readLive(task);
  if (live) {
    const refused = refusalNow(task, live);
    const kept = refused ?? (await removeNow(task, live));
    if (kept) return kept;
    refs.forget(change.kind, change.identity);
  }
  const created = await create(task);
  if (created.outcome === 'ok') return created;
  return {
    ...created,
    detail: `the old object was deleted, but the new one could not be created: ${created.detail ?? ''}`,
  };
}

async function remove(task: Task): Promise<Settled> {
  const live = await readLive(task);
  if (!live) return { outcome: 'ok', adopted: true, detail: 'it no longer existed' };
  const kept = refusalNow(task, live) ?? (await removeNow(task, live));
  if (kept) return kept;
  task.refs.forget(task.change.kind, task.change.identity);
  return done;
}

/** Undefined if the object is gone, also by Harbor's own 404. After a lost response or a 5xx it is read back. */
async function removeNow(task: Task, live: Live<object>): Promise<Settled | undefined> {
  try {
    await task.kind.remove(task.context, live);
    return undefined;
  } catch (error) {
    if (isGone(error)) return undefined;
    if (!mayHaveHappened(error)) return failed(task, error);
    const left = await readBack(task);
    if (left === undefined) return undefined;
    return left === 'unknown' ? lost(task, error) : failed(task, error);
  }
}

/**
 * Before a permanent loss everything is checked again: the spec, and the kind's hazards (such as repositories since the
 * plan).
 */
function refusalNow({ change, kind, identity }: Task, live: Live<object>): Settled | undefined {
  const moved = driftSince(change, live.spec);
  if (moved !== undefined) return staleField(change, moved);
  const context = { action: change.action, live, changed: change.fields.map(({ path }) => topLevelField(path)) };
  const hazards =
    kind.hazards?.(
      compact({
        ...context,
        desired: change.desired,
        identity,
        current: [],
        planned: [],
        assumed: [],
        others: () => undefined,
      }),
    ) ?? [];
  // Hazards that no flag allows depend on fields that are as planned, or on objects that `planned` would have to contain.
  const fresh = hazards.find(
    ({ rule, enforcement }) => enforcement === 'soft-mandatory' && !change.accepts?.includes(rule),
  );
  return fresh && stale(`since the plan: ${fresh.message}`);
}

/**
 * The first field that is no longer as it was when the plan was made. Undefined for a change without
 * precondition.
 */
function driftSince({ precondition }: Change, now: object): string | undefined {
  return precondition === null ? undefined : allDifferences(precondition.observed, now)[0]?.path;
}

/** Uses the old name while the object has it. A second rename is not needed if it already has the new name. */
async function readLive({ kind, context, change, refs }: Task): Promise<Live<object> | undefined> {
  const { identity, renamedFrom } = change;
  const former = renamedFrom === undefined ? undefined : await kind.read(context, renamedFrom);
  const live = (former ?? (await kind.read(context, identity))) as Live<object> | undefined;
  if (!live) return undefined;
  if (live.faults) throw new ApplyError(`Harbor's response cannot be used: ${live.faults.reason}`, change.address);
  refs.learn(kind.name, change.identity, live.id);
  return { ...live, spec: kind.normalise(live.spec) as object };
}

/** An error here must not hide the first one, so it only means that the state is not known. */
async function readBack(task: Task): Promise<Live<object> | undefined | 'unknown'> {
  try {
    return await readLive(task);
  } catch {
    return 'unknown';
  }
}

/** @throws ApplyError; only a plan file that was edited lacks it */
function desiredOf({ change }: Task): object {
  if (!change.desired) throw new ApplyError(`${change.address}: the plan contains no spec for it`, change.address);
  return change.desired;
}

function staleField({ address }: Change, field: string): Settled {
  return stale(`${field} of ${address} changed in Harbor since the plan was made`, field);
}

/** The honest outcome: neither ok nor failed would be true. */
function lost({ change }: Task, error: unknown): Settled {
  const hint = change.fields.some(({ writeOnly }) => writeOnly) ? `; ${rotateHint(change)}` : '';
  const detail = `${textOf(error)}; Harbor may or may not have applied it, run plan again to see${hint}`;
  return { outcome: 'unknown', error, detail };
}

function rotateHint({ address }: Change): string {
  return `Harbor does not return its secret; rewrite it with --rotate ${address}`;
}

/**
 * The detail has everything that a person needs to continue, in this order: the error, a note, what is half
 * done, the id of the request in Harbor's log.
 */
function failed({ change, context }: Task, error: unknown, note?: string): Settled {
  const half = change.action === 'update' && context.client.accepted > 0;
  const hint = half ? 'it was applied in part: run plan again to see what is left' : undefined;
  const requestId = harborErrorIn(error)?.details.requestId;
  const parts = [textOf(error), note, hint, requestId && `request id ${requestId}`];
  return { outcome: 'failed', error, detail: parts.filter((part) => part !== undefined && part !== '').join('; ') };
}
