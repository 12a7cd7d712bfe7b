import { describe, expect, it } from "vitest";
import { CounterObserver } from "../../../src/gpu/analysis/counters.js";
import type { LaunchFault } from "../../../src/gpu/simt/fault.js";
import type { LaunchImage, ReconvergencePolicy } from "../../../src/gpu/simt/launch-image.js";
import { Machine } from "../../../src/gpu/simt/machine.js";
import { kernelPtx, launchImage } from "../launches.js";

const policies: readonly ReconvergencePolicy[] = ["stack", "lowest-pc", "independent"];

function run(image: LaunchImage): Machine {
  const machine = new Machine(image);
  machine.run();
  return machine;
}

function faultOf(image: LaunchImage): LaunchFault {
  try {
    run(image);
  } catch (error) {
    return error as LaunchFault;
  }
  throw new Error("the launch did not fault");
}

const i32 = (machine: Machine, index = 0): number[] =>
  Array.from(new Int32Array(machine.memory.allocations[index].bytes.slice().buffer));

const ints = (label: string, data: number[] | Int32Array) => ({
  label,
  dtype: "i32" as const,
  data: Int32Array.from(data),
});

// i = the global thread index in %r1, its address in the first array in %rd3.
const index = `
  .reg .pred %p<9>; .reg .b32 %r<20>; .reg .b64 %rd<9>; .reg .f32 %f<9>;
  ld.param.u64 %rd1, [p0];
  mov.u32 %r2, %ctaid.x; mov.u32 %r3, %ntid.x; mov.u32 %r4, %tid.x;
  mad.lo.s32 %r1, %r2, %r3, %r4;
  mul.wide.s32 %rd2, %r1, 4; add.s64 %rd3, %rd1, %rd2;`;

describe("a launch", () => {
  it("runs every thread of every block once, partial warps included", () => {
    const ptx = kernelPtx(
      1,
      1,
      `${index} ld.param.s32 %r5, [s0]; setp.ge.s32 %p1, %r1, %r5; @%p1 bra done; st.global.u32 [%rd3], %r1; done: ret;`,
    );
    const machine = run(
      launchImage({ ptx, grid: 3, block: 40, arrays: [ints("out", new Int32Array(100).fill(-1))], scalars: [100] }),
    );
    expect(i32(machine)).toEqual(Array.from({ length: 100 }, (_, i) => i));
  });

  it("gives threads their indices in three dimensions, x fastest", () => {
    const ptx = kernelPtx(
      1,
      0,
      `${index}
      mov.u32 %r5, %tid.y; mov.u32 %r6, %tid.z; mov.u32 %r7, %ntid.y;
      mad.lo.s32 %r8, %r6, %r7, %r5; mad.lo.s32 %r8, %r8, %r3, %r4;
      mul.wide.s32 %rd4, %r8, 4; add.s64 %rd4, %rd1, %rd4;
      mad.lo.s32 %r9, %r6, 100, 0; mad.lo.s32 %r9, %r5, 10, %r9; add.s32 %r9, %r9, %r4;
      st.global.u32 [%rd4], %r9; ret;`,
    );
    const machine = run(launchImage({ ptx, block: [3, 2, 2], arrays: [ints("out", new Int32Array(12))] }));
    expect(i32(machine)).toEqual([0, 1, 2, 10, 11, 12, 100, 101, 102, 110, 111, 112]);
  });

  it("waits at a barrier for all warps", () => {
    const ptx = kernelPtx(
      1,
      0,
      `${index} .shared .align 4 .b32 tile[64];
      mov.u32 %r5, tile; shl.b32 %r6, %r4, 2; add.s32 %r6, %r5, %r6; st.shared.u32 [%r6], %r4;
      bar.sync 0;
      mov.u32 %r7, 63; sub.s32 %r7, %r7, %r4; shl.b32 %r7, %r7, 2; add.s32 %r7, %r5, %r7; ld.shared.u32 %r8, [%r7];
      st.global.u32 [%rd3], %r8; ret;`,
    );
    const machine = run(launchImage({ ptx, block: 64, arrays: [ints("out", new Int32Array(64))] }));
    expect(i32(machine)).toEqual(Array.from({ length: 64 }, (_, i) => 63 - i));
  });

  it.each(policies)("brings diverged lanes together again (%s): a nested branch costs each side once", (policy) => {
    const ptx = kernelPtx(
      1,
      0,
      `${index}
      and.b32 %r5, %r4, 1; setp.eq.s32 %p1, %r5, 0; @%p1 bra even;
      mov.u32 %r6, 1; and.b32 %r7, %r4, 2; setp.eq.s32 %p2, %r7, 0; @%p2 bra inner; add.s32 %r6, %r6, 10; inner: add.s32 %r6, %r6, 100; bra join;
      even: mov.u32 %r6, 2;
      join: st.global.u32 [%rd3], %r6; ret;`,
    );
    const image = launchImage({ ptx, policy, arrays: [ints("out", new Int32Array(32))] });
    const counter = new CounterObserver();
    const machine = new Machine(image, [counter]);
    machine.run();
    expect(i32(machine)).toEqual(Array.from({ length: 32 }, (_, i) => (i % 2 === 0 ? 2 : (i & 2) === 0 ? 101 : 111)));
    const counters = counter.result(machine.program.operations);
    expect(counters).toMatchObject({
      divergent_branches: 2,
      branches: 3,
      warp_instructions: 20,
      global_store_requests: 1,
    });
  });

  it.each(policies)("lets lanes leave a loop one by one (%s)", (policy) => {
    const ptx = kernelPtx(
      1,
      0,
      `${index} mov.u32 %r5, 0;
      loop: setp.ge.s32 %p1, %r5, %r4; @%p1 bra out; add.s32 %r5, %r5, 1; bra loop;
      out: st.global.u32 [%rd3], %r5; ret;`,
    );
    const image = launchImage({ ptx, policy, arrays: [ints("out", new Int32Array(32))] });
    const counter = new CounterObserver();
    const machine = new Machine(image, [counter]);
    machine.run();
    expect(i32(machine)).toEqual(Array.from({ length: 32 }, (_, i) => i));
    // 31 rounds in which some lane stays, and a last test at which all have gone.
    expect(counter.result(machine.program.operations)).toMatchObject({
      divergent_branches: 31,
      global_store_requests: 1,
    });
  });

  it.each(policies)("goes on with the lanes that did not return early (%s)", (policy) => {
    const ptx = kernelPtx(
      1,
      0,
      `${index} setp.lt.s32 %p1, %r4, 5; @%p1 ret; bar.sync 0; st.global.u32 [%rd3], 7; ret;`,
    );
    const machine = run(launchImage({ ptx, policy, block: 64, arrays: [ints("out", new Int32Array(64))] }));
    expect(i32(machine)).toEqual(Array.from({ length: 64 }, (_, i) => (i < 5 ? 0 : 7)));
  });

  // Each lane takes a lock in global memory, adds one, and gives it back. Lanes of one warp fight for it.
  const spinLock = kernelPtx(
    2,
    0,
    `${index} ld.param.u64 %rd4, [p1];
      again: atom.global.cas.b32 %r5, [%rd4], 0, 1; setp.ne.s32 %p1, %r5, 0; @%p1 bra again;
      ld.global.u32 %r6, [%rd1]; add.s32 %r6, %r6, 1; st.global.u32 [%rd1], %r6;
      atom.global.exch.b32 %r7, [%rd4], 0; ret;`,
  );
  const lockImage = (policy: ReconvergencePolicy) =>
    launchImage({
      ptx: spinLock,
      policy,
      maxSteps: 200_000,
      block: 64,
      arrays: [ints("count", [0]), ints("lock", [0])],
    });

  it("gives every lane the lock under independent scheduling", () => {
    expect(i32(run(lockImage("independent")))).toEqual([64]);
  });

  it("ends in a livelock that names lanes and line where the policy cannot make progress", () => {
    const fault = faultOf(lockImage("stack"));
    expect(fault.finding.kind).toBe("livelock");
    expect(fault.message).toMatch(
      /still running after 200,000 warp instructions; warp 0: .*lanes 1-31 at PTX line \d+/,
    );
  });

  it("names the threads that wait when a barrier can never open", () => {
    const ptx = kernelPtx(
      1,
      0,
      `${index} setp.lt.s32 %p1, %r4, 8; @%p1 bra one; bar.sync 1; bra end; one: bar.sync 2; end: ret;`,
    );
    const fault = faultOf(launchImage({ ptx, arrays: [ints("out", [0])] }));
    expect(fault.finding.kind).toBe("deadlock");
    expect(fault.message).toContain("lanes 8-31 wait at the barrier");
  });
});

