/** Blobs that are read into memory: manifests, configurations, and small layers of test images. */
export const SMALL_BYTES = 128 << 10;
const MAX_BYTES = 32 << 20;

/** Small blobs that were read recently, so that a manifest is not opened, read and closed for every pull of its tag. */
export class BlobMemory {
  /** Least recently used first. */
  private readonly blobs = new Map<string, Buffer>();
  private bytes = 0;

  /** Moves the blob to the end: the first one is the least recently used. */
  get(digest: string): Buffer | undefined {
    const held = this.blobs.get(digest);
    if (!held) return undefined;
    this.blobs.delete(digest);
    this.blobs.set(digest, held);
    return held;
  }

  /** Content-addressed, so an entry is never outdated: it is only dropped when the memory is full. */
  hold(digest: string, blob: Buffer): void {
    if (blob.length > SMALL_BYTES || this.blobs.has(digest)) return;
    this.blobs.set(digest, blob);
    this.bytes += blob.length;
    for (const [oldest, { length }] of this.blobs) {
      if (this.bytes <= MAX_BYTES) return;
      this.blobs.delete(oldest);
      this.bytes -= length;
    }
  }
}
