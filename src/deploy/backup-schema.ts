import { durationField } from '../duration';

/** The `backup:` section: what proves, before an upgrade, that there is a backup. Every proof has to hold. */
export interface BackupEnvironment {
  /** `24h` */
  readonly max_age?: string;
  readonly proofs: readonly BackupProof[];
}

/** One of them. */
export interface BackupProof {
  /** What the role `harbor_backup` writes. */
  readonly manifest?: string;
  /** A dump of the database in PostgreSQL's own format. */
  readonly pg_dump?: string;
  readonly velero?: VeleroProof;
  readonly cnpg?: CnpgProof;
  /** Exit code 0 proves it; a time in its last line says when it was taken. */
  readonly command?: readonly string[];
}

/** The newest completed backup of the schedule counts; a running or failed one does not. */
export interface VeleroProof {
  readonly schedule: string;
  /** Of Velero itself. */
  readonly namespace?: string;
  /** What the backup has to contain. */
  readonly includes: readonly string[];
}

/** Of the database alone: the images of the registry need another proof. */
export interface CnpgProof {
  readonly cluster: string;
  readonly namespace: string;
}

/** A day: backups run every night. */
export const DEFAULT_MAX_AGE = '24h';
/** The namespace of Velero's own chart and command line. */
export const DEFAULT_VELERO_NAMESPACE = 'velero';

const text = (description: string) => ({ description, type: 'string', minLength: 1, maxLength: 4096 }) as const;
const objectName = (description: string) =>
  ({
    description,
    type: 'string',
    title: 'the name of an object in Kubernetes: lower-case letters, digits, dots and hyphens',
    pattern: '^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$',
    maxLength: 253,
  }) as const;

const proofSchema = {
  description: 'One proof.',
  type: 'object',
  properties: {
    manifest: text('Manifest of backup.yml, relative to the repository.'),
    pg_dump: text('Dump of the database, written by pg_dump --format=custom; pg_restore reads its time.'),
    velero: {
      description: 'The newest completed backup of a Velero schedule.',
      type: 'object',
      properties: {
        schedule: objectName('The schedule.'),
        namespace: { ...objectName('Namespace of Velero.'), default: DEFAULT_VELERO_NAMESPACE },
        includes: {
          description: 'Namespaces that the backup must contain: of Harbor, and of its database.',
          type: 'array',
          items: objectName('A namespace.'),
          minItems: 1,
          maxItems: 16,
          uniqueItems: true,
        },
      },
      required: ['schedule', 'includes'],
      additionalProperties: false,
    },
    cnpg: {
      description: 'The newest completed backup of a CloudNativePG cluster.',
      type: 'object',
      properties: { cluster: objectName('The cluster.'), namespace: objectName('Its namespace.') },
      required: ['cluster', 'namespace'],
      additionalProperties: false,
    },
    command: {
      description:
        'A program and its arguments, run in the repository. Exit code 0 proves the backup. If its last line is a time, such as 2026-11-28T03:14:15Z, max_age is checked.',
      type: 'array',
      items: text('A word of the command.'),
      minItems: 1,
      maxItems: 64,
    },
  },
  minProperties: 1,
  maxProperties: 1,
  additionalProperties: false,
} as const;

/**
 * Nothing here makes a backup: `up` only refuses an upgrade whose backup cannot be proven. Several proofs all have to
 * hold, so that a backup of the database does not pass for one of the layers.
 */
export const backupSchema = {
  description: 'What proves before an upgrade that there is a backup. All proofs have to hold.',
  type: 'object',
  properties: {
    max_age: { ...durationField('Maximum age. --backup-max-age overrides it.'), default: DEFAULT_MAX_AGE },
    proofs: { description: 'The proofs.', type: 'array', items: proofSchema, minItems: 1, maxItems: 8 },
  },
  required: ['proofs'],
  additionalProperties: false,
} as const;
