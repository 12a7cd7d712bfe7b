// Generators of random numbers, bit for bit by big integers.
import { u32, u64 } from "../../src/core/dtype.js";
import { casesOf, type KernelCase, list } from "./kernel-case.js";

/** Philox 4x32-10 as its paper defines it. */
function philox(counter: readonly bigint[], key: readonly bigint[]): bigint[] {
  let [[c0, c1, c2, c3], [k0, k1]] = [counter, key];
  for (let round = 0n; round < 10n; round++) {
    const [a, b] = [0xd2511f53n * c0, 0xcd9e8d57n * c2];
    const low = (value: bigint): bigint => BigInt.asUintN(32, value);
    [c0, c1, c2, c3] = [(b >> 32n) ^ c1 ^ k0, low(b), (a >> 32n) ^ c3 ^ k1, low(a)];
    [k0, k1] = [low(k0 + 0x9e3779b9n), low(k1 + 0xbb67ae85n)];
  }
  return [c0, c1, c2, c3];
}

const words = (...values: number[]): Uint8Array => new Uint8Array(Uint32Array.from(values).buffer);

export const chance: readonly KernelCase[] = casesOf("chance", {
  philoxStream(trial) {
    const zeros = trial.gpu.zeros(u32, 4 * 32);
    trial.launch({ grid: 1, block: 32 }, [words(0, 0), words(0, 0, 0, 0), zeros]);
    const out = trial.gpu.zeros(u32, 4 * 64);
    trial.launch({ grid: 2, block: 32 }, [words(0xdecafbad, 77), words(0xffffff00, 1, 2, 0x80000000), out]);
    const expected = list(64, (i) => philox([0xffffff00n + BigInt(i), 1n, 2n, 0x80000000n], [0xdecafbadn, 77n]));
    return [
      // The first test vector of the authors' library Random123.
      {
        what: "of zeros",
        got: zeros.toArray().slice(0, 4),
        expected: [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
      },
      { what: "out", got: out.toArray(), expected: expected.flat().map(Number) },
    ];
  },

  pi(trial) {
    const [points, seed] = [40, 0x123456789abcdef0n];
    const inside = trial.gpu.zeros(u64, 1);
    trial.launch({ grid: 2, block: 64 }, [points, seed, inside]);
    const wrap = (value: bigint): bigint => BigInt.asUintN(64, value);
    let expected = 0n;
    for (let thread = 0n; thread < 128n; thread++) {
      let state = wrap(seed + thread * 0x9e3779b97f4a7c15n) | 1n;
      const next = (): bigint => {
        state ^= state >> 12n;
        state = wrap(state ^ (state << 25n));
        state ^= state >> 27n;
        return wrap(state * 0x2545f4914f6cdd1dn) >> 33n;
      };
      for (let i = 0; i < points; i++) {
        const [x, y] = [next(), next()];
        if (x * x + y * y < 1n << 62n) expected++;
      }
    }
    const estimate = (4 * Number(inside.toArray()[0])) / (128 * points);
    return [
      { what: "inside", got: inside.toArray(), expected: [expected] },
      { what: "estimate", got: [estimate], expected: [Math.PI], within: 0.1 },
    ];
  },
});
