import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { RegistryClient } from '../../../src/oci';
import { recording } from './registry-double';

const CHUNK_BYTES = 1 << 20;
const CHUNKS = 256;

/** A registry in a thread of its own, so that the memory it needs for sending is not counted as ours. */
const SERVER = `
  const { createServer } = require('node:http');
  const { parentPort } = require('node:worker_threads');
  const chunk = Buffer.alloc(${CHUNK_BYTES}, 'breakwater');
  const server = createServer(async (request, response) => {
    response.writeHead(200, { 'content-length': ${CHUNK_BYTES * CHUNKS} });
    for (let sent = 0; sent < ${CHUNKS}; sent++) {
      if (!response.write(chunk)) await new Promise((resolve) => response.once('drain', resolve));
    }
    response.end();
  });
  server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));
`;

function expectedDigest(): string {
  const hash = createHash('sha256');
  const chunk = Buffer.alloc(CHUNK_BYTES, 'breakwater');
  for (let count = 0; count < CHUNKS; count++) hash.update(chunk);
  return `sha256:${hash.digest('hex')}`;
}

describe('a layer of 256 MiB', () => {
  it('is hashed without being held', async () => {
    const worker = new Worker(SERVER, { eval: true });
    const [port] = (await once(worker, 'message')) as [number];
    const client = RegistryClient.open({ url: `http://127.0.0.1:${port}` });
    const digest = expectedDigest();
    const before = process.memoryUsage();
    let peakBytes = 0;
    const watch = setInterval(() => {
      const { heapUsed, external } = process.memoryUsage();
      peakBytes = Math.max(peakBytes, heapUsed + external - before.heapUsed - before.external);
    }, 5);
    const answer = await client.blob('p/r', digest, { limitBytes: CHUNK_BYTES * CHUNKS }, recording().wire);
    clearInterval(watch);
    await client.close();
    await worker.terminate();
    expect(answer).toMatchObject({ digest, bytes: CHUNK_BYTES * CHUNKS });
    expect(peakBytes).toBeGreaterThan(0);
    expect(peakBytes).toBeLessThan(96 << 20);
  });
});
