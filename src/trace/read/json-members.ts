// Puts an object of JSON together from the bytes of its members, as they are written. Knows nothing of what they say.

export class JsonMembers {
  private bytes = new Uint8Array(1 << 10);
  private end = 1;

  constructor() {
    this.bytes[0] = 0x7b;
  }

  /** Begins a new object. */
  clear(): void {
    this.end = 1;
  }

  /** Adds one member or several, with the commas between them. */
  add(bytes: Uint8Array, from: number, to: number): void {
    const needed = this.end + (to - from) + 2;
    if (needed > this.bytes.length) {
      const larger = new Uint8Array(2 * needed);
      larger.set(this.bytes);
      this.bytes = larger;
    }
    if (this.end > 1) this.bytes[this.end++] = 0x2c;
    this.bytes.set(bytes.subarray(from, to), this.end);
    this.end += to - from;
  }

  /** The object, until the next is begun. */
  object(): Uint8Array {
    this.bytes[this.end] = 0x7d;
    return this.bytes.subarray(0, this.end + 1);
  }
}
