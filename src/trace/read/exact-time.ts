// Times as texts of decimal digits, exactly: a double has too few bits for the nanoseconds of an epoch. Knows no format.

/** A time as whole seconds and nanoseconds, both of one sign, so that differences of two are exact as long as they fit 2^53 ns (104 days). */
export class ExactTime {
  seconds = 0;
  nanoseconds = 0;
  /** Whether the last text had digits below a nanosecond, which were rounded to the nearest. */
  rounded = false;

  /**
   * Reads a number in units of 10^scale nanoseconds (3: microseconds) from bytes; quotes around it are passed. False, with the time as it
   * was, for what is no number or is too large.
   */
  read(bytes: Uint8Array, first: number, end: number, scale: number): boolean {
    let from = first;
    let to = end;
    if (bytes[from] === 0x22) {
      from++;
      to--;
    }
    const negative = bytes[from] === 0x2d;
    let at = negative ? from + 1 : from;
    const digitsFrom = at;
    while (at < to && bytes[at] >= 0x30 && bytes[at] <= 0x39) at++;
    const wholeTo = at;
    if (wholeTo === digitsFrom) return false;
    // All but the last 9 digits of the nanoseconds are seconds.
    const secondsTo = wholeTo - (9 - scale);
    let seconds = 0;
    let nanoseconds = 0;
    for (at = digitsFrom; at < secondsTo; at++) seconds = seconds * 10 + (bytes[at] - 0x30);
    for (; at < wholeTo; at++) nanoseconds = nanoseconds * 10 + (bytes[at] - 0x30);
    let missing = scale;
    this.rounded = false;
    if (at < to && bytes[at] === 0x2e) {
      for (at++; at < to && missing > 0 && isDigit(bytes[at]); at++, missing--) {
        nanoseconds = nanoseconds * 10 + (bytes[at] - 0x30);
      }
      if (at < to && isDigit(bytes[at])) {
        if (bytes[at] >= 0x35) nanoseconds++;
        for (; at < to && isDigit(bytes[at]); at++) if (bytes[at] !== 0x30) this.rounded = true;
      }
    }
    if (at !== to) return this.readUnusual(latin(bytes, from, to), scale);
    for (; missing > 0; missing--) nanoseconds *= 10;
    if (!(seconds < 9e15)) return false;
    // A negative zero would go on into the columns.
    this.seconds = negative ? 0 - seconds : seconds;
    this.nanoseconds = negative ? 0 - nanoseconds : nanoseconds;
    return true;
  }

  /** With an exponent. */
  private readUnusual(text: string, scale: number): boolean {
    const parts = /^(-?)(\d+)(?:\.(\d+))?[eE]([+-]?\d{1,3})$/.exec(text);
    if (parts === null) return false;
    const [, sign, whole, fraction = "", exponent] = parts;
    const point = whole.length + Number(exponent) + scale;
    const digits = whole + fraction;
    if (point > 24) return /^0*$/.test(digits) && this.set(0n);
    const kept = point <= 0 ? "0" : digits.slice(0, point).padEnd(point, "0");
    const rest = point < 0 ? "0".repeat(-point) + digits : digits.slice(point);
    let nanoseconds = BigInt(kept);
    if (rest !== "" && rest[0] >= "5") nanoseconds++;
    this.rounded = /[1-9]/.test(rest);
    return this.set(sign === "-" ? -nanoseconds : nanoseconds);
  }

  private set(nanoseconds: bigint): boolean {
    this.seconds = Number(nanoseconds / billion);
    this.nanoseconds = Number(nanoseconds % billion);
    return this.seconds < 9e15;
  }

  /** Nanoseconds since another time; beyond 2^53 not exact. */
  since(other: ExactTime): number {
    return (this.seconds - other.seconds) * 1e9 + (this.nanoseconds - other.nanoseconds);
  }

  /** As nanoseconds; beyond 2^53 not exact. */
  get value(): number {
    return this.seconds * 1e9 + this.nanoseconds;
  }

  get exact(): bigint {
    return BigInt(this.seconds) * billion + BigInt(this.nanoseconds);
  }

  copy(other: ExactTime): void {
    this.seconds = other.seconds;
    this.nanoseconds = other.nanoseconds;
  }
}

const billion = 1_000_000_000n;

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

function latin(bytes: Uint8Array, from: number, to: number): string {
  return String.fromCharCode(...bytes.subarray(from, to));
}
