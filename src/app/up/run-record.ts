import { readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { compact } from '../../compact';
import { PlanRefusedError } from '../../errors';
import { makeDirectory } from '../../make-directory';
import { minuteText } from '../../minute-text';
import { writeSafely } from '../../reconcile/safe-file';
import { parseRecord, type StepId, type UpRecord } from './steps';
import { isRunning, processIdentity } from '../run-lock';

/** Writes down how far a run came, before and after each step: a run that is killed cannot do it any more. */
export interface RunRecord {
  begin(step: StepId): Promise<void>;
  done(step: StepId): Promise<void>;
  /** From here on containers of the new version may start. */
  begun(): Promise<void>;
  /** A program was started, or has ended. */
  child(pid: number | undefined, program: string): void;
  /** @param whole the last step of the order has passed, so that nothing is left to continue */
  end(ended: NonNullable<UpRecord['ended']>, whole: boolean): Promise<void>;
}

/** Of the last run; undefined where it ended well. */
export async function readRecord(file: string): Promise<UpRecord | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  return text === undefined ? undefined : parseRecord(text);
}

/** A program that outlived a killed run still changes the host. @throws PlanRefusedError while it runs */
export async function refuseOrphan(last: UpRecord | undefined, pid: number): Promise<void> {
  const { child } = last ?? {};
  if (!child || last?.ended !== undefined) return;
  const own = await processIdentity(pid);
  if ((await isRunning({ ...own, pid: child.pid, started: child.startedAt }, own)) !== true) return;
  throw new PlanRefusedError('nothing was changed', [
    {
      rule: 'program-running',
      message: `the run of ${minuteText(last!.startedAt)} was killed, but its ${child.program} still works (pid ${child.pid})`,
      hint: `wait for its end: tail --pid=${child.pid} -f /dev/null`,
    },
  ]);
}

/**
 * Writes are made one after the other, each of the whole file, so the last one wins. What a killed run leaves:
 *
 *     step    ended     child      which means
 *     host    absent    pid        killed in `host`; the program may still work
 *     host    failed    absent     `host` failed; the same command continues
 *     host    stopped   absent     the signal ended it, or a thrown error
 *     file removed                 the whole order has passed
 * @throws UsageError, Error of node:fs
 */
export async function startRecord(file: string, first: UpRecord): Promise<RunRecord> {
  let record = first;
  let writing: Promise<void> = Promise.resolve();
  const write = (change: Partial<Record<keyof UpRecord, unknown>>): Promise<void> => {
    record = compact<UpRecord>({ ...record, ...change } as UpRecord);
    const text = `${JSON.stringify(record, null, 2)}\n`;
    writing = writing.catch(() => undefined).then(() => writeSafely(file, text));
    return writing;
  };
  await makeDirectory(dirname(file));
  await write({});
  return {
    begin: (step) => write({ step }),
    done(step) {
      const { upgrade, done } = record;
      const baseline = step === 'before' && upgrade ? { upgrade: { ...upgrade, baseline: true } } : {};
      return write({ done: [...done.filter((id) => id !== step), step], ...baseline });
    },
    begun: async () => {
      if (record.upgrade && !record.upgrade.begun) await write({ upgrade: { ...record.upgrade, begun: true } });
    },
    child(pid, program) {
      // It is started already, and must not wait. A record that cannot be written is said with the next step.
      if (pid === undefined) return void write({ child: undefined }).catch(() => undefined);
      void processIdentity(pid)
        .then(({ started }) => write({ child: { program, pid, startedAt: started } }))
        .catch(() => undefined);
    },
    async end(ended, whole) {
      await write({ ended, child: undefined });
      if (whole) await rm(file, { force: true });
    },
  };
}
