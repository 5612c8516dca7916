import type { Row } from '../table';
import type { Time, Timed } from './common';

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
  /** As in the policy: `manual`, `scheduled`, `event_based`, or any other stored text. */
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
