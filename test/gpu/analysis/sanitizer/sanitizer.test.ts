// The sanitizer on kernels that nvcc compiled, each right and with a mistake in it: nothing is found in what is right, whatever the
// order of execution, and of each mistake the kind, the lines and the threads.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { i32, u8 } from "../../../../src/core/dtype.js";
import { type Launch, VirtualGPU } from "../../../../src/gpu/host/index.js";
import type { Finding } from "../../../../src/gpu/simt/fault.js";

const source = readFileSync(new URL("kernels.cu", import.meta.url), "utf8").split("\n");
const ptx = readFileSync(new URL("kernels.ptx", import.meta.url), "utf8");

/** The (1-based) line of a kernel's source that has this text. */
function lineOf(kernel: string, text: string, nth = 0): number {
  const start = source.findIndex((line) => line.includes(` ${kernel}(`));
  let left = nth;
  for (let i = start; i < source.length; i++) if (source[i].includes(text) && left-- === 0) return i + 1;
  throw new Error(`${kernel} has no ${text}`);
}

const blocks = 3;
const block = 128;
const input = Int32Array.from({ length: blocks * block }, (_, i) => (i * 37) % 101);
const total = (values: Int32Array): number => values.reduce((sum, value) => sum + value, 0);
const sums = Array.from({ length: blocks }, (_, b) => total(input.slice(b * block, (b + 1) * block)));
const bins = Array.from({ length: 16 }, (_, bin) => input.filter((value) => (value & 15) === bin).length);

interface Shape {
  readonly grid?: number;
  readonly block?: number;
}

function run(
  name: string,
  out: number,
  shape: Shape = {},
  extra: readonly number[] = [],
): { launch: Launch; out: number[] } {
  const gpu = new VirtualGPU("a100");
  const result = gpu.zeros(i32, out, { label: "out" });
  const args = [gpu.array(i32, input, { label: "in" }), result, ...extra];
  const launch = gpu.launch(gpu.load(ptx).kernel(name), { grid: blocks, block, ...shape, sanitize: true }, args);
  return { launch, out: [...result.toArray()] };
}

