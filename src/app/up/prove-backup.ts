import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { DEFAULT_VELERO_NAMESPACE, type BackupProof } from '../../deploy/backup-schema';
import type { Refusal } from '../../diagnostic';
import { BreakwaterError } from '../../errors';
import {
  judgeBackup,
  judgeCnpg,
  judgeCommand,
  judgeDump,
  judgeVelero,
  lastLine,
  parseBackup,
  proofName,
  tooOld,
  type BackupDemand,
  type Deployment,
  type Proven,
} from './steps';
import type { UpContext } from './context';
import { runTool } from './run-tool';

/** What the proofs of `backup:` came to. */
export interface BackupProofs {
  readonly problems: readonly Refusal[];
  /** The oldest time that a proof says. */
  readonly takenAt?: string;
}

/** As for a manifest, with the time that counts for each proof: a stopped Harbor does not age. */
export interface ProofDemand extends BackupDemand {
  /** The time at which the age of a backup of that time is judged. */
  readonly judgedAt: (takenAt: string) => number;
}

/** Asks every declared proof. A backup that nothing proves is none. */
export async function proveBackup(
  context: UpContext,
  deployment: Deployment,
  demand: ProofDemand,
): Promise<BackupProofs> {
  const proofs = deployment.backup?.proofs ?? [];
  const all = await Promise.all(proofs.map((proof) => prove(context, deployment, proof, demand)));
  const problems = all.flatMap((proven, index) => {
    const proof = proofs[index]!;
    const why =
      'why' in proven ? proven.why : tooOld(proven.takenAt, demand.judgedAt(proven.takenAt ?? ''), demand.maxAgeMs);
    return why === undefined ? [] : [unproven(proof, why, deployment)];
  });
  const times = all.flatMap((proven) => ('takenAt' in proven && proven.takenAt !== undefined ? [proven.takenAt] : []));
  const [takenAt] = times.sort((a, b) => Date.parse(a) - Date.parse(b));
  return takenAt === undefined ? { problems } : { problems, takenAt };
}

function unproven(proof: BackupProof, why: string, { file }: Deployment): Refusal {
  return {
    rule: 'backup',
    message: `no backup is proven by ${proofName(proof)}: ${why}`,
    hint: `take one, correct backup: in ${file}, or pass --without-backup REASON`,
  };
}

/** The first of the declared sorts is used. */
async function prove(
  context: UpContext,
  deployment: Deployment,
  { manifest, pg_dump: dump, velero, cnpg, command }: BackupProof,
  demand: ProofDemand,
): Promise<Proven> {
  if (manifest !== undefined) return proveManifest(context, manifest, demand);
  if (dump !== undefined) return ask(context, 'pg_restore', ['--list', dump], judgeDump, { TZ: 'UTC', LC_ALL: 'C' });
  const list = (namespace: string, kind: string, ...more: string[]): string[] => [
    ...kubectlFlags(deployment),
    ...['--namespace', namespace, 'get', kind, '--output', 'json', ...more],
  ];
  if (velero) {
    const label = `velero.io/schedule-name=${velero.schedule}`;
    const args = list(velero.namespace ?? DEFAULT_VELERO_NAMESPACE, 'backups.velero.io', '--selector', label);
    return ask(context, 'kubectl', args, (json) => judgeVelero(json, velero, demand.nowMs));
  }
  if (cnpg)
    return ask(context, 'kubectl', list(cnpg.namespace, 'backups.postgresql.cnpg.io'), (json) => judgeCnpg(json, cnpg));
  const [program = 'false', ...args] = command ?? [];
  return ask(context, program, args, judgeCommand);
}

/** A program that is missing or fails is a backup that is not proven, not an error. */
async function ask(
  context: UpContext,
  program: string,
  args: readonly string[],
  judge: (stdout: string) => Proven,
  env: Readonly<Record<string, string>> = {},
): Promise<Proven> {
  try {
    const { code, stdout, stderr } = await runTool(context, { program, args, env }, 'kept');
    if (code === 0) return judge(stdout);
    return { why: lastLine(context.secrets.mask(stderr), 300) || `${program} ended with exit code ${code}` };
  } catch (error) {
    if (error instanceof BreakwaterError) return { why: error.message };
    throw error;
  }
}

/** The cluster that the chart is deployed to. */
function kubectlFlags({ kubernetes }: Deployment): string[] {
  const { kubeconfig, context } = kubernetes ?? {};
  return [
    ...(kubeconfig === undefined ? [] : ['--kubeconfig', kubeconfig]),
    ...(context === undefined ? [] : ['--context', context]),
  ];
}

/** Its age is judged like the others'. */
async function proveManifest({ cwd }: UpContext, file: string, demand: ProofDemand): Promise<Proven> {
  const text = await readFile(resolve(cwd, file), 'utf8').catch(() => undefined);
  const backup = text === undefined ? undefined : parseBackup(text);
  if (!backup) return { why: 'it is not a backup manifest' };
  const nowMs = demand.judgedAt(backup.takenAt);
  const [problem] = judgeBackup(backup, { ...demand, nowMs });
  return problem ? { why: problem.message } : { takenAt: backup.takenAt };
}
