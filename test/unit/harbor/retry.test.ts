import type { NetworkError } from '../../../src/errors';
import { RETRY } from '../../../src/harbor/retry';
import { retryDelayMs } from '../../../src/http/retry';
import { errorOf, withClient } from './support/client';
import { inTurn, sendHarborError, sendJson, type Script } from './support/scripted-server';

const ok: Script = (_request, response) => sendJson(response, {});
const status =
  (code: number, headers: Record<string, string> = {}): Script =>
  (_request, response) =>
    sendHarborError(response, code, 'UNKNOWN', 'internal server error', headers);
const reset: Script = (_request, response) => void response.socket?.destroy();
const cutJson: Script = (_request, response) =>
  void response.writeHead(200, { 'content-type': 'application/json' }).end('{"name": "cut he');
const cutBody: Script = (_request, response) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' });
  response.write('{"name":', () => response.socket?.destroy());
};

describe('which requests are tried again', () => {
  const six = 6;
  it.each([
    ['GET', 429, six],
    ['GET', 500, six],
    ['GET', 502, six],
    ['GET', 503, six],
    ['GET', 504, six],
    ['PUT', 429, six],
    ['PUT', 503, six],
    ['DELETE', 503, six],
    ['GET', 400, 1],
    ['GET', 401, 1],
    ['GET', 404, 1],
    ['GET', 501, 1],
    ['PUT', 500, 1],
    ['DELETE', 500, 1],
    ['PUT', 412, 1],
    ['POST', 429, 1],
    ['POST', 500, 1],
    ['POST', 503, 1],
    ['PATCH', 503, 1],
  ])('%s after %i: %i tries', (method, code, tries) =>
    withClient(status(code), {}, async ({ client, server }) => {
      await errorOf(send(client, method));
      expect(server.seen).toHaveLength(tries);
      expect(client.calls).toBe(tries);
    }),
  );

  it.each([
    ['GET', reset, six],
    ['PUT', reset, six],
    ['DELETE', reset, six],
    ['POST', reset, 1],
    ['PATCH', reset, 1],
    ['GET', cutBody, six],
    ['POST', cutBody, 1],
    ['GET', cutJson, six],
    ['PUT', cutJson, 1],
  ])('%s after a broken connection or answer: %# ', (method, script, tries) =>
    withClient(script, {}, async ({ client, server }) => {
      await errorOf(send(client, method));
      expect(server.seen).toHaveLength(tries);
    }),
  );

  it('a POST is sent again if nothing was listening, because it was never sent', () =>
    withClient(ok, {}, async ({ client, server, waits }) => {
      await server.close();
      const error = (await errorOf(client.post('/projects', {}))) as NetworkError;
      expect(error.code).toBe('NETWORK_REFUSED');
      expect(client.calls).toBe(6);
      expect(waits).toHaveLength(5);
    }));

  it('succeeds as soon as one attempt does', () =>
    withClient(inTurn(reset, status(503), cutBody, ok), {}, async ({ client, server }) => {
      expect(await client.get('/x')).toEqual({});
      expect(server.seen).toHaveLength(4);
    }));
});

describe('a DELETE', () => {
  const gone: Script = (_q, r) => sendHarborError(r, 404, 'NOT_FOUND', 'project x not found');

  it('that was tried again and is answered 404 is done: only the first answer was lost', () =>
    withClient(inTurn(reset, gone), {}, async ({ client }) => {
      await expect(client.delete('/projects/x')).resolves.toBeUndefined();
    }));

  it('that is answered 404 at once is an error', () =>
    withClient(gone, {}, async ({ client }) => {
      await expect(client.delete('/projects/x')).rejects.toThrow('404 NOT_FOUND: project x not found');
    }));
});

describe('how long it waits', () => {
  it('doubles the ceiling and waits a random time below it', () =>
    withClient(status(503), { random: () => 0.5 }, async ({ client, waits }) => {
      await errorOf(client.get('/x'));
      expect(waits).toEqual([125, 250, 500, 1_000, 2_000]);
    }));

  it('waits as long as it was asked to', () =>
    withClient(inTurn(status(429, { 'retry-after': '7' }), ok), {}, async ({ client, waits }) => {
      await client.get('/x');
      expect(waits).toEqual([7_000]);
    }));

  const now = Date.parse('2026-11-21T03:00:00Z');
  it.each([
    [undefined, 0],
    ['3600', 60_000],
    ['Sun, 22 Nov 2026 03:00:00 GMT', 60_000],
    ['99999999999999999999999', 60_000],
    ['Sat, 21 Nov 2026 02:00:00 GMT', 0],
    ['soon', 0],
  ])('waits at most a minute: Retry-After %j is %i ms', (retryAfter, expected) => {
    expect(retryDelayMs(RETRY, { tries: 1, retryAfter, random: 0 }, now)).toBe(expected);
  });
});

