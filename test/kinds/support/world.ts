import { startScannerAdapter } from '../../../src/scanner-adapter';
import { startFixtureUpstream } from '../../../src/upstream';
import type { World } from '../kit';

export interface TestWorld extends World {
  close(): Promise<void>;
}

/** The servers that the declarations of the kits point to. */
export async function startWorld(): Promise<TestWorld> {
  const upstream = await startFixtureUpstream();
  const adapter = await startScannerAdapter();
  const otherAdapter = await startScannerAdapter();
  return {
    upstream: upstream.url,
    adapter: adapter.url,
    otherAdapter: otherAdapter.url,
    async close() {
      await adapter.close();
      await otherAdapter.close();
      await upstream.close();
    },
  };
}
