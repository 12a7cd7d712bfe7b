// The arguments of events as the JSON text that was recorded, in one pool of bytes: nothing of them is lost, and millions fit. They
// are read when somebody asks. Knows nothing of what they say.
import type { ArgumentReader, ArgumentSource } from "./argument-source.js";

const chunkBytes = 1 << 22;

/** Bytes of the longest text that is copied one by one. */
const longest = 64;

/** Texts by the place at which they begin in the pool, each after its length; at 0 there is none. */
export class ArgumentTexts implements ArgumentSource {
  private readonly chunks: Uint8Array[] = [];
  /** Where the current chunk ends, as a place in the pool. */
  private end = 0;
  private next = 1;
  private readonly starts: number[] = [];
  private readonly decoder = new TextDecoder();
  private readonly encoder = new TextEncoder();

  /** Keeps a part of some bytes. Returns where it begins. */
  add(bytes: Uint8Array, from: number, to: number): number {
    const length = to - from;
    const before = lengthBytes(length);
    const chunk = this.chunkFor(before + length);
    const at = this.next;
    const start = at - this.starts[this.starts.length - 1];
    writeLength(chunk, start, length, before);
    // Of a short text a loop, since millions of views would be made.
    if (length > longest) chunk.set(bytes.subarray(from, to), start + before);
    else for (let own = start + before, other = from; other < to; own++, other++) chunk[own] = bytes[other];
    this.next += before + length;
    return at;
  }

  /** The same for a text. */
  addText(text: string): number {
    // No character of UTF-16 takes more than three bytes. Straight into the pool, since millions of small arrays would be made.
    const before = lengthBytes(3 * text.length);
    const chunk = this.chunkFor(before + 3 * text.length);
    const at = this.next;
    const start = at - this.starts[this.starts.length - 1];
    const { written } = this.encoder.encodeInto(text, chunk.subarray(start + before));
    writeLength(chunk, start, written, before);
    this.next += before + written;
    return at;
  }

  text(at: number): string {
    return this.decoder.decode(this.view(at));
  }

  /** The bytes themselves, not to be changed. */
  view(at: number): Uint8Array {
    let low = 0;
    let high = this.starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.starts[middle] <= at) low = middle;
      else high = middle - 1;
    }
    const chunk = this.chunks[low];
    let offset = at - this.starts[low];
    let length = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = chunk[offset++];
      length += (byte & 0x7f) * factor;
      if (byte < 0x80) return chunk.subarray(offset, offset + length);
    }
  }

  /** One with room for so many bytes: a text lies in one chunk, and what is left of the last one stays empty. */
  private chunkFor(bytes: number): Uint8Array {
    if (this.next + bytes > this.end) {
      const chunk = new Uint8Array(Math.max(chunkBytes, bytes + 1));
      this.next = Math.max(this.end, 1);
      this.starts.push(this.end);
      this.chunks.push(chunk);
      this.end += chunk.length;
    }
    return this.chunks[this.chunks.length - 1];
  }

  /** A name within a text is looked at too, and then found to be none of an argument. */
  reader(names: readonly string[]): ArgumentReader {
    const [first] = names;
    const wanted = this.encoder.encode(JSON.stringify(first));
    return (at) => {
      if (!includes(this.view(at), wanted)) return undefined;
      const found = JSON.parse(this.text(at)) as Readonly<Record<string, unknown>>;
      return first in found ? found : undefined;
    };
  }
}

/** Most of a million texts do not have what is looked for: no text is made of them. */
function includes(text: Uint8Array, wanted: Uint8Array): boolean {
  const last = text.length - wanted.length;
  for (let at = 0; at <= last; at++) {
    let same = 0;
    while (same < wanted.length && text[at + same] === wanted[same]) same++;
    if (same === wanted.length) return true;
  }
  return false;
}

/** Bytes that a length takes: seven bits each, and one that says whether another follows. */
function lengthBytes(length: number): number {
  let bytes = 1;
  for (let rest = length; rest > 0x7f; rest = Math.floor(rest / 128)) bytes++;
  return bytes;
}

/** In so many bytes, also where fewer would do. */
function writeLength(into: Uint8Array, at: number, length: number, bytes: number): void {
  let rest = length;
  for (let place = 1; place < bytes; place++, rest = Math.floor(rest / 128)) into[at + place - 1] = (rest % 128) | 0x80;
  into[at + bytes - 1] = rest;
}
