// The rows of a table in the order of their numbers: a walk over the leaves of its tree of pages. Knows no cells.
import { DamagedDatabase } from "./damage.js";
import type { SqlitePages } from "./pages.js";
import { StoredRow } from "./stored-row.js";

/** The kinds of pages that tables of rows with numbers have. */
const [interior, leaf] = [0x05, 0x0d];
/** Bytes of a page's header, after which the places of its cells stand. */
const [interiorHeader, leafHeader] = [12, 8];
/** The file's own header, on the first page. */
const fileHeader = 100;
/** Four times as deep as the largest file of the smallest pages. */
const deepest = 64;

interface Branch {
  readonly page: number;
  readonly view: DataView;
  readonly header: number;
  readonly cells: number;
  next: number;
}

export class TableScan {
  readonly row: StoredRow;
  private readonly view: DataView;
  private readonly branches: Branch[] = [];
  private leafPage = 0;
  private pointers = 0;
  private cells = 0;
  private nextCell = 0;
  private seen = 0;
  private cell = 0;

  /** `root` is the table's first page, as sqlite_master has it; `rowidColumn` as StoredRow has it. */
  constructor(
    private readonly pages: SqlitePages,
    root: number,
    rowidColumn: number,
  ) {
    this.row = new StoredRow(pages, rowidColumn);
    this.view = new DataView(this.row.page.buffer);
    this.descend(root);
  }

  /** Whether a table begins at a page: not so one that is sorted by its key, which has no numbers of rows. */
  static canRead(pages: SqlitePages, root: number): boolean {
    const page = new Uint8Array(pages.pageSize);
    pages.read(root, page);
    const kind = page[root === 1 ? fileHeader : 0];
    return kind === interior || kind === leaf;
  }

  /** Goes to the next row; false after the last. */
  next(): boolean {
    while (this.nextCell === this.cells) if (!this.nextLeaf()) return false;
    const pointer = this.pointers + 2 * this.nextCell++;
    this.cell = this.view.getUint16(pointer);
    try {
      this.row.inPage(this.cell);
    } catch (error) {
      throw error instanceof DamagedDatabase ? new DamagedDatabase(`page ${this.leafPage}: ${error.message}`) : error;
    }
    return true;
  }

  /** Where the row lies: its page and the place there. */
  get page(): number {
    return this.leafPage;
  }

  get place(): number {
    return this.cell;
  }

  private nextLeaf(): boolean {
    for (;;) {
      const branch = this.branches.at(-1);
      if (branch === undefined) return false;
      if (branch.next > branch.cells) {
        this.branches.pop();
        continue;
      }
      const at = branch.next++;
      // The last child stands in the header.
      const place =
        at === branch.cells ? branch.header + 8 : branch.view.getUint16(branch.header + interiorHeader + 2 * at);
      if (place + 4 > this.pages.pageSize) throw new DamagedDatabase(`page ${branch.page}: a cell lies beyond it`);
      this.descend(branch.view.getUint32(place));
      return true;
    }
  }

  /** Down to the first leaf below a page. */
  private descend(from: number): void {
    const { pages, row, view } = this;
    let page = from;
    for (;;) {
      if (++this.seen > pages.count || this.branches.length > deepest) {
        throw new DamagedDatabase(`page ${page}: its table goes round in a circle`);
      }
      pages.read(page, row.page);
      const header = page === 1 ? fileHeader : 0;
      const kind = row.page[header];
      if (kind !== leaf && kind !== interior) throw new DamagedDatabase(`page ${page}: it is no page of a table`);
      const cells = view.getUint16(header + 3);
      const own = kind === leaf ? leafHeader : interiorHeader;
      if (header + own + 2 * cells > pages.usable) throw new DamagedDatabase(`page ${page}: it says ${cells} cells`);
      if (kind === leaf) {
        this.leafPage = page;
        this.pointers = header + own;
        this.cells = cells;
        this.nextCell = 0;
        return;
      }
      const branch = { page, view: new DataView(row.page.slice().buffer), header, cells, next: 1 };
      this.branches.push(branch);
      const first = cells === 0 ? header + 8 : view.getUint16(header + own);
      if (first + 4 > pages.pageSize) throw new DamagedDatabase(`page ${page}: a cell lies beyond it`);
      page = view.getUint32(first);
    }
  }
}
