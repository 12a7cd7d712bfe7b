// What the first bytes of a SQLite file say, by "The Database Header" of SQLite's documentation. Knows no pages.

export const headerBytes = 100;

const at = { pageSize: 16, writeVersion: 18, reserved: 20, pages: 28, encoding: 56 } as const;
const writeAhead = 2;
const utf8 = 1;

export interface SqliteHeader {
  readonly pageSize: number;
  /** Bytes of a page that rows may use. */
  readonly usable: number;
  /** How many pages the file is to have. */
  readonly pages: number;
  readonly isWriteAhead: boolean;
  /** Whether its texts are of UTF-16; an empty database has none. */
  readonly isUtf16: boolean;
}

/** Of so many bytes at least; nothing is checked. */
export function readHeader(bytes: Uint8Array): SqliteHeader {
  const head = new DataView(bytes.buffer, bytes.byteOffset, headerBytes);
  // 1 stands for 65,536, which has no place in two bytes.
  const size = head.getUint16(at.pageSize);
  const pageSize = size === 1 ? 65_536 : size;
  return {
    pageSize,
    usable: pageSize - head.getUint8(at.reserved),
    pages: head.getUint32(at.pages),
    isWriteAhead: head.getUint8(at.writeVersion) === writeAhead,
    isUtf16: head.getUint32(at.encoding) > utf8,
  };
}
