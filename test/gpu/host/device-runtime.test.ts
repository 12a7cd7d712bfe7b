// printf, malloc, free and assert as nvcc compiles them: what is printed held against the C library's own output.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { f32, f64, i32, u8, u64 } from "../../../src/core/dtype.js";
import { Replay } from "../../../src/gpu/analysis/replay.js";
import { VirtualGPU } from "../../../src/gpu/host/index.js";
import { runLaunchFile } from "../../../src/gpu/host/launch-file/run.js";
import { kernel } from "../../../src/gpu/language/index.js";
import type { LaunchFault } from "../../../src/gpu/simt/fault.js";
import { formatText } from "../../../src/gpu/simt/format-text.js";
import type { ReconvergencePolicy } from "../../../src/gpu/simt/launch-image.js";

const text = (name: string): string => readFileSync(new URL(`nvcc/${name}`, import.meta.url), "utf8");
const printing = text("printf.ptx");
const allocating = text("malloc.ptx");
const expected = text("printf-host.txt").split("\n");
const policies: readonly ReconvergencePolicy[] = ["stack", "independent", "lowest-pc"];
const threads = Array.from({ length: 32 }, (_, thread) => thread);
const silent = () => {};

describe("printf", () => {
  it("prints every conversion as the C library does", () => {
    const gpu = new VirtualGPU("h100");
    const given = gpu.array(u8, [...new TextEncoder().encode("café"), 0]);
    const { printed } = gpu.launch(gpu.load(printing).kernel("whole"), { grid: 1, block: 1, print: silent }, [given]);
    expect(printed.split("\n")).toEqual([...expected.slice(0, 7), ""]);
  });

  it("prints floating-point numbers to the last digit as the C library does", () => {
    const x = [
      0,
      -0,
      1,
      -1.5,
      // biome-ignore lint/suspicious/noApproximativeNumericConstant: the C library was given these very digits
      3.14159265358979,
      1e300,
      -1e-300,
      5e-324,
      0.5,
      2.5,
      1e15 + 0.5,
      123456.789,
      999999.5,
      9.9999995,
      1e21,
      0.0001,
      0.00001234565,
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
      1 / 3,
      2 ** 52 + 2,
      0.125,
      0.375,
      1e22,
      2147483648,
    ];
    const gpu = new VirtualGPU("h100");
    const real = gpu.load(printing).kernel("real");
    const { printed } = gpu.launch(real, { grid: 1, block: 1, print: silent }, [gpu.array(f64, x), x.length]);
    // This C library forgets the zeros that %#g keeps, where rounding makes a digit more.
    const host = expected.slice(7).map((line) => line.replace(" 1.e+06 ", " 1.00000e+06 "));
    expect(printed.split("\n")).toEqual(host);
  });

  it.each(policies)("prints lane by lane in the order of execution, under the policy %s", (policy) => {
    const gpu = new VirtualGPU("h100");
    let heard = "";
    const config = { grid: 2, block: 8, policy, print: (piece: string) => (heard += piece) };
    const { printed } = gpu.launch(gpu.load(printing).kernel("lanes"), config, [13]);
    const line = (i: number): string =>
      i % 2 === 0 ? `thread ${i} is even\n` : `thread ${i} has ${(i * 0.25).toFixed(6)} and ${i % 3 ? "no" : "yes"}\n`;
    const all = [0, 8].flatMap((first) => {
      const lanes = threads.slice(first, Math.min(first + 8, 13));
      return [lanes.filter((i) => i % 2 === 1), lanes.filter((i) => i % 2 === 0)];
    });
    const sorted = (lines: string): string[] => lines.split("\n").sort();
    expect(sorted(printed)).toEqual(sorted(all.flat().map(line).join("")));
    // Lanes that are at one printf together print from the lowest up.
    for (const together of all) expect(printed).toContain(together.map(line).join(""));
    expect(heard).toBe(printed);
  });

  it("of a kernel written in TypeScript prints too, on every GPU and in the stepper", () => {
    const greet = kernel("greet", { n: i32, a: f32 }, ({ n, a }, { threadIdx, printf }) => {
      if (threadIdx.x < n) printf("lane %d of %d: %5.2f%%\n", threadIdx.x, n, a);
    });
    const all = [0, 1, 2].map((i) => `lane ${i} of 3:  1.50%\n`).join("");
    for (const gpu of [new VirtualGPU("h100"), new VirtualGPU("a100")]) {
      for (let round = 0; round < 2; round++) {
        expect(gpu.launch(greet, { grid: 1, block: 32, print: silent }, { n: 3, a: 1.5 }).printed).toBe(all);
      }
      const { replay } = gpu.step(greet, { grid: 1, block: 32 }, { n: 3, a: 1.5 });
      replay.seek(replay.length);
      expect(replay.printed).toBe(all);
    }
  });

  it("returns how many arguments it had", () => {
    const gpu = new VirtualGPU("h100");
    const out = gpu.zeros(i32, 2);
    gpu.launch(gpu.load(printing).kernel("results"), { grid: 1, block: 1, print: silent }, [out]);
    expect([...out.toArray()]).toEqual([0, 2]);
  });

  it("prints as far as the stepper has come, and nothing twice", () => {
    const gpu = new VirtualGPU("h100");
    const { replay } = gpu.step(gpu.load(printing).kernel("lanes"), { grid: 1, block: 32 }, [3]);
    replay.seek(replay.length);
    const all = replay.printed;
    expect(all.match(/thread/g)).toHaveLength(3);
    replay.seek(0);
    expect(replay.printed).toBe("");
    const texts = Array.from({ length: replay.length + 1 }, (_, position) => {
      replay.seek(position);
      return replay.printed;
    });
    expect(new Set(texts).size).toBe(3);
    for (const each of texts) expect(all.startsWith(each)).toBe(true);
    replay.seek(replay.length);
    expect(replay.printed).toBe(all);
  });

  it("is in a launch file's answer where there is something", () => {
    const launch = (kernel: string, args: unknown) =>
      runLaunchFile({ ptx: "p", kernel, grid: [1, 1, 1], block: [1, 1, 1], args }, { readFile: () => printing });
    expect(launch("lanes", [{ i32: 1 }]).printed).toBe("thread 0 is even\n");
    expect(launch("lanes", [{ i32: 0 }])).not.toHaveProperty("printed");
  });

  it("takes 32 arguments at most, and prints what is beyond as it stands", () => {
    let next = 0;
    const values = { word: () => ++next, long: () => 0n, real: () => 0, text: () => new Uint8Array() };
    const { bytes, count } = formatText(new TextEncoder().encode("%d ".repeat(34)), values);
    expect(new TextDecoder().decode(bytes)).toBe(`${Array.from({ length: 32 }, (_, i) => `${i + 1} `).join("")}%d %d `);
    expect(count).toBe(32);
  });

  it("faults where a text or an argument is nowhere", () => {
    const gpu = new VirtualGPU("h100");
    const whole = gpu.load(printing).kernel("whole");
    expect(() => gpu.launch(whole, { grid: 1, block: 1, print: silent }, [12345n])).toThrow(
      /out-of-bounds 1-byte load at 0x3039/,
    );
  });
});

