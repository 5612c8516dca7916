import type { Row } from '../table';
import type { Time, Timed } from './common';

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
