import type { Row } from './table';
import type { Scanner, VulnerabilityReport } from '../scanning/vulnerability-report';

/** Unix milliseconds; 0 stands for Go's zero time, which Harbor shows as `0001-01-01T00:00:00.000Z`. */
export type Time = number;

interface Timed {
  readonly creationTime: Time;
  readonly updateTime: Time;
}

/** A password or a robot's secret, salted and hashed: a data directory holds no credential in clear. */
export interface SecretHash {
  readonly salt: string;
  readonly hash: string;
}

export interface UserRow extends Row, Timed {
  readonly username: string;
  readonly email: string;
  readonly realname: string;
  readonly comment: string;
  readonly sysadmin: boolean;
  readonly password: SecretHash;
}

export interface AllowlistRow extends Timed {
  readonly cveIds: readonly string[];
  /** Unix seconds; absent means never. */
  readonly expiresAt?: number;
}

export interface ProjectRow extends Row, Timed {
  readonly name: string;
  readonly ownerId: number;
  /** Id of the upstream registry of a proxy cache project, 0 for an ordinary project. */
  readonly registryId: number;
  /** Every value is a string, as in Harbor's own table. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly allowlist: AllowlistRow;
}

export interface QuotaRow extends Row, Timed {
  readonly projectId: number;
  /** -1 is unlimited. */
  readonly hardBytes: number;
  readonly usedBytes: number;
}

export interface RegistryCredential {
  readonly type: string;
  readonly accessKey: string;
  readonly accessSecret: string;
}

export interface RegistryRow extends Row, Timed {
  readonly name: string;
  readonly description: string;
  readonly type: string;
  readonly url: string;
  readonly insecure: boolean;
  /** PEM, or empty. */
  readonly caCertificate: string;
  readonly credential: RegistryCredential | null;
  readonly status: 'healthy' | 'unhealthy';
}

export interface Access {
  readonly resource: string;
  readonly action: string;
  readonly effect?: string;
}

export interface RobotPermission {
  readonly kind: string;
  /** `/`, `*` or the name of a project. */
  readonly namespace: string;
  readonly access: readonly Access[];
}

export interface RobotRow extends Row, Timed {
  /** Without the prefix: `ci` for a system robot, `project+ci` for a project's. */
  readonly name: string;
  readonly level: 'system' | 'project';
  /** 0 for a system robot. */
  readonly projectId: number;
  readonly description: string;
  /** Days, -1 is for ever. */
  readonly duration: number;
  readonly disabled: boolean;
  /** Unix seconds, -1 is never. */
  readonly expiresAt: number;
  readonly permissions: readonly RobotPermission[];
  readonly creatorType: 'local' | 'robot';
  readonly creatorRef: number;
  readonly secret: SecretHash;
}

export interface MemberRow extends Row, Timed {
  readonly projectId: number;
  readonly entityType: 'u' | 'g';
  readonly entityId: number;
  readonly roleId: number;
}

export interface UserGroupRow extends Row, Timed {
  readonly name: string;
  /** 1 LDAP, 2 HTTP, 3 OIDC. */
  readonly type: number;
  readonly ldapGroupDn: string;
}

export interface RetentionRow extends Row, Timed {
  readonly projectId: number;
  /** As sent; next_scheduled_time is added on reading. */
  readonly policy: Readonly<Record<string, unknown>>;
}

export interface RetentionExecutionRow extends Row {
  readonly policyId: number;
  readonly startTime: Time;
  readonly endTime: Time;
  readonly status: string;
  readonly trigger: string;
  readonly dryRun: boolean;
}

export interface RetentionTaskRow extends Row {
  readonly executionId: number;
  /** Without the project. */
  readonly repository: string;
  readonly jobId: string;
  readonly status: string;
  readonly startTime: Time;
  readonly endTime: Time;
  readonly total: number;
  readonly retained: number;
  readonly log: string;
}

export interface ReplicationFilter {
  readonly type?: string;
  readonly value?: unknown;
  readonly decoration?: string;
}

export interface ReplicationTrigger {
  readonly type?: string;
  readonly trigger_settings?: { readonly cron?: string };
}

