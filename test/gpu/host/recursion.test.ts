// Functions that call themselves and functions at addresses, as nvcc compiles them, held against the same functions written here,
// under each policy; and what of it is peculiar, by hand.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { f32, i32, i64, u32 } from "../../../src/core/dtype.js";
import { VirtualGPU } from "../../../src/gpu/host/index.js";
import { LaunchFault } from "../../../src/gpu/simt/fault.js";
import type { ReconvergencePolicy } from "../../../src/gpu/simt/launch-image.js";

const compiled = (name: string): string => readFileSync(new URL(`nvcc/${name}.ptx`, import.meta.url), "utf8");
const recursion = compiled("recursion");
const pointers = compiled("function-pointers");
const policies: readonly ReconvergencePolicy[] = ["stack", "independent", "lowest-pc"];
const threads = Array.from({ length: 32 }, (_, thread) => thread);

const fibonacci = (n: number): number => (n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2));
function ackermann(m: number, n: number): number {
  if (m === 0) return n + 1;
  return n === 0 ? ackermann(m - 1, 1) : ackermann(m - 1, ackermann(m, n - 1));
}
function permutations(from: readonly number[], prefix: bigint): bigint {
  if (from.length === 0) return prefix;
  return from.reduce(
    (sum, digit, at) =>
      sum +
      permutations(
        from.filter((_, i) => i !== at),
        prefix * 7n + BigInt(digit),
      ),
    0n,
  );
}

describe.each(policies)("compiled by nvcc, under the policy %s", (policy) => {
  const config = { grid: 1, block: 32, policy };
  const gpu = new VirtualGPU("a100");
  const recursive = gpu.load(recursion);
  const pointing = gpu.load(pointers);

  it("Fibonacci numbers, each lane as deep as its own", () => {
    const out = gpu.zeros(i32, 32);
    gpu.launch(recursive.kernel("fibonaccis"), config, [out]);
    expect([...out.toArray()]).toEqual(threads.map((i) => fibonacci((i * 5) % 13)));
  });

  it("Ackermann's function", () => {
    const out = gpu.zeros(u32, 32);
    gpu.launch(recursive.kernel("ackermanns"), config, [out]);
    expect([...out.toArray()]).toEqual(threads.map((i) => ackermann(i % 3, i % 5)));
  });

  it("functions that call each other", () => {
    const out = gpu.zeros(i32, 32);
    gpu.launch(recursive.kernel("parities"), config, [out]);
    const expected = threads.map((i) => {
      const isOdd = ((i * 7) % 19) % 2 === 1;
      return i % 3 === 0 ? (isOdd ? 10 : 20) : isOdd ? 2 : 1;
    });
    expect([...out.toArray()]).toEqual(expected);
  });

  it("quicksort of a caller's local array", () => {
    const values = Array.from({ length: 64 }, (_, i) => ((i * 37) % 64) - 20);
    const out = gpu.zeros(i32, 512);
    gpu.launch(recursive.kernel("sorted"), config, [gpu.array(i32, values), out, 16]);
    const expected = threads.map((t) =>
      Array.from({ length: 16 }, (_, i) => values[(t * 3 + i * 7) % 64]).sort((a, b) => a - b),
    );
    expect([...out.toArray()]).toEqual(expected.flat());
  });

  it("local arrays, one in each call of a function", () => {
    const out = gpu.zeros(i64, 32);
    gpu.launch(recursive.kernel("permuted"), config, [out]);
    const digits = (t: number) => [0, 1, 2, 3].map((i) => (t + i * i) % 7).slice(0, 1 + (t % 4));
    expect([...out.toArray()]).toEqual(threads.map((t) => permutations(digits(t), 0n)));
  });

  it("threads that end inside a function", () => {
    const out = gpu.zeros(i32, 32);
    gpu.launch(recursive.kernel("climbed"), config, [out]);
    expect([...out.toArray()]).toEqual(threads.map((t) => (t % 6 >= 4 ? 7 : 100 + (t % 6))));
  });

  it("a table of functions, of which each lane chooses one", () => {
    const out = gpu.zeros(i32, 32);
    gpu.launch(pointing.kernel("chosen"), config, [out]);
    const functions = [
      (a: number, b: number) => a + b,
      (a: number, b: number) => a * b,
      (a: number, b: number) => a ** b,
    ];
    expect([...out.toArray()]).toEqual(threads.map((i) => functions[i % 3]((i % 4) + 1, i % 5)));
  });

  it("functions that are handed over, and call what they are given", () => {
    type Operation = (a: number, b: number) => number;
    const add: Operation = (a, b) => a + b;
    const multiply: Operation = (a, b) => Math.imul(a, b);
    const twice = (f: Operation, a: number, b: number): number => f(f(a, b), b);
    const nested: Operation = (a, b) => (a > 50 ? a : twice(b & 1 ? nested : add, a + b, b + 1));
    const out = gpu.zeros(i32, 32);
    gpu.launch(pointing.kernel("handed"), config, [out]);
    expect([...out.toArray()]).toEqual(threads.map((i) => twice(i % 2 ? multiply : add, i, 3) + nested(i, i % 4)));
  });

  it("virtual functions of objects that the kernel makes", () => {
    const [out, corners] = [gpu.zeros(f32, 32), gpu.zeros(i32, 32)];
    gpu.launch(pointing.kernel("areas"), config, [out, corners]);
    expect([...out.toArray()]).toEqual(threads.map((i) => (i % 3 === 1 ? 3 * (i + 2) ** 2 : (i + 1) ** 2)));
    expect([...corners.toArray()]).toEqual(threads.map((i) => (i % 3 === 1 ? 0 : 4)));
  });

  it("a call of what is no function is a fault of that lane", () => {
    const wrong = (address: bigint): unknown => {
      try {
        gpu.launch(pointing.kernel("wrong"), config, [gpu.zeros(i32, 32), address]);
      } catch (error) {
        return (error as LaunchFault).finding;
      }
      return undefined;
    };
    expect(wrong(0x123n)).toMatchObject({
      kind: "invalid target",
      message: expect.stringMatching(/a call of 0x123, where no function is/),
      thread: [5, 0, 0],
      address: "0x123",
    });
    expect(wrong(0n)).toMatchObject({ kind: "invalid target", address: "0x0" });
  });

  it("goes back and forth in time with its stacks", () => {
    const { replay } = gpu.step(recursive.kernel("permuted"), config, [gpu.zeros(i64, 32)]);
    const middle = Math.floor(replay.length / 2);
    const at = (position: number): unknown => {
      replay.seek(position);
      return structuredClone({
        state: replay.warpState(0, 0),
        registers: replay.registers.map(({ name, function: owner }) =>
          replay.readRegister(name, 0, 0, undefined, owner),
        ),
        calls: threads.map((lane) => replay.callStack(0, 0, lane)),
        memory: replay.globalMemory(),
      });
    };
    const states = [middle, replay.length - 1, middle + 37].map((position) => [position, at(position)] as const);
    for (const [position, state] of states.reverse()) expect(at(position)).toEqual(state);
    replay.seek(middle);
    const deepest = Math.max(...threads.map((lane) => replay.callStack(0, 0, lane).length));
    expect(deepest).toBeGreaterThan(1);
    const [inner] = threads.map((lane) => replay.callStack(0, 0, lane)).find((stack) => stack.length === deepest) ?? [];
    expect(inner.function).toMatch(/permutations/);
    expect(replay.entry.instructions[inner.site].text).toMatch(/^call/);
  });
});

