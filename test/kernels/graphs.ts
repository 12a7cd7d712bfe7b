// Work whose shape the data decide, and locks.
import { f64, i8, i32 } from "../../src/core/dtype.js";
import { Chance } from "./exact.js";
import { casesOf, type KernelCase, list } from "./kernel-case.js";

/** Rows of a sparse matrix or of a graph: where each starts, and what it has. */
function rowsOf(count: number, most: number, chance: Chance): { starts: number[]; columns: number[] } {
  const rows = list(count, () => chance.wholes(chance.whole(0, most), 0, count - 1));
  const starts = [0];
  for (const row of rows) starts.push(starts[starts.length - 1] + row.length);
  return { starts, columns: rows.flat() };
}

export const graphs: readonly KernelCase[] = casesOf("graphs", {
  // The reference is a queue.
  breadthFirst(trial) {
    const n = 150;
    const { gpu } = trial;
    const { starts, columns } = rowsOf(n, 3, new Chance(44));
    const levels = gpu.array(
      i32,
      list(n, (v) => (v === 0 ? 0 : -1)),
    );
    const more = gpu.zeros(i32, 1);
    const graph = [gpu.array(i32, starts), gpu.array(i32, columns)];
    let level = 0;
    do {
      more.set([0]);
      trial.launch({ grid: 3, block: 64 }, [n, level++, ...graph, levels, more]);
    } while (more.toArray()[0] === 1);
    const expected: number[] = list(n, (v) => (v === 0 ? 0 : -1));
    const queue = [0];
    for (const v of queue) {
      for (const to of columns.slice(starts[v], starts[v + 1])) {
        if (expected[to] >= 0) continue;
        expected[to] = expected[v] + 1;
        queue.push(to);
      }
    }
    return [{ what: "levels", got: levels.toArray(), expected }];
  },

  spmv(trial) {
    const n = 40;
    const { gpu } = trial;
    const chance = new Chance(45);
    const { starts, columns } = rowsOf(n, 70, chance);
    const [values, x] = [chance.wholes(columns.length, -99, 99), chance.wholes(n, -99, 99)];
    const y = gpu.zeros(f64, n);
    trial.launch({ grid: 10, block: 128 }, [
      n,
      gpu.array(i32, starts),
      gpu.array(i32, columns),
      gpu.array(f64, values),
      gpu.array(f64, x),
      y,
    ]);
    const dense = list(n, () => new Array<number>(n).fill(0));
    columns.forEach((column, i) => {
      dense[starts.findIndex((start, row) => i >= start && i < starts[row + 1])][column] += values[i];
    });
    const expected = dense.map((row) => row.reduce((sum, value, column) => sum + value * x[column], 0));
    return [{ what: "y", got: y.toArray(), expected }];
  },

  // Every part is named by its smallest member; the reference paints parts until nothing changes.
  unite(trial) {
    const [n, edges] = [200, 130];
    const pairs = new Chance(46).wholes(2 * edges, 0, n - 1);
    const parents = trial.gpu.array(
      i32,
      list(n, (v) => v),
    );
    trial.launch({ grid: 3, block: 64 }, [edges, trial.gpu.array(i32, pairs), parents]);
    trial.launch({ grid: 4, block: 64 }, [n, parents], "flatten");
    const expected = list(n, (v) => v);
    for (let changed = true; changed; ) {
      changed = false;
      for (let e = 0; e < edges; e++) {
        const ends = [pairs[2 * e], pairs[2 * e + 1]];
        const least = Math.min(...ends.map((v) => expected[v]));
        for (const v of ends) {
          changed ||= expected[v] !== least;
          expected[v] = least;
        }
      }
    }
    return [{ what: "parents", got: parents.toArray(), expected }];
  },

  search(trial) {
    const text = list(300, (i) => "abaababaab"[(i * 7 + (i >> 4)) % 10]).join("");
    const { gpu } = trial;
    const wanted = text.slice(111, 115);
    const [count, first] = [gpu.zeros(i32, 1), gpu.array(i32, [text.length])];
    const codes = (value: string): number[] => [...value].map((letter) => letter.charCodeAt(0));
    trial.module.variable("pattern").set(codes(wanted.padEnd(16, "\0")));
    trial.launch({ grid: 3, block: 128 }, [text.length, 4, gpu.array(i8, codes(text)), count, first]);
    return [
      { what: "count", got: count.toArray(), expected: [text.match(new RegExp(`(?=${wanted})`, "g"))?.length ?? 0] },
      { what: "first", got: first.toArray(), expected: [text.indexOf(wanted)] },
    ];
  },

  spinLock: {
    livelocksUnder: ["stack", "lowest-pc"],
    run(trial) {
      const { gpu } = trial;
      const [lock, counter, order] = [gpu.zeros(i32, 1), gpu.zeros(i32, 1), gpu.zeros(i32, 32)];
      trial.launch({ grid: 1, block: 32 }, [lock, counter, order]);
      return [
        { what: "counter", got: counter.toArray(), expected: [32] },
        { what: "order", got: [...order.toArray()].sort((a, b) => a - b), expected: list(32, (i) => i) },
        { what: "lock", got: lock.toArray(), expected: [0] },
      ];
    },
  },

  politeLock(trial) {
    const [lock, counter] = [trial.gpu.zeros(i32, 1), trial.gpu.zeros(i32, 1)];
    trial.launch({ grid: 2, block: 48 }, [lock, counter]);
    return [{ what: "counter", got: counter.toArray(), expected: [96] }];
  },

  handOver: {
    livelocksUnder: ["stack", "lowest-pc"],
    run(trial) {
      const [there, back, out] = list(3, () => trial.gpu.zeros(i32, 1));
      trial.launch({ grid: 1, block: 32 }, [there, back, out]);
      return [{ what: "out", got: out.toArray(), expected: [42] }];
    },
  },
});
