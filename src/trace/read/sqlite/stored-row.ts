// A row as a page of SQLite stores it: the sizes of its cells first, then the cells. By "Record Format" and "B-tree Pages" of SQLite's
// documentation. Knows no tables.
import { DamagedDatabase } from "./damage.js";
import type { SqlitePages } from "./pages.js";

/** Bytes of a cell by the numbers of its type below 12; 10 and 11 are SQLite's own and in no file. */
const sizes: readonly number[] = [0, 1, 2, 3, 4, 6, 8, 8, 0, 0];
/** Of a table, by "Limits In SQLite". */
const mostColumns = 32_767;
const [none, double, zero, one, bytesFrom] = [0, 7, 8, 9, 12];

export class StoredRow {
  /** The page on which the row begins; whoever fills it says `inPage`. */
  readonly page: Uint8Array;
  private payload: Uint8Array;
  private view: DataView;
  private readonly pageView: DataView;
  private columns = 0;
  private types = new Int32Array(32);
  private offsets = new Int32Array(32);
  private rowidAt = 0;
  /** Where the last number of variable length that was read ended. */
  private end = 0;
  private readonly decoder = new TextDecoder("utf-8", { ignoreBOM: true });

  /** `rowidColumn` is the column, by its place in the table, that stands for the row's number and is not stored; -1 for none. */
  constructor(
    private readonly pages: SqlitePages,
    private readonly rowidColumn: number,
  ) {
    this.page = new Uint8Array(pages.pageSize);
    this.pageView = new DataView(this.page.buffer);
    this.payload = this.page;
    this.view = this.pageView;
  }

  /** Goes to the row that begins at a place of its page. Throws DamagedDatabase where none can begin there. */
  inPage(at: number): void {
    const { page, pages } = this;
    const { usable } = pages;
    const length = this.varint(page, at);
    this.rowidAt = this.end;
    this.skip(page);
    const from = this.end;
    let end = from + length;
    this.payload = page;
    this.view = this.pageView;
    let start = from;
    if (length > usable - 35) {
      this.payload = this.joined(from, length);
      this.view = new DataView(this.payload.buffer);
      start = 0;
      end = length;
    } else if (end > usable) throw new DamagedDatabase("a row goes beyond its page");
    this.readTypes(start, end);
  }

  /** A cell's value by its column's place in the table: a number where a double holds it, a bigint where not; null where there is none. */
  value(column: number): number | bigint | string | Uint8Array | null {
    const type = column < this.columns ? this.types[column] : none;
    if (type < bytesFrom) {
      if (type === none) return column === this.rowidColumn ? this.rowid() : null;
      const number = this.number(column);
      if (type === 6 && !Number.isSafeInteger(number)) return this.view.getBigInt64(this.offsets[column]);
      // SQLite stores no NaN, and reads one as no value.
      return Number.isNaN(number) ? null : number;
    }
    const at = this.offsets[column];
    const part = this.payload.subarray(at, at + ((type - bytesFrom) >> 1));
    return (type & 1) === 1 ? this.decoder.decode(part) : part.slice();
  }

  /** Whether a cell holds a value. */
  has(column: number): boolean {
    const type = column < this.columns ? this.types[column] : none;
    return type === none || type === double ? this.value(column) !== null : true;
  }

  /**
   * A whole number of 64 bits less one that is given as its upper and lower 32, exact where the difference is below 2^53; NaN where it is
   * none.
   */
  difference(column: number, high: number, low: number): number {
    if (column < this.columns && this.types[column] === 6) {
      const at = this.offsets[column];
      return (this.view.getInt32(at) - high) * 2 ** 32 + (this.view.getUint32(at + 4) - low);
    }
    const number = this.number(column);
    if (!isWhole(number)) return Number.NaN;
    const upper = Math.floor(number / 2 ** 32);
    return (upper - high) * 2 ** 32 + (number - upper * 2 ** 32 - low);
  }

  /** The lowest 48 bits of a whole number; NaN where it is none. */
  lowBits(column: number): number {
    const type = column < this.columns ? this.types[column] : none;
    if (type === 6) {
      const at = this.offsets[column];
      return this.view.getUint16(at + 2) * 2 ** 32 + this.view.getUint32(at + 4);
    }
    const number = this.number(column);
    if (!Number.isSafeInteger(number)) return Number.NaN;
    const low = number % 2 ** 48;
    return low < 0 ? low + 2 ** 48 : low;
  }