describe("of a kernel that is right nothing is found", () => {
  it.each<[string, number, readonly number[]]>([
    ["reduction", blocks, sums],
    ["shuffled", blocks, sums],
    ["histogram", 16, bins],
  ])("%s", (name, length, expected) => {
    const { launch, out } = run(name, length);
    expect(out).toEqual(expected);
    expect(launch.findings).toEqual([]);
  });

  it("a warp that is synchronous by __syncwarp", () => {
    const { launch, out } = run("warpSynchronous", 32, { grid: 1, block: 32 });
    expect(out).toEqual(new Array(32).fill(total(input.slice(0, 32))));
    expect(launch.findings).toEqual([]);
  });

  it("a last block that adds up what the others wrote, behind a fence and an atomic", () => {
    const gpu = new VirtualGPU("a100");
    const [partial, out] = [gpu.zeros(i32, blocks), gpu.zeros(i32, 1)];
    const kernel = gpu.load(ptx).kernel("lastBlock");
    const launch = gpu.launch(kernel, { grid: blocks, block, sanitize: true }, [gpu.array(i32, input), partial, out]);
    expect(out.toArray()[0]).toBe(total(input));
    expect(launch.findings).toEqual([]);
  });

  it("a spin lock, of lanes, warps and blocks", () => {
    const gpu = new VirtualGPU("a100");
    const out = gpu.zeros(i32, 1);
    const kernel = gpu.load(ptx).kernel("locked");
    const launch = gpu.launch(kernel, { grid: 4, block, sanitize: true }, [gpu.zeros(i32, 1), out]);
    expect(out.toArray()[0]).toBe(16);
    expect(launch.findings).toEqual([]);
  });

  it("tiles that two barriers guard", () => {
    const gpu = new VirtualGPU("a100");
    const n = 32;
    const [a, b, c] = [0, 1, 2].map(() => gpu.array(i32, new Int32Array(n * n)));
    const launch = gpu.launch(gpu.load(ptx).kernel("tiled"), { grid: [2, 2], block: [16, 16], sanitize: true }, [
      a,
      b,
      c,
      n,
    ]);
    expect(launch.findings).toEqual([]);
  });

  it("neighbouring bytes of one word", () => {
    const gpu = new VirtualGPU("a100");
    const args = [gpu.array(u8, new Uint8Array(block)), gpu.zeros(u8, block)];
    expect(gpu.launch(gpu.load(ptx).kernel("bytes"), { grid: 1, block, sanitize: true }, args).findings).toEqual([]);
  });

  // struct { char c; float f; } and struct { int i; double d; }: compilers copy whole words.
  it("the padding of structures that are copied in words", () => {
    const body = `.local .align 16 .b8 from[32]; .reg .b32 %r<3>; .reg .b64 %rd<3>;
      mov.b32 %r1, 7; st.local.u8 [from], %r1; st.local.b32 [from+4], %r1;
      st.local.b32 [from+8], %r1; mov.b64 %rd1, 1; st.local.b64 [from+16], %rd1;
      ld.local.b64 %rd1, [from]; ld.local.b64 %rd2, [from+8]; ld.local.v2.b64 {%rd1, %rd2}, [from]; ret;`;
    expect(findingsOfText(body)).toEqual([]);
  });

  // As nvcc -G reads a struct by value. The second function calls itself, so that each of its entries has a frame of its own.
  it.each(["read", "readAgain"])("a parameter that a function reads through its address: %s", (name) => {
    const functions = `
      .func (.param .b32 r) read(.param .align 8 .b8 a[16]) {
        .reg .b64 %rd<2>; .reg .b32 %r<2>;
        mov.b64 %rd1, a; ld.local.b32 %r1, [%rd1+8]; st.param.b32 [r], %r1; ret;
      }
      .func (.param .b32 r) readAgain(.param .align 8 .b8 a[16], .param .b32 n) {
        .reg .b64 %rd<2>; .reg .b32 %r<3>; .reg .pred %p<2>;
        mov.b64 %rd1, a; ld.local.b32 %r1, [%rd1+8]; ld.param.b32 %r2, [n];
        setp.eq.u32 %p1, %r2, 0; @%p1 bra done; sub.u32 %r2, %r2, 1;
        { .param .align 8 .b8 x[16]; .param .b32 y; .param .b32 z;
          st.param.v2.b32 [x], {%r1, %r1}; st.param.v2.b32 [x+8], {%r1, %r1}; st.param.b32 [y], %r2;
          call (z), readAgain, (x, y); ld.param.b32 %r1, [z]; }
        done: st.param.b32 [r], %r1; ret;
      }`;
    const body = `.reg .b32 %r<2>; mov.b32 %r1, 3;
      { .param .align 8 .b8 x[16]; .param .b32 y; .param .b32 z;
        st.param.v2.b32 [x], {%r1, %r1}; st.param.v2.b32 [x+8], {%r1, %r1}; st.param.b32 [y], %r1;
        call (z), ${name}, (${name === "read" ? "x" : "x, y"}); ld.param.b32 %r1, [z]; } ret;`;
    expect(findingsOfText(body, functions)).toEqual([]);
  });

  // Ten milliseconds; a search through all that has been written behind it would take longer than a test may.
  it("a few words of a large array that was filled in parts", () => {
    const gpu = new VirtualGPU("a100");
    const half = 1 << 23;
    const raw = gpu.malloc(2 * half, { dtype: i32 });
    for (const part of [0, half]) raw.set(new Int32Array(half), part);
    const kernel = gpu.load(ptx).kernel("reduction");
    const launch = gpu.launch(kernel, { grid: 8, block, sanitize: true }, [raw, gpu.zeros(i32, 8)]);
    expect(launch.findings).toEqual([]);
  });

  it("two stores of the same value", () => {
    expect(run("sameFlag", 1).launch.findings).toEqual([]);
  });

  it("a flag between blocks, behind fences", () => {
    const gpu = new VirtualGPU("a100");
    const [data, flag, out] = [block, 1, block].map((length) => gpu.zeros(i32, length));
    const launch = gpu.launch(gpu.load(ptx).kernel("flags"), { grid: 2, block, sanitize: true }, [
      gpu.array(i32, input),
      data,
      flag,
      out,
    ]);
    expect([...out.toArray()]).toEqual([...input.slice(0, block)]);
    expect(launch.findings).toEqual([]);
  });
});

