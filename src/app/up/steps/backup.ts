import type { Refusal } from '../../../diagnostic';
/** The manifest that the role `harbor_backup` writes next to a backup after verifying it. */
export interface BackupManifest {
  readonly schemaVersion: 1;
  /** RFC 3339. */
  readonly takenAt: string;
  readonly harborVersion: string;
  readonly hostname: string;
  readonly parts: readonly { readonly name: string; readonly sizeBytes: number; readonly sha256: string }[];
  readonly verified: boolean;
}

/** What a backup must be to go back to. */
export interface BackupDemand {
  /** Milliseconds since 1970. */
  readonly nowMs: number;
  readonly maxAgeMs: number;
  /** A backup of another Harbor does not count. */
  readonly hostname: string;
  /** Version that wrote the data. */
  readonly runningVersion: string;
}

/** Clocks of two machines differ. */
const CLOCK_SKEW_MS = 5 * 60_000;
const HOUR_MS = 3_600_000;

/** Undefined for a text that is not a backup manifest. */
export function parseBackup(text: string): BackupManifest | undefined {
  try {
    const told = JSON.parse(text) as Partial<BackupManifest> | null;
    const { takenAt, harborVersion, hostname, parts, verified } = told ?? {};
    const whole =
      told?.schemaVersion === 1 &&
      [takenAt, harborVersion, hostname].every((value) => typeof value === 'string') &&
      typeof verified === 'boolean' &&
      Array.isArray(parts);
    return whole ? (told as BackupManifest) : undefined;
  } catch {
    return undefined;
  }
}

/** Why this backup is not sufficient to migrate a database; empty if it is. */
export function judgeBackup(
  backup: BackupManifest,
  { nowMs, maxAgeMs, hostname, runningVersion }: BackupDemand,
): Refusal[] {
  const ageMs = nowMs - Date.parse(backup.takenAt);
  const empty = backup.parts.filter(({ sizeBytes }) => !(sizeBytes > 0)).map(({ name }) => name);
  const age = `${Math.floor(ageMs / HOUR_MS)} hours`;
  const findings: (string | false)[] = [
    !backup.verified && 'it was not verified',
    backup.hostname !== hostname && `it is of ${backup.hostname}, not of ${hostname}`,
    backup.parts.length === 0 && 'it is empty',
    empty.length > 0 && `its ${empty.join(', ')} is empty`,
    !(ageMs > -CLOCK_SKEW_MS) && `it was taken at ${backup.takenAt}, which is not a time in the past`,
    ageMs > maxAgeMs && `it is ${age} old, and everything pushed or changed since would be lost`,
    short(backup.harborVersion) !== short(runningVersion) &&
      `it is a backup of ${backup.harborVersion}, but ${runningVersion} is running`,
  ];
  return findings
    .filter((finding) => finding !== false)
    .map((finding) => noBackup(`the backup cannot be used: ${finding}`));
}

/** One rule for every reason: `--without-backup` is the way around all of them. */
export function noBackup(message: string): Refusal {
  return {
    rule: 'backup',
    message,
    hint: 'take a backup (ansible-playbook ansible/playbooks/backup.yml), or pass --without-backup REASON',
  };
}

/** Without the commit that `/systeminfo` appends. */
function short(version: string): string {
  return version.replace(/^v/, '').split(/[-+]/)[0]!;
}
