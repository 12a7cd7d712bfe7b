// What the device's runtime does: printing and memory, held against the host's own.
import { f64, i32 } from "../../src/core/dtype.js";
import { Chance } from "./exact.js";
import { casesOf, type KernelCase, list } from "./kernel-case.js";

export const runtime: readonly KernelCase[] = casesOf("runtime", {
  // Lines come in the order of execution, which is the scheduler's.
  report({ gpu, launch }) {
    const chance = new Chance(110);
    const [x, y] = [chance.wholes(48, -500, 100_000), chance.wholes(48, -800, 800).map((value) => value / 8)];
    const { printed } = launch({ grid: 2, block: 24 }, [gpu.array(i32, x), gpu.array(f64, y)]);
    const expected = x.map((value, t) =>
      value < 0
        ? `thread ${t}: ${String(value).padStart(5)} is negative`
        : `thread ${t}: ${value.toString(16).padStart(8, "0")}, ${value % 2 === 0 ? "even" : "odd"}, ${y[t].toFixed(3)}, 100 %`,
    );
    return [{ what: "lines", got: printed.trimEnd().split("\n").sort(), expected: expected.sort() }];
  },

  factors({ gpu, launch }) {
    const x = new Chance(111).wholes(32, 1, 900);
    const [lengths, largest, products] = list(3, () => gpu.zeros(i32, 32));
    launch({ grid: 1, block: 32 }, [gpu.array(i32, x), lengths, largest, products]);
    const primes = list(900, (n) => n + 2).filter((n) =>
      list(Math.floor(Math.sqrt(n)), (d) => d + 1).every((d) => d < 2 || n % d > 0),
    );
    // How often each prime divides, by its powers.
    const expected = x.map((n) =>
      primes.flatMap((p) =>
        list(9, (k) => p ** (k + 1))
          .filter((power) => n % power === 0)
          .map(() => p),
      ),
    );
    return [
      { what: "lengths", got: lengths.toArray(), expected: expected.map((found) => found.length) },
      { what: "largest", got: largest.toArray(), expected: expected.map((found) => found.at(-1) ?? 1) },
      { what: "products", got: products.toArray(), expected: x },
    ];
  },

  treeSort({ gpu, launch }) {
    const x = new Chance(112).wholes(32 * 15, -20, 20);
    const out = gpu.zeros(i32, x.length);
    launch({ grid: 1, block: 32 }, [15, gpu.array(i32, x), out]);
    const expected = list(32, (t) => x.slice(15 * t, 15 * t + 15).sort((a, b) => a - b)).flat();
    return [{ what: "out", got: out.toArray(), expected }];
  },
});
