import { getEventListeners } from 'node:events';
import { sha256Digest, RegistryClient, type RegistryClientOptions } from '../../../src/oci';
import { recording, sendJson, startDouble, type RegistryDouble } from './registry-double';

const LAYER = Buffer.from('the bytes of a layer');
const DIGEST = sha256Digest(LAYER);
const open: { close(): Promise<unknown> }[] = [];

afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

async function double(answer: Parameters<typeof startDouble>[0]): Promise<RegistryDouble> {
  const started = await startDouble(answer);
  open.push(started);
  return started;
}

function clientOf(url: string, options: Partial<RegistryClientOptions> = {}): RegistryClient {
  const client = RegistryClient.open({ url, retry: { attempts: 3, baseDelayMs: 1, maxDelayMs: 20 }, ...options });
  open.push(client);
  return client;
}

describe('a blob', () => {
  it('is hashed, counted and not kept', async () => {
    const { url } = await double((_request, response) => void response.end(LAYER));
    const answer = await clientOf(url).blob('p/r', DIGEST, { limitBytes: 100 }, recording().wire);
    expect(answer).toMatchObject({ status: 200, digest: DIGEST, bytes: LAYER.length, redirects: 0 });
    expect(answer.body).toBeUndefined();
  });

  it('is kept if it was asked for', async () => {
    const { url } = await double((_request, response) => void response.end(LAYER));
    const answer = await clientOf(url).blob('p/r', DIGEST, { limitBytes: 100, keep: true }, recording().wire);
    expect(answer.body).toEqual(LAYER);
  });

  it('is not read beyond its limit', async () => {
    const { url } = await double((_request, response) => {
      const write = (): void => {
        while (!response.destroyed && response.write(Buffer.alloc(65_536)));
      };
      response.on('drain', write);
      write();
    });
    const answer = await clientOf(url).blob('p/r', DIGEST, { limitBytes: 100_000 }, recording().wire);
    expect(answer.broken?.code).toBe('NETWORK_BODY_LIMIT');
  });

  it('that breaks off is an answer, and a broken one', async () => {
    const { url } = await double((request, response) => {
      response.writeHead(200, { 'content-length': 100 }).write(LAYER);
      setTimeout(() => request.socket.destroy(), 5);
    });
    const { wire, records } = recording();
    const answer = await clientOf(url).blob('p/r', DIGEST, { limitBytes: 100 }, wire);
    expect(answer).toMatchObject({ status: 200, bytes: LAYER.length, broken: { code: 'NETWORK_RESET' } });
    expect(records).toEqual([expect.objectContaining({ status: 200, error: expect.stringContaining('broke') })]);
  });

  it('that stops coming is given up', async () => {
    const { url } = await double((_request, response) => void response.writeHead(200).write(LAYER));
    const answer = await clientOf(url, { idleTimeoutMs: 50 }).blob(
      'p/r',
      DIGEST,
      { limitBytes: 100 },
      recording().wire,
    );
    expect(answer.broken?.code).toBe('NETWORK_TIMEOUT');
  });

  it.each(['latest', 'sha256:abc', '../x', `${DIGEST}/../..`])('is not asked for by %s', async (digest) => {
    const { url, seen } = await double((_request, response) => void response.end());
    await expect(clientOf(url).blob('p/r', digest, { limitBytes: 1 }, recording().wire)).rejects.toThrow(TypeError);
    expect(seen).toEqual([]);
  });
});

