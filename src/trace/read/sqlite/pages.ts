// The pages of a file of SQLite, a few blocks of which are kept. By "Database File Format" of SQLite's documentation. Knows no tables.
import { DamagedDatabase } from "./damage.js";
import { headerBytes, readHeader } from "./header.js";

/** Bytes that can be read from any place on. */
export interface RandomBytes {
  readonly size: number;
  /** Fills `into` with what lies from a place on; returns how many bytes there were. */
  read(at: number, into: Uint8Array): number;
}

const smallestBlock = 1 << 16;
const mostBlocks = 64;

interface Block {
  readonly bytes: Uint8Array;
  length: number;
}

export class SqlitePages {
  readonly pageSize: number;
  /** Bytes of a page that rows may use. */
  readonly usable: number;
  readonly count: number;
  /** By number; the one that was used last stands last. */
  private readonly blocks = new Map<number, Block>();
  private readonly blockSize: number;
  private last = -1;
  private lastBlock: Block = { bytes: new Uint8Array(0), length: 0 };

  /** Throws DamagedDatabase where the header is none of SQLite's. Its texts are to be of UTF-8. */
  constructor(private readonly source: RandomBytes) {
    const bytes = new Uint8Array(headerBytes);
    if (source.read(0, bytes) < bytes.length) throw new DamagedDatabase("the file ends within its header");
    const { pageSize, usable } = readHeader(bytes);
    this.pageSize = pageSize;
    this.usable = usable;
    if (this.pageSize < 512 || (this.pageSize & (this.pageSize - 1)) !== 0 || this.usable < 480) {
      throw new DamagedDatabase(`the header gives pages of ${this.pageSize} bytes, ${this.usable} of them for rows`);
    }
    this.count = Math.floor(source.size / this.pageSize);
    this.blockSize = Math.max(smallestBlock, this.pageSize);
  }

  /** Copies a page, by its number from 1. */
  read(page: number, into: Uint8Array): void {
    const { pageSize, blockSize } = this;
    if (page < 1 || page > this.count) throw new DamagedDatabase(`there is no page ${page} of ${this.count}`);
    const at = (page - 1) * pageSize;
    const number = Math.floor(at / blockSize);
    if (number !== this.last) {
      this.lastBlock = this.block(number);
      this.last = number;
    }
    const { bytes, length } = this.lastBlock;
    const from = at - number * blockSize;
    if (from + pageSize > length) throw new DamagedDatabase(`page ${page} is not whole`);
    into.set(bytes.subarray(from, from + pageSize));
  }

  private block(number: number): Block {
    const { blocks } = this;
    let block = blocks.get(number);
    if (block === undefined) {
      const [oldest] = blocks.size < mostBlocks ? [] : blocks;
      block = oldest?.[1] ?? { bytes: new Uint8Array(this.blockSize), length: 0 };
      if (oldest !== undefined) blocks.delete(oldest[0]);
      // Not under its number before it is read: reading may throw.
      block.length = this.source.read(number * this.blockSize, block.bytes);
    } else blocks.delete(number);
    blocks.set(number, block);
    return block;
  }
}
