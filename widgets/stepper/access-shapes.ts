// One memory access as shapes: lanes above, what they reach below, a line between. Geometry in units of one lane's column,
// so that the picture stands under the lanes. Knows nothing of the DOM.
import { bankPasses } from "../../src/gpu/analysis/banks.js";
import { sectorsOf } from "../../src/gpu/analysis/coalescing.js";
import type { MemoryAccess } from "../../src/gpu/analysis/replay.js";

/** A box below the lanes: a sector of 32 bytes, or a bank. */
export interface Target {
  readonly left: number;
  readonly width: number;
  /** Parts of the width, from 0 to 1, that lanes asked for. */
  readonly used: readonly (readonly [from: number, to: number])[];
  /** Parts that lanes at fault asked for: they are not memory that may be reached. */
  readonly outside: readonly (readonly [from: number, to: number])[];
  /** How many words a bank has to serve one after the other; 1 for a sector. */
  readonly depth: number;
  /** For a sector, its first byte's address; for a bank, its number. */
  readonly id: number;
}

export interface AccessShapes {
  readonly kind: "sectors" | "banks";
  readonly targets: readonly Target[];
  /** For each lane that takes part: the lane, and where its line ends, in columns. */
  readonly lines: readonly (readonly [lane: number, x: number])[];
}

const sectorBytes = 32;
const wordBytes = 4;

/** Undefined for local memory, which has neither sectors of its own nor banks. `atFault` are lanes that may not reach there. */
export function accessShapes(access: MemoryAccess, atFault = 0): AccessShapes | undefined {
  if (access.space === "global") return sectorShapes(access, atFault);
  return access.space === "shared" ? bankShapes(access) : undefined;
}

/** Sectors in the order of their addresses. A box is as wide as the lanes that would share it if they stood side by side. */
function sectorShapes(access: MemoryAccess, atFault: number): AccessShapes {
  const { requested } = sectorsOf(access);
  const sectors = [...requested];
  const width = Math.min(sectorBytes / access.bytesPerLane, 32 / Math.max(1, sectors.length), 32);
  const start = (32 - width * sectors.length) / 2;
  const place = new Map(sectors.map((sector, index) => [sector, start + index * width]));
  const used = new Map<number, [number, number][]>(sectors.map((sector) => [sector, []]));
  const outside = new Map<number, [number, number][]>(sectors.map((sector) => [sector, []]));
  const lines: [number, number][] = [];
  for (const lane of lanesOf(access)) {
    const address = access.addresses[lane];
    const end = address + access.bytesPerLane;
    for (let sector = Math.floor(address / sectorBytes); sector * sectorBytes < end; sector++) {
      const from = Math.max(0, address / sectorBytes - sector);
      const to = Math.min(1, end / sectorBytes - sector);
      ((atFault >>> lane) & 1 ? outside : used).get(sector)?.push([from, to]);
      if (sector * sectorBytes <= address) lines.push([lane, (place.get(sector) ?? 0) + width * ((from + to) / 2)]);
    }
  }
  return {
    kind: "sectors",
    lines,
    targets: sectors.map((sector, index) => ({
      left: start + index * width,
      width,
      used: used.get(sector) ?? [],
      outside: outside.get(sector) ?? [],
      depth: 1,
      id: sector * sectorBytes,
    })),
  };
}

/** The 32 banks, each under the lane of its number. */
function bankShapes(access: MemoryAccess): AccessShapes {
  const { lanesPerBank } = bankPasses(access);
  const lines = lanesOf(access).map((lane): [number, number] => [
    lane,
    (Math.floor(access.addresses[lane] / wordBytes) % 32) + 0.5,
  ]);
  return {
    kind: "banks",
    lines,
    targets: Array.from({ length: 32 }, (_, bank) => ({
      left: bank,
      width: 1,
      used: lanesPerBank[bank] > 0 ? [[0, 1]] : [],
      outside: [],
      depth: lanesPerBank[bank],
      id: bank,
    })),
  };
}

function lanesOf({ mask }: MemoryAccess): number[] {
  return Array.from({ length: 32 }, (_, lane) => lane).filter((lane) => (mask >>> lane) & 1);
}