describe('a large blob of known length', () => {
  const large = Buffer.alloc(5 << 20, 'large');
  const digest = sha256Digest(large);
  const limits = { limitBytes: large.length };
  const head = { 'content-length': large.length };

  it('is hashed and counted', async () => {
    const { url } = await double((_request, response) => void response.writeHead(200, head).end(large));
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => clientOf(url).blob('p/r', digest, limits, recording().wire)),
    );
    for (const answer of answers) expect(answer).toMatchObject({ status: 200, digest, bytes: large.length });
    expect(answers.map(({ broken }) => broken)).toEqual(Array(5).fill(undefined));
  });

  it('is not accepted with one more byte than its limit', async () => {
    const { url } = await double((_request, response) => void response.writeHead(200, head).end(large));
    const answer = await clientOf(url).blob('p/r', digest, { limitBytes: large.length - 1 }, recording().wire);
    expect(answer.broken?.code).toBe('NETWORK_BODY_LIMIT');
  });

  it.each(['NETWORK_RESET', 'NETWORK_TIMEOUT'])('that breaks off is a broken answer: %s', async (code) => {
    const { url } = await double((request, response) => {
      response.writeHead(200, head).write(large.subarray(1));
      if (code === 'NETWORK_RESET') setTimeout(() => request.socket.destroy(), 50);
    });
    const client = clientOf(url, { idleTimeoutMs: 200 });
    const answer = await client.blob('p/r', digest, limits, recording().wire);
    expect(answer).toMatchObject({ status: 200, broken: { code } });
    expect(answer.bytes).toBeLessThan(large.length);
  });

  it('that drips is given up', async () => {
    const { url } = await double((_request, response) => {
      const timer = setInterval(() => response.write('x'), 10);
      response.writeHead(200, head).on('close', () => clearInterval(timer));
    });
    const streamed = { totalMs: Infinity, windowMs: 200, windowBytes: 1_024 };
    const answer = await clientOf(url, { streamed }).blob('p/r', digest, limits, recording().wire);
    expect(answer.broken?.code).toBe('NETWORK_TIMEOUT');
  });

  it('ends with the run', async () => {
    const { url } = await double((_request, response) => void response.writeHead(200, head).write(large.subarray(1)));
    const run = new AbortController();
    setTimeout(() => run.abort(new Error('stopped')), 100);
    const answer = await clientOf(url).blob('p/r', digest, limits, recording(run.signal).wire);
    expect(answer.broken?.message).toContain('stopped');
  });
});

describe('redirects', () => {
  const token = { token: 'registry-token', expires_in: 600 };

  /** A registry that sends blobs to wherever `location` says. */
  function redirecting(location: () => string): Promise<RegistryDouble> {
    return double((request, response) => {
      if (request.url?.startsWith('/token')) return sendJson(response, 200, token);
      if (request.headers.authorization === undefined)
        return sendJson(response, 401, {}, { 'www-authenticate': 'Bearer realm="/token",service="s"' });
      if (request.url?.includes('/moved/')) return void response.end(LAYER);
      response.writeHead(307, { location: location() }).end();
    });
  }

  it('to storage are followed without Authorization', async () => {
    const storage = await double((_request, response) => void response.end(LAYER));
    const registry = await redirecting(() => `${storage.url}/bucket/x?X-Amz-Signature=SIGNED`);
    const { wire, records } = recording();
    const answer = await clientOf(registry.url).blob('p/r', DIGEST, { limitBytes: 100 }, wire);
    expect(answer).toMatchObject({ status: 200, digest: DIGEST, redirects: 1 });
    expect(storage.seen).toEqual(['GET /bucket/x?X-Amz-Signature=SIGNED -']);
    expect(JSON.stringify(records)).not.toContain('SIGNED');
  });

  it("within the registry keep it, as Harbor's to library/", async () => {
    const registry = await redirecting(() => '/v2/p/moved/blobs/x');
    await clientOf(registry.url).blob('p/r', DIGEST, { limitBytes: 100 }, recording().wire);
    expect(registry.seen.at(-1)).toBe('GET /v2/p/moved/blobs/x Bearer registry-token');
  });

  it('never get it back once it was dropped', async () => {
    const registry = await redirecting(() => `${storage.url}/away`);
    const storage: RegistryDouble = await double(
      (_request, response) => void response.writeHead(302, { location: `${registry.url}/v2/p/moved/blobs/x` }).end(),
    );
    const answer = await clientOf(registry.url).blob('p/r', DIGEST, { limitBytes: 100 }, recording().wire);
    expect(answer.status).toBe(401);
    expect(registry.seen.filter((line) => line.includes('/moved/'))).toEqual(['GET /v2/p/moved/blobs/x -']);
  });

  it.each([
    ['a loop', '/v2/p/r/loop', /more than 10 redirects/],
    ['another scheme', 'file:///etc/passwd', /not an http\(s\) URL/],
    ['what is no URL', 'http://[', /not an http\(s\) URL/],
  ])('of %s are refused', async (_what, location, message) => {
    const { url } = await redirecting(() => location);
    await expect(clientOf(url).blob('p/r', DIGEST, { limitBytes: 1 }, recording().wire)).rejects.toThrow(message);
  });

  it('for manifests end after five', async () => {
    const { url } = await redirecting(() => '/v2/p/r/loop');
    await expect(clientOf(url).manifest('GET', 'p/r', 'x', recording().wire)).rejects.toThrow(/more than 5 redirects/);
  });
});