  /** A number as the nearest double; NaN where a cell is none. */
  number(column: number): number {
    const at = this.offsets[column];
    const { payload } = this;
    switch (column < this.columns ? this.types[column] : none) {
      case 1:
        return (payload[at] << 24) >> 24;
      case 2:
        return ((payload[at] << 24) >> 16) | payload[at + 1];
      case 3:
        return ((payload[at] << 24) >> 8) | (payload[at + 1] << 8) | payload[at + 2];
      case 4:
        return (payload[at] << 24) | (payload[at + 1] << 16) | (payload[at + 2] << 8) | payload[at + 3];
      case 5:
        return this.view.getInt16(at) * 2 ** 32 + this.view.getUint32(at + 2);
      case 6:
        return this.view.getInt32(at) * 2 ** 32 + this.view.getUint32(at + 4);
      case double:
        return this.view.getFloat64(at);
      case zero:
        return 0;
      case one:
        return 1;
      default:
        return column === this.rowidColumn ? Number(this.rowid()) : Number.NaN;
    }
  }

  private readTypes(start: number, end: number): void {
    const { payload } = this;
    const cells = start + this.varint(payload, start);
    if (cells > end) throw new DamagedDatabase("a row's header is longer than the row");
    let at = this.end;
    let cell = cells;
    let column = 0;
    while (at < cells) {
      let type = payload[at++];
      if (type >= 0x80) {
        type = this.varint(payload, at - 1);
        at = this.end;
      }
      if (column === mostColumns) throw new DamagedDatabase(`a row has more than ${mostColumns} cells`);
      if (column === this.types.length) this.grow();
      this.types[column] = type;
      this.offsets[column++] = cell;
      if (type >= bytesFrom) cell += (type - bytesFrom) >> 1;
      else if (type >= sizes.length) throw new DamagedDatabase(`a row has a cell of type ${type}`);
      else cell += sizes[type];
    }
    if (cell > end || at > cells) throw new DamagedDatabase("a row's cells go beyond the row");
    this.columns = column;
  }

  /** What of a row does not fit goes on in a chain of pages. */
  private joined(from: number, length: number): Uint8Array {
    const { pages, page } = this;
    const { usable } = pages;
    if (length > pages.count * pages.pageSize) throw new DamagedDatabase("a row is longer than the file");
    const least = Math.floor(((usable - 12) * 32) / 255) - 23;
    const fitting = least + ((length - least) % (usable - 4));
    const own = fitting <= usable - 35 ? fitting : least;
    if (from + own + 4 > usable) throw new DamagedDatabase("a row goes beyond its page");
    const whole = new Uint8Array(length);
    whole.set(page.subarray(from, from + own));
    const next = new Uint8Array(pages.pageSize);
    const view = new DataView(next.buffer);
    let number = this.pageView.getUint32(from + own);
    for (let filled = own; filled < length; filled += usable - 4) {
      pages.read(number, next);
      whole.set(next.subarray(4, 4 + Math.min(usable - 4, length - filled)), filled);
      number = view.getUint32(0);
    }
    return whole;
  }

  private rowid(): number | bigint {
    const { page } = this;
    let value = 0n;
    let at = this.rowidAt;
    for (let place = 0; place < 9; place++) {
      const byte = page[at++];
      if (place === 8) {
        value = (value << 8n) | BigInt(byte);
        break;
      }
      value = (value << 7n) | BigInt(byte & 0x7f);
      if (byte < 0x80) break;
    }
    const signed = BigInt.asIntN(64, value);
    const number = Number(signed);
    return Number.isSafeInteger(number) ? number : signed;
  }

  /** A number of 1 to 9 bytes that says a length or a type: one too large for any file is told as damage. */
  private varint(bytes: Uint8Array, from: number): number {
    let value = 0;
    for (let at = from; at < from + 9; at++) {
      const byte = bytes[at];
      if (byte === undefined) break;
      value = value * 128 + (byte & 0x7f);
      if (byte >= 0x80) continue;
      if (value > 0x7fff_ffff) break;
      this.end = at + 1;
      return value;
    }
    throw new DamagedDatabase("a row says a length that no row has");
  }

  private skip(bytes: Uint8Array): void {
    let at = this.end;
    for (let place = 0; place < 8 && bytes[at] >= 0x80; place++) at++;
    this.end = at + 1;
  }

  private grow(): void {
    for (const name of ["types", "offsets"] as const) {
      const larger = new Int32Array(2 * this[name].length);
      larger.set(this[name]);
      this[name] = larger;
    }
  }
}

/** Whether it is whole, and SQLite could have stored it as such: a real number may be larger. */
export function isWhole(number: number): boolean {
  return Number.isInteger(number) && Math.abs(number) < 2 ** 63;
}
