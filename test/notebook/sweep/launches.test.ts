// Launches swept from a cell: held against the launches themselves, with a reason for those that cannot run.
import { describe, expect, it } from "vitest";
import { f32, i32 } from "../../../src/core/dtype.js";
import type { ProgressState } from "../../../src/core/progress.js";
import { silent } from "../../../src/core/progress.js";
import { VirtualGPU } from "../../../src/gpu/host/index.js";
import { kernel } from "../../../src/gpu/language/index.js";
import { predictWork } from "../../../src/model/index.js";
import { type LaunchSweep, sweepLaunches, type Varied } from "../../../src/notebook/sweep/index.js";
import { roofline } from "../../../src/view/index.js";
import { asKernel, RecordingBridge } from "../recording-bridge.js";

const saxpy = kernel(
  "saxpy",
  { n: i32, a: f32, x: f32.ptr, y: f32.ptr },
  ({ n, a, x, y }, { blockIdx, blockDim, threadIdx }) => {
    const i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) y[i] = a * x[i] + y[i];
  },
);
/** A launch's own counters, in place of what a sweep says of it. */
function launched(n: number, block: number, device = "a100") {
  const gpu = new VirtualGPU(device);
  const [x, y] = [gpu.zeros(f32, n), gpu.zeros(f32, n)];
  return gpu.launch(saxpy, { grid: Math.ceil(n / block), block, progress: silent }, { n, a: 2, x, y });
}
const swept = async <V extends Varied>(sweep: LaunchSweep<V>) =>
  (await sweepLaunches(sweep, { workers: 1, progress: silent })).objects() as Record<string, unknown>[];

describe("a sweep of launches", () => {
  it("has for each point what its launch has, in the points' order", async () => {
    const states: ProgressState[] = [];
    const table = await sweepLaunches(
      {
        vary: { n: [100, 1000], block: [32, 96], device: ["a100", "h100"] },
        launch: ({ n, block, device }) => ({
          kernel: saxpy,
          device,
          grid: Math.ceil(n / block),
          block,
          args: { n, a: 2, x: { count: n, fill: 1 }, y: new Float32Array(n) },
        }),
      },
      { workers: 2, progress: () => ({ update: (state) => void states.push(state) }) },
    );
    const rows = table.objects() as Record<string, unknown>[];
    expect(rows.map(({ n, block, device }) => [n, block, device])).toEqual(
      [100, 1000].flatMap((n) => [32, 96].flatMap((block) => ["a100", "h100"].map((device) => [n, block, device]))),
    );
    for (const row of rows) {
      const { counters, work, occupancy } = launched(row["n"] as number, row["block"] as number, String(row["device"]));
      expect(row).toMatchObject({ ...counters, kernel_type: "saxpy", findings: 0, note: "" });
      expect(row["occupancy"]).toBe(occupancy?.occupancy);
      const { predicted_time_us, ai, precision, flops, bytes } = predictWork(work, { device: String(row["device"]) });
      expect(row).toMatchObject({ predicted_time_us, ai, precision, flops, bytes, model: "ideal" });
    }
    expect(states.at(-1)).toMatchObject({ label: "sweep of launches", done: 8, total: 8, status: "done" });
    expect(table.column("global_load_sectors")).toBeInstanceOf(Float64Array);
    // A point of each under its device's roofline.
    expect(JSON.stringify(roofline(table))).toContain("saxpy");
  });

  it("varies fields by their paths, and takes arrays of a device as they are", async () => {
    const gpu = new VirtualGPU("h100");
    const x = gpu.array(f32, new Float32Array(64).fill(3), { label: "x" });
    const rows = await swept({
      vary: { block: [32, { x: 8, y: 4 }], "args.n": [16, 64, 65], policy: ["stack", "lowest-pc"] },
      launch: { kernel: saxpy, block: 1, grid: 4, device: "h100", args: { a: 2, x, y: x } },
    });
    expect(rows.length).toBe(12);
    expect(rows.slice(0, 6).map((row) => [row["args.n"], row["policy"], row["bytes_global_written"]])).toEqual([
      [16, "stack", 64],
      [16, "lowest-pc", 64],
      [64, "stack", 256],
      [64, "lowest-pc", 256],
      [65, "stack", 256],
      [65, "lowest-pc", 256],
    ]);
    expect(new Set(rows.map(({ block }) => block))).toEqual(new Set(["32", '{"x":8,"y":4}']));
    // Beyond the end of x: a fault is a finding, and has no time.
    expect(rows[4]).toMatchObject({ findings: 1, predicted_time_us: null });
    expect(rows[4]["note"]).toContain("out-of-bounds 4-byte load");
    expect(x.at(0)).toBe(3);
  });

  it("takes a kernel that came as PTX, and a launch file", async () => {
    const gpu = new VirtualGPU("a100");
    const ptx = gpu.load(saxpy.ptx).kernel();
    const filled = { dtype: "f32" as const, count: 100 };
    const [ofPtx] = await swept({
      vary: { block: [50] },
      launch: { kernel: ptx, grid: 2, block: 1, args: [100, 2, filled, new Float32Array(100)] },
    });
    const [ofFile] = await swept({
      vary: { "args.0.i32": [100] },
      files: { "a.ptx": saxpy.ptx },
      launch: {
        ptx: "a.ptx",
        kernel: "saxpy",
        grid: [2],
        block: [50],
        args: [{ i32: 1 }, { f32: 2 }, { ptr: filled }, { ptr: filled }],
      },
    });
    const { counters } = launched(100, 50);
    expect(ofPtx).toMatchObject({ ...counters });
    expect(ofFile).toMatchObject({ ...counters });
  });

  it("keeps a point that cannot run as a row with its reason", async () => {
    const rows = await swept({
      vary: { block: [32, 2000, 33], device: ["a100", "a1000"] },
      launch: ({ block, device }) => {
        if (block === 33) throw new RangeError("not this one");
        return {
          kernel: saxpy,
          grid: 1,
          block,
          device,
          args: { n: 1, a: 2, x: [1], y: { count: 1 } },
        };
      },
    });
    expect(rows.map(({ note }) => note)).toEqual([
      "",
      'device: unknown device "a1000"',
      'launch of "saxpy": block (2000) is too large: x can be 1024 at most',
      'device: unknown device "a1000"',
      "RangeError: not this one",
      "RangeError: not this one",
    ]);
    expect(rows.map(({ warp_instructions }) => warp_instructions === null)).toEqual([
      false,
      true,
      true,
      true,
      true,
      true,
    ]);
  });

  it("ends with its cell when that is interrupted, and says so on the bar", async () => {
    const states: ProgressState[] = [];
    const bridge = new RecordingBridge();
    const leave = asKernel(bridge);
    try {
      const running = sweepLaunches(
        { vary: { n: Array.from({ length: 500 }, (_, i) => i + 1) }, launch: ({ n }) => described(n) },
        { workers: 1, progress: () => ({ update: (state) => void states.push(state) }) },
      );
      bridge.endCell("interrupted");
      await expect(running).rejects.toThrow("The sweep was interrupted.");
    } finally {
      leave();
    }
    expect(states.at(-1)?.status).toBe("interrupted");
    expect(states.at(-1)?.done).toBeLessThan(500);
  });
});

