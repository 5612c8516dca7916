import type { Row } from '../table';
import type { Time, Timed } from './common';

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
  /** With the results once it has ended. */
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly status: 'Running' | 'Success' | 'Error' | 'Stopped';
  readonly startTime: Time;
  readonly updateTime: Time;
  readonly log: string;
}
