// How well a request to global memory is coalesced: the 32-byte sectors that it touches. Knows one request at a time.
import type { MemoryAccess } from "../simt/observer.js";

export const sectorBytes = 32;

export interface Sectors {
  /** Sectors that the request touches. */
  readonly sectors: number;
  /** Sectors that the same number of bytes would take side by side. */
  readonly ideal: number;
  /** The sectors' indices (address / 32), ascending. */
  readonly requested: Float64Array;
}

/** The sectors that one request to global memory touches. */
export function sectorsOf(access: MemoryAccess): Sectors {
  const touched = new Set<number>();
  const bytes = new Set<number>();
  for (let lane = 0; lane < 32; lane++) {
    if ((access.mask & (1 << lane)) === 0) continue;
    const address = access.addresses[lane];
    bytes.add(address);
    const last = Math.floor((address + access.bytesPerLane - 1) / sectorBytes);
    for (let sector = Math.floor(address / sectorBytes); sector <= last; sector++) touched.add(sector);
  }
  const requested = Float64Array.from(touched).sort();
  return { sectors: touched.size, ideal: Math.ceil((bytes.size * access.bytesPerLane) / sectorBytes), requested };
}

/** The number of sectors alone, without a set where addresses ascend, as they nearly always do. */
export function countSectors(access: MemoryAccess): number {
  const { mask, addresses, bytesPerLane } = access;
  let count = 0;
  let last = -1;
  for (let lane = 0; lane < 32; lane++) {
    if ((mask & (1 << lane)) === 0) continue;
    const first = Math.floor(addresses[lane] / sectorBytes);
    const end = Math.floor((addresses[lane] + bytesPerLane - 1) / sectorBytes);
    if (first < last) return sectorsOf(access).sectors;
    count += end - Math.max(first, last + 1) + 1;
    last = end;
  }
  return count;
}
