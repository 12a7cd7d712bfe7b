// How a request to shared memory falls on its 32 banks of 4-byte words. Knows one request at a time.
import type { MemoryAccess } from "../simt/observer.js";

const bankCount = 32;
const wordBytes = 4;

export interface BankPasses {
  /** Passes over the banks that the request takes; without conflicts one for each 128 bytes of lanes. */
  readonly passes: number;
  /** Passes beyond those: the price of the conflicts. */
  readonly conflicts: number;
  /** Different words that each bank has to give, over all lanes. */
  readonly lanesPerBank: Uint8Array;
}

/**
 * Lanes that ask for the same word share it; different words of one bank take a pass each. Accesses of 8 and 16 bytes a
 * lane are served by half and quarter warps (CUDA C++ Programming Guide, shared memory).
 */
export function bankPasses(access: MemoryAccess): BankPasses {
  const lanesPerGroup = Math.max(1, Math.min(32, Math.floor(128 / access.bytesPerLane)));
  const lanesPerBank = new Uint8Array(bankCount);
  let passes = 0;
  let groups = 0;
  for (let first = 0; first < 32; first += lanesPerGroup) {
    const words: (Set<number> | undefined)[] = new Array(bankCount);
    let most = 0;
    for (let lane = first; lane < first + lanesPerGroup; lane++) {
      if ((access.mask & (1 << lane)) === 0) continue;
      const start = Math.floor(access.addresses[lane] / wordBytes);
      const end = Math.floor((access.addresses[lane] + access.bytesPerLane - 1) / wordBytes);
      for (let word = start; word <= end; word++) {
        const bank = word % bankCount;
        const wanted = words[bank] ?? new Set<number>();
        words[bank] = wanted;
        wanted.add(word);
        most = Math.max(most, wanted.size);
      }
    }
    if (most === 0) continue;
    // What one lane moves in bulk takes a pass for each 128 bytes.
    groups += Math.max(1, Math.ceil(access.bytesPerLane / 128));
    passes += most;
    words.forEach((wanted, bank) => {
      lanesPerBank[bank] += wanted?.size ?? 0;
    });
  }
  return { passes, conflicts: passes - groups, lanesPerBank };
}

/** Conflicts alone, without sets where no bank has to give two words, as is nearly always so. */
export function countConflicts(access: MemoryAccess): number {
  const { mask, addresses, bytesPerLane } = access;
  if (bytesPerLane !== wordBytes) return bankPasses(access).conflicts;
  wordOfBank.fill(-1);
  for (let lane = 0; lane < 32; lane++) {
    if ((mask & (1 << lane)) === 0) continue;
    const word = addresses[lane] >>> 2;
    const known = wordOfBank[word & (bankCount - 1)];
    if (known < 0) wordOfBank[word & (bankCount - 1)] = word;
    else if (known !== word) return bankPasses(access).conflicts;
  }
  return 0;
}

/** The word that each bank gives, while one request is looked at. Shared memory is small: its words fit 32 bits. */
const wordOfBank = new Int32Array(bankCount);
