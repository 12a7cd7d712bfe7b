// The memory levels of a device as ceilings of its roofline, and where work stands under each: the hierarchical roofline.
// T. Koskela et al., "A novel multi-level integrated roofline model approach for performance characterization", ISC 2018.
import { type MemoryLevel, totalFlop, type Work } from "../../core/work.js";
import type { DeviceSpec } from "../../hardware/index.js";

/** The bandwidth of one level, and whose figure it is. */
export interface MemoryCeiling {
  readonly level: MemoryLevel;
  /** Bytes a second of the whole device. */
  readonly bandwidth: number;
  /** `measured`, `32 banks of 4 bytes a clock and SM`. */
  readonly origin: string;
}

/** Where work stands under the ceiling of one level. */
export interface LevelPlace extends MemoryCeiling {
  /** Bytes that cross the level's interface. */
  readonly bytes: number;
  /** Seconds that they take at this bandwidth. */
  readonly time: number;
  /** Operations per byte of this level. */
  readonly intensity: number;
}

/** How the levels are written. */
export const levelNames: { readonly [level in MemoryLevel]: "DRAM" | "L2" | "L1" } = {
  dram: "DRAM",
  l2: "L2",
  l1: "L1",
};

/**
 * The levels of a device whose bandwidth is known, from DRAM inwards. DRAM's is the file's. L2's is the file's where somebody
 * measured it, else 32 bytes a clock for each SM of a GPU: half of what its port is wide, and near what those reach that were measured. L1 moves the file's bytes a clock and SM, else the 128
 * of 32 banks that every NVIDIA GPU has from compute capability 5.0 on.
 */
export function memoryCeilings(device: DeviceSpec): readonly MemoryCeiling[] {
  const { cache, sms, boostClock, dram, computeCapability } = device;
  const ceilings: MemoryCeiling[] = [{ level: "dram", bandwidth: dram.bandwidth, origin: "stated" }];
  const clocks = sms === undefined || boostClock === undefined ? undefined : sms * boostClock;
  const isCuda = computeCapability !== undefined;
  if (cache.l2Bandwidth !== undefined) {
    ceilings.push({ level: "l2", bandwidth: cache.l2Bandwidth, origin: "measured" });
  } else if (cache.l2 !== undefined && clocks !== undefined && device.kind === "gpu") {
    ceilings.push({
      level: "l2",
      bandwidth: clocks * portBytes,
      origin: `taken to be ${portBytes} bytes a clock and SM`,
    });
  }
  const perClock = cache.l1PerClock ?? (isCuda ? bankBytes : undefined);
  if (perClock !== undefined && clocks !== undefined) {
    ceilings.push({ level: "l1", bandwidth: clocks * perClock, origin: `${perClock} bytes a clock and SM` });
  }
  return ceilings;
}

/** Work under the ceiling of every level whose bytes and bandwidth are known, from DRAM inwards. */
export function levelsOnRoofline(work: Work, device: DeviceSpec): readonly LevelPlace[] {
  const flop = totalFlop(work);
  return memoryCeilings(device).flatMap((ceiling) => {
    const bytes = work.bytes[ceiling.level];
    if (bytes === undefined || bytes === 0) return [];
    return [{ ...ceiling, bytes, time: bytes / ceiling.bandwidth, intensity: flop / bytes }];
  });
}

/** Half of the 64 bytes of an SM's port to L2 (NVIDIA A100 whitepaper: 64 bytes a clock and SM); V100, T4, H100 and A100 measure 20, 20, 23 and 33. */
const portBytes = 32;
/** 32 banks of 4 bytes. */
const bankBytes = 128;
