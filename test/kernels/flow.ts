// Control flow, held against the same written for one thread.
import { f32, f64, i32, u32 } from "../../src/core/dtype.js";
import { Chance } from "./exact.js";
import { casesOf, type KernelCase, list, type Outcome, type Trial } from "./kernel-case.js";

function nested(seed: number): number {
  let [found, steps] = [0, 0];
  next: for (let a = 1; a < 12; a++) {
    if ((seed + a) % 5 === 0) continue;
    for (let b = a; b < 20; b++) {
      steps++;
      if ((seed ^ (a * b)) % 7 === 3) {
        found += a * b;
        break;
      }
      if (steps > 90) return -found;
      do {
        steps++;
        if (steps % 11 === 0) continue next;
      } while (steps % 3 !== 0);
    }
    found ^= a;
  }
  return found;
}

/** The two loops as a machine of states. */
function irreducible(n: number, start: number): number {
  let [v, trace] = [start, 0];
  let state = (v & 1) === 1 ? "middle" : "top";
  while (state !== "end") {
    if (state === "top") {
      trace = (Math.imul(trace, 3) + 1) | 0;
      v -= 2;
      state = v < 0 ? "end" : "middle";
    } else {
      trace = (Math.imul(trace, 3) + 2) | 0;
      v -= 3;
      state = v > n ? "top" : v > 0 ? "middle" : v > -2 ? "top" : "end";
    }
  }
  return trace;
}

/** What the first two warps of a block hand to the other two, round after round. */
function passedOn(trial: Trial): Outcome[] {
  const rounds = 7;
  const x = new Chance(54).wholes(64 * rounds, -100, 100);
  const out = trial.gpu.zeros(i32, 64);
  trial.launch({ grid: 1, block: 128 }, [rounds, trial.gpu.array(i32, x), out]);
  const expected = list(64, (i) => list(rounds, (round) => 3 * x[64 * round + 63 - i]).reduce((a, b) => a + b));
  return [{ what: "out", got: out.toArray(), expected }];
}

export const flow: readonly KernelCase[] = [
  ...casesOf("flow", {
    nested(trial) {
      const x = new Chance(51).wholes(100, 0, 5000);
      const out = trial.gpu.zeros(i32, 100);
      trial.launch({ grid: 2, block: 64 }, [100, trial.gpu.array(i32, x), out]);
      return [{ what: "out", got: out.toArray(), expected: x.map(nested) }];
    },

    irreducible(trial) {
      const x = new Chance(52).wholes(32, -3, 60);
      const out = trial.gpu.zeros(i32, 32);
      trial.launch({ grid: 1, block: 32 }, [20, trial.gpu.array(i32, x), out]);
      return [{ what: "out", got: out.toArray(), expected: x.map((value) => irreducible(20, value)) }];
    },

    survivors(trial) {
      const x = new Chance(53).wholes(128, -100, 250);
      const out = trial.gpu.array(
        u32,
        list(128, () => 7),
      );
      trial.launch({ grid: 1, block: 128 }, [trial.gpu.array(i32, x), out]);
      const expected = x.map((value, t) => {
        if (value < 0) return 7;
        const warp = x.slice(t & ~31, (t & ~31) + 32);
        const rest = warp.filter((other) => other >= 0);
        const even = warp.reduce((mask, other, lane) => (other >= 0 && other % 2 === 0 ? mask + 2 ** lane : mask), 0);
        const votes = (rest.some((other) => other > 100) ? 2 : 0) ^ (rest.every((other) => other < 200) ? 32 : 0);
        return (even ^ votes) >>> 0;
      });
      return [{ what: "out", got: out.toArray(), expected }];
    },

    inTurns: passedOn,
    pipeline: passedOn,

    jumpTable(trial) {
      const x = new Chance(58).wholes(64, 0, 99);
      const out = trial.gpu.zeros(i32, 64);
      trial.launch({ grid: 1, block: 64 }, [trial.gpu.array(i32, x), out]);
      const expected = x.map((value) => [10 * value, -value, 1000 + value, -value][value % 4]);
      return [{ what: "out", got: out.toArray(), expected }];
    },

    counted(trial) {
      const x = [...list(64, () => 95), ...new Chance(57).wholes(64, -99, 99)];
      const out = trial.gpu.zeros(i32, 2);
      trial.launch({ grid: 2, block: 64 }, [trial.gpu.array(i32, x), out]);
      const expected = [x.slice(0, 64), x.slice(64)].map((block) => {
        const [any, all] = [block.some((value) => value > 90), block.every((value) => value > -90)];
        return block.filter((value) => value > 0).length * 4 + (any ? 2 : 0) + (all ? 1 : 0);
      });
      return [{ what: "out", got: out.toArray(), expected }];
    },
  }),

  ...casesOf("debug", {
    statistics(trial) {
      const { gpu } = trial;
      const x = new Chance(55).reals(200, -50, 1040);
      const [counts, largest, sums] = [gpu.zeros(i32, 32), gpu.zeros(f32, 32), gpu.zeros(f64, 32)];
      const { counters } = trial.launch({ grid: 1, block: 32 }, [200, gpu.array(f32, x), counts, largest, sums]);
      const taken = list(32, (t) => {
        const mine = x.filter((_, i) => i % 32 === t);
        const end = mine.findIndex((value) => value > 1000);
        return mine.slice(0, end < 0 ? mine.length : end).filter((value) => value >= 0);
      });
      return [
        { what: "counts", got: counts.toArray(), expected: taken.map((values) => values.length) },
        {
          what: "largest",
          got: largest.toArray(),
          expected: taken.map((values) => values.reduce((a, b) => Math.max(a, b), 0)),
        },
        { what: "sums", got: sums.toArray(), expected: taken.map((values) => values.reduce((a, b) => a + b, 0)) },
        // What a debugger should see lies in local memory.
        { what: "uses local memory", got: [Number(counters.local_bytes > 1000)], expected: [1] },
      ];
    },

    cases(trial) {
      const x = new Chance(56).wholes(32, 0, 1000);
      const out = trial.gpu.zeros(i32, 32);
      trial.launch({ grid: 1, block: 32 }, [trial.gpu.array(u32, x), out]);
      return [
        { what: "out", got: out.toArray(), expected: x.map((value) => (value % 7 === 6 ? -1 : 10 ** (value % 7))) },
      ];
    },
  }),
];
