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
      /nothing changes any more: warp 0: .*lanes 1-31 at PTX line 12; warp 1: all lanes at PTX line 12/,
    );
  });

  it("ends a loop that goes on for ever, though it changes registers, at the step limit", () => {
    const ptx = kernelPtx(1, 0, `${index} again: add.s32 %r5, %r5, 1; bra again;`);
    const fault = faultOf(launchImage({ ptx, maxSteps: 100_000, arrays: [ints("out", [0])] }));
    expect(fault.message).toMatch(/still running after 100,000 warp instructions: warp 0: all lanes at PTX line \d+/);
  });

  it("names the threads that wait when a barrier can never open", () => {
    const ptx = kernelPtx(
      1,
      0,
      `${index} setp.lt.s32 %p1, %r4, 8; @%p1 bra one; bar.sync 1; bra end; one: bar.sync 2; end: ret;`,
    );
    const fault = faultOf(launchImage({ ptx, arrays: [ints("out", [0])] }));
    expect(fault.finding.kind).toBe("deadlock");
    expect(fault.message).toContain("lanes 8-31 wait at barrier 1 in PTX line");
  });
});

const store = "st.global.u32 [%rd3], %r6; ret;";
const both = (policy: ReconvergencePolicy, body: string, extra: { block?: number; length?: number } = {}): Machine => {
  const { block = 64, length = 128 } = extra;
  const ptx = kernelPtx(1, 0, `${index}\n${body}`);
  return run(launchImage({ ptx, policy, block, maxSteps: 2_000_000, arrays: [ints("out", new Int32Array(length))] }));
};

describe("lanes that return early", () => {
  it.each(policies)("are not waited for at a barrier, where a compiler merged all returns into one (%s)", (policy) => {
    const machine = both(
      policy,
      `.shared .align 4 .b32 s[64]; mov.u32 %r5, s; shl.b32 %r7, %r4, 2; add.s32 %r7, %r5, %r7;
      setp.ge.s32 %p1, %r4, 50; @%p1 bra end; st.shared.u32 [%r7], %r4; bar.sync 0;
      mov.u32 %r8, 49; sub.s32 %r8, %r8, %r4; shl.b32 %r8, %r8, 2; add.s32 %r8, %r5, %r8; ld.shared.u32 %r6, [%r8];
      st.global.u32 [%rd3], %r6; end: ret;`,
    );
    expect(i32(machine).slice(0, 50)).toEqual(Array.from({ length: 50 }, (_, i) => 49 - i));
  });

  it.each(policies)("inside a branch do not keep the others from meeting behind it (%s)", (policy) => {
    // Odd lanes enter; none of them is as large as 1000, so that none returns.
    const machine = both(
      policy,
      `mov.u32 %r6, %r4; and.b32 %r5, %r4, 1; setp.eq.s32 %p1, %r5, 0; @%p1 bra join;
      setp.gt.s32 %p2, %r4, 1000; @%p2 bra end; add.s32 %r6, %r6, 100;
      join: mov.u32 %r7, 16;
      again: shfl.sync.bfly.b32 %r8, %r6, %r7, 31, -1; add.s32 %r6, %r6, %r8; shr.u32 %r7, %r7, 1; setp.gt.s32 %p3, %r7, 0; @%p3 bra again;
      st.global.u32 [%rd3], %r6; end: ret;`,
      { block: 32 },
    );
    expect(new Set(i32(machine).slice(0, 32))).toEqual(new Set([496 + 1600]));
  });
});