describe("a barrier of the block", () => {
  it("opens without the threads that have returned, which is no mistake", () => {
    const { launch, out } = run("earlyReturn", block, { grid: 1 }, [100]);
    expect(launch.findings).toEqual([]);
    expect(out.slice(0, 100)).toEqual([...input.slice(0, 100)].reverse());
  });

  // The two halves of the block, or of each warp, wait in different places.
  it.each([
    ["warps", "setp.lt.u32 %p, %tid.x, 32;", 64],
    ["lanes", "and.b32 %r, %tid.x, 1; setp.eq.u32 %p, %r, 0;", 32],
  ])("to which %s come in two places is one", (_what, choose, threads) => {
    const gpu = new VirtualGPU("a100");
    const body = `.reg .pred %p; .reg .b32 %r; ${choose}
      @%p bra other;
      bar.sync 0;
      bra end;
      other: bar.sync 0;
      end: ret;`;
    const text = `.version 8.0\n.target sm_80\n.address_size 64\n.visible .entry k()\n{\n${body}\n}`;
    const { findings } = gpu.launch(gpu.load(text).kernel("k"), { grid: 1, block: threads, sanitize: true }, []);
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({ kind: "barrier divergence" });
    expect(findings[0].message).toContain("waits at a barrier of the block where others wait at the one in");
  });
});

it("says how much was found beyond the findings that it keeps", () => {
  const gpu = new VirtualGPU("a100");
  const loads = Array.from({ length: 103 }, (_, i) => `ld.shared.u32 %r, [tile+${4 * i}];`).join("\n");
  const text = `.version 8.0\n.target sm_80\n.address_size 64\n.visible .entry k() { .reg .b32 %r; .shared .b32 tile[128];\n${loads}\nret; }`;
  const { findings } = gpu.launch(gpu.load(text).kernel("k"), { grid: 1, block: 1, sanitize: true }, []);
  expect(findings).toHaveLength(100);
  expect(findings[98].message).not.toContain("Beyond");
  expect(findings[99].message).toMatch(/\nBeyond these 100 findings others were found, 3 times\.$/);
});

/** What is found in one thread that runs this text. */
function findingsOfText(body: string, functions = ""): readonly Finding[] {
  const text = `.version 8.0\n.target sm_80\n.address_size 64\n${functions}\n.visible .entry k()\n{\n${body}\n}`;
  const gpu = new VirtualGPU("a100");
  return gpu.launch(gpu.load(text).kernel("k"), { grid: 1, block: 1, sanitize: true }, []).findings;
}

/** The one kind of mistake that a launch has. */
function findingsOf(kernel: string, out: number, shape: Shape = {}, extra: readonly number[] = []): readonly Finding[] {
  const { findings } = run(kernel, out, shape, extra).launch;
  expect(findings.length).toBeGreaterThan(0);
  return findings;
}

