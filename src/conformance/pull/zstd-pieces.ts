const FRAME = 0xfd2fb528;
const SKIPPABLE = 0x184d2a50;
/** The limit of `zstd -d` without `--long`. A larger window needs memory and is moved for every block. */
const MOST_WINDOW_BYTES = 128 << 20;
const LAST_BLOCK = 1;
const RLE = 1;

/** What is expected next: a number of bytes, and what to do with them. `skipped` bytes need not arrive at once. */
interface Step {
  readonly bytes: number;
  readonly isSkipped?: boolean;
  readonly next: (piece: Uint8Array) => Step;
}

/**
 * Splits a zstd stream (RFC 8878) into its parts: headers, blocks, checksums. A block unpacks to at most 128 KiB,
 * however small it is, so the reader can stop after each block.
 */
export class ZstdPieces {
  private step: Step = frameStart();
  private held: Uint8Array = new Uint8Array(0);

  /**
   * The parts that are complete now.
   * @throws Error if it is not zstd or needs too much memory
   */
  *push(chunk: Uint8Array): Generator<Uint8Array, void> {
    let rest = this.held.length === 0 ? chunk : Buffer.concat([this.held, chunk]);
    while (rest.length > 0 && (rest.length >= this.step.bytes || this.step.isSkipped)) {
      const piece = rest.subarray(0, this.step.bytes);
      rest = rest.subarray(piece.length);
      this.step = this.step.isSkipped ? skipped(this.step.bytes - piece.length) : this.step.next(piece);
      yield piece;
    }
    this.held = rest;
  }

  /** Whether the stream may end here. */
  get isWhole(): boolean {
    return this.step.next === afterMagic && this.held.length === 0;
  }
}

function frameStart(): Step {
  return { bytes: 4, next: afterMagic };
}

function afterMagic(piece: Uint8Array): Step {
  const magic = viewOf(piece).getUint32(0, true);
  if ((magic & 0xfffffff0) >>> 0 === SKIPPABLE)
    return { bytes: 4, next: (size) => skipped(viewOf(size).getUint32(0, true)) };
  if (magic !== FRAME) throw new Error('from this point on it is not zstd');
  return { bytes: 1, next: ([descriptor = 0]) => frameHeader(descriptor) };
}

function skipped(bytes: number): Step {
  return bytes === 0 ? frameStart() : { bytes, isSkipped: true, next: frameStart };
}

/** Of the rest of the header only the window matters: its one byte, or the content size if that is missing. */
function frameHeader(descriptor: number): Step {
  const isSingle = (descriptor & 0x20) !== 0;
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 3]!;
  const sizeBytes = [isSingle ? 1 : 0, 2, 4, 8][descriptor >> 6]!;
  const before = (isSingle ? 0 : 1) + dictionaryBytes;
  const checksumBytes = (descriptor & 4) === 0 ? 0 : 4;
  const next = (rest: Uint8Array): Step => {
    const windowBytes = isSingle ? contentBytes(rest.subarray(before)) : windowOf(rest[0]!);
    if (windowBytes > MOST_WINDOW_BYTES) throw new RangeError('it needs more than 128 MiB of memory to be unpacked');
    return block(checksumBytes);
  };
  return { bytes: before + sizeBytes, next };
}

function windowOf(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >> 3));
  return base + (base / 8) * (descriptor & 7);
}

function contentBytes(field: Uint8Array): number {
  const view = viewOf(field);
  if (field.length === 8) return Number(view.getBigUint64(0, true));
  if (field.length === 4) return view.getUint32(0, true);
  return field.length === 2 ? view.getUint16(0, true) + 256 : view.getUint8(0);
}

function block(checksumBytes: number): Step {
  return {
    bytes: 3,
    next: ([low = 0, middle = 0, high = 0]) => {
      const [isLast, type] = [low & LAST_BLOCK, (low >> 1) & 3];
      const bytes = type === RLE ? 1 : (low >> 3) | (middle << 5) | (high << 13);
      const after = isLast ? end(checksumBytes) : block(checksumBytes);
      return bytes === 0 ? after : { bytes, next: () => after };
    },
  };
}

function end(checksumBytes: number): Step {
  return checksumBytes === 0 ? frameStart() : { bytes: checksumBytes, next: frameStart };
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