describe("instructions that exchange values between lanes", () => {
  it.each(["lowest-pc", "independent"] as const)(
    "wait for the lanes of their mask, however long these take (%s)",
    (policy) => {
      // Lane 0 takes 100,000 turns more than the others, and gives way to them meanwhile.
      const machine = both(
        policy,
        `setp.eq.s32 %p1, %r4, 0; selp.b32 %r5, 100000, 10, %p1; mov.u32 %r6, 0;
      again: add.s32 %r6, %r6, 1; setp.lt.s32 %p2, %r6, %r5; @%p2 bra again;
      vote.sync.ballot.b32 %r7, %p1, -1; shfl.sync.idx.b32 %r6, %r6, 0, 31, -1; ${store}`,
        { block: 32 },
      );
      expect(new Set(i32(machine).slice(0, 32))).toEqual(new Set([100000]));
    },
  );

  it.each(policies)("are counted once where their lanes come one after the other (%s)", (policy) => {
    const ptx = kernelPtx(
      1,
      0,
      `${index} setp.lt.s32 %p1, %r4, 7; @%p1 bra join; mov.u32 %r5, 0; join: shfl.sync.idx.b32 %r6, %r4, 3, 31, -1; ${store}`,
    );
    const counter = new CounterObserver();
    const machine = new Machine(launchImage({ ptx, policy, arrays: [ints("out", new Int32Array(32))] }), [counter]);
    machine.run();
    expect(counter.result(machine.program.operations).warp_instructions).toBe(machine.program.operations.length);
  });

  it("are refused where one mask meets in two places, rather than answered with half of it", () => {
    const body = `and.b32 %r5, %r4, 1; setp.eq.s32 %p1, %r5, 0; @%p1 bra even;
      vote.sync.ballot.b32 %r6, %p1, -1; bra join; even: vote.sync.ballot.b32 %r6, %p1, -1; join: ${store}`;
    expect(() => both("independent", body, { block: 32 })).toThrow(
      /the lanes of one mask exchange values in different instructions/,
    );
  });
});

describe("a step", () => {
  it("is taken once by lanes that waited for others to exchange values with", () => {
    const body = `setp.eq.s32 %p1, %r4, 0; selp.b32 %r5, 100000, 10, %p1; mov.u32 %r6, 0;
      again: add.s32 %r6, %r6, 1; setp.lt.s32 %p2, %r6, %r5; @%p2 bra again; shfl.sync.idx.b32 %r6, %r6, 0, 31, -1; ${store}`;
    let seen = 0;
    const image = launchImage({ ptx: kernelPtx(1, 0, `${index} ${body}`), arrays: [ints("out", new Int32Array(32))] });
    const machine = new Machine(image, [{ instruction: () => void seen++ }]);
    machine.run();
    expect(seen).toBe(machine.steps);
  });
});

describe("waiting", () => {
  it.each(policies)("for another warp by spinning makes way for it (%s)", (policy) => {
    const machine = both(
      policy,
      `ld.param.u64 %rd4, [p0]; mov.u32 %r6, 5; setp.ge.s32 %p1, %r4, 32; @%p1 bra writer;
      again: ld.global.u32 %r5, [%rd4+256]; setp.eq.s32 %p2, %r5, 0; @%p2 bra again; bra join;
      writer: st.global.u32 [%rd4+256], 1; join: ${store}`,
    );
    expect(i32(machine).slice(0, 64)).toEqual(new Array(64).fill(5));
  });

  // Two lanes of warp 0 wait in loops of their own, each for a flag of its own, which warp 1 sets.
  const twoFlags = `ld.param.u64 %rd4, [p0]; mov.u32 %r6, 5; setp.ge.s32 %p1, %r4, 32; @%p1 bra writer;
      setp.eq.s32 %p3, %r4, 0; @%p3 bra second;
      first: ld.volatile.global.u32 %r5, [%rd4+256]; setp.eq.s32 %p2, %r5, 0; @%p2 bra first; bra join;
      second: ld.volatile.global.u32 %r5, [%rd4+260]; setp.eq.s32 %p2, %r5, 0; @%p2 bra second; bra join;
      writer: st.global.u32 [%rd4+256], 1; st.global.u32 [%rd4+260], 1; join: ${store}`;
  it.each(["independent", "lowest-pc"] as const)("in two loops at a time makes way for another warp (%s)", (policy) => {
    expect(i32(both(policy, twoFlags)).slice(0, 64)).toEqual(new Array(64).fill(5));
  });

  it("by spinning with a branch inside the loop makes way too", () => {
    const machine = both(
      "independent",
      `ld.param.u64 %rd4, [p0]; mov.u32 %r6, 5; setp.eq.s32 %p1, %r4, 0; @%p1 bra writer; and.b32 %r7, %r4, 1; setp.eq.s32 %p3, %r7, 0;
      again: @%p3 bra even; mov.u32 %r8, 1; even: ld.global.u32 %r5, [%rd4+256]; setp.eq.s32 %p2, %r5, 0; @%p2 bra again; bra join;
      writer: st.global.u32 [%rd4+256], 1; join: ${store}`,
      { block: 32 },
    );
    expect(i32(machine).slice(0, 32)).toEqual(new Array(32).fill(5));
  });

  it.each(policies)("at a barrier for two warps counts whole warps (%s)", (policy) => {
    const machine = both(policy, `mov.u32 %r6, 1; bar.sync 1, 64; ${store}`, { block: 48 });
    expect(i32(machine).slice(0, 48)).toEqual(new Array(48).fill(1));
  });

  it("at a barrier that does not exist is a fault", () => {
    expect(() => both("independent", "mov.u32 %r5, 16; bar.sync %r5; ret;")).toThrow(
      /barrier 16, where a block has barriers 0 to 15/,
    );
    expect(() => both("independent", "bar.sync 1, 33; ret;")).toThrow(
      /barrier 1 for 33 threads, which is no multiple of the 32/,
    );
  });

  it.each(["lowest-pc", "independent"] as const)(
    "at a warp's barrier ends when the others fall off the end (%s)",
    (policy) => {
      const machine = both(
        policy,
        "mov.u32 %r6, 3; setp.lt.s32 %p1, %r4, 5; @%p1 bra end; bar.warp.sync -1; st.global.u32 [%rd3], %r6; end:",
        { block: 32 },
      );
      expect(i32(machine)[31]).toBe(3);
    },
  );
});

