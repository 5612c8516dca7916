import { createHash } from 'node:crypto';
import { RegistryClient } from '../../src/oci';
import { image, startFixtureUpstream } from '../../src/upstream';
import { inTurn, ratio } from './measure';

const LAYER_BYTES = 256 << 20;

/** A layer pulled over HTTP and hashed on the fly, beside the hash alone over as many bytes in memory. */
export async function hashing(): Promise<string[]> {
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
    const { ours, theirs } = await inTurn(5, pull, hash);
    const mebibytes = layer.sizeBytes / (1 << 20);
    return [
      `a layer of ${mebibytes.toFixed(0)} MiB, server and client on this machine`,
      `pull and verify    ${((mebibytes / ours) * 1000).toFixed(0)} MiB/s`,
      `sha256 alone       ${((mebibytes / theirs) * 1000).toFixed(0)} MiB/s  (${ratio(ours, theirs)} the time)`,
    ];
  } finally {
    await client.close();
    await upstream.close();
  }
}
