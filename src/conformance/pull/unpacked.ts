import { createHash } from 'node:crypto';

const MIB = 1 << 20;

/** The largest layers of real images, which contain models, have half of this size. */
const MOST_BYTES = 64 * 1024 * MIB;
/** Real layers unpack to three to twenty times their size. Below this size the factor is harmless. */
const MOST_TIMES = 200;
const UNSUSPICIOUS_BYTES = 512 * MIB;

/** Hashes the unpacked content of a layer, and stops if it was built to fill a disk. */
export class Unpacked {
  private readonly hash = createHash('sha256');
  private bytes = 0;

  /** @param packedBytes of the layer, according to its manifest */
  constructor(private readonly packedBytes: number) {}

  /** @throws RangeError if it becomes too large */
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