describe("an address", () => {
  it("wraps around at its width, so that an offset may bring it back", () => {
    const machine = both(
      "independent",
      `.shared .align 4 .b32 s[4]; mov.u32 %r5, s; add.s32 %r5, %r5, -4; st.shared.u32 [%r5+4], 9; ld.shared.u32 %r6, [%r5+4];
      sub.s64 %rd3, %rd3, 8; st.global.u32 [%rd3+8], %r6; ret;`,
    );
    expect(i32(machine)[0]).toBe(9);
  });
});

describe("the same steps, wherever a run is interrupted", () => {
  // Warp 0 spins on what warp 1 writes; a barrier is opened by lanes that end.
  const body = `ld.param.u64 %rd4, [p0]; mov.u32 %r6, 0; setp.ge.s32 %p1, %r4, 32; @%p1 bra writer;
    again: ld.global.u32 %r5, [%rd4+512]; add.s32 %r6, %r5, %r5; setp.eq.s32 %p2, %r5, 0; @%p2 bra again; bra join;
    writer: add.s32 %r6, %r6, 1; setp.lt.s32 %p3, %r6, 300; st.global.u32 [%rd4+516], %r6; @%p3 bra writer; st.global.u32 [%rd4+512], 1;
    setp.ge.s32 %p4, %r4, 48; @%p4 ret;
    join: bar.sync 0; ${store}`;
  it.each(policies)("%s", (policy) => {
    const image = launchImage({
      ptx: kernelPtx(1, 0, `${index}\n${body}`),
      policy,
      block: 64,
      arrays: [ints("out", new Int32Array(160))],
    });
    const trace = (stride: number): string[] => {
      const steps: string[] = [];
      const machine = new Machine(image, [
        { instruction: ({ warp, pc }, mask) => void steps.push(`${warp}:${pc}:${mask}`) },
      ]);
      while (!machine.finished) machine.run(machine.steps + stride);
      return steps;
    };
    const whole = trace(Number.POSITIVE_INFINITY);
    expect(whole.length).toBeGreaterThan(1000);
    for (const stride of [1, 7, 64]) expect(trace(stride)).toEqual(whole);
  });
});

describe("an access that no allocation holds", () => {
  const storeIndex = kernelPtx(1, 0, `${index} st.global.u32 [%rd3], %r1; ret;`);

  it("names kernel, line, block, thread, address and the nearest allocation, and leaves memory as it stood", () => {
    const image = launchImage({ ptx: storeIndex, grid: 2, block: 32, arrays: [ints("out", new Int32Array(40))] });
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
