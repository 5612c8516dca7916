import { BlobMemory, SMALL_BYTES } from '../../../../src/sandbox/context/blob-memory';

describe('the memory of small blobs', () => {
  it('keeps only small blobs', () => {
    const memory = new BlobMemory();
    memory.hold('sha256:small', Buffer.alloc(SMALL_BYTES, 1));
    memory.hold('sha256:large', Buffer.alloc(SMALL_BYTES + 1, 1));
    expect(memory.get('sha256:small')).toHaveLength(SMALL_BYTES);
    expect(memory.get('sha256:large')).toBeUndefined();
  });

  it('forgets what was not used for the longest time, and takes 32 MiB', () => {
    const memory = new BlobMemory();
    const blob = Buffer.alloc(SMALL_BYTES);
    const held = (32 << 20) / SMALL_BYTES;
    for (let at = 0; at < held; at++) memory.hold(`sha256:${at}`, blob);
    expect(memory.get('sha256:0')).toBe(blob);
    memory.hold('sha256:one-more', blob);
    expect(
      ['sha256:0', 'sha256:1', 'sha256:2', 'sha256:one-more'].map((digest) => memory.get(digest) === blob),
    ).toEqual([true, false, true, true]);
  });
});
