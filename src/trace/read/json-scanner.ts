// Walks over JSON as bytes, without making strings or objects: where values begin and end, and whether they are sound. JSON.parse of every
// event of a large trace would cost more than all the rest, and would lose digits of times. Knows nothing of traces.

/** Why a value could not be walked over: the bytes ended, or they are no JSON. */
export type ScanFailure = "incomplete" | "malformed";

// Deeper than any tool writes, and shallow enough for any stack.
const deepest = 400;

export class JsonScanner {
  bytes: Uint8Array = new Uint8Array(0);
  /** The next byte. */
  at = 0;
  /** Where the bytes end. */
  end = 0;
  /** Of the last failure. */
  failure: ScanFailure = "malformed";
  /** Whether the last string has escapes. */
  escaped = false;
  /**
   * Set where a value is readable, but no JSON as the standard has it: NaN, a raw line break within a string, an unknown escape.
   * `soundJson` mends it.
   */
  unsound = false;
  /** Behind the closing quote of the last member's name. */
  keyEnd = 0;
  private depth = 0;

  /** Passes white space. False at the end of the bytes. */
  skipSpace(): boolean {
    const { bytes, end } = this;
    let { at } = this;
    while (at < end) {
      const byte = bytes[at];
      if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) break;
      at++;
    }
    this.at = at;
    return at < end;
  }

  /** The same, at the end of which an incomplete value is meant. */
  protected toNext(): boolean {
    return this.skipSpace() || this.fail("incomplete");
  }

  /** Says no, and why. */
  fail(failure: ScanFailure): false {
    this.failure = failure;
    return false;
  }

  /** Passes a string, from its opening quote to behind its closing one. */
  skipString(): boolean {
    const { bytes, end } = this;
    let at = this.at + 1;
    this.escaped = false;
    for (; at < end; at++) {
      const byte = bytes[at];
      if (byte === 0x22) {
        this.at = at + 1;
        return true;
      }
      if (byte === 0x5c) {
        this.escaped = true;
        at++;
        if (at < end && !this.isEscape(at)) this.unsound = true;
      } else if (byte < 0x20) {
        this.unsound = true;
      }
    }
    return this.fail("incomplete");
  }

  private isEscape(at: number): boolean {
    const { bytes, end } = this;
    switch (bytes[at]) {
      case 0x22: // "
      case 0x5c: // \
      case 0x2f: // /
      case 0x62: // b
      case 0x66: // f
      case 0x6e: // n
      case 0x72: // r
      case 0x74: // t
        return true;
      case 0x75: // u
        for (let digit = at + 1; digit <= at + 4; digit++) if (digit < end && !isHex(bytes[digit])) return false;
        return true;
      default:
        return false;
    }
  }

  /** Passes any value that begins at the next byte, which is no white space. */
  skipValue(): boolean {
    const byte = this.bytes[this.at];
    if (byte === 0x22) return this.skipString();
    if (byte === 0x7b) return this.skipMembers();
    if (byte === 0x5b) return this.skipElements();
    return this.skipScalar();
  }

  private skipMembers(): boolean {
    const { bytes } = this;
    if (++this.depth > deepest) return this.leave(this.fail("malformed"));
    this.at++;
    if (!this.toNext()) return this.leave(false);
    if (bytes[this.at] === 0x7d) {
      this.at++;
      return this.leave(true);
    }
    for (;;) {
      if (!this.skipKey() || !this.skipValue() || !this.toNext()) return this.leave(false);
      const byte = bytes[this.at++];
      if (byte === 0x7d) return this.leave(true);
      if (byte !== 0x2c) return this.leave(this.fail("malformed"));
      if (!this.toNext()) return this.leave(false);
    }
  }

  private skipElements(): boolean {
    const { bytes } = this;
    if (++this.depth > deepest) return this.leave(this.fail("malformed"));
    this.at++;
    if (!this.toNext()) return this.leave(false);
    if (bytes[this.at] === 0x5d) {
      this.at++;
      return this.leave(true);
    }
    for (;;) {
      if (!this.skipValue() || !this.toNext()) return this.leave(false);
      const byte = bytes[this.at++];
      if (byte === 0x5d) return this.leave(true);
      if (byte !== 0x2c) return this.leave(this.fail("malformed"));
      if (!this.toNext()) return this.leave(false);
    }
  }

  private leave(result: boolean): boolean {
    this.depth--;
    return result;
  }

  /** Passes a member's name and its colon, to the first byte of its value. */
  skipKey(): boolean {
    if (this.bytes[this.at] !== 0x22) return this.fail("malformed");
    if (!this.skipString()) return false;
    this.keyEnd = this.at;
    if (!this.toNext()) return false;
    if (this.bytes[this.at] !== 0x3a) return this.fail("malformed");
    this.at++;
    return this.toNext();
  }

  /** A number, true, false, null, or another word, which is unsound. It ends where something follows, so the end of the bytes is none. */
  private skipScalar(): boolean {
    const { bytes, end } = this;
    const from = this.at;
    let { at } = this;
    let byte = bytes[at];
    if (byte === 0x2d) byte = bytes[++at];
    // Most are whole numbers without a leading 0, and need no second look.
    let plain = byte > 0x30 && byte <= 0x39;
    for (; at < end; at++) {
      byte = bytes[at];
      if (byte >= 0x30 && byte <= 0x39) continue;
      if (byte === 0x2c || byte === 0x7d || byte === 0x5d || byte <= 0x20) break;
      // What opens a string or a structure cannot stand within a word.
      if (byte === 0x22 || byte === 0x7b || byte === 0x5b || byte === 0x3a) return this.fail("malformed");
      plain = false;
    }
    if (at >= end) return this.fail("incomplete");
    if (at === from) return this.fail("malformed");
    if (!plain && !isSoundWord(bytes, from, at)) this.unsound = true;
    this.at = at;
    return true;
  }
}

function isHex(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x46) || (byte >= 0x61 && byte <= 0x66);
}

/** Whether bytes are true, false, null or a number. */
function isSoundWord(bytes: Uint8Array, from: number, to: number): boolean {
  switch (bytes[from]) {
    case 0x74: // t
    case 0x66: // f
    case 0x6e: // n
      return words.has(latin(bytes, from, to));
    default:
      return isSoundNumber(bytes, from, to);
  }
}

const words = new Set(["true", "false", "null"]);

function isSoundNumber(bytes: Uint8Array, from: number, to: number): boolean {
  let at = bytes[from] === 0x2d ? from + 1 : from;
  const digits = (): boolean => {
    const first = at;
    while (at < to && bytes[at] >= 0x30 && bytes[at] <= 0x39) at++;
    return at > first;
  };
  const leading = at;
  if (!digits() || (bytes[leading] === 0x30 && at > leading + 1)) return false;
  if (at < to && bytes[at] === 0x2e) {
    at++;
    if (!digits()) return false;
  }
  if (at < to && (bytes[at] | 0x20) === 0x65) {
    at++;
    if (at < to && (bytes[at] === 0x2b || bytes[at] === 0x2d)) at++;
    if (!digits()) return false;
  }
  return at === to;
}

/** A few bytes as text, one character each. */
function latin(bytes: Uint8Array, from: number, to: number): string {
  let text = "";
  for (let at = from; at < to; at++) text += String.fromCharCode(bytes[at]);
  return text;
}
