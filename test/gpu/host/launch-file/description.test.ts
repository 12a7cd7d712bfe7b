// A launch of a cell as a launch file: the file gives what the launch gives, and is what people write.
import { describe, expect, it } from "vitest";
import { f32, f64, i32, u64 } from "../../../../src/core/dtype.js";
import { silent } from "../../../../src/core/progress.js";
import { launchFileOf, runLaunchFile, VirtualGPU } from "../../../../src/gpu/host/index.js";
import { kernel } from "../../../../src/gpu/language/index.js";

const scale = kernel(
  "scale",
  { n: i32, a: f64, big: u64, x: f32.ptr, y: f32.ptr },
  ({ n, a, x, y }, { threadIdx, f32 }) => {
    const i = threadIdx.x;
    if (i < n) y[i] = x[i] * f32(a);
  },
);

describe("the launch file of a launch", () => {
  it("has the kernel's PTX beside it, and options under the names of files", () => {
    const { launch, files } = launchFileOf({
      kernel: scale,
      grid: { x: 2 },
      block: [16, 2],
      stackBytes: 64,
      maxSteps: 1000,
      device: "h100",
      args: { n: 4, a: Number.NaN, big: 2n ** 60n, x: [1, 2], y: { count: 4, fill: 3 } },
    });
    expect(files).toEqual({ "scale.ptx": scale.ptx });
    expect(launch).toEqual({
      ptx: "scale.ptx",
      kernel: "scale",
      grid: [2, 1, 1],
      block: [16, 2],
      stack_bytes: 64,
      max_steps: 1000,
      device: "h100",
      args: [
        { i32: 4 },
        { f64: "NaN" },
        { u64: "1152921504606846976" },
        { ptr: { dtype: "f32", base64: "AACAPwAAAEA=" } },
        { ptr: { dtype: "f32", count: 4, fill: 3 } },
      ],
    });
    expect(JSON.parse(JSON.stringify(launch))).toEqual(launch);
  });

  it("runs as the launch does, and leaves its arrays as they were", () => {
    const gpu = new VirtualGPU("h100");
    const memory = gpu.array(f32, [1, 2, 3, 4, 5, 6, 7, 8]);
    // One allocation, read from its first element on and written from its fifth.
    const args = { n: 4, a: 2, big: 0, x: memory, y: memory.add(4) };
    const { launch, files } = launchFileOf({ kernel: scale, grid: 1, block: 8, args });
    expect(launch["args"]).toMatchObject([{}, {}, {}, { ptr: { dtype: "f32" } }, { ref: 3, offset: 16 }]);
    const { outputs, counters } = runLaunchFile(
      { ...launch, outputs: [3] },
      { readFile: (path) => files[path], progress: silent },
    );
    expect(Array.from(memory.toArray())).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    const launched = gpu.launch(scale, { grid: 1, block: 8, progress: silent }, args);
    const bytes = Uint8Array.from(Buffer.from(outputs["3"].base64, "base64"));
    expect(new Float32Array(bytes.buffer)).toEqual(memory.toArray());
    expect(counters).toEqual(launched.counters);
  });

  it("takes for PTX a list, with arrays that say what is in them", () => {
    const ptx = new VirtualGPU("a100").load(scale.ptx).kernel();
    const args = [4, 2, 1n, new Float32Array([1]), { dtype: "f32" as const, count: 2 }];
    expect(launchFileOf({ kernel: ptx, grid: 1, block: 1, args }).launch["args"]).toEqual([
      { u32: 4 },
      { f64: 2 },
      { u64: "1" },
      { ptr: { dtype: "f32", base64: "AACAPw==" } },
      { ptr: { dtype: "f32", count: 2, fill: 0 } },
    ]);
  });
});

const good = { n: 1, a: 1, big: 1, x: [1], y: [1] };

it.each<[object, string]>([
  [{ kernel: 5 }, "launch: kernel is no kernel, got 5"],
  [{ blok: 1 }, 'launch of "scale": there is no option "blok"\nDid you mean "block"?'],
  [{ print: () => {} }, 'there is no option "print"'],
  [{ args: { ...good, z: 1 } }, 'launch of "scale": there is no parameter "z"'],
  [{ args: undefined }, 'argument "n" is missing'],
  [{ args: { ...good, n: 1.5 } }, 'launch of "scale", argument "n": 1.5 is not a whole number'],
  [{ args: { ...good, n: [1] } }, 'argument "n": a list is not a whole number'],
  [{ args: { ...good, x: 1 } }, 'argument "x": needs an array of f32'],
  [{ args: { ...good, x: { count: -1 } } }, 'argument "x": needs an array of f32'],
  [{ args: { ...good, x: { count: 1, full: 2 } } }, 'argument "x": needs an array of f32'],
  [{ args: { ...good, x: new Int32Array(1) } }, "Int32Array does not hold f32 values"],
])("refuses what fits no kernel (%#)", (changes, says) => {
  expect(() => launchFileOf({ kernel: scale, grid: 1, block: 1, args: good, ...changes } as never)).toThrow(says);
});

it("refuses an array of unknown type for PTX, and a freed one", () => {
  const gpu = new VirtualGPU("a100");
  const ptx = gpu.load(scale.ptx).kernel();
  const described = (x: unknown) => ({ kernel: ptx, grid: 1, block: 1, args: [1, 1, 1, x, x] }) as never;
  expect(() => launchFileOf(described([1]))).toThrow("the type of its elements is not known");
  expect(() => launchFileOf({ kernel: ptx, grid: 1, block: 1, args: [1] })).toThrow("it takes a list of 5 arguments");
  const x = gpu.zeros(f32, 1);
  gpu.free(x);
  expect(() => launchFileOf(described(x))).toThrow("has been freed");
});
