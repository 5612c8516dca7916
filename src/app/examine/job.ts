import { HarborApiError } from '../../errors';
import type { Client } from '../../harbor';
import { failed, fine, SEE_FRONT, type Seen } from './examination';

const PATH = '/system/purgeaudit';
/** A purge of entries older than 27 years, Harbor's maximum, as a dry run: the cheapest job that Harbor has. */
const DRY_RUN = {
  schedule: { type: 'Manual' },
  parameters: { audit_retention_hour: 240_000, include_event_types: 'create_artifact', dry_run: true },
};

/** How long one job may take, and how often Harbor is asked for its state. */
export interface JobWait {
  readonly timeoutMs: number;
  readonly intervalMs: number;
  /** Resolves after this many milliseconds. */
  readonly sleep: (ms: number) => Promise<unknown>;
}

/**
 * Runs one job to its end. `/health` reports a healthy Harbor while core and jobservice have different secrets and
 * every job is refused with 401.
 */
export async function probeJob(client: Client, { timeoutMs, intervalMs, sleep }: JobWait): Promise<Seen> {
  const started = await start(client);
  return typeof started === 'number' ? untilEnd(client, started, { timeoutMs, intervalMs, sleep }) : started;
}

/** A job that was started is not judged by a response that is not about it. */
async function untilEnd(client: Client, id: number, { timeoutMs, intervalMs, sleep }: JobWait): Promise<Seen> {
  try {
    for (let waitedMs = 0; ; waitedMs += intervalMs) {
      const job = await client.get<{ readonly job_status?: string } | undefined>(`${PATH}/${id}`);
      const status = job?.job_status;
      if (status === 'Success') return fine(`job ${id} (a dry run of the audit log purge) completed`);
      if (status === 'Error' || status === 'Stopped') return failed(`job ${id} ended with ${status}`, LOOK);
      if (waitedMs >= timeoutMs) return failed(`job ${id} is ${status ?? 'unknown'} after ${waitedMs / 1000} s`, LOOK);
      await sleep(intervalMs);
    }
  } catch (error) {
    if (!(error instanceof HarborApiError)) throw error;
    return {
      ...failed(`job ${id} was started, but its end is not known: ${error.message}`, hintOf(error)),
      final: true,
    };
  }
}

/** The id of the job, or why there is none. */
async function start(client: Client): Promise<number | Seen> {
  try {
    const { id } = await client.post(`${PATH}/schedule`, DRY_RUN);
    return id ?? failed('Harbor accepted the job but returned no id');
  } catch (error) {
    if (!(error instanceof HarborApiError)) throw error;
    if (error.details.harborMessage?.includes('read only'))
      return failed(
        'Harbor is in read-only mode and starts no job',
        'a backup may be running; otherwise set read_only: false',
      );
    if (error.status === 403 && error.isHarbors)
      return {
        ...failed('these credentials cannot start a job', RIGHTS),
        final: true,
      };
    return failed(`no job could be started: ${error.message}`, hintOf(error));
  }
}

function hintOf({ status, isHarbors }: HarborApiError): string {
  if (!isHarbors) return SEE_FRONT;
  return status === 401 || status === 403 ? RIGHTS : LOOK;
}

const RIGHTS = 'a robot needs purge-audit: create, read';
const LOOK = 'see the logs of core and jobservice; after a new prepare both must be replaced together';