const described = (n: number) => ({ kernel: saxpy, grid: n, block: 1, args: { n, a: 2, x: [1], y: { count: 1 } } });

it.each<[object, string]>([
  [{ vary: { blok: [1] }, launch: described(1) }, 'vary: blok: a launch has no field "blok"\nDid you mean "block"?'],
  [{ vary: { block: [1] }, launch: { ...described(1), args: { n: 1 } } }, 'argument "a" is missing'],
  [{ vary: { "args.q.z": [1] }, launch: described(1) }, 'vary: the launch has no field "args.q.z"'],
  [
    { vary: { block: [1] }, launch: { ...described(1), blocks: 2 } },
    'there is no option "blocks"\nDid you mean "block"?',
  ],
  [{ vary: { block: [1] }, launch: { ...described(1), device: "a1000" } }, 'device: unknown device "a1000"'],
  [
    { vary: { block: [1] }, launch: { ptx: "a.ptx", kernel: "saxpy", grid: 1, block: 1 } },
    'ptx: the launch names "a.ptx", which was not given',
  ],
  [
    { vary: { block: [1] }, launch: { ptx: "a", kernel: "sax", grid: 1, block: 1 }, files: { a: saxpy.ptx } },
    'kernel: a has no kernel "sax"\nIt has "saxpy".',
  ],
  [
    { vary: { "args.0.u32": [1] }, launch: { ptx: "a", kernel: "saxpy", args: [{ i32: 1 }] }, files: { a: saxpy.ptx } },
    'vary: the launch has no field "args.0.u32"\nThere is "args.0.i32".',
  ],
  [{ vary: { block: [1] } }, "launch: there is no launch"],
  [{ vary: {}, launch: described(1) }, "vary: nothing varies"],
  [{ vary: { flops: [1] }, launch: () => described(1) }, 'vary: "flops" is a column of every launch'],
])("what is wrong with every launch is told before any runs (%#)", async (sweep, says) => {
  await expect(sweepLaunches(sweep as LaunchSweep, { progress: silent })).rejects.toThrow(says);
});

it("refuses a number of threads that is none", async () => {
  const sweep = { vary: { n: [1] }, launch: ({ n }: { n: number }) => described(n) };
  await expect(sweepLaunches(sweep, { workers: 0, progress: silent })).rejects.toThrow(
    "workers: 0 is no number of threads",
  );
});
