// Reductions: of whole numbers, so that the order does not count.
import { f32, f64, i32, i64, u64 } from "../../src/core/dtype.js";
import { Chance } from "./exact.js";
import { casesOf, type KernelCase, list } from "./kernel-case.js";

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const parts = (values: readonly number[], size: number): number[][] =>
  list(Math.ceil(values.length / size), (i) => values.slice(i * size, (i + 1) * size));

export const reduction: readonly KernelCase[] = casesOf("reduction", {
  treeSum(trial) {
    const x = new Chance(5).wholes(1000, -1000, 1000);
    const sums = trial.gpu.zeros(i32, 4);
    trial.launch({ grid: 4, block: 128, shared: 512 }, [x.length, trial.gpu.array(i32, x), sums]);
    return [{ what: "sums", got: sums.toArray(), expected: parts(x, 256).map(sum) }];
  },

  shuffleSum(trial) {
    const x = new Chance(6).wholes(500, -1000, 1000);
    const sums = trial.gpu.zeros(f32, 3);
    trial.launch({ grid: 3, block: 192 }, [x.length, trial.gpu.array(f32, x), sums]);
    return [{ what: "sums", got: sums.toArray(), expected: parts(x, 192).map(sum) }];
  },

  // 256 numbers, so that the shares of the mean are exact too.
  atomicSums(trial) {
    const { gpu } = trial;
    const x = new Chance(7).wholes(256, -(2 ** 31), 2 ** 31 - 1);
    const [total, mean] = [gpu.array(i64, [10]), gpu.zeros(f64, 1)];
    const [least, largest] = [gpu.array(i32, [0]), gpu.array(i32, [0])];
    trial.launch({ grid: 3, block: 96 }, [256, gpu.array(i32, x), total, least, largest, mean]);
    return [
      { what: "total", got: total.toArray(), expected: [BigInt(sum(x)) + 10n] },
      { what: "least", got: least.toArray(), expected: [Math.min(...x)] },
      { what: "largest", got: largest.toArray(), expected: [Math.max(...x)] },
      { what: "mean", got: mean.toArray(), expected: [sum(x) / 256] },
    ];
  },

  // Twice, since it leaves its counter of blocks as it was.
  lastBlockSum(trial) {
    const { gpu } = trial;
    const x = new Chance(8).wholes(1000, -(2 ** 30), 2 ** 30);
    const results = list(2, () => {
      const result = gpu.zeros(f64, 1);
      trial.launch({ grid: 5, block: 128 }, [x.length, gpu.array(f64, x), gpu.zeros(f64, 5), result]);
      return result.toArray()[0];
    });
    return [{ what: "result", got: results, expected: [sum(x), sum(x)] }];
  },

  warpReductions(trial) {
    const chance = new Chance(9);
    const x = list(128, (i) => (i < 64 ? chance.whole(-(2 ** 31), 2 ** 31 - 1) : 2 ** 24 + chance.whole(0, 255)));
    const out = trial.gpu.zeros(i32, 24);
    trial.launch({ grid: 2, block: 64 }, [trial.gpu.array(i32, x), out]);
    const expected = parts(x, 32).flatMap((warp) => [
      Number(BigInt.asIntN(32, BigInt(sum(warp)))),
      Math.min(...warp),
      Math.max(...warp),
      warp.reduce((all, value) => all & value, -1),
      warp.reduce((any, value) => any | value, 0),
      warp.reduce((odd, value) => odd ^ value, 0),
    ]);
    return [{ what: "out", got: out.toArray(), expected }];
  },

  argmax(trial) {
    const places = [new Chance(10).reals(300, -50, 40), Float32Array.of(-3, -2.5, -2.5, -9)].map((x) => {
      if (x.length > 200) x[77] = x[201] = 41.5;
      const best = trial.gpu.zeros(u64, 1);
      trial.launch({ grid: 3, block: 128 }, [x.length, trial.gpu.array(f32, x), best]);
      return 0xffffffff - Number(best.toArray()[0] & 0xffffffffn);
    });
    return [{ what: "place", got: places, expected: [77, 1] }];
  },
});
