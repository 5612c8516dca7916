import { link, readFile, readlink, rename, rm, stat, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isRecord } from '../json';
import { PlanRefusedError } from '../errors';
import { makeDirectory } from '../make-directory';
import { minuteText } from '../minute-text';

/** A process, so that another one with the same number is not taken for it. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When it started, in the kernel's own count; empty where the system does not say. */
  readonly started: string;
  /** Name of the machine, its boot, and the space in which pids are counted. */
  readonly host: string;
  readonly boot: string;
  readonly space: string;
}

/** A run at work. */
export interface Holder {
  readonly pid: number;
  /** RFC 3339. */
  readonly since: string;
}

interface Held extends ProcessIdentity, Holder {
  readonly schemaVersion: 1;
}

/** Empty texts where /proc does not exist, as on macOS: then `isRunning` cannot tell. */
export async function processIdentity(pid: number): Promise<ProcessIdentity> {
  const quiet = (reading: Promise<string>): Promise<string> => reading.then((text) => text.trim()).catch(() => '');
  const boot = await quiet(readFile('/proc/sys/kernel/random/boot_id', 'utf8'));
  const space = await quiet(readlink('/proc/self/ns/pid'));
  return { pid, started: (await startOf(pid)) ?? '', host: hostname(), boot, space };
}

/** Whether the process still runs; undefined where that cannot be found out from here. */
export async function isRunning(held: ProcessIdentity, own: ProcessIdentity): Promise<boolean | undefined> {
  if (held.host !== own.host) return undefined;
  if (held.boot !== own.boot) return false;
  if (held.space !== own.space || held.started === '') return undefined;
  return (await startOf(held.pid)) === held.started;
}

/** The 22nd field of its stat; undefined for one that is gone. The name before it may contain anything. */
async function startOf(pid: number): Promise<string | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  const [state, ...fields] = text?.slice(text.lastIndexOf(')') + 2).split(' ') ?? [];
  return state === undefined || state === 'Z' || state === 'X' ? undefined : fields[18];
}

/** What is locked, in the words of a refusal. */
export interface LockedWork {
  readonly rule: string;
  /** `another up works on this environment` */
  readonly what: string;
  /**
   * Take over a lock whose holder cannot be checked: it ran on another machine or in another container. Default: it is
   * refused, and the file to remove is named.
   */
  readonly takesUnknown?: boolean;
}

/** Ends the hold. */
export type Release = () => Promise<void>;

/**
 * One run at a time. What a killed run has left is taken over.
 * @throws PlanRefusedError where another run holds it
 * How a lock that a killed run left is replaced, if several runs find it at once:
 *
 *     file      stale ───────────────────────────► mine        (rename: never missing)
 *     turn             created ── still stale? ──►  removed
 *     others           EEXIST: wait 20 ms, look again, find mine, refuse
 */
export async function takeLock(file: string, pid: number, work: LockedWork): Promise<Release> {
  const own = await processIdentity(pid);
  await makeDirectory(dirname(file));
  const text = JSON.stringify({ schemaVersion: 1, ...own, since: new Date().toISOString() });
  const release: Release = () => rm(file, { force: true });
  for (let tries = 0; tries < 100; tries += 1) {
    if (await createWhole(file, text)) return release;
    const stale = await staleText(file, own, work);
    if (stale !== undefined && (await replaceStale(file, stale, text))) return release;
    await sleep(20);
  }
  throw refusal(file, work, 'another run takes it at this moment');
}

/** The run that holds a lock at this moment; undefined where none does, or where that cannot be found out from here. */
export async function holderOf(file: string, pid: number): Promise<Holder | undefined> {
  const held = parse(await readFile(file, 'utf8').catch(() => ''));
  const running = held && (await isRunning(held, await processIdentity(pid)));
  return held && running === true ? { pid: held.pid, since: held.since } : undefined;
}

/** For a run that only looks. @throws PlanRefusedError where another run holds it */
export async function refuseLocked(file: string, pid: number, work: LockedWork): Promise<void> {
  await staleText(file, await processIdentity(pid), work);
}

/** A reader never finds half of it. @returns false where the file exists */
async function createWhole(file: string, text: string): Promise<boolean> {
  const draft = draftOf(file);
  await writeFile(draft, `${text}\n`);
  try {
    // Not every file system has hard links.
    await link(draft, file).catch((error: unknown) =>
      isThere(error) ? Promise.reject(error as Error) : writeFile(file, `${text}\n`, { flag: 'wx' }),
    );
    return true;
  } catch (error) {
    if (isThere(error)) return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

function isThere(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'EEXIST';
}

/** @returns what a run that is gone has left; undefined where there is nothing. @throws PlanRefusedError where one holds it */
async function staleText(file: string, own: ProcessIdentity, work: LockedWork): Promise<string | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const held = parse(text);
  const running = held ? await isRunning(held, own) : undefined;
  if (running === true) throw refusal(file, work, `pid ${held!.pid} runs since ${minuteText(held!.since)}`);
  if (running === undefined && !work.takesUnknown)
    throw refusal(file, work, held ? unknownHolder(held) : 'its lock cannot be read', true);
  return text;
}

function unknownHolder({ host, pid, since }: Held): string {
  return `pid ${pid} on ${host} since ${minuteText(since)}; whether it still runs cannot be seen from here`;
}

/** The file is never missing in between: another run would create its own. One at a time replaces it. */
async function replaceStale(file: string, stale: string, text: string): Promise<boolean> {
  const turn = `${file}.turn`;
  if (!(await createWhole(turn, text))) {
    await forgetOld(turn);
    return false;
  }
  try {
    if ((await readFile(file, 'utf8').catch(() => undefined)) !== stale) return false;
    const draft = draftOf(file);
    await writeFile(draft, `${text}\n`);
    await rename(draft, file);
    return true;
  } finally {
    await rm(turn, { force: true });
  }
}

const TURN_MS = 10_000;

/** A turn takes milliseconds: one that is older was killed in it. */
async function forgetOld(turn: string): Promise<void> {
  const found = await stat(turn).catch(() => undefined);
  if (found && Date.now() - found.mtimeMs > TURN_MS) await rm(turn, { force: true });
}

function draftOf(file: string): string {
  return `${file}.${hostname()}.${Math.random().toString(36).slice(2)}`;
}

/** Undefined also for a file that is only half written. */
function parse(text: string): Held | undefined {
  try {
    const told: unknown = JSON.parse(text);
    return isRecord(told) && typeof told['pid'] === 'number' && typeof told['since'] === 'string'
      ? (told as unknown as Held)
      : undefined;
  } catch {
    return undefined;
  }
}

function refusal(file: string, { rule, what }: LockedWork, who: string, canBeRemoved = false): PlanRefusedError {
  const hint = canBeRemoved ? `if that run is gone: rm ${file}` : 'wait for its end, or stop it with Ctrl-C or SIGTERM';
  return new PlanRefusedError('nothing was changed', [{ rule, message: `${what}: ${who}`, hint }]);
}
