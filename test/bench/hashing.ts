import { createHash } from 'node:crypto';
import { RegistryClient } from '../../src/oci';
import { roundsOf } from './contest';
import { image, startFixtureUpstream } from '../../src/upstream';
import type { Line, Usage } from '../../scripts/performance/report';

const LAYER_BYTES = 256 << 20;
const ROUNDS = 5;

/** A layer pulled over HTTP and hashed on the fly, beside the hash alone over as many bytes in memory. */
export async function hashing(): Promise<Line[]> {
  const upstream = await startFixtureUpstream();
  const client = RegistryClient.open({ url: upstream.url });
  try {
    const big = image({ seed: 'bench', sizeBytes: LAYER_BYTES });
    upstream.put('bench/big', '1', big);
    const layer = big.blobs.at(-1)!;
    const wire = { record: () => undefined, signal: new AbortController().signal };
    const pull = async (): Promise<void> => {
      const answer = await client.blob('bench/big', layer.digest, { limitBytes: layer.sizeBytes }, wire);
      if (answer.digest !== layer.digest) throw new Error(`the layer hashes to ${answer.digest}`);
    };
    const block = Buffer.alloc(64 << 10, 7);
    const hash = async (): Promise<void> => {
      const sha256 = createHash('sha256');
      for (let done = 0; done < layer.sizeBytes; done += block.length) sha256.update(block);
      sha256.digest();
    };
    const ours: Usage[] = [];
    const theirs: Usage[] = [];
    for (let round = 0; round < roundsOf(ROUNDS); round++) {
      ours.push(await measured(pull));
      theirs.push(await measured(hash));
    }
    return [
      {
        id: 'hashing',
        title: 'Pull and verify a layer of 256 MiB, server and client in one process',
        bytes: layer.sizeBytes,
        rows: [
          { name: 'pull and verify', runs: ours },
          { name: 'SHA-256 alone, in memory', runs: theirs },
        ],
      },
    ];
  } finally {
    await client.close();
    await upstream.close();
  }
}

async function measured(work: () => Promise<void>): Promise<Usage> {
  const startedAt = performance.now();
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return { elapsedMs: performance.now() - startedAt, cpuMs: (user + system) / 1_000, maxRssMebibytes: 0 };
}