export interface ReplicationPolicyRow extends Row, Timed {
  readonly name: string;
  readonly description: string;
  /** 0 is Harbor itself, for exactly one of the two. */
  readonly srcRegistryId: number;
  readonly destRegistryId: number;
  readonly destNamespace: string;
  readonly destNamespaceReplaceCount: number;
  readonly filters: readonly ReplicationFilter[];
  readonly trigger?: ReplicationTrigger;
  readonly deletion: boolean;
  readonly override: boolean;
  readonly enabled: boolean;
  readonly speed: number;
  readonly copyByChunk: boolean;
  readonly singleActive: boolean;
}

export interface ReplicationExecutionRow extends Row {
  readonly policyId: number;
  readonly status: 'InProgress' | 'Succeed' | 'Stopped' | 'Failed';
  readonly statusText: string;
  readonly trigger: ReplicationRunTrigger;
  readonly startTime: Time;
  /** 0 while it runs. */
  readonly endTime: Time;
}

export type ReplicationRunTrigger = 'manual' | 'scheduled' | 'event_based';

export interface ReplicationTaskRow extends Row {
  readonly executionId: number;
  readonly operation: 'copy' | 'deletion' | 'tag deletion';
  readonly jobId: string;
  readonly status: 'Pending' | 'InProgress' | 'Succeed' | 'Stopped' | 'Failed';
  readonly resourceType: 'artifact' | 'image';
  /** `library/app [2 item(s) in total]` */
  readonly source: string;
  readonly destination: string;
  readonly startTime: Time;
  readonly endTime: Time;
  readonly log: string;
}

export interface ImmutableTagRuleRow extends Row {
  readonly projectId: number;
  readonly disabled: boolean;
  /** The rule as JSON; no two of a project are the same. */
  readonly content: string;
  readonly creationTime: Time;
}

export type ScheduledJob = 'GARBAGE_COLLECTION' | 'PURGE_AUDIT_LOG' | 'SCAN_ALL';

export interface ScheduleRow extends Row, Timed {
  readonly job: ScheduledJob;
  readonly type: string;
  readonly cron: string;
  /** As sent. */
  readonly parameters: Readonly<Record<string, unknown>>;
}

export type JobTrigger = 'MANUAL' | 'SCHEDULE';

export interface JobExecutionRow extends Row {
  readonly job: ScheduledJob;
  readonly trigger: JobTrigger;
  /** With what came out of it, once it has ended. */
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly status: 'Running' | 'Success' | 'Error' | 'Stopped';
  readonly startTime: Time;
  readonly updateTime: Time;
  readonly log: string;
}

export interface ScannerRow extends Row, Timed {
  readonly uuid: string;
  readonly name: string;
  readonly description: string;
  readonly url: string;
  readonly auth: string;
  readonly accessCredential: string;
  readonly skipCertVerify: boolean;
  readonly useInternalAddr: boolean;
  readonly disabled: boolean;
  readonly isDefault: boolean;
}

export type ScanStatus = 'Pending' | 'Running' | 'Success' | 'Error' | 'Stopped';

/** Of a digest and a scanner: the same image in another project is scanned with it. */
export interface ScanReportRow extends Row {
  readonly reportId: string;
  readonly digest: string;
  readonly scannerUuid: string;
  readonly scanner: Scanner;
  readonly status: ScanStatus;
  readonly startTime: Time;
  /** 0 while it runs. */
  readonly endTime: Time;
  readonly log: readonly string[];
  /** Once it is there. */
  readonly report?: VulnerabilityReport;
}

export interface WebhookTarget {
  readonly type?: string;
  readonly address?: string;
  /** In clear, as Harbor's own table has it. */
  readonly auth_header?: string;
  readonly skip_cert_verify?: boolean;
  readonly payload_format?: string;
}

export interface WebhookPolicyRow extends Row, Timed {
  readonly projectId: number;
  readonly name: string;
  readonly description: string;
  readonly creator: string;
  readonly enabled: boolean;
  readonly eventTypes: readonly string[];
  readonly targets: readonly WebhookTarget[];
}

export interface PreheatInstanceRow extends Row {
  readonly name: string;
  readonly description: string;
  readonly vendor: string;
  readonly endpoint: string;
  readonly authMode: string;
  readonly authInfo: Readonly<Record<string, string>>;
  readonly enabled: boolean;
  readonly isDefault: boolean;
  readonly insecure: boolean;
  /** Unix seconds. */
  readonly setupTime: number;
}

