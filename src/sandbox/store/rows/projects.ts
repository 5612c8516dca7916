import type { Row } from '../table';
import type { Time, Timed } from './common';

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

export interface LabelRow extends Row, Timed {
  readonly name: string;
  readonly description: string;
  readonly color: string;
  readonly scope: 'g' | 'p';
  readonly projectId: number;
}

export interface ImmutableTagRuleRow extends Row {
  readonly projectId: number;
  readonly disabled: boolean;
  /** The rule as JSON; unique within a project. */
  readonly content: string;
  readonly creationTime: Time;
}

export interface RetentionRow extends Row, Timed {
  readonly projectId: number;
  /** As sent; next_scheduled_time is added on read. */
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
