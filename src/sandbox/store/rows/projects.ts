import type { Row } from '../table';
import type { Time, Timed } from './common';

/** Of the system or of a project. Ids are kept in the order in which they were sent. */
export interface AllowlistRow extends Timed {
  readonly cveIds: readonly string[];
  /** Unix seconds; absent means never. */
  readonly expiresAt?: number;
}

/** `metadata` also has keys that the project itself does not show, such as the chosen scanner. */
export interface ProjectRow extends Row, Timed {
  readonly name: string;
  readonly ownerId: number;
  /** Id of the upstream registry of a proxy cache project, 0 for an ordinary project. */
  readonly registryId: number;
  /** Every value is a string, as in Harbor's own table. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly allowlist: AllowlistRow;
}

/** Absent for a project that was created while quotas were disabled. */
export interface QuotaRow extends Row, Timed {
  readonly projectId: number;
  /** -1 is unlimited. */
  readonly hardBytes: number;
  readonly usedBytes: number;
}

/** Scope `g` is global and has the project 0. Names are unique in their scope and project. */
export interface LabelRow extends Row, Timed {
  readonly name: string;
  readonly description: string;
  readonly color: string;
  readonly scope: 'g' | 'p';
  readonly projectId: number;
}

/** `disabled` is stored apart from the rule, so changing it does not change `content`. */
export interface ImmutableTagRuleRow extends Row {
  readonly projectId: number;
  readonly disabled: boolean;
  /** The rule as JSON; unique within a project. */
  readonly content: string;
  readonly creationTime: Time;
}

/** At most one is in use for each project: the one that its metadata names. */
export interface RetentionRow extends Row, Timed {
  readonly projectId: number;
  /** As sent; next_scheduled_time is added on read. */
  readonly policy: Readonly<Record<string, unknown>>;
}

/** `endTime` is 0 while it runs. */
export interface RetentionExecutionRow extends Row {
  readonly policyId: number;
  readonly startTime: Time;
  readonly endTime: Time;
  readonly status: string;
  readonly trigger: string;
  readonly dryRun: boolean;
}

/** One repository of a run. `total` and `retained` count artifacts. */
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
