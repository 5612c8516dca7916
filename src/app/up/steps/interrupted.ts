import { isRecord } from '../../../json';
import { minuteText } from '../../../minute-text';
import type { Refusal } from '../../../diagnostic';
import type { StepId } from './steps';
import { judgeJump, type Jump } from './version-jump';

/** `.breakwater/up/<environment>/run.json`: how far the last run came. It is removed once the whole order has passed. */
export interface UpRecord {
  readonly schemaVersion: 1;
  /** RFC 3339. */
  readonly startedAt: string;
  readonly destroy: boolean;
  /** The declared version. */
  readonly harborVersion: string;
  /** Steps that ended well, in this run or in the ones before it that it continues. */
  readonly done: readonly StepId[];
  /** The step that it is in, or ended in. */
  readonly step?: StepId;
  /** How it ended; absent: it still runs, or it was killed. */
  readonly ended?: 'done' | 'failed' | 'stopped';
  readonly upgrade?: Upgrade;
  /** A program that this run waits for. */
  readonly child?: { readonly program: string; readonly pid: number; readonly startedAt: string };
}

/** An upgrade that has not passed its last step yet. */
export interface Upgrade {
  readonly from: string;
  readonly to: string;
  /** RFC 3339. A backup was recent enough at this time. */
  readonly startedAt: string;
  /** When the backup behind it was taken. */
  readonly backupTakenAt?: string;
  /** The report of `before` is complete. */
  readonly baseline?: true;
  /** Containers of the new version may have started, and may have migrated the database. */
  readonly begun?: true;
}

/** Undefined for a text that is not a record. */
export function parseRecord(text: string): UpRecord | undefined {
  try {
    const told: unknown = JSON.parse(text);
    if (!isRecord(told) || told['schemaVersion'] !== 1 || !Array.isArray(told['done'])) return undefined;
    const whole = typeof told['startedAt'] === 'string' && typeof told['harborVersion'] === 'string';
    return whole ? (told as unknown as UpRecord) : undefined;
  } catch {
    return undefined;
  }
}

/** What a new run says of the one before it; nothing where that ended well. */
export function interruptedText(last: UpRecord): string[] {
  const { startedAt, destroy, step, ended, done, upgrade } = last;
  if (ended === 'done' && !upgrade) return [];
  const how = ended === 'done' ? 'ended after' : ended === undefined ? 'was killed in' : `${ended} in`;
  const what = destroy ? 'the last run with --destroy' : 'the last run';
  const at = step === undefined ? 'before its first step' : `${how} the step ${step}`;
  const before = done.filter((id) => id !== step);
  const rest = before.length === 0 ? '' : `; done before: ${before.join(', ')}`;
  const again = ended === undefined ? '. What is done already is not changed again' : '';
  return [
    `${what} (${minuteText(startedAt)}) ${step === undefined ? `was killed ${at}` : at}${rest}${again}`,
    ...(upgrade ? [upgradeText(upgrade)] : []),
    ...(step === 'machine' && ended === undefined
      ? [
          'it may have created a machine that its state does not contain: compare with the console of your provider first',
        ]
      : []),
  ];
}

function upgradeText({ from, to, begun, backupTakenAt }: Upgrade): string {
  const unfinished = `the upgrade ${from} -> ${to} is not finished`;
  if (!begun)
    return `${unfinished}; no container of ${to} was started: to go back, declare ${from} again and run up from host`;
  const backup = backupTakenAt === undefined ? 'a backup' : `the backup of ${minuteText(backupTakenAt)}`;
  return `${unfinished}: up continues it; to go back to ${from}, restore ${backup} (docs/guides/upgrade.md, Rollback)`;
}

/**
 * What a declared version means for data that an interrupted upgrade may have migrated.
 * @param jump without the record
 * @param file of the record
 */
export function judgeInterrupted(jump: Jump, upgrade: Upgrade | undefined, declared: string, file: string): Jump {
  if (!upgrade?.begun || jump.kind === 'refused') return jump;
  const back = judgeJump(upgrade.to, declared);
  if (back.kind !== 'refused' || back.problem.rule !== 'downgrade') return jump;
  const problem: Refusal = {
    rule: 'half-migrated',
    message:
      `the upgrade ${upgrade.from} -> ${upgrade.to} has begun and may have migrated the database: ` +
      `${declared} cannot read it then`,
    hint:
      `declare ${upgrade.to} and run up again, or restore the backup (docs/guides/upgrade.md, Rollback) and pass ` +
      `--running-version ${upgrade.from}; ${file} records the upgrade`,
  };
  return { kind: 'refused', problem };
}

/** The upgrade that a run begins or continues. */
export function upgradeOf(
  jump: Jump,
  last: Upgrade | undefined,
  declared: string,
  now: { readonly startedAt: string; readonly backupTakenAt?: string },
): Upgrade | undefined {
  if (last && (last.to === declared || last.begun)) return { ...last, to: declared };
  return jump.kind === 'upgrade' ? { from: short(jump.from), to: jump.to, ...now } : undefined;
}

/** The time at which the age of a backup is judged: nothing was pushed to a Harbor that an upgrade has stopped. */
export function backupAgeAt(nowMs: number, down: boolean, upgrade: Upgrade | undefined, takenAt: string): number {
  const startedMs = Date.parse(upgrade?.startedAt ?? '');
  return down && upgrade?.begun && Date.parse(takenAt) <= startedMs ? startedMs : nowMs;
}

/** Without the commit that Harbor puts behind it. */
function short(version: string): string {
  return version.replace(/[-+].*/, '');
}
