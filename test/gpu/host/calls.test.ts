// Device functions that are called: as nvcc compiles them, held against the same functions written here, and by hand.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { f64, i32, u32 } from "../../../src/core/dtype.js";
import { VirtualGPU } from "../../../src/gpu/host/index.js";
import type { ReconvergencePolicy } from "../../../src/gpu/simt/launch-image.js";

const compiled = readFileSync(new URL("nvcc/calls.ptx", import.meta.url), "utf8");

function collatz(n: number): number {
  let steps = 0;
  for (let at = n; at !== 1; at = at % 2 === 1 ? 3 * at + 1 : at / 2) if (++steps > 200) return -1;
  return steps;
}
const twice = (n: number): number => (n % 3 === 0 ? collatz(n + 1) + collatz(n + 2) : collatz(n + 5));

describe("compiled by nvcc", () => {
  it.each<ReconvergencePolicy>(["stack", "independent", "lowest-pc"])(
    "in branches, with loops and early returns, under the policy %s",
    (policy) => {
      const gpu = new VirtualGPU("a100");
      const n = 100;
      const out = gpu.zeros(i32, n);
      const launch = gpu.launch(gpu.load(compiled).kernel("branches"), { grid: 4, block: 32, policy }, [out, n]);
      expect([...out.toArray()]).toEqual(
        Array.from({ length: n }, (_, i) => (i % 2 === 1 ? collatz(i + 1) : twice(i + 1))),
      );
      expect(launch.counters.divergent_branches).toBeGreaterThan(0);
      // What calls hand over is no memory.
      expect(launch.counters.local_bytes).toBe(0);
    },
  );

  it("taking and giving structs, with a static variable of their own", () => {
    const gpu = new VirtualGPU("a100");
    const module = gpu.load(compiled);
    const out = gpu.zeros(f64, 32);
    for (let i = 0; i < 2; i++) gpu.launch(module.kernel("structs"), { grid: 1, block: 32 }, [out, 2]);
    expect([...out.toArray()]).toEqual(Array.from({ length: 32 }, (_, i) => 2 * (1.5 + i)));
  });

  it("working on their caller's local array", () => {
    const gpu = new VirtualGPU("a100");
    const values = Array.from({ length: 32 }, (_, i) => (i * 37) % 32);
    const out = gpu.zeros(i32, 192);
    gpu.launch(gpu.load(compiled).kernel("sorted"), { grid: 1, block: 32 }, [gpu.array(i32, values), out]);
    const expected = Array.from({ length: 32 }, (_, t) =>
      Array.from({ length: 6 }, (_, i) => values[(t * 5 + i * 7) % 32]).sort((a, b) => a - b),
    );
    expect([...out.toArray()]).toEqual(expected.flat());
  });

  it("is stepped, forwards and backwards, through the functions' own lines", () => {
    const gpu = new VirtualGPU("a100");
    const { replay } = gpu.step(gpu.load(compiled).kernel("branches"), { grid: 1, block: 32 }, [
      gpu.zeros(i32, 32),
      32,
    ]);
    const stateAt = (step: number): unknown => {
      replay.seek(step);
      return structuredClone([replay.globalMemory(), replay.warpState(0, 0)]);
    };
    const before = stateAt(replay.length - 3);
    stateAt(10);
    expect(stateAt(replay.length - 3)).toEqual(before);
  });
});

const head = ".version 7.8\n.target sm_80\n.address_size 64\n";
/** Runs a kernel `k` that leaves a number for each of 32 lanes in %r0. */
function run(functions: string, body: string): number[] {
  const gpu = new VirtualGPU("h100");
  const out = gpu.zeros(u32, 32);
  const module = gpu.load(`${head}${functions}
.visible .entry k(.param .u64 p) {
  .reg .pred %p<4>; .reg .b32 %r<9>, %lane; .reg .b64 %rd<4>; mov.u32 %lane, %laneid;
  ${body}
  ld.param.u64 %rd1, [p]; mul.wide.u32 %rd2, %lane, 4; add.u64 %rd1, %rd1, %rd2; st.global.u32 [%rd1], %r0; ret;
}`);
  gpu.launch(module.kernel("k"), { grid: 1, block: 32 }, [out]);
  return [...out.toArray()];
}
const lanes = Array.from({ length: 32 }, (_, lane) => lane);

const square = ".func (.reg .u32 d) square(.reg .u32 a) { mul.lo.u32 d, a, a; ret; }";

