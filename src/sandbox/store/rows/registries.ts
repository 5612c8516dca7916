import type { Row } from '../table';
import type { Time, Timed } from './common';

/**
 * In clear text, because it has to be sent to the upstream. A data directory is therefore readable for its
 * owner only.
 */
export interface RegistryCredential {
  readonly type: string;
  readonly accessKey: string;
  readonly accessSecret: string;
}

/** Names are unique. `status` is that of the last check, not of this moment. */
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

/** As sent. `value` is a text, or a list of texts for labels. */
export interface ReplicationFilter {
  readonly type?: string;
  readonly value?: unknown;
  readonly decoration?: string;
}

/** `manual` if it is absent. */
export interface ReplicationTrigger {
  readonly type?: string;
  readonly trigger_settings?: { readonly cron?: string };
}

/** Names are unique. `speed` is stored and shown; copies are not slowed down by it. */
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

/** One run of a policy. */
export interface ReplicationExecutionRow extends Row {
  readonly policyId: number;
  readonly status: 'InProgress' | 'Succeed' | 'Stopped' | 'Failed';
  readonly statusText: string;
  readonly trigger: ReplicationRunTrigger;
  readonly startTime: Time;
  /** 0 while it runs. */
  readonly endTime: Time;
}

/** What started a run, not what the policy says: a scheduled policy can be started manually. */
export type ReplicationRunTrigger = 'manual' | 'scheduled' | 'event_based';

/** One repository of a run. The texts are those of the portal. */
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