const head = ".version 7.8\n.target sm_80\n.address_size 64\n";
interface Given {
  readonly policy?: ReconvergencePolicy;
  readonly stackBytes?: number;
  readonly maxSteps?: number;
}
/** Runs a kernel `k` that leaves a number for each of 32 lanes in %r0. */
function run(functions: string, body: string, given: Given = {}): number[] {
  const gpu = new VirtualGPU("h100");
  const out = gpu.zeros(u32, 32);
  const module = gpu.load(`${head}${functions}
.visible .entry k(.param .u64 p) {
  .reg .pred %p<4>; .reg .b32 %r<9>, %lane; .reg .b64 %rd<4>; mov.u32 %lane, %laneid;
  ${body}
  ld.param.u64 %rd1, [p]; mul.wide.u32 %rd2, %lane, 4; add.u64 %rd1, %rd1, %rd2; st.global.u32 [%rd1], %r0; ret;
}`);
  gpu.launch(module.kernel("k"), { grid: 1, block: 32, ...given }, [out]);
  return [...out.toArray()];
}

describe("by hand", () => {
  // The sum of 1 to n, by itself: predicates, 16 and 64 bits and the carry's registers are put aside too.
  const sum = `.func (.reg .u32 d) sum(.reg .u32 n) {
    .reg .pred %q, %isEven; .reg .b16 %h; .reg .b64 %w; .reg .u32 %t, %m;
    setp.eq.u32 %q, n, 0; mov.u32 d, 0; @%q ret;
    and.b32 %t, n, 1; setp.eq.u32 %isEven, %t, 0; cvt.u16.u32 %h, n; cvt.u64.u32 %w, n;
    sub.u32 %m, n, 1; call (d), sum, (%m);
    cvt.u32.u16 %t, %h; sub.u32 %t, %t, %m; @!%isEven add.u32 %t, %t, 0;
    cvt.u32.u64 %m, %w; add.u32 d, d, %m; sub.u32 %t, %t, 1; add.u32 d, d, %t; ret; }`;

  it.each(policies)("registers of every kind are each call's own, under the policy %s", (policy) => {
    expect(run(sum, "call (%r0), sum, (%lane);", { policy })).toEqual(threads.map((n) => (n * (n + 1)) / 2));
    const body = "setp.gt.u32 %p1, %lane, 20; mov.u32 %r0, 7; @%p1 call (%r0), sum, (%lane);";
    expect(run(sum, body, { policy })).toEqual(threads.map((n) => (n > 20 ? (n * (n + 1)) / 2 : 7)));
  });

  it("a stack that is too small is a fault that names the function, how deep it is, and the lanes", () => {
    const endless = ".func f(.reg .u32 a) { .reg .u32 %x; add.u32 %x, a, 1; call f, (%x); ret; }";
    const fault = (text: string, given: Given): LaunchFault => {
      try {
        run(text, "mov.u32 %r0, 0; setp.gt.u32 %p1, %lane, 29; @%p1 call f, (%lane);", given);
      } catch (error) {
        return error as LaunchFault;
      }
      throw new Error("no fault");
    };
    const found = fault(endless, { stackBytes: 200 });
    expect(found).toBeInstanceOf(LaunchFault);
    // A return address of 8 bytes, two registers and the frame's own: 20 bytes a call.
    expect(found.message).toMatch(
      /the stack overflows: "f" is called 10 calls deep in lanes 30-31 and needs 220 bytes, where a thread has 200/,
    );
    expect(found.finding).toMatchObject({ kind: "stack overflow", thread: [30, 0, 0], ptx_line: 4 });
    expect(fault(endless, {}).message).toMatch(/3276 calls deep/);
    const local = endless.replace("{", "{ .local .align 16 .b8 room[1000];");
    expect(fault(local, { stackBytes: 4000 }).message).toMatch(/3 calls deep in lanes 30-31/);
  });

  it("a function's local variables end with its call", () => {
    const dangling = `.func (.reg .u64 d) f(.reg .u32 n) {
      .local .align 4 .b32 room; .reg .pred %q; setp.eq.u32 %q, n, 0; mov.u64 d, room; @%q ret;
      .reg .u32 %m; sub.u32 %m, n, 1; call (d), f, (%m); ret; }`;
    expect(() => run(dangling, "call (%rd3), f, (3); ld.local.u32 %r0, [%rd3];")).toThrow(
      /4-byte load at byte \d+ of local memory, which has \d+ bytes/,
    );
  });

  it("lanes wait for each other in a function that they were called into from two places", () => {
    const f = ".func (.reg .u32 d) f(.reg .u32 a) { bar.warp.sync -1; activemask.b32 d; add.u32 d, d, a; ret; }";
    const body = `setp.lt.u32 %p1, %lane, 16; @%p1 bra low; call (%r0), f, (1); add.u32 %r0, %r0, 10; bra end;
      low: call (%r0), f, (2); end:`;
    for (const policy of ["independent", "lowest-pc"] as const) {
      expect(run(f, body, { policy })).toEqual(threads.map((lane) => (lane < 16 ? 1 : 10)));
    }
  });

  it.each(policies)("goes to one of a list of labels, under the policy %s", (policy) => {
    const body = `mov.u32 %r0, 0; rem.u32 %r1, %lane, 4; places: .branchtargets a, b, c, b;
      setp.lt.u32 %p1, %lane, 28; @%p1 brx.idx %r1, places; add.u32 %r0, %r0, 1000; bra end;
      a: add.u32 %r0, %r0, 1; b: add.u32 %r0, %r0, 10; bra end; c: add.u32 %r0, %r0, 100;
      end: activemask.b32 %r2; setp.ne.u32 %p2, %r2, -1; @%p2 add.u32 %r0, %r0, 9999;`;
    const expected = threads.map((lane) => (lane >= 28 ? 1000 : [11, 10, 100, 10][lane % 4]));
    expect(run("", body, { policy })).toEqual(expected);
    expect(() => run("", body.replace("rem.u32 %r1, %lane, 4", "rem.u32 %r1, %lane, 5"), { policy })).toThrow(
      /branch number 4, where there are 4: 0 to 3/,
    );
  });

  it("a loop that changes only what a function of an address sees is no livelock", () => {
    const f = `.global .u32 count = 0; .global .u64 at = f;
      .func f() { .reg .u32 %x; .reg .pred %q; atom.global.add.u32 %x, [count], 1; setp.gt.u32 %q, %x, 40000; @%q exit; .reg .b64 %a; ret; }`;
    const body = `q: .callprototype _ (); setp.ne.u32 %p1, %lane, 0; mov.u32 %r0, 3; @%p1 bra end; ld.global.u64 %rd1, [at];
      again: call %rd1, q; bra again; end:`;
    expect(run(f, body)).toEqual(threads.map((lane) => (lane === 0 ? 0 : 3)));
  });
});
