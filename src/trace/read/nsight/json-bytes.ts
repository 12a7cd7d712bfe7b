// A JSON object that is written as bytes, field by field, over and over in one place. Knows nothing of what it says.
import type { SqlValue } from "./database.js";

const [brace, endBrace, zero, minus] = [0x7b, 0x7d, 0x30, 0x2d];

/** Fields are written with a comma before each; the first comma becomes the brace. */
export class JsonBytes {
  bytes: Uint8Array = new Uint8Array(1 << 10);
  length = 0;
  private readonly encoder = new TextEncoder();

  clear(): void {
    this.length = 0;
  }

  copy(part: Uint8Array): void {
    const end = this.length + part.length;
    if (end > this.bytes.length) this.grow(end);
    // A loop, since most parts are too short for `set` to be worth its call.
    const { bytes } = this;
    for (let from = 0, at = this.length; at < end; from++, at++) bytes[at] = part[from];
    this.length = end;
  }

  text(text: string): void {
    const most = this.length + 3 * text.length;
    if (most > this.bytes.length) this.grow(most);
    this.length += this.encoder.encodeInto(text, this.bytes.subarray(this.length)).written;
  }

  /** A value of the database; bytes as hexadecimal digits. */
  value(value: Exclude<SqlValue, null>): void {
    if (typeof value === "number" && Number.isInteger(value) && Math.abs(value) < 2 ** 31) this.whole(value);
    else if (typeof value === "number") this.text(Number.isFinite(value) ? String(value) : beyond(value));
    else if (typeof value === "bigint") this.text(String(value));
    else if (typeof value === "string") this.text(JSON.stringify(value));
    else
      this.text(
        `"${Array.from(value, (byte) => byte.toString(16).padStart(2, "0"))
          .join("")
          .toUpperCase()}"`,
      );
  }

  /** Makes an object of what was written; false where that is nothing. */
  close(): boolean {
    if (this.length === 0) return false;
    this.bytes[0] = brace;
    if (this.length === this.bytes.length) this.grow(this.length + 1);
    this.bytes[this.length++] = endBrace;
    return true;
  }

  /** A whole number of 32 bits with its sign. */
  private whole(value: number): void {
    if (this.length + 11 > this.bytes.length) this.grow(this.length + 11);
    const { bytes } = this;
    let rest = value;
    if (rest < 0) {
      bytes[this.length++] = minus;
      rest = -rest;
    }
    let digits = 1;
    for (let power = 10; power <= rest; power *= 10) digits++;
    for (let at = this.length + digits - 1; at >= this.length; at--) {
      const tenth = (rest / 10) | 0;
      bytes[at] = zero + rest - 10 * tenth;
      rest = tenth;
    }
    this.length += digits;
  }

  private grow(length: number): void {
    const larger = new Uint8Array(2 * length);
    larger.set(this.bytes);
    this.bytes = larger;
  }
}

/** What JSON has no word for: a number too large, which is read as infinity. */
function beyond(value: number): string {
  return value > 0 ? "9e999" : "-9e999";
}
