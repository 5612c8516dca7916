/** What is read whole: manifests, configurations, and layers of an image that is made for a test. */
export const SMALL_BYTES = 64 << 10;
const MAX_BYTES = 32 << 20;

/** Small blobs that were read lately, so that a manifest is not opened, read and closed at every pull of its tag. */
export class BlobMemory {
  /** The one that was used longest ago comes first. */
  private readonly blobs = new Map<string, Buffer>();
  private bytes = 0;

  get(digest: string): Buffer | undefined {
    const held = this.blobs.get(digest);
    if (!held) return undefined;
    this.blobs.delete(digest);
    this.blobs.set(digest, held);
    return held;
  }

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
