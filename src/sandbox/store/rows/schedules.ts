import type { Row } from '../table';
import type { Time, Timed } from './common';

/** Harbor's names of the job vendors, which also appear as `job_name`. */
export type ScheduledJob = 'GARBAGE_COLLECTION' | 'PURGE_AUDIT_LOG' | 'SCAN_ALL';

/** At most one for each job. Changing it creates a new row, as in Harbor, so its id and times change. */
export interface ScheduleRow extends Row, Timed {
  readonly job: ScheduledJob;
  readonly type: string;
  readonly cron: string;
  /** As sent. */
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** In capitals for these jobs; other runs use other words for the same. */
export type JobTrigger = 'MANUAL' | 'SCHEDULE';

/** One run of a system job, kept with its log. */
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
