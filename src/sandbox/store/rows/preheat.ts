import type { Row } from '../table';
import type { Time, Timed } from './common';

/** A Dragonfly or Kraken that can be asked to fetch images. Names and endpoints are unique. */
export interface PreheatInstanceRow extends Row {
  readonly name: string;
  readonly description: string;
  readonly vendor: string;
  readonly endpoint: string;
  readonly authMode: string;
  /** In clear text, because it has to be sent. */
  readonly authInfo: Readonly<Record<string, string>>;
  readonly enabled: boolean;
  readonly isDefault: boolean;
  readonly insecure: boolean;
  /** Unix seconds. */
  readonly setupTime: number;
}

/** Names are unique in a project. */
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

/** The last three are final. */
export type PreheatRunStatus = 'Pending' | 'Running' | 'Success' | 'Error' | 'Stopped';

/** One run of a policy. It is `Success` at once if nothing was selected. */
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

/** One image of a run. `endTime` is 0 while it runs. */
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
