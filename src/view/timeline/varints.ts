// Whole numbers as few bytes as they need, one after another: what a widget's state and a saved page carry. LEB128, as WebAssembly and
// DWARF write numbers. Knows nothing of what the numbers mean.

export class VarintWriter {
  private bytes = new Uint8Array(1 << 12);
  private length = 0;

  /** A whole number from 0 to 2^53. */
  unsigned(value: number): void {
    if (this.length + 8 > this.bytes.length) this.grow(8);
    let rest = value;
    // Bit operations hold 32 bits.
    for (; rest > 0x7fffffff; rest = Math.floor(rest / 128)) this.bytes[this.length++] = (rest % 128) | 0x80;
    for (; rest > 0x7f; rest >>>= 7) this.bytes[this.length++] = (rest & 0x7f) | 0x80;
    this.bytes[this.length++] = rest;
  }

  raw(bytes: Uint8Array): void {
    if (this.length + bytes.length > this.bytes.length) this.grow(bytes.length);
    this.bytes.set(bytes, this.length);
    this.length += bytes.length;
  }

  /** What was written, without a copy. */
  done(): Uint8Array {
    return this.bytes.subarray(0, this.length);
  }

  private grow(atLeast: number): void {
    const larger = new Uint8Array(Math.max(this.bytes.length * 2, this.length + atLeast));
    larger.set(this.bytes);
    this.bytes = larger;
  }
}

/** Reads what a writer wrote, in its order. Throws RangeError where the bytes end before. */
export class VarintReader {
  private at = 0;

  constructor(private readonly bytes: Uint8Array) {}

  unsigned(): number {
    const { bytes } = this;
    let value = 0;
    let shift = 0;
    for (; shift < 28; shift += 7) {
      const byte = this.next();
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    for (let factor = 2 ** shift; ; factor *= 128) {
      const byte = this.next();
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
      if (factor > 2 ** 56) throw new RangeError(`a number at byte ${this.at} of ${bytes.length} is longer than any`);
    }
  }

  /** So many bytes, without a copy. */
  raw(length: number): Uint8Array {
    if (this.at + length > this.bytes.length) this.tooShort();
    const part = this.bytes.subarray(this.at, this.at + length);
    this.at += length;
    return part;
  }

  private next(): number {
    if (this.at >= this.bytes.length) this.tooShort();
    return this.bytes[this.at++];
  }

  private tooShort(): never {
    throw new RangeError(`the bytes end after ${this.bytes.length}`);
  }
}