describe("an access that no allocation holds", () => {
  const store = kernelPtx(1, 0, `${index} st.global.u32 [%rd3], %r1; ret;`);

  it("names kernel, line, block, thread, address and the nearest allocation, and leaves memory as it stood", () => {
    const image = launchImage({ ptx: store, grid: 2, block: 32, arrays: [ints("out", new Int32Array(40))] });
    const machine = new Machine(image);
    expect(() => machine.run()).toThrow(
      /kernel "k", PTX line \d+, block \(1\), thread \(8\): out-of-bounds 4-byte store at 0x7000000000a0: right past the end of "out" \(i32, 160 bytes\)/,
    );
    expect(i32(machine)).toEqual(Array.from({ length: 40 }, (_, i) => i));
    expect(faultOf(image).finding).toMatchObject({
      kind: "out-of-bounds",
      block: [1, 0, 0],
      thread: [8, 0, 0],
      address: "0x7000000000a0",
      allocation: "out",
    });
  });

  it("is refused where it is not aligned", () => {
    const ptx = kernelPtx(1, 0, `${index} st.global.u32 [%rd1+2], %r1; ret;`);
    expect(faultOf(launchImage({ ptx, arrays: [ints("out", [0, 0])] })).message).toMatch(/not a multiple of 4/);
  });

  it("is refused in shared memory too, with the array that it ran out of", () => {
    const ptx = kernelPtx(
      1,
      0,
      `${index} .shared .align 4 .b32 tile[16]; mov.u32 %r5, tile; shl.b32 %r6, %r4, 2; add.s32 %r5, %r5, %r6; st.shared.u32 [%r5], %r4; ret;`,
    );
    expect(faultOf(launchImage({ ptx, arrays: [ints("out", [0])] })).message).toMatch(
      /thread \(16\): 4-byte store at byte 64 of shared memory, which has 64 bytes: 0 bytes past the end of "tile"/,
    );
  });
});

describe("what the device cannot hold is refused before anything runs", () => {
  it.each([
    ["threads", { block: 2000 }, /a block of 2000 threads, where test device has 1024 at most/],
    [
      "shared memory",
      { sharedBytes: 1 << 20 },
      /1048576 bytes of shared memory a block, where test device has 49152 at most/,
    ],
  ])("too much %s", (_, extra, message) => {
    const ptx = kernelPtx(1, 0, `${index} ret;`);
    expect(() => new Machine(launchImage({ ptx, arrays: [ints("out", [0])], ...extra }))).toThrow(message);
  });
});