describe('a manifest', () => {
  it('is hashed over exactly its bytes; headers are only claims', async () => {
    const body = Buffer.from('{ "schemaVersion" : 2 }\n');
    const { url } = await double(
      (_request, response) =>
        void response
          .writeHead(200, {
            'content-type': 'application/vnd.oci.image.manifest.v1+json; charset=utf-8',
            'docker-content-digest': '',
          })
          .end(body),
    );
    const answer = await clientOf(url).manifest('GET', 'p/r', 'v1', recording().wire);
    expect(answer).toMatchObject({
      digest: sha256Digest(body),
      contentType: 'application/vnd.oci.image.manifest.v1+json',
    });
    expect(answer.headerDigest).toBeUndefined();
    expect(answer.body).toEqual(body);
  });

  it('asks for all four types, because Harbor honours Accept on cached images', async () => {
    let accept = '';
    const { url } = await double((request, response) => {
      accept = request.headers.accept ?? '';
      response.end('{}');
    });
    await clientOf(url).manifest('GET', 'p/r', 'v1', recording().wire);
    expect(accept.split(', ')).toHaveLength(4);
  });

  it('larger than four MiB is not read', async () => {
    const { url } = await double((_request, response) => void response.end(Buffer.alloc((4 << 20) + 1)));
    const answer = await clientOf(url).manifest('GET', 'p/r', 'v1', recording().wire);
    expect(answer.broken?.code).toBe('NETWORK_BODY_LIMIT');
  });
});

describe('a reference from someone else', () => {
  it.each(['../../api/v2.0/users', 'a/b', '', 'x?y', `${DIGEST}/..`])('%j is not put into a URL', async (reference) => {
    const { url, seen } = await double((_request, response) => void response.end());
    await expect(clientOf(url).manifest('GET', 'p/r', reference, recording().wire)).rejects.toThrow(TypeError);
    expect(seen).toEqual([]);
  });
});

