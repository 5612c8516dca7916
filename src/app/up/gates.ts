import type { Refusal } from '../../diagnostic';
import { advisoryHint, advisoryLine } from '../../advisories';
import type { Declaration } from '../../declaration/declaration';
import {
  backupAgeAt,
  judgeBackup,
  judgeInterrupted,
  judgeJump,
  noBackup,
  selectSteps,
  steps,
  type Deployment,
  type Jump,
  type Step,
  type Tools,
  type Upgrade,
} from './steps';
import type { UpContext } from './context';
import { compact } from '../../compact';
import { DEFAULT_MAX_AGE } from '../../deploy/backup-schema';
import { durationSeconds } from '../../duration';
import { advisoriesOf } from '../advise';
import type { UpOptions } from './options';
import { preflight } from './preflight';
import { proveBackup, type BackupProofs } from './prove-backup';
import { findRunning, type Running } from './running';
import type { World } from './world';

/** What a run will do, and whether it may. */
export interface Gates {
  readonly steps: readonly Step[];
  /** Nothing is run while the list is not empty. */
  readonly problems: readonly Refusal[];
  readonly jump: Jump;
  readonly running: Running;
  /** When the backup behind an upgrade was taken. */
  readonly backupTakenAt?: string;
}

/** The options of a run, with what the last run left. */
export interface GateOptions extends UpOptions {
  /** Directory for reports. */
  readonly reports: string;
  readonly tools: Tools;
  /** An upgrade that an earlier run left unfinished, and the file that says so. */
  readonly upgrade?: Upgrade;
  readonly record: string;
}

/**
 * Finds out what has to be done and everything that would block it. Changes nothing.
 * The order matters: each question needs the answer to the one before it.
 *
 *     what runs?        ──► version of the data, backup, unfinished upgrade
 *     how far is it?    ──► first, same, upgrade or refused; an upgrade that has begun may refuse more
 *     which steps?      ──► `before` only for an upgrade whose baseline is not recorded yet
 *     what would stop?  ──► preflight, for these steps only
 *     is there a way back? ──► a backup, if a step starts another version
 */
export async function askGates(
  context: UpContext,
  deployment: Deployment,
  declaration: Declaration,
  options: GateOptions,
  world: World,
): Promise<Gates> {
  const running = await findRunning(context, deployment, declaration, options, world);
  const declared = deployment.harborVersion;
  const jump = judgeInterrupted(judgeJump(running.version, declared), running.upgrade, declared, options.record);
  const chosen = chooseSteps(deployment, options, jump.kind === 'upgrade' && !keepsBaseline(running, options));
  if ('rule' in chosen) return { steps: [], problems: [chosen], jump, running };
  const selected = { deployment, declaration, steps: chosen, tools: options.tools };
  const found = await preflight(context, { ...selected, first: running.version === undefined }, world);
  const proofs = replaces(chosen) ? await backupProofs(context, jump, running, deployment, options, world.now()) : NONE;
  const faulty = replaces(chosen) ? faultyRelease(jump, deployment, declaration) : [];
  return compact<Gates>({
    steps: chosen,
    problems: [...faulty, ...proofs.problems, ...notPrepared(chosen, running, deployment), ...found],
    jump,
    running,
    backupTakenAt: proofs.takenAt,
  });
}

/** A Harbor that an upgrade has begun to replace says nothing of what pulled before it. */
function keepsBaseline({ upgrade }: Running, { from, only }: GateOptions): boolean {
  return upgrade?.begun === true && upgrade.baseline === true && from !== 'before' && only !== 'before';
}

/** @param upgrade whether a Harbor of another version runs */
export function chooseSteps(
  deployment: Deployment,
  options: Omit<GateOptions, 'tools' | 'record'>,
  upgrade: boolean,
): readonly Step[] | Refusal {
  const { reports, wait: waitSeconds, yes } = options;
  const all = steps(deployment, { upgrade, reports, declaration: declarationFlags(options), waitSeconds, yes });
  return selectSteps(all, options);
}

/** Whether a step starts the new version, which migrates the database. */
function replaces(chosen: readonly Step[]): boolean {
  return chosen.some(({ id }) => id === 'harbor' || id === 'cluster');
}

const NONE: BackupProofs = { problems: [] };

/** Whether there is a backup for an upgrade, and what makes the upgrade impossible. */
async function backupProofs(
  context: UpContext,
  jump: Jump,
  { version, backup, down = false, upgrade }: Running,
  deployment: Deployment,
  { backupMaxAge, withoutBackup, backup: file }: GateOptions,
  nowMs: number,
): Promise<BackupProofs> {
  if (jump.kind === 'refused') return { problems: [jump.problem] };
  if (jump.kind !== 'upgrade' || withoutBackup !== undefined) return NONE;
  const { hostname, name, cluster, backup: declared } = deployment;
  const seconds = backupMaxAge ?? durationSeconds(declared?.max_age ?? DEFAULT_MAX_AGE);
  const demand = { hostname, runningVersion: version ?? '', maxAgeMs: seconds * 1000 };
  const judgedAt = (takenAt: string): number => backupAgeAt(nowMs, down, upgrade, takenAt);
  if (declared && file === undefined) return proveBackup(context, deployment, { ...demand, nowMs, judgedAt });
  if (!backup && cluster) return { problems: [undeclaredBackup(deployment)] };
  if (!backup)
    return {
      problems: [noBackup(`there is no backup: ${file ?? `backups/${name}/latest.json`} is not a backup manifest`)],
    };
  const { takenAt } = backup;
  return { problems: judgeBackup(backup, { ...demand, nowMs: judgedAt(takenAt) }), takenAt };
}

/** No playbook of ours backs up the database of a cluster. */
function undeclaredBackup({ file }: Deployment): Refusal {
  return {
    rule: 'backup',
    message: `nothing proves a backup of the cluster's database: ${file} declares no backup:`,
    hint: 'declare a proof (docs/guides/upgrade.md, Proof of a backup), or pass --without-backup REASON',
  };
}

/**
 * A release that does not do what is declared is not deployed again. One that already runs can be managed and upgraded:
 * an upgrade is judged by its target release.
 */
function faultyRelease(jump: Jump, { harborVersion }: Deployment, declaration: Declaration): Refusal[] {
  if (jump.kind === 'same' || jump.kind === 'refused') return [];
  return advisoriesOf(harborVersion, declaration)
    .filter(({ advisory }) => advisory.severity === 'critical')
    .map((found) => ({
      rule: 'faulty-release',
      message: `${harborVersion} is not deployed: ${advisoryLine(found)}`,
      hint: `declare another harbor.version: ${advisoryHint(found)}`,
    }));
}

/** The containers mount files that `prepare` wrote for exactly this version. */
function notPrepared(chosen: readonly Step[], { prepared }: Running, deployment: Deployment): Refusal[] {
  const ids = chosen.map(({ id }) => id);
  if (!ids.includes('harbor') || ids.includes('host') || prepared?.harborVersion === deployment.harborVersion)
    return [];
  const what = prepared ? `is for ${prepared.harborVersion}` : 'does not exist';
  return [
    {
      rule: 'not-prepared',
      message: `stacks/prepared/${deployment.name}.json ${what}, but ${deployment.harborVersion} is declared`,
      hint: 'start earlier: --from host',
    },
  ];
}

/** As given, for the commands that read the same policies. */
export function declarationFlags({ policies, instance, overlay = [] }: UpOptions): string[] {
  return [
    '--policies',
    policies,
    ...(instance === undefined ? [] : ['--instance', instance]),
    ...overlay.flatMap((file) => ['--overlay', file]),
  ];
}
