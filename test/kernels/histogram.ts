// Counting, held against counting.
import { u8, u32, u64 } from "../../src/core/dtype.js";
import { Chance } from "./exact.js";
import { casesOf, type KernelCase, list, type Outcome, type Trial } from "./kernel-case.js";

function counted(trial: Trial, bins: number, bin: (value: number) => number): Outcome[] {
  const chance = new Chance(15);
  // Some values are much more frequent than others.
  const x = list(700, () => (chance.whole(0, 2) === 0 ? 200 : chance.whole(0, 255)));
  const counts = trial.gpu.zeros(u32, bins);
  trial.launch({ grid: 6, block: 128 }, [x.length, trial.gpu.array(u8, x), counts]);
  const expected = new Array<number>(bins).fill(0);
  for (const value of x) expected[bin(value)]++;
  return [{ what: "bins", got: counts.toArray(), expected }];
}

export const histogram: readonly KernelCase[] = casesOf("histogram", {
  globalBins: (trial) => counted(trial, 256, (value) => value),
  sharedBins: (trial) => counted(trial, 256, (value) => value),
  privateBins: (trial) => counted(trial, 64, (value) => value >> 2),

  matchedBins(trial) {
    const chance = new Chance(16);
    const x = list(200, (i) => (i < 64 || i >= 192 ? 2n ** 63n + BigInt(i >> 5) : BigInt(chance.whole(0, 5)) << 40n));
    const [bins, unanimous] = [trial.gpu.zeros(u32, 97), trial.gpu.zeros(u32, 1)];
    trial.launch({ grid: 4, block: 64 }, [x.length, trial.gpu.array(u64, x), bins, unanimous]);
    const expected = new Array<number>(97).fill(0);
    for (const value of x) expected[Number(value % 97n)]++;
    return [
      { what: "bins", got: bins.toArray(), expected },
      { what: "unanimous warps", got: unanimous.toArray(), expected: [3] },
    ];
  },
});
