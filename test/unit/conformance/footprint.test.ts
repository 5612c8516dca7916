import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startBulkRegistry } from './support/bulk-registry';

const run = promisify(execFile);
const CHILD = join(__dirname, 'support', 'conform-in-child.js');
/** Of a client's pull: manifest, config, layers. */
const PULL = ['M7', 'B1'];
/** For 600 requests: 32 at a time, and on a slow machine some more after one was idle for too long. */
const CONNECTIONS_AT_MOST = 3 * 32;
const LIMIT_KIB = 200 << 10;

interface Footprint {
  readonly summary: { readonly pass: number };
  readonly requests: number;
  readonly peakKiB: number;
}

async function conform(harborUrl: string, options: { projects: number; checks: string[] }): Promise<Footprint> {
  const projects = Array.from({ length: options.projects }, (_, at) => ({
    name: `p${at}`,
    public: true,
    proxy: true,
    images: ['library/image:1'],
    platforms: ['linux/amd64'],
  }));
  const input = JSON.stringify({ harborUrl, projects, checks: options.checks, concurrency: 16 });
  const { stdout } = await run(process.execPath, [CHILD, input], { timeout: 120_000 });
  return JSON.parse(stdout) as Footprint;
}

/** Kibibytes of a process that proves one layer of this size. */
async function memoryFor(mebibytes: number): Promise<number> {
  const registry = await startBulkRegistry(mebibytes);
  try {
    const { summary, peakKiB } = await conform(registry.url, { projects: 1, checks: ['B1'] });
    expect(summary.pass).toBe(1);
    return peakKiB;
  } finally {
    await registry.close();
  }
}

describe('the cost of a run', () => {
  it('is no more memory for a layer of 1 GiB than for a quarter of it, and less than 200 MB', async () => {
    const quarter = await memoryFor(256);
    const whole = await memoryFor(1024);
    expect(whole - quarter).toBeLessThan(32 << 10);
    expect(whole).toBeLessThan(LIMIT_KIB);
  }, 180_000);

  it('is three requests for each of 200 projects, over a bounded number of connections', async () => {
    const registry = await startBulkRegistry(1);
    try {
      const { summary, requests } = await conform(registry.url, { projects: 200, checks: PULL });
      expect(summary.pass).toBe(2 * 200);
      expect(requests).toBe(3 * 200);
      expect(registry.requests).toHaveLength(3 * 200);
      expect(registry.connections.opened).toBeLessThanOrEqual(CONNECTIONS_AT_MOST);
    } finally {
      await registry.close();
    }
  }, 180_000);
});
