import type { ServerResponse } from 'node:http';
import { sha256Digest, RegistryClient, type RegistryClientOptions } from '../../../src/oci';
import { recording, sendJson, startDouble, type RegistryDouble } from './registry-double';

const LIMITS = { totalMs: 300, windowMs: 200, windowBytes: 0 };
const open: { close(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

async function registry(
  answer: Parameters<typeof startDouble>[0],
  options: Partial<RegistryClientOptions> = {},
): Promise<{ client: RegistryClient; double: RegistryDouble }> {
  const double = await startDouble(answer);
  const retry = { attempts: 3, baseDelayMs: 1, maxDelayMs: 20 };
  const client = RegistryClient.open({ url: double.url, retry, whole: LIMITS, ...options });
  open.push(double, client);
  return { client, double };
}

/** `bytes` every `everyMs`, `times` times, or forever. */
function drip(response: ServerResponse, bytes: number, everyMs: number, times = Infinity): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  let sent = 0;
  const timer = setInterval(() => {
    if (sent++ < times) return void response.write(Buffer.alloc(bytes, 'x'));
    clearInterval(timer);
    response.end();
  }, everyMs);
  response.on('close', () => clearInterval(timer));
}

describe('an answer that drips', () => {
  it('a manifest: is broken when its time is over, and not asked for again', async () => {
    const { client, double } = await registry((_request, response) => drip(response, 1, 20));
    const answer = await client.manifest('GET', 'p/r', 'v1', recording().wire);
    expect(answer).toMatchObject({ status: 200, broken: { code: 'NETWORK_TIMEOUT' } });
    expect(answer.broken?.message).toBe(`GET ${double.url}/v2/p/r/manifests/v1: no complete response within 0.3 s`);
    expect(double.seen).toHaveLength(1);
  });

  it('a token: the pull fails in time', async () => {
    const { client } = await registry((request, response) =>
      request.url?.startsWith('/service/token')
        ? drip(response, 1, 20)
        : sendJson(
            response,
            401,
            {},
            { 'www-authenticate': 'Bearer realm="/service/token",service="harbor-registry"' },
          ),
    );
    const startedAt = performance.now();
    await expect(client.manifest('GET', 'p/r', 'v1', recording().wire)).rejects.toThrow('without a usable token');
    expect(performance.now() - startedAt).toBeLessThan(20_000);
  });

  it('a single request of a check', async () => {
    const { client } = await registry((_request, response) => drip(response, 1, 20));
    const answer = await client.plain({ method: 'GET', path: '/v2/' }, recording().wire);
    expect(answer.broken?.code).toBe('NETWORK_TIMEOUT');
  });
});

it('all attempts together have a time limit, with any Retry-After', async () => {
  const { client, double } = await registry(
    (_request, response) => sendJson(response, 503, {}, { 'retry-after': '1' }),
    { retry: { attempts: 100, baseDelayMs: 1, maxDelayMs: 10_000, totalMs: 500 } },
  );
  const startedAt = performance.now();
  expect((await client.manifest('GET', 'p/r', 'v1', recording().wire)).status).toBe(503);
  // A hundred attempts would take a hundred seconds.
  expect(performance.now() - startedAt).toBeLessThan(20_000);
  expect(double.seen).toHaveLength(1);
});

describe('a layer', () => {
  const streamed = { totalMs: Infinity, windowMs: 200, windowBytes: 1_024 };

  it('that drips is given up', async () => {
    const { client } = await registry((_request, response) => drip(response, 1, 10), { streamed });
    const answer = await client.blob('p/r', sha256Digest(Buffer.of(1)), { limitBytes: 1e6 }, recording().wire);
    expect(answer.broken?.code).toBe('NETWORK_TIMEOUT');
    expect(answer.broken?.message).toContain('fewer than 1 KiB of the response arrived in 0.2 s');
  });

  it('that is slow and honest is read to its end, however long it takes', async () => {
    // A busy machine may be late for a drop, but not by the whole window.
    const patient = { ...streamed, windowMs: 1_500 };
    const layer = Buffer.alloc(60 * 2_000, 'x');
    const { client } = await registry((_request, response) => drip(response, 2_000, 60, 60), { streamed: patient });
    const answer = await client.blob('p/r', sha256Digest(layer), { limitBytes: 1e6 }, recording().wire);
    expect(answer).toMatchObject({ bytes: layer.length, digest: sha256Digest(layer) });
    expect(answer.broken).toBeUndefined();
    expect(answer.durationMs).toBeGreaterThan(2 * patient.windowMs);
  });

  it('that is read slowly by us is not taken for a slow one', async () => {
    const layer = Buffer.alloc(3_000, 'x');
    const { client } = await registry((_request, response) => drip(response, 1_000, 5, 3), { streamed });
    const reader = () => ({ write: () => new Promise<void>((done) => setTimeout(done, 500)) });
    const answer = await client.blob('p/r', sha256Digest(layer), { limitBytes: 1e6, reader }, recording().wire);
    expect(answer).toMatchObject({ bytes: 3_000 });
    expect(answer.broken).toBeUndefined();
  });
});