export interface PreheatPolicyRow extends Row, Timed {
  readonly projectId: number;
  readonly providerId: number;
  readonly name: string;
  readonly description: string;
  /** JSON text, as sent; so are the next two. */
  readonly filters: string;
  readonly trigger: string;
  readonly extraAttrs: string;
  readonly enabled: boolean;
}

export type PreheatRunStatus = 'Pending' | 'Running' | 'Success' | 'Error' | 'Stopped';

export interface PreheatExecutionRow extends Row {
  readonly policyId: number;
  readonly status: PreheatRunStatus;
  readonly statusMessage: string;
  /** As in the policy: `manual`, `scheduled`, `event_based`, or whatever else was stored there. */
  readonly trigger: string;
  readonly extraAttrs: Readonly<Record<string, unknown>>;
  readonly startTime: Time;
  /** 0 while it runs. */
  readonly endTime: Time;
}

export interface PreheatTaskRow extends Row {
  readonly executionId: number;
  readonly status: PreheatRunStatus;
  readonly statusMessage: string;
  readonly extraAttrs: Readonly<Record<string, unknown>>;
  readonly startTime: Time;
  readonly updateTime: Time;
  readonly endTime: Time;
  readonly log: string;
}

export interface LabelRow extends Row, Timed {
  readonly name: string;
  readonly description: string;
  readonly color: string;
  readonly scope: 'g' | 'p';
  readonly projectId: number;
}

export interface RepositoryRow extends Row, Timed {
  readonly projectId: number;
  /** With the project: `proxy.docker.io/library/alpine`. */
  readonly name: string;
  readonly description: string;
  readonly pullCount: number;
}

export interface ArtifactReference {
  readonly childId: number;
  readonly childDigest: string;
  readonly platform?: Readonly<Record<string, unknown>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly urls?: readonly string[];
}

export interface ArtifactRow extends Row {
  readonly projectId: number;
  readonly repositoryId: number;
  readonly repositoryName: string;
  readonly digest: string;
  readonly sizeBytes: number;
  /** `IMAGE`, `CHART`, … as Harbor's processors derive it. */
  readonly type: string;
  /** Media type of the configuration. */
  readonly mediaType: string;
  readonly manifestMediaType: string;
  readonly artifactType: string;
  readonly pushTime: Time;
  /** 0 while nobody has pulled it. */
  readonly pullTime: Time;
  readonly extraAttrs: Readonly<Record<string, unknown>> | null;
  readonly annotations: Readonly<Record<string, string>> | null;
  /** The children of an index, in its order. */
  readonly references: readonly ArtifactReference[];
  readonly labelIds: readonly number[];
  /** Digests of all that it is made of, itself included: what the project's quota counts once. */
  readonly blobs: readonly string[];
}

/** A blob that may be read through a repository; the backend keeps such a link when Harbor's project is gone. */
export interface BlobLinkRow extends Row {
  readonly repositoryName: string;
  readonly digest: string;
  readonly sizeBytes: number;
}

/** A blob that counts against a project's quota. */
export interface ProjectBlobRow extends Row {
  readonly projectId: number;
  readonly digest: string;
  readonly sizeBytes: number;
}

/** A signature, an SBOM or any other artifact that names another one as its subject. */
export interface AccessoryRow extends Row {
  readonly artifactId: number;
  readonly repositoryName: string;
  readonly subjectDigest: string;
  /** `signature.cosign`, `signature.notation`, `sbom.harbor`, `accelerator.nydus` or `subject.accessory`. */
  readonly type: string;
  readonly digest: string;
  readonly sizeBytes: number;
  readonly creationTime: Time;
}

export interface TagRow extends Row {
  readonly repositoryId: number;
  readonly artifactId: number;
  readonly name: string;
  readonly pushTime: Time;
  readonly pullTime: Time;
}

/** What was done, by whom: Harbor's extended audit log. */
export interface AuditLogRow extends Row {
  readonly projectId: number;
  readonly username: string;
  readonly resource: string;
  readonly resourceType: 'project' | 'member' | 'user' | 'robot' | 'configuration' | 'repository' | 'artifact' | 'tag';
  readonly operation: 'create' | 'update' | 'delete' | 'pull' | 'login' | 'logout';
  readonly operationDescription: string;
  readonly successful: boolean;
  readonly opTime: Time;
}

export interface SessionRow extends Row {
  readonly sid: string;
  readonly userId: number;
}