describe("finds", () => {
  it("a barrier that is missing in a loop, by both lines and both threads", () => {
    const findings = findingsOf("reductionWithoutBarrier", blocks);
    const loop = lineOf("reductionWithoutBarrier", "if (t < s)");
    expect(new Set(findings.map(({ kind }) => kind))).toEqual(new Set(["data race"]));
    expect(findings.map(({ line }) => line)).toContain(loop);
    const [{ message, allocation, block: where }] = findings;
    expect(message).toMatch(
      /data race in shared memory at byte \d+, in ".*partial": this thread (reads|writes) what thread \(?\d+/,
    );
    expect(message).toContain(`line ${loop}`);
    expect(message).toContain("Put a barrier between them");
    expect(allocation).toContain("partial");
    expect(where).toEqual([0, 0, 0]);
  });

  it("a barrier that is missing before others' values are read", () => {
    const findings = findingsOf("firstBarrierMissing", block, { grid: 1 });
    const finding = findings.find(({ message }) => message.includes("this thread reads")) as Finding;
    expect(finding).toMatchObject({
      kind: "data race",
      line: lineOf("firstBarrierMissing", "out[t] ="),
      block: [0, 0, 0],
      ptx_line: expect.any(Number),
      address: expect.stringMatching(/^0x/),
    });
    expect(finding.message).toContain(`writes in line ${lineOf("firstBarrierMissing", "tile[t] =")}`);
  });

  it("lanes of a warp that read each other's values without __syncwarp", () => {
    const [finding] = findingsOf("plainWarp", 32, { grid: 1, block: 32 });
    expect(finding).toMatchObject({ kind: "data race", line: lineOf("plainWarp", "out[t] =") });
  });

  it("a fence that is missing between blocks", () => {
    const gpu = new VirtualGPU("a100");
    const [partial, out] = [gpu.zeros(i32, blocks, { label: "partial" }), gpu.zeros(i32, 1)];
    const kernel = gpu.load(ptx).kernel("lastBlockWithoutFence");
    const { findings } = gpu.launch(kernel, { grid: blocks, block, sanitize: true }, [
      gpu.array(i32, input),
      partial,
      out,
    ]);
    expect(findings[0]).toMatchObject({
      kind: "data race",
      allocation: "partial",
      block: [2, 0, 0],
      line: lineOf("lastBlockWithoutFence", "sum +="),
      address: `0x${partial.address.toString(16)}`,
    });
    expect(findings[0].message).toContain("thread (0) of block (0)");
  });

  it("shared memory that nothing has set to zero", () => {
    const findings = findingsOf("histogramWithoutZeros", 16);
    expect(findings[0]).toMatchObject({
      kind: "uninitialised read",
      line: lineOf("histogramWithoutZeros", "atomicAdd(&bins"),
      block: [0, 0, 0],
      thread: [0, 0, 0],
    });
    expect(findings[0].message).toMatch(
      /4-byte atomic access of shared memory at byte \d+, in ".*bins", which nothing has written/,
    );
    expect(findings[0].message).toMatch(/It happened \d+ times\.$/);
  });

  it("a histogram without atomics, between threads and between blocks", () => {
    const findings = findingsOf("histogramPlain", 16);
    expect(findings.every(({ kind, allocation }) => kind === "data race" && allocation === "out")).toBe(true);
  });

  it("stores of different values to one word, with the values", () => {
    const findings = findingsOf("differentFlag", 1, { grid: 1, block: 64 });
    expect(findings[0]).toMatchObject({ kind: "data race", thread: [1, 0, 0] });
    expect(findings[0].message).toContain("this thread writes what thread (0) writes");
    expect(findings[0].message).toContain("0x1 after 0x0");
  });

  it("local memory that nothing has written", () => {
    const findings = findingsOf("localArray", block, { grid: 1 }, [2]);
    expect(findings[0]).toMatchObject({
      kind: "uninitialised read",
      allocation: "local",
      line: lineOf("localArray", "out[threadIdx"),
    });
  });

  it.each([
    ["a field beside one that was written", "ld.local.b32 %r1, [a+4];", 4],
    ["an element of a vector", "ld.local.v2.b32 {%r1, %r2}, [a];", 8],
    ["bytes", "ld.local.u8 %r1, [a+2];", 1],
  ])("local memory: %s", (_what, load, bytes) => {
    const body = `.local .align 8 .b8 a[8]; .reg .b32 %r<3>; mov.b32 %r1, 7; st.local.u16 [a], %r1; ${load} ret;`;
    const findings = findingsOfText(body);
    expect(findings).toMatchObject([{ kind: "uninitialised read", allocation: "local" }]);
    expect(findings[0].message).toContain(`${bytes}-byte load of local memory`);
  });

  it("global memory that was allocated and never written, byte by byte", () => {
    const gpu = new VirtualGPU("a100");
    const raw = gpu.malloc(block, { dtype: i32, label: "raw" });
    const kernel = gpu.load(ptx).kernel("reduction");
    const launch = (): readonly Finding[] =>
      gpu.launch(kernel, { grid: 1, block, sanitize: true }, [raw, gpu.zeros(i32, 1)]).findings;
    expect(launch()).toMatchObject([{ kind: "uninitialised read", allocation: "raw", thread: [0, 0, 0] }]);
    raw.set(input.slice(0, 100));
    expect(launch()).toMatchObject([
      { allocation: "raw", thread: [100, 0, 0], address: `0x${(raw.address + 400).toString(16)}` },
    ]);
    raw.set(input.slice(0, 28), 100);
    expect(launch()).toEqual([]);
  });

  it("nothing of memory that a launch has written, watched or not", () => {
    for (const sanitize of [true, false]) {
      const gpu = new VirtualGPU("a100");
      const raw = gpu.malloc(1, { dtype: i32 });
      const kernel = gpu.load(ptx).kernel("reduction");
      gpu.launch(kernel, { grid: 1, block, sanitize }, [gpu.array(i32, input), raw]);
      const { findings } = gpu.launch(gpu.load(ptx).kernel("sameFlag"), { grid: 1, block: 1, sanitize: true }, [
        raw,
        gpu.zeros(i32, 1),
      ]);
      expect(findings).toEqual([]);
    }
  });
});

it("says in the launch's one line what it found", () => {
  expect(String(run("histogramPlain", 16).launch)).toMatch(/the sanitizer found \d+: .*data race in global memory/);
});
