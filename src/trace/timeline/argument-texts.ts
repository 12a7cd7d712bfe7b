// The arguments of events as the JSON text that was recorded, in one pool of bytes: nothing of them is lost, and millions fit. They
// are read when somebody asks. Knows nothing of what they say.
import type { ArgumentReader, ArgumentSource } from "./argument-source.js";

const chunkBytes = 1 << 22;

/** Bytes of the longest text that is copied one by one. */
const longest = 64;

/** Texts by the place at which they begin in the pool. */
export class ArgumentTexts implements ArgumentSource {
  private readonly chunks: Uint8Array[] = [];
  /** Where the current chunk ends, as a place in the pool. */
  private end = 0;
  private next = 0;
  private readonly starts: number[] = [];
  private readonly decoder = new TextDecoder();
  private readonly encoder = new TextEncoder();

  /** Bytes of all texts. */
  get bytes(): number {
    return this.next;
  }

  /** Keeps a part of some bytes. Returns where it begins. */
  add(bytes: Uint8Array, from: number, to: number): number {
    const length = to - from;
    if (this.next + length > this.end) {
      // A text lies in one chunk: what is left of the last one stays empty.
      const chunk = new Uint8Array(Math.max(chunkBytes, length));
      this.next = this.end;
      this.starts.push(this.next);
      this.chunks.push(chunk);
      this.end += chunk.length;
    }
    const at = this.next;
    const last = this.chunks.length - 1;
    const chunk = this.chunks[last];
    // Of a short text a loop, since millions of views would be made.
    if (length > longest) chunk.set(bytes.subarray(from, to), at - this.starts[last]);
    else for (let own = at - this.starts[last], other = from; other < to; own++, other++) chunk[own] = bytes[other];
    this.next += length;
    return at;
  }

  /** The same for a text. Returns where it begins and how many bytes it has. */
  addText(text: string): { readonly at: number; readonly length: number } {
    // No character of UTF-16 takes more than three bytes. Straight into the pool, since millions of small arrays would be made.
    if (this.next + 3 * text.length <= this.end) {
      const at = this.next;
      const last = this.chunks.length - 1;
      const { written } = this.encoder.encodeInto(text, this.chunks[last].subarray(at - this.starts[last]));
      this.next += written;
      return { at, length: written };
    }
    const bytes = this.encoder.encode(text);
    return { at: this.add(bytes, 0, bytes.length), length: bytes.length };
  }

  text(at: number, length: number): string {
    return this.decoder.decode(this.view(at, length));
  }

  /** The bytes themselves, not to be changed. */
  view(at: number, length: number): Uint8Array {
    let low = 0;
    let high = this.starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.starts[middle] <= at) low = middle;
      else high = middle - 1;
    }
    const offset = at - this.starts[low];
    return this.chunks[low].subarray(offset, offset + length);
  }

  /** A name within a text is looked at too, and then found to be none of an argument. */
  reader(names: readonly string[]): ArgumentReader {
    const [first] = names;
    const wanted = this.encoder.encode(JSON.stringify(first));
    return (at, length) => {
      if (length < wanted.length || !includes(this.view(at, length), wanted)) return undefined;
      const found = JSON.parse(this.text(at, length)) as Readonly<Record<string, unknown>>;
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
