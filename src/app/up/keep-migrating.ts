import { setTimeout as sleep } from 'node:timers/promises';
import { PlanRefusedError } from '../../errors';
import {
  MIGRATING_SERVICES,
  migrationRefusal,
  parseState,
  shellWord,
  STATE_FORMAT,
  taintedIn,
  type ContainerState,
  type Deployment,
  type Invocation,
  type Tainted,
} from './steps';
import { note, type UpContext } from './context';
import { plural } from '../../plural';
import { onHost, unreachable } from './on-host';
import { runTool } from './run-tool';
import { withLogLines } from './watch-logs';

/** What decides whether a container that is being migrated is waited for. */
export interface WaitOptions {
  readonly stack: string;
  /** A person agreed already. */
  readonly yes: boolean;
  readonly untaint: (address: string) => Invocation;
}

const DEFAULT_WAIT_SECONDS = 3600;
/** It restarts again and again: waiting will not finish a migration. */
const RESTARTS_OF_A_LOOP = 3;
const FIRST_POLL_MS = 500;
const LONGEST_POLL_MS = 15_000;

/**
 * Terraform marks a container as tainted when it was not healthy in time, and the next plan replaces it, even during a
 * migration. This waits for it instead and then untaints it.
 * @returns whether something was untainted, so that the plan is out of date
 * @throws PlanRefusedError if it would still be replaced while it works
 *     state of the container    ──► what happens
 *     stopped                   ──► replaced: nothing is interrupted
 *     healthy                   ──► untainted, kept
 *     waiting                   ──► waited for; then as healthy, or stopped
 *     unknown, or never healthy ──► PlanRefusedError: a person has to look
 */
export async function keepMigrating(
  context: UpContext,
  deployment: Deployment,
  plan: string,
  options: WaitOptions,
): Promise<boolean> {
  let kept = false;
  for (const tainted of taintedIn(plan)) {
    const state = await stateOf(context, deployment, tainted.container);
    if (state.health === 'stopped') continue;
    if (state.health !== 'healthy' && !(await waitFor({ context, deployment, tainted, first: state, options })))
      continue;
    if (context.signal.aborted) return false;
    if ((await runTool(context, options.untaint(tainted.address))).code !== 0)
      throw refused(tainted, 'is healthy, but could not be untainted', options);
    note(context, `${tainted.container} is healthy: it is kept, not replaced`);
    kept = true;
  }
  return kept;
}

/**
 * What is about to be replaced may be in the middle of a migration: then waits until it is healthy.
 * @throws PlanRefusedError where it would still be replaced while it works
 */
export async function awaitMigration(
  context: UpContext,
  deployment: Deployment,
  target: Tainted,
  options: WaitOptions,
): Promise<void> {
  const state = await stateOf(context, deployment, target.container);
  if (state.health === 'waiting' || state.health === 'unknown')
    await waitFor({ context, deployment, tainted: target, first: state, options });
}

/** A container that works, and what the run may do meanwhile. */
interface Waiting {
  readonly context: UpContext;
  readonly deployment: Deployment;
  readonly tainted: Tainted;
  /** Its state when the waiting began. */
  readonly first: ContainerState;
  readonly options: WaitOptions;
}

/** @returns false if it stopped by itself, so that replacing it interrupts nothing */
async function waitFor(waiting: Waiting): Promise<boolean> {
  const { context, deployment, tainted, first, options } = waiting;
  if (first.health === 'unknown')
    throw refused(tainted, `may still be starting: ${first.why ?? 'Docker reports no health status'}`, options);
  const limit = minutes(secondsFor(deployment, tainted));
  const question = `${tainted.container} is running but not healthy yet. Wait up to ${limit} and keep it?`;
  if (!options.yes && !(await context.ask(question))) throw refused(tainted, 'is running but not healthy yet', options);
  note(
    context,
    `${tainted.container} is running but not healthy yet: waiting up to ${limit}, see docker logs --follow ${tainted.container}`,
  );
  return withLogLines(context, deployment, () => untilHealthy(waiting));
}

/**
 *     healthy                              true
 *     stopped, no restart                  false: nothing is interrupted
 *     restarts several times               refused: a migration that fails again and again
 *     too much time                        refused
 *     host cannot be reached               waits on, and says so once
 *
 * Polled with growing pauses. False also after an interruption.
 */
async function untilHealthy({ context, deployment, tainted, first, options }: Waiting): Promise<boolean> {
  const seconds = secondsFor(deployment, tainted);
  const until = Date.now() + seconds * 1000;
  let gone: string | undefined;
  for (let pollMs = FIRST_POLL_MS; !context.signal.aborted; pollMs = Math.min(pollMs * 1.5, LONGEST_POLL_MS)) {
    await sleep(pollMs, undefined, { signal: context.signal }).catch(() => undefined);
    const { health, restarts, why } = await stateOf(context, deployment, tainted.container);
    if (why !== undefined && why !== gone) note(context, `${why}; still waiting`);
    gone = why;
    if (health === 'healthy') return true;
    if (restarts - first.restarts >= RESTARTS_OF_A_LOOP) throw refused(tainted, 'keeps restarting', options);
    if (health === 'stopped' && restarts === first.restarts) return false;
    if (Date.now() > until) throw refused(tainted, why ?? `is not healthy after ${minutes(seconds)}`, options);
  }
  return false;
}

function secondsFor({ waits }: Deployment, { service }: Tainted): number {
  return waits?.[service] ?? DEFAULT_WAIT_SECONDS;
}

function minutes(seconds: number): string {
  return plural(Math.ceil(seconds / 60), 'minute');
}

/** Whether postgresql or core runs and is not healthy: a failed apply may have left it in the middle of its work. */
export async function migrates(context: UpContext, deployment: Deployment): Promise<boolean> {
  const states = await Promise.all(MIGRATING_SERVICES.map((id) => stateOf(context, deployment, `harbor-${id}`)));
  return states.some(({ health }) => health === 'waiting');
}

async function stateOf(context: UpContext, { host }: Deployment, container: string): Promise<ContainerState> {
  if (!host) return { health: 'unknown', restarts: 0 };
  const script = `docker inspect --type container --format ${shellWord(STATE_FORMAT)} ${shellWord(container)}`;
  const result = await onHost(context, host, script);
  const { stdout, stderr } = result;
  const why = unreachable(host, result)?.message;
  if (why !== undefined) return { health: 'unknown', restarts: 0, why };
  if (/no such container/i.test(stderr)) return { health: 'stopped', restarts: 0 };
  return parseState(stdout);
}

function refused(tainted: Tainted, why: string, { stack, untaint }: WaitOptions): PlanRefusedError {
  const { rule, message, hint } = migrationRefusal(tainted, why, untaint(tainted.address));
  return new PlanRefusedError(`${stack} was not changed`, [{ rule, message, hint }]);
}
