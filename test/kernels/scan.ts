// Running sums, held against adding one after the other.
import { i32, i64, u32 } from "../../src/core/dtype.js";
import { Chance } from "./exact.js";
import { casesOf, type KernelCase, list } from "./kernel-case.js";

function running(values: readonly number[]): number[] {
  let total = 0;
  return values.map((value) => (total += value));
}

export const scan: readonly KernelCase[] = casesOf("scan", {
  blelloch(trial) {
    const x = new Chance(11).wholes(512, -100, 100);
    const y = trial.gpu.zeros(i32, 512);
    trial.launch({ grid: 2, block: 128 }, [trial.gpu.array(i32, x), y]);
    const expected = [0, 256].flatMap((at) => running([0, ...x.slice(at, at + 255)]));
    return [{ what: "y", got: y.toArray(), expected }];
  },

  // Sums beyond 32 bits wrap around.
  koggeStone(trial) {
    const x = [...new Chance(12).words(300)];
    const y = trial.gpu.zeros(u32, 300);
    trial.launch({ grid: 3, block: 128 }, [300, trial.gpu.array(u32, x), y]);
    const expected = [0, 128, 256].flatMap((at) => running(x.slice(at, at + 128)).map((value) => value % 2 ** 32));
    return [{ what: "y", got: y.toArray(), expected }];
  },

  shuffleScan(trial) {
    const x = new Chance(13).wholes(256, 2 ** 30, 2 ** 31 - 1);
    const y = trial.gpu.zeros(i64, 256);
    trial.launch({ grid: 1, block: 256 }, [trial.gpu.array(i32, x), y]);
    return [{ what: "y", got: y.toArray(), expected: running(x).map(BigInt) }];
  },

  compact(trial) {
    const x = new Chance(14).wholes(300, -50, 50);
    const [kept, count] = [trial.gpu.zeros(i32, 300), trial.gpu.zeros(u32, 1)];
    trial.launch({ grid: 3, block: 128 }, [300, trial.gpu.array(i32, x), kept, count]);
    const wanted = x.filter((value) => value > 0);
    const ascending = (values: ArrayLike<number>): number[] => Array.from(values).sort((a, b) => a - b);
    // Warps take their room as they come, each with its own numbers in order.
    const got = [...kept.toArray()];
    let at = 0;
    const runs = new Set(
      list(Math.ceil(x.length / 32), (w) => x.slice(32 * w, 32 * w + 32).filter((value) => value > 0)).map(String),
    );
    const found: boolean[] = [];
    while (at < wanted.length) {
      const run = [...runs].find((text) => text !== "" && String(got.slice(at, at + text.split(",").length)) === text);
      found.push(run !== undefined);
      if (run === undefined) break;
      runs.delete(run);
      at += run.split(",").length;
    }
    return [
      { what: "count", got: count.toArray(), expected: [wanted.length] },
      { what: "kept", got: ascending(got.slice(0, wanted.length)), expected: ascending(wanted) },
      { what: "runs of warps", got: found.map(Number), expected: found.map(() => 1) },
    ];
  },
});