describe("malloc and free", () => {
  const launching = (gpu: VirtualGPU, name: string, args: readonly never[] | readonly unknown[], more = {}) =>
    gpu.launch(gpu.load(allocating).kernel(name), { grid: 1, block: 32, ...more }, args as never);
  const faultOf = (work: () => unknown): LaunchFault["finding"] => {
    try {
      work();
    } catch (error) {
      return (error as LaunchFault).finding;
    }
    throw new Error("no fault");
  };

  it.each(policies)("serve lists of each lane's own, under the policy %s", (policy) => {
    const gpu = new VirtualGPU("h100");
    const out = gpu.zeros(i32, 32);
    const before = gpu.memory.global.allocations.length;
    const module = gpu.load(allocating);
    const loaded = gpu.memory.global.allocations.length;
    gpu.launch(module.kernel("lists"), { grid: 1, block: 32, policy }, [out]);
    const sum = (t: number): number => Array.from({ length: (t % 5) + 1 }, (_, i) => t + i * i).reduce((a, b) => a + b);
    expect([...out.toArray()]).toEqual(threads.map(sum));
    expect(gpu.memory.global.allocations.length).toBe(loaded);
    expect(loaded).toBeGreaterThan(before);
  });

  it("leave what is not freed to later launches, where it is seen", () => {
    const gpu = new VirtualGPU("h100");
    const [kept, out] = [gpu.zeros(u64, 32), gpu.zeros(i32, 32)];
    launching(gpu, "keep", [kept]);
    const leaks = gpu.memory.global.allocations.filter(({ label }) => label.startsWith("malloc"));
    expect(leaks.map(({ label, byteLength }) => [label, byteLength])).toEqual(
      threads.map((t) => [`malloc in thread (${t})`, 12]),
    );
    launching(gpu, "use", [kept, out]);
    expect([...out.toArray()]).toEqual(threads.map((t) => 3 * 10 * (31 - t) + 3));
    expect(gpu.memory.global.allocations.some(({ label }) => label.startsWith("malloc"))).toBe(false);
  });

  it("give a null pointer where the heap is full, 8 MiB unless the launch says otherwise", () => {
    const gpu = new VirtualGPU("h100");
    const out = gpu.zeros(i32, 32);
    const count = (bytes: bigint, heapBytes?: number): number => {
      const fresh = new VirtualGPU("h100");
      const got = fresh.zeros(i32, 32);
      launching(fresh, "greedy", [got, bytes], heapBytes === undefined ? {} : { heapBytes });
      return [...got.toArray()].reduce((sum, each) => sum + each, 0);
    };
    expect(count(1024n * 1024n)).toBe(8);
    expect(count(1024n, 5000)).toBe(4);
    expect(count(0n)).toBe(0);
    launching(gpu, "greedy", [out, 1024n], { heapBytes: 1024 });
    launching(gpu, "greedy", [out, 1024n], { heapBytes: 1024 });
    expect([...out.toArray()]).toEqual(threads.map(() => 0));
  });

  it("are checked like any other memory", () => {
    const gpu = new VirtualGPU("h100");
    const out = gpu.zeros(i32, 32);
    expect(faultOf(() => launching(gpu, "beyond", [out]))).toMatchObject({
      kind: "out-of-bounds",
      thread: [3, 0, 0],
      allocation: "malloc in thread (3)",
      message: expect.stringMatching(/right past the end of "malloc in thread \(3\)" \(u8, 12 bytes\)/),
    });
    expect(faultOf(() => launching(gpu, "after", [out]))).toMatchObject({
      kind: "out-of-bounds",
      thread: [4, 0, 0],
      allocation: "malloc in thread (4)",
      message: expect.stringMatching(/it lies in "malloc in thread \(4\)" \(12 bytes\), which has been freed/),
    });
    expect(faultOf(() => launching(gpu, "twice", [out]))).toMatchObject({
      kind: "invalid free",
      thread: [2, 0, 0],
      message: expect.stringMatching(/for the second time: it was "malloc in thread \(2\)"/),
    });
    expect(faultOf(() => launching(gpu, "wrong", [out]))).toMatchObject({
      kind: "invalid free",
      message: expect.stringMatching(/where malloc has given nothing/),
    });
  });

  it("come and go with time travel", () => {
    const gpu = new VirtualGPU("h100");
    const replay = new Replay(
      gpu.step(gpu.load(allocating).kernel("lists"), { grid: 1, block: 32 }, [gpu.zeros(i32, 32)]).image,
    );
    const at = (position: number): unknown => {
      replay.seek(position);
      return structuredClone(replay.globalMemory());
    };
    const positions = Array.from({ length: 12 }, (_, i) => Math.floor((i * replay.length) / 11));
    const forwards = positions.map(at);
    const counts = forwards.map(
      (memory) => (memory as { label: string }[]).filter(({ label }) => label.startsWith("malloc")).length,
    );
    expect(Math.max(...counts)).toBeGreaterThan(31);
    expect(counts.at(-1)).toBe(0);
    for (const i of [7, 3, 11, 0, 5, 10, 1]) expect(at(positions[i])).toEqual(forwards[i]);
  });
});

it("an assertion that does not hold is a fault with its words and its place", () => {
  const gpu = new VirtualGPU("h100");
  const out = gpu.array(i32, threads);
  expect(() => gpu.launch(gpu.load(allocating).kernel("checked"), { grid: 1, block: 32 }, [out, 20])).toThrow(
    /the assertion out\[threadIdx\.x\] < limit && "too large" does not hold, at malloc\.cu:63 in void checked\(int \*, int\)\n?/,
  );
  try {
    gpu.launch(gpu.load(allocating).kernel("checked"), { grid: 1, block: 32 }, [out, 20]);
  } catch (error) {
    expect((error as LaunchFault).finding).toMatchObject({ kind: "assert", thread: [20, 0, 0], line: 63 });
  }
});
