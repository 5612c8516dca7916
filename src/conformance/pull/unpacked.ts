import { createHash } from 'node:crypto';

const MIB = 1 << 20;

/** The largest layers of real images, with models in them, have half of this. */
const MOST_BYTES = 64 * 1024 * MIB;
/** Real layers unpack to three to twenty times their size. Below this size the factor is no danger. */
const MOST_TIMES = 200;
const UNSUSPICIOUS_BYTES = 512 * MIB;

/** Hashes what a layer unpacks to, and ends it where it is made to fill a disk. */
export class Unpacked {
  private readonly hash = createHash('sha256');
  private bytes = 0;

  /** @param packedBytes of the layer, as its manifest says */
  constructor(private readonly packedBytes: number) {}

  /** @throws RangeError where it becomes too large */
  add(chunk: Uint8Array): void {
    this.bytes += chunk.length;
    if (this.bytes > MOST_BYTES) throw tooLarge(MOST_BYTES, '');
    const times = this.bytes / Math.max(this.packedBytes, 1);
    if (this.bytes > UNSUSPICIOUS_BYTES && times > MOST_TIMES)
      throw tooLarge(this.bytes, `, more than ${MOST_TIMES} times its size of ${shownBytes(this.packedBytes)}`);
    this.hash.update(chunk);
  }

  digest(): string {
    return `sha256:${this.hash.digest('hex')}`;
  }
}

function tooLarge(bytes: number, compared: string): RangeError {
  return new RangeError(`it is larger than ${shownBytes(bytes)} unpacked${compared}, and was unpacked no further`);
}

function shownBytes(bytes: number): string {
  const unit = [1024 * MIB, MIB, 1024].find((one) => bytes >= one) ?? 1;
  const name = { [1024 * MIB]: 'GiB', [MIB]: 'MiB', 1024: 'KiB', 1: 'B' }[unit]!;
  return `${Math.floor((bytes * 10) / unit) / 10} ${name}`;
}
