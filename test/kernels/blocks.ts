// Blocks that work together, in whatever order they run.
import { i32, i64, u32, u64 } from "../../src/core/dtype.js";
import { Chance } from "./exact.js";
import { casesOf, type KernelCase, list } from "./kernel-case.js";

export const blocks: readonly KernelCase[] = casesOf("blocks", {
  gridSum({ gpu, launch }) {
    const x = new Chance(95).wholes(900, -99, 99);
    const [partial, out] = [gpu.zeros(i32, 5), gpu.zeros(i32, 5)];
    launch({ grid: 5, block: 64, cooperative: true }, [900, gpu.array(i32, x), partial, out]);
    const sum = x.reduce((a, b) => a + b);
    return [{ what: "out", got: out.toArray(), expected: list(5, () => sum) }];
  },

  lookBack({ gpu, launch }) {
    const x = new Chance(96).words(1000);
    const [y, told, tickets] = [gpu.zeros(u32, 1000), gpu.zeros(u64, 8), gpu.zeros(u32, 1)];
    launch({ grid: 8, block: 128 }, [1000, gpu.array(u32, x), y, told, tickets]);
    let total = 0;
    const expected = Array.from(x, (value) => (total = (total + value) % 2 ** 32));
    return [{ what: "y", got: y.toArray(), expected }];
  },

  backwards: {
    blocksNeedEachOther: true,
    run({ gpu, launch }) {
      const [flags, out] = [gpu.zeros(i32, 6), gpu.zeros(i32, 6)];
      launch({ grid: 6, block: 32 }, [flags, out]);
      const expected = list(6, () => 5);
      for (let b = 4; b >= 0; b--) expected[b] = expected[b + 1] + 1 + b;
      return [{ what: "out", got: out.toArray(), expected }];
    },
  },

  oneLock({ gpu, launch }) {
    const [lock, pair] = [gpu.zeros(i32, 1), gpu.zeros(i64, 2)];
    launch({ grid: 9, block: 64 }, [lock, pair]);
    const expected = [0n, 0n];
    for (let i = 0; i < 9; i++) {
      expected[0]++;
      expected[1] = expected[1] * 3n + expected[0];
    }
    return [{ what: "pair", got: pair.toArray(), expected }];
  },
});