describe('the end of a run', () => {
  const never: Script = () => undefined;

  it('is its deadline: nothing is sent after it', () =>
    withClient(never, { runDeadlineMs: 100 }, async ({ client, server }) => {
      const error = (await errorOf(client.get('/x'))) as NetworkError;
      expect(error).toMatchObject({
        code: 'NETWORK_TIMEOUT',
        message: expect.stringContaining('deadline of this run'),
      });
      await expect(client.get('/y')).rejects.toThrow('deadline of this run');
      expect(server.calls()).toEqual(['GET /api/v2.0/x']);
    }));

  it('is not waited for: a try that would come too late is not announced', () =>
    withClient(status(429, { 'retry-after': '30' }), { runDeadlineMs: 5_000 }, async ({ client, waits }) => {
      await expect(client.get('/x')).rejects.toThrow('429');
      expect(waits).toEqual([]);
    }));

  it('is the moment when the caller stops waiting', async () => {
    const controller = new AbortController();
    await withClient(never, { signal: controller.signal }, async ({ client, server }) => {
      const pending = Promise.all(Array.from({ length: 20 }, (_, n) => errorOf(client.get(`/x/${n}`))));
      setTimeout(() => controller.abort('SIGINT'), 50);
      for (const error of await pending) expect(error).toMatchObject({ code: 'NETWORK_ABORTED' });
      await expect(client.put('/y', {})).rejects.toMatchObject({ code: 'NETWORK_ABORTED' });
      expect(server.seen.length).toBeLessThanOrEqual(16);
    });
  });

  it('cuts a wait short', async () => {
    const controller = new AbortController();
    const sleep = (_ms: number, signal: AbortSignal): Promise<void> =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason as Error));
        controller.abort();
      });
    await withClient(status(503), { signal: controller.signal, sleep }, async ({ client, server }) => {
      await expect(client.get('/x')).rejects.toMatchObject({ code: 'NETWORK_ABORTED' });
      expect(server.seen).toHaveLength(1);
    });
  });
});

describe('a server that is too slow', () => {
  const silent: Script = () => undefined;
  const drip: Script = (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    const timer = setInterval(() => response.write(' '), 10);
    response.on('close', () => clearInterval(timer));
  };
  const stuck: Script = (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.write('{');
  };

  // undici looks at its own timeouts about once a second.
  it.each([
    ['no headers', silent, { headersMs: 200, writeMs: 200 }, 'no response in time (UND_ERR_HEADERS_TIMEOUT)'],
    ['no body', stuck, { bodyMs: 200 }, 'no response in time (UND_ERR_BODY_TIMEOUT)'],
    ['a byte now and then', drip, { attemptMs: 200 }, 'no complete response within 0.2 s'],
  ])('%s: a read is tried again', (_name, script, timeouts, expected) =>
    withClient(inTurn(script, ok), { timeouts }, async ({ client, server, events }) => {
      expect(await client.get('/x')).toEqual({});
      expect(server.seen).toHaveLength(2);
      expect(events[0]).toMatchObject({ error: 'NETWORK_TIMEOUT' });
    }).then(() =>
      withClient(script, { timeouts }, async ({ client }) => {
        expect((await errorOf(client.post('/x', {}))).message).toContain(expected);
      }),
    ),
  );

  it('all attempts together end with the time of the request, with any Retry-After', () =>
    withClient(
      (_request, response) => response.writeHead(503, { 'retry-after': '3600' }).end(),
      { timeouts: { totalMs: 300 } },
      async ({ client, server }) => {
        await expect(client.get('/x')).rejects.toMatchObject({ details: { status: 503 } });
        expect(server.seen).toHaveLength(1);
      },
    ));

  it('a write has more time, and is not repeated if its result is unknown', () =>
    withClient(silent, { timeouts: { headersMs: 1, writeMs: 200 } }, async ({ client, server }) => {
      await expect(client.post('/registries', {})).rejects.toMatchObject({ code: 'NETWORK_TIMEOUT' });
      expect(server.seen).toHaveLength(1);
    }));
});

function send(client: Parameters<Parameters<typeof withClient>[2]>[0]['client'], method: string): Promise<unknown> {
  if (method === 'GET') return client.get('/x');
  if (method === 'PUT') return client.put('/x', {});
  if (method === 'POST') return client.post('/x', {});
  return method === 'PATCH' ? client.patch('/x', {}) : client.delete('/x');
}
