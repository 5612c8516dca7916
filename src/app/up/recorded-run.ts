import { join, relative } from 'node:path';
import { compact } from '../../compact';
import { interruptedText, upgradeOf, type Deployment, type StepId, type UpRecord } from './steps';
import { note, type UpContext } from './context';
import type { Gates } from './gates';
import type { UpOptions } from './options';
import { refuseLocked, takeLock, type LockedWork } from '../run-lock';
import { readRecord, refuseOrphan, startRecord } from './run-record';

/** How a run ended. */
export interface UpResult {
  /** 0, or the exit code of what failed. */
  readonly code: number;
  /** The signal ended it. */
  readonly aborted?: true;
}

/** What `up` keeps of its own. */
export function filesOf(
  { cwd }: UpContext,
  { name }: Deployment,
): Readonly<Record<'reports' | 'lock' | 'record', string>> {
  const reports = join(relative('.', cwd), '.breakwater', 'up', name);
  return { reports, lock: join(reports, 'lock.json'), record: join(reports, 'run.json') };
}

const UP: LockedWork = { rule: 'up-running', what: 'another up works on this environment' };

/** One run at a time; a run that was killed is explained first. */
export async function locked(
  context: UpContext,
  deployment: Deployment,
  { dryRun }: UpOptions,
  work: (last: UpRecord | undefined) => Promise<UpResult>,
): Promise<UpResult> {
  const { lock, record } = filesOf(context, deployment);
  const begin = async (): Promise<UpResult> => {
    const last = await readRecord(record);
    await refuseOrphan(last, context.pid);
    for (const sentence of last ? interruptedText(last) : []) note(context, sentence);
    return work(last);
  };
  if (dryRun) {
    await refuseLocked(lock, context.pid, UP);
    return begin();
  }
  const release = await takeLock(lock, context.pid, UP);
  try {
    return await begin();
  } finally {
    await release();
  }
}

/** How a run ended, and whether nothing is left to continue. */
export interface Recorded {
  readonly result: UpResult;
  readonly whole: boolean;
}

/** Writes down how far the run is. */
export async function recorded(
  context: UpContext,
  file: string,
  first: UpRecord,
  work: (context: UpContext) => Promise<Recorded>,
): Promise<UpResult> {
  const record = await startRecord(file, first);
  try {
    const { result, whole } = await work({ ...context, record });
    await record.end(result.aborted ? 'stopped' : result.code === 0 ? 'done' : 'failed', whole);
    return result;
  } catch (error) {
    // What ended the run is worth more than a record that cannot be written.
    await record.end('stopped', false).catch(() => undefined);
    throw error;
  }
}

/** What is recorded before the first step. A run that begins later continues the one before it. */
export function firstRecord(
  { harborVersion }: Deployment,
  { steps, jump, running, backupTakenAt }: Gates,
  last: UpRecord | undefined,
  startedAt: string,
): UpRecord {
  const ids = steps.map(({ id }) => id);
  const continued = last?.harborVersion === harborVersion && !last.destroy ? last.done : [];
  const now = compact<{ startedAt: string; backupTakenAt?: string }>({ startedAt, backupTakenAt });
  return compact<UpRecord>({
    ...{ schemaVersion: 1, startedAt, destroy: false, harborVersion },
    done: continued.filter((id) => !ids.includes(id)),
    upgrade: upgradeOf(jump, running.upgrade, harborVersion, now),
  });
}

/** What the last run was in when it was killed or failed. */
export function interruption(last: UpRecord | undefined): { readonly interruptedIn?: StepId } {
  return last?.step === undefined || last.ended === 'done' || last.destroy ? {} : { interruptedIn: last.step };
}
