import { describe, expect, it } from "vitest";
import { f32, i32 } from "../../../src/core/dtype.js";
import type { ProgressReporter, ProgressState } from "../../../src/core/progress.js";
import { silent } from "../../../src/core/progress.js";
import { Replay } from "../../../src/gpu/analysis/replay.js";
import { VirtualGPU } from "../../../src/gpu/host/index.js";
import { kernel } from "../../../src/gpu/language/index.js";

const rounds = kernel("rounds", { n: i32, y: f32.ptr }, ({ n, y }, { blockIdx, blockDim, threadIdx, syncthreads }) => {
  const i = blockIdx.x * blockDim.x + threadIdx.x;
  for (let k = 0; k < n; k++) {
    y[i] = y[i] * 0.5 + 1;
    syncthreads();
  }
});

function ears(): { told: ProgressState[]; tasks: string[]; reporter: ProgressReporter } {
  const told: ProgressState[] = [];
  const tasks: string[] = [];
  const reporter: ProgressReporter = ({ label, total, unit }) => {
    tasks.push(`${label}: ${total ?? "some"} ${unit}`);
    return { update: (state) => void told.push(state) };
  };
  return { told, tasks, reporter };
}

function launch(progress: ProgressReporter, grid: number): { counters: object; values: number[] } {
  const gpu = new VirtualGPU("h100");
  const y = gpu.zeros(f32, 64 * grid);
  // Some hundred thousand steps: several stretches, with ends in the middle of blocks and between warps.
  const { counters } = gpu.launch(rounds, { grid, block: 64, progress }, { n: 9000, y });
  return { counters, values: [...y.toArray()] };
}

describe("a launch that is listened to", () => {
  it("computes and counts what it does when nobody listens", () => {
    expect(launch(ears().reporter, 2)).toEqual(launch(silent, 2));
  });

  it("counts blocks, and steps where there is one block", () => {
    const many = ears();
    launch(many.reporter, 2);
    expect(many.tasks).toEqual(["launch of rounds: 2 blocks"]);
    expect(many.told.at(-1)).toMatchObject({
      status: "done",
      done: 2,
      detail: expect.stringMatching(/^[\d,]+ steps$/),
    });
    const one = ears();
    launch(one.reporter, 1);
    expect(one.tasks).toEqual(["launch of rounds: some steps"]);
    expect(one.told.at(-1)).toMatchObject({ status: "done", total: undefined });
    expect(one.told.at(-1)!.done).toBeGreaterThan(100_000);
  });

  it("that faults has failed", () => {
    const { told, reporter } = ears();
    const gpu = new VirtualGPU("h100");
    const y = gpu.zeros(f32, 8, { label: "short" });
    expect(() => gpu.launch(rounds, { grid: 1, block: 32, progress: reporter }, { n: 1, y })).toThrow(/short/);
    expect(told.map(({ status }) => status)).toEqual(["failed"]);
  });
});

describe("time travel that is listened to", () => {
  it("tells of the recording, of going far and of looking for a write, and finds the same", () => {
    const gpu = new VirtualGPU("h100");
    const y = gpu.zeros(f32, 64, { label: "y" });
    const { image } = gpu.step(rounds, { grid: 2, block: 32 }, { n: 50, y });
    const { told, tasks, reporter } = ears();
    const [heard, quiet] = [new Replay(image, reporter), new Replay(image, silent)];
    for (const replay of [heard, quiet]) replay.seek(replay.length - 10);
    expect(heard.lastWrite("global", y.address, heard.length)).toBe(quiet.lastWrite("global", y.address, quiet.length));
    expect(heard.globalMemory()[0].bytes).toEqual(quiet.globalMemory()[0].bytes);
    expect(tasks).toEqual([
      "recording of rounds: 2 blocks",
      expect.stringMatching(/^going to step \d+: \d+ steps$/),
      `looking for the last write: ${heard.length} steps`,
      expect.stringMatching(/^going to step /),
    ]);
    expect(new Set(told.map(({ status }) => status))).toEqual(new Set(["done"]));
  });
});
