import { HarborApiError } from '../../../../src/errors';
import type { Client } from '../../../../src/harbor';
import { probeJob } from '../../../../src/app/examine/job';

/** A client that starts one job and then tells these statuses, the last one forever. */
function clientDouble(statuses: readonly (string | number | undefined)[], refused?: number): Client {
  let asked = 0;
  return {
    post: async () => {
      if (refused !== undefined)
        throw new HarborApiError('refused', { method: 'POST', url: '', status: refused, harborCode: 'UNKNOWN' });
      return { id: 7 };
    },
    get: async () => {
      const told = statuses[Math.min(asked++, statuses.length - 1)];
      if (typeof told === 'number')
        throw new HarborApiError('502 of a proxy', { method: 'GET', url: '', status: told });
      return { job_status: told };
    },
  } as unknown as Client;
}

const WAIT = { timeoutMs: 3_000, intervalMs: 1_000, sleep: async () => undefined };

it.each<[string, readonly (string | number | undefined)[], number | undefined, object]>([
  ['ends well', ['Pending', 'Running', 'Success'], undefined, { outcome: 'ok' }],
  ['ends in an error', ['Running', 'Error'], undefined, { outcome: 'error', message: 'job 7 ended with Error' }],
  ['is never taken up', ['Pending'], undefined, { outcome: 'error', message: 'job 7 is Pending after 3 s' }],
  ['tells no status', [undefined], undefined, { outcome: 'error', message: 'job 7 is unknown after 3 s' }],
  [
    'is lost from sight',
    ['Running', 502],
    undefined,
    { outcome: 'error', message: 'job 7 was started, but its end is not known: 502 of a proxy' },
  ],
  ['may not be started', [], 403, { outcome: 'error', final: true, message: 'these credentials cannot start a job' }],
  ['cannot be started', [], 500, { outcome: 'error', message: 'no job could be started: refused' }],
])('a job that %s', async (_what, statuses, refused, seen) => {
  expect(await probeJob(clientDouble(statuses, refused), WAIT)).toMatchObject(seen);
});

it.each([403, 429, 502])(
  'a proxy that returns %i says nothing of the credentials, nor of the job service',
  async (status) => {
    const double = clientDouble([], status);
    const post = async (): Promise<never> => {
      throw new HarborApiError(`${status} of a proxy`, { method: 'POST', url: '', status });
    };
    const seen = await probeJob({ ...double, post } as unknown as Client, WAIT);
    expect(seen).toMatchObject({
      outcome: 'error',
      message: `no job could be started: ${status} of a proxy`,
      hint: expect.stringMatching(/log of the proxy in front/),
    });
    expect(seen.final).toBeUndefined();
  },
);
