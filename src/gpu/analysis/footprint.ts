// Which sectors of global memory a launch reads and writes, each once however often: what DRAM must move at the least. An observer
// of the machine; knows no caches.
import type { ExecutionPoint, MemoryAccess, Observer } from "../simt/observer.js";
import { countSectors, sectorBytes } from "./coalescing.js";

/** What a launch moves, in 32-byte sectors of global memory. */
export interface Footprint {
  /** Those that were touched at all. */
  readonly distinct: number;
  /** Those whose old contents it asked for: read before they were written. */
  readonly fetched: number;
  /** Those that were written. */
  readonly written: number;
  /** Those of atomics' requests, each time: loads' and stores' are counters. */
  readonly atomic: number;
}

/** Sectors of one page: 1 MiB of memory. */
const pageSectors = 32768;
const touchedBit = 1;
const writtenBit = 2;

export class FootprintObserver implements Observer {
  private readonly pages = new Map<number, Uint8Array>();
  private page: Uint8Array = new Uint8Array(0);
  private pageIndex = -1;
  private readonly counts = { distinct: 0, fetched: 0, written: 0, atomic: 0 };

  memory(_point: ExecutionPoint, access: MemoryAccess): void {
    if (access.space !== "global") return;
    const { kind, mask, addresses, bytesPerLane } = access;
    if (kind === "atomic") this.counts.atomic += countSectors(access);
    let before = -1;
    for (let lane = 0; lane < 32; lane++) {
      if ((mask & (1 << lane)) === 0) continue;
      const last = Math.floor((addresses[lane] + bytesPerLane - 1) / sectorBytes);
      for (let sector = Math.floor(addresses[lane] / sectorBytes); sector <= last; sector++) {
        if (sector !== before) this.touch(sector, kind);
        before = sector;
      }
    }
  }

  get footprint(): Footprint {
    return { ...this.counts };
  }

  private touch(sector: number, kind: MemoryAccess["kind"]): void {
    const index = Math.floor(sector / pageSectors);
    if (index !== this.pageIndex) this.turnTo(index);
    const { page, counts } = this;
    const at = sector - index * pageSectors;
    const before = page[at];
    const after = kind === "load" ? touchedBit : touchedBit | writtenBit;
    if ((before & after) === after) return;
    if (before === 0) {
      counts.distinct++;
      if (kind !== "store") counts.fetched++;
    }
    if (kind !== "load" && (before & writtenBit) === 0) counts.written++;
    page[at] = before | after;
  }

  private turnTo(index: number): void {
    let page = this.pages.get(index);
    if (page === undefined) {
      page = new Uint8Array(pageSectors);
      this.pages.set(index, page);
    }
    this.page = page;
    this.pageIndex = index;
  }
}
