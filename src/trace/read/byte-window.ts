// The part of the bytes that a reader looks at: what it has not read yet, with more behind it as it comes. A value that lies across pieces is
// whole in it, and how the bytes were cut into pieces makes no difference. Knows no format.

/** Bytes that are enough to be read at once, unless said. */
export const usualBlock: number = 1 << 18;

export class ByteWindow {
  bytes: Uint8Array;
  /** The first byte that was not read. */
  start = 0;
  /** Where the bytes end. */
  end = 0;
  /** How many bytes came before `start`. */
  passed = 0;
  private enough: number;

  constructor(private readonly block: number = usualBlock) {
    this.bytes = new Uint8Array(2 * block);
    this.enough = block;
  }

  /** Takes a piece and calls `read` where there is enough; `read` says where it has come to, as an index of `bytes`. */
  append(piece: Uint8Array, read: () => number): void {
    const { block } = this;
    for (let from = 0; from < piece.length; from += block) {
      this.take(piece.subarray(from, Math.min(from + block, piece.length)));
      if (this.end - this.start >= this.enough) this.advance(read);
    }
  }

  /** Reads what is there, also when it is little. */
  advance(read: () => number): void {
    const to = read();
    const advanced = to > this.start;
    this.passTo(to);
    // A value that is longer than all that is here is looked at again when there is twice as much: all in all twice, however long it is.
    this.enough = advanced ? Math.max(this.block, 2 * (this.end - to)) : 2 * (this.end - to);
  }

  /** Reads all lines that end here, without their line breaks, and says how far they go: for `advance`. */
  eachLine(read: (from: number, to: number) => void): number {
    const { bytes, end } = this;
    let from = this.start;
    for (;;) {
      const to = bytes.indexOf(0x0a, from);
      if (to < 0 || to >= end) return from;
      read(from, to);
      from = to + 1;
    }
  }

  /** Leaves out what comes before. */
  passTo(start: number): void {
    this.passed += start - this.start;
    this.start = start;
  }

  private take(piece: Uint8Array): void {
    if (this.end + piece.length > this.bytes.length) {
      const left = this.end - this.start;
      const bytes =
        left + piece.length > this.bytes.length
          ? new Uint8Array(Math.max(2 * this.bytes.length, left + piece.length))
          : this.bytes;
      bytes.set(this.bytes.subarray(this.start, this.end));
      this.bytes = bytes;
      this.start = 0;
      this.end = left;
    }
    this.bytes.set(piece, this.end);
    this.end += piece.length;
  }
}
