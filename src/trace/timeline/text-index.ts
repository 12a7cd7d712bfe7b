// Texts that come again and again, each kept once and known by a number. Knows nothing of what they say.

/** Numbers for texts, from 0, which is the empty one. Given as bytes of UTF-8 they are only decoded when they are new. */
export class TextIndex {
  private readonly texts: string[] = [];
  private readonly numbers = new Map<string, number>();
  /** The bytes of those that came as bytes, one after another. */
  private pool = new Uint8Array(1 << 12);
  private poolEnd = 0;
  private readonly poolAt: number[] = [];
  private readonly poolLength: number[] = [];
  private readonly poolText: number[] = [];
  /** Open addressing: 1 + the place in poolAt, 0 where it is free. */
  private slots = new Int32Array(1 << 10);
  private readonly decoder = new TextDecoder();

  constructor() {
    this.of("");
  }

  get length(): number {
    return this.texts.length;
  }

  of(text: string): number {
    const known = this.numbers.get(text);
    if (known !== undefined) return known;
    const number = this.texts.length;
    this.texts.push(text);
    this.numbers.set(text, number);
    return number;
  }

  /** The same for a part of some bytes. `decode` says what the bytes mean where that is not plain UTF-8, as a text with escapes. */
  ofBytes(bytes: Uint8Array, from: number, to: number, decode?: (bytes: Uint8Array) => string): number {
    let hash = 0x811c9dc5;
    for (let at = from; at < to; at++) hash = Math.imul(hash ^ bytes[at], 0x01000193);
    // The low bits of FNV are weak for short texts.
    hash ^= hash >>> 15;
    const mask = this.slots.length - 1;
    let slot = hash & mask;
    for (; this.slots[slot] !== 0; slot = (slot + 1) & mask) {
      const entry = this.slots[slot] - 1;
      if (this.isSame(entry, bytes, from, to)) return this.poolText[entry];
    }
    const part = bytes.subarray(from, to);
    const number = this.of(decode === undefined ? this.decoder.decode(part) : decode(part));
    this.slots[slot] = this.keep(part, number) + 1;
    if (this.poolAt.length * 2 > this.slots.length) this.rehash();
    return number;
  }

  text(number: number): string {
    return this.texts[number];
  }

  /** All texts by number. */
  all(): readonly string[] {
    return this.texts;
  }

  private isSame(entry: number, bytes: Uint8Array, from: number, to: number): boolean {
    if (this.poolLength[entry] !== to - from) return false;
    const { pool } = this;
    for (let at = from, own = this.poolAt[entry]; at < to; at++, own++) if (pool[own] !== bytes[at]) return false;
    return true;
  }

  private keep(part: Uint8Array, number: number): number {
    while (this.poolEnd + part.length > this.pool.length) {
      const larger = new Uint8Array(this.pool.length * 2);
      larger.set(this.pool);
      this.pool = larger;
    }
    this.pool.set(part, this.poolEnd);
    const entry = this.poolAt.push(this.poolEnd) - 1;
    this.poolLength.push(part.length);
    this.poolText.push(number);
    this.poolEnd += part.length;
    return entry;
  }

  private rehash(): void {
    this.slots = new Int32Array(this.slots.length * 2);
    const mask = this.slots.length - 1;
    for (let entry = 0; entry < this.poolAt.length; entry++) {
      let hash = 0x811c9dc5;
      const end = this.poolAt[entry] + this.poolLength[entry];
      for (let at = this.poolAt[entry]; at < end; at++) hash = Math.imul(hash ^ this.pool[at], 0x01000193);
      hash ^= hash >>> 15;
      let slot = hash & mask;
      while (this.slots[slot] !== 0) slot = (slot + 1) & mask;
      this.slots[slot] = entry + 1;
    }
  }
}