describe('trying again', () => {
  it.each([429, 500, 502, 503, 504])('a GET after %i, three times at most', async (status) => {
    const { url, seen } = await double((_request, response) => sendJson(response, status, {}));
    const { wire, records } = recording();
    const answer = await clientOf(url).manifest('GET', 'p/r', 'v1', wire);
    expect(answer.status).toBe(status);
    expect(seen).toHaveLength(3);
    expect(new Set(records.map(({ id }) => id)).size).toBe(3);
  });

  it.each([400, 403, 404, 412])('not after %i', async (status) => {
    const { url, seen } = await double((_request, response) => sendJson(response, status, {}));
    await clientOf(url).manifest('GET', 'p/r', 'v1', recording().wire);
    expect(seen).toHaveLength(1);
  });

  it.each([
    { expected: [429], status: 429, requests: 1 },
    { expected: [404], status: 429, requests: 3 },
  ])('if the check looks for $expected: $requests requests after $status', async ({ expected, status, requests }) => {
    const { url, seen } = await double((_request, response) => sendJson(response, status, {}));
    const answer = await clientOf(url).manifest('GET', 'p/r', 'v1', { ...recording().wire, expected });
    expect(answer.status).toBe(status);
    expect(seen).toHaveLength(requests);
  });

  it('hashes only the bytes of the try that counts', async () => {
    let tries = 0;
    const { url } = await double((_request, response) =>
      ++tries === 1 ? void response.writeHead(503).end('sorry') : void response.end(LAYER),
    );
    const answer = await clientOf(url).blob('p/r', DIGEST, { limitBytes: 100 }, recording().wire);
    expect(answer).toMatchObject({ digest: DIGEST, bytes: LAYER.length });
  });

  it('waits for the time of Retry-After', async () => {
    let tries = 0;
    const { url } = await double((_request, response) =>
      ++tries === 1 ? sendJson(response, 429, {}, { 'retry-after': '1' }) : void response.end('{}'),
    );
    const startedAt = performance.now();
    const client = clientOf(url, { retry: { attempts: 2, baseDelayMs: 1, maxDelayMs: 2000 } });
    expect((await client.manifest('GET', 'p/r', 'v1', recording().wire)).status).toBe(200);
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(950);
  });

  it('no request to a server that requests a longer pause than allowed', async () => {
    const { url, seen } = await double((_request, response) => sendJson(response, 429, {}, { 'retry-after': '3600' }));
    expect((await clientOf(url).manifest('GET', 'p/r', 'v1', recording().wire)).status).toBe(429);
    expect(seen).toHaveLength(1);
  });

  it('no request after one that timed out without a response', async () => {
    const { url, seen } = await double(() => undefined);
    const asked = clientOf(url, { headersTimeoutMs: 100 }).manifest('GET', 'p/r', 'v1', recording().wire);
    await expect(asked).rejects.toMatchObject({ code: 'NETWORK_TIMEOUT' });
    expect(seen).toHaveLength(1);
  });

  it('never a request that writes', async () => {
    const { url, seen } = await double((_request, response) => sendJson(response, 503, {}));
    await clientOf(url).plain({ method: 'POST', path: '/v2/p/r/blobs/uploads/' }, recording().wire);
    expect(seen).toHaveLength(1);
  });
});

describe('what is recorded', () => {
  it('is a request without a response', async () => {
    const gone = await startDouble(() => undefined);
    await gone.close();
    const { wire, records } = recording();
    await expect(
      clientOf(gone.url, { retry: { attempts: 1, baseDelayMs: 1, maxDelayMs: 1 } }).manifest('GET', 'p/r', 'v1', wire),
    ).rejects.toMatchObject({ code: 'NETWORK_REFUSED' });
    expect(records).toEqual([
      expect.objectContaining({ method: 'GET', bytes: 0, error: expect.stringContaining('refused') }),
    ]);
    expect(records[0]).not.toHaveProperty('status');
  });

  it('is the id that the registry got', async () => {
    let id: unknown;
    const { url } = await double((request, response) => {
      id = request.headers['x-request-id'];
      response.end('{}');
    });
    const { wire, records } = recording();
    const answer = await clientOf(url).manifest('GET', 'p/r', 'v1', wire);
    expect(records[0]?.id).toBe(id);
    expect(answer.requestId).toBe(id);
  });
});

describe('stopping', () => {
  it('is listened for by any number of requests, and leaves no trace afterwards', async () => {
    const { url } = await double((_request, response) => void setTimeout(() => response.end('{}'), 20));
    const { signal } = new AbortController();
    const client = clientOf(url);
    const under = Array.from({ length: 24 }, () => client.manifest('GET', 'p/r', 'v1', recording(signal).wire));
    expect(getEventListeners(signal, 'abort')).toHaveLength(24);
    await Promise.all(under);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  it.each([
    ['before the request', 0],
    ['while headers are awaited', 30],
  ])('%s rejects at once', async (_when, afterMs) => {
    const { url } = await double(() => undefined);
    const stopping = new AbortController();
    if (afterMs === 0) stopping.abort(new Error('enough'));
    else setTimeout(() => stopping.abort(new Error('enough')), afterMs);
    const { wire, records } = recording(stopping.signal);
    await expect(clientOf(url).manifest('GET', 'p/r', 'v1', wire)).rejects.toThrow(/enough/);
    expect(records).toHaveLength(1);
  });
});