describe("by hand", () => {
  it("hands over registers and constants", () => {
    expect(run(square, "call (%r0), square, (%lane);")).toEqual(lanes.map((lane) => lane * lane));
    expect(run(square, "call (%r0), square, (9);")).toEqual(lanes.map(() => 81));
  });

  it("calls under a predicate", () => {
    const body = "setp.gt.u32 %p1, %lane, 20; mov.u32 %r0, 7; @%p1 call (%r0), square, (%lane);";
    expect(run(square, body)).toEqual(lanes.map((lane) => (lane > 20 ? lane * lane : 7)));
    expect(run(square, body.replace("@%p1", "@!%p1"))).toEqual(lanes.map((lane) => (lane > 20 ? 7 : lane * lane)));
  });

  it("returns under a predicate, and by falling off its end", () => {
    const early =
      ".func (.reg .u32 d) f(.reg .u32 a) { .reg .pred %q; mov.u32 d, 1; setp.lt.u32 %q, a, 8; @%q ret; mov.u32 d, 2; }";
    expect(run(early, "call (%r0), f, (%lane); add.u32 %r0, %r0, 10;")).toEqual(
      lanes.map((lane) => (lane < 8 ? 11 : 12)),
    );
  });

  it("keeps the registers and labels of two calls, and of caller and function, apart", () => {
    const f =
      ".func (.reg .u32 %r0) f(.reg .u32 %r1) { .reg .u32 %r2; add.u32 %r2, %r1, 1; bra end; end: mov.u32 %r0, %r2; ret; }";
    const body =
      "mov.u32 %r1, 100; mov.u32 %r2, 200; call (%r3), f, (%lane); call (%r4), f, (%r3); bra end; end: add.u32 %r0, %r4, %r1; add.u32 %r0, %r0, %r2;";
    expect(run(f, body)).toEqual(lanes.map((lane) => lane + 302));
  });

  it("calls functions from functions, declared before they are defined", () => {
    const functions = `.func (.reg .u32 d) inner(.reg .u32 a);
      .func (.reg .u32 d) outer(.reg .u32 a) { .reg .u32 %x; call (%x), inner, (a); call (d), inner, (%x); ret; }
      .func (.reg .u32 d) inner(.reg .u32 a) { mul.lo.u32 d, a, 3; ret; }`;
    expect(run(functions, "call (%r0), outer, (%lane);")).toEqual(lanes.map((lane) => 9 * lane));
  });

  it("ends the thread with exit, wherever it stands", () => {
    const f = ".func f(.reg .u32 a) { .reg .pred %q; setp.eq.u32 %q, a, 3; @%q exit; ret; }";
    expect(run(f, "mov.u32 %r0, 5; call f, (%lane);")).toEqual(lanes.map((lane) => (lane === 3 ? 0 : 5)));
  });

  it("shares a function's shared and static variables among its calls, and gives each call local ones of its own", () => {
    const f = `.func (.reg .u32 d) f(.reg .u32 a) {
      .shared .u32 s; .global .u32 g = 40; .local .u32 l; .reg .pred %q; .reg .u32 %x;
      st.local.u32 [l], a; setp.eq.u32 %q, a, 0;
      @%q st.shared.u32 [s], 5; @%q ld.global.u32 %x, [g]; @%q add.u32 %x, %x, 1; @%q st.global.u32 [g], %x;
      bar.warp.sync -1; ld.shared.u32 d, [s]; ld.local.u32 %x, [l]; add.u32 d, d, %x; ld.global.u32 %x, [g]; add.u32 d, d, %x; ret; }`;
    const body = "call (%r1), f, (%lane); call (%r2), f, (%lane); shl.b32 %r2, %r2, 16; or.b32 %r0, %r1, %r2;";
    expect(run(f, body)).toEqual(lanes.map((lane) => (5 + lane + 41) | ((5 + lane + 42) << 16)));
  });

  it.each<[string, string, string, RegExp]>([
    [
      "a function of another module",
      ".extern .func far();",
      "call far;",
      /"far" is not defined in this PTX\n[\s\S]*modules are not linked/,
    ],
    [
      "with too few arguments",
      square,
      "call (%r0), square;",
      /"square" takes 1 arguments and returns 1, found 0 and 1/,
    ],
    ["an address without a prototype", square, "call (%r0), %rd1, (%lane);", /a call of an address needs a prototype/],
    ["an address in 32 bits", square, "q: .callprototype _ (); call %r1, q;", /a function is in a 64-bit register/],
    [
      "an address with another number of arguments",
      square,
      "q: .callprototype _ (.reg .b32 _); call %rd1, (), q;",
      /its prototype takes 1 arguments and returns 0, found 0 and 0/,
    ],
    [
      "a function with a variable of another size",
      ".func f(.param .b64 a) { ret; }",
      ".param .b32 v; call f, (v);",
      /"v" has 4 bytes where "f" has 8/,
    ],
    [
      "a function that takes a struct with a register",
      ".func f(.param .align 4 .b8 a[12]) { ret; }",
      "call f, (%lane);",
      /"f" needs a \.param variable of 12 bytes/,
    ],
    [
      "a function with a register of another kind",
      ".func f(.reg .f32 a) { ret; }",
      "call f, (%p1);",
      /operand a "%p1" is \.pred where \.f32 is needed/,
    ],
    ["a list that is none", "", "brx.idx %r1, nowhere;", /a branch by number needs a list of labels/],
    ["nothing, and writes its own parameter", "", "st.param.u64 [p], %rd1;", /"p" is nothing that a call hands over/],
  ])("refuses a kernel that calls %s", (_what, functions, body, message) => {
    expect(() => run(functions, body)).toThrow(message);
  });

  it("takes a kernel whose calls, written out, would have millions of instructions", () => {
    const tower = Array.from(
      { length: 12 },
      (_, i) => `.func f${i}() { ${i === 0 ? "membar.gl;" : `call f${i - 1}; call f${i - 1};`} ret; }`,
    );
    expect(run(tower.join("\n"), "mov.u32 %r0, 1; call f11;")).toEqual(lanes.map(() => 1));
  });
});
