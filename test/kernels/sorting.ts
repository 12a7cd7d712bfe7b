// Sorting, held against the engine's own sort, which is stable.
import { i16, i64, u32 } from "../../src/core/dtype.js";
import { Chance } from "./exact.js";
import { casesOf, type KernelCase } from "./kernel-case.js";

export const sorting: readonly KernelCase[] = casesOf("sorting", {
  bitonic(trial) {
    const x = new Chance(35).wholes(512, -300, 300);
    const sorted = trial.gpu.array(i16, x);
    trial.launch({ grid: 2, block: 256 }, [sorted]);
    const expected = [0, 256].flatMap((at) => x.slice(at, at + 256).sort((a, b) => a - b));
    return [{ what: "x", got: sorted.toArray(), expected }];
  },

  // One pass is stable, so that eight of them sort.
  radixPass(trial) {
    const x = [...new Chance(36).words(600)];
    let [from, to] = [trial.gpu.array(u32, x), trial.gpu.zeros(u32, x.length)];
    const pass = (shift: number): void => {
      trial.launch({ grid: 1, block: 256 }, [x.length, shift, from, to]);
      [from, to] = [to, from];
    };
    pass(0);
    const first = from.toArray();
    for (let shift = 4; shift < 32; shift += 4) pass(shift);
    return [
      { what: "after one pass", got: first, expected: [...x].sort((a, b) => (a & 15) - (b & 15)) },
      { what: "sorted", got: from.toArray(), expected: [...x].sort((a, b) => a - b) },
    ];
  },

  mergePath(trial) {
    const chance = new Chance(37);
    const sorted = (count: number): bigint[] =>
      [...chance.words(count)].map((word) => BigInt(word % 64) * 10n ** 12n - 10n ** 13n).sort((a, b) => Number(a - b));
    const [a, b] = [sorted(90), sorted(35)];
    const out = trial.gpu.zeros(i64, 125);
    trial.launch({ grid: 1, block: 32 }, [90, 35, trial.gpu.array(i64, a), trial.gpu.array(i64, b), out]);
    return [{ what: "out", got: out.toArray(), expected: [...a, ...b].sort((x, y) => Number(x - y)) }];
  },
});
