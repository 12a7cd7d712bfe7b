// Which sectors of global memory a launch touches, each once however often: what DRAM must move at the least. An observer of the
// machine; knows no caches.
import type { ExecutionPoint, MemoryAccess, Observer } from "../simt/observer.js";
import { countSectors, sectorBytes } from "./coalescing.js";

/** What a launch moves, in 32-byte sectors of global memory. */
export interface Footprint {
  /** Those that were touched at all. */
  readonly distinctSectors: number;
  /** Those of atomics' requests, each time: loads' and stores' are counters. */
  readonly atomicSectors: number;
}

/** Sectors that one page of bits stands for: 1 MiB of memory. */
const pageSectors = 32768;

export class FootprintObserver implements Observer {
  private readonly pages = new Map<number, Uint32Array>();
  private page: Uint32Array = new Uint32Array(0);
  private pageIndex = -1;
  private distinctSectors = 0;
  private atomicSectors = 0;

  memory(_point: ExecutionPoint, access: MemoryAccess): void {
    if (access.space !== "global") return;
    if (access.kind === "atomic") this.atomicSectors += countSectors(access);
    const { mask, addresses, bytesPerLane } = access;
    let before = -1;
    for (let lane = 0; lane < 32; lane++) {
      if ((mask & (1 << lane)) === 0) continue;
      const last = Math.floor((addresses[lane] + bytesPerLane - 1) / sectorBytes);
      for (let sector = Math.floor(addresses[lane] / sectorBytes); sector <= last; sector++) {
        if (sector !== before) this.touch(sector);
        before = sector;
      }
    }
  }

  get footprint(): Footprint {
    return { distinctSectors: this.distinctSectors, atomicSectors: this.atomicSectors };
  }

  private touch(sector: number): void {
    const index = Math.floor(sector / pageSectors);
    if (index !== this.pageIndex) this.turnTo(index);
    const at = sector - index * pageSectors;
    const bit = 1 << (at & 31);
    if ((this.page[at >> 5] & bit) !== 0) return;
    this.page[at >> 5] |= bit;
    this.distinctSectors++;
  }

  private turnTo(index: number): void {
    let page = this.pages.get(index);
    if (page === undefined) {
      page = new Uint32Array(pageSectors / 32);
      this.pages.set(index, page);
    }
    this.page = page;
    this.pageIndex = index;
  }
}
