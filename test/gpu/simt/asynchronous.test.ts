// Copies beside the threads and the barriers that they report to: when they land, what they fill, and what is refused.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CounterObserver } from "../../../src/gpu/analysis/counters.js";
import { Replay } from "../../../src/gpu/analysis/replay.js";
import { LaunchFault } from "../../../src/gpu/simt/fault.js";
import type { LaunchImage, ReconvergencePolicy } from "../../../src/gpu/simt/launch-image.js";
import { Machine } from "../../../src/gpu/simt/machine.js";
import {
  type Barrier,
  decodeBarrier,
  encodeBarrier,
  expectBytes,
  isRefusal,
  mostArrivals,
} from "../../../src/gpu/simt/mbarrier.js";
import { kernelPtx, launchImage } from "../launches.js";

const policies: readonly ReconvergencePolicy[] = ["stack", "lowest-pc", "independent"];

// %r1 = the thread, %rd1 = in, %rd4 = its 16 bytes of in, %rd3 = its word of out, %r5 = its 16 bytes of tile, which begins at %r4.
const header = `.reg .pred %p<9>; .reg .b32 %r<30>; .reg .b64 %rd<20>; .shared .align 16 .b8 tile[1024]; .shared .align 8 .b64 bar;
  ld.param.u64 %rd1, [p0]; ld.param.u64 %rd2, [p1]; mov.u32 %r1, %tid.x; mul.wide.u32 %rd3, %r1, 4; add.s64 %rd3, %rd2, %rd3;
  mul.wide.u32 %rd4, %r1, 16; add.s64 %rd4, %rd1, %rd4; mov.u32 %r4, tile; shl.b32 %r5, %r1, 4; add.u32 %r5, %r4, %r5;`;
const input = Uint32Array.from({ length: 256 }, (_, i) => 1000 + i);

function image(body: string, extra: Partial<Parameters<typeof launchImage>[0]> = {}): LaunchImage {
  return launchImage({
    ptx: kernelPtx(2, 0, `${header}\n${body}`),
    arrays: [
      { label: "in", dtype: "u32", data: input },
      { label: "out", dtype: "u32", data: new Uint32Array(256) },
    ],
    ...extra,
  });
}

function words(machine: Machine, index = 1): number[] {
  return [...new Uint32Array(machine.memory.allocations[index].bytes.slice().buffer)];
}

function out(body: string, count = 32, extra: Partial<Parameters<typeof launchImage>[0]> = {}): number[] {
  const machine = new Machine(image(body, extra));
  machine.run();
  return words(machine).slice(0, count);
}

const lanes = Array.from({ length: 32 }, (_, lane) => lane);
const first = (lane: number): number => 1000 + 4 * lane;
const begin = "cp.async.ca.shared.global [%r5], [%rd4], 16;";
const commit = "cp.async.commit_group;";
const see = (register: string): string => `ld.shared.u32 ${register}, [%r5];`;
const give = (register: string): string => `st.global.u32 [%rd3], ${register}; ret;`;

describe.each(policies)("cp.async under the policy %s", (policy) => {
  const run = (body: string): number[] => out(body, 32, { policy });

  it("lands when it is waited for, and not before", () => {
    const both = (wait: string): string =>
      `${begin} ${commit} ${see("%r10")} ${wait} ${see("%r11")} mul.lo.u32 %r10, %r10, 10000; add.u32 %r11, %r11, %r10; ${give("%r11")}`;
    expect(run(both("cp.async.wait_group 0;"))).toEqual(lanes.map(first));
    expect(run(both("cp.async.wait_all;"))).toEqual(lanes.map(first));
    expect(run(both("bar.sync 0;"))).toEqual(lanes.map(() => 0));
    expect(run(both("cp.async.wait_group 1;"))).toEqual(lanes.map(() => 0));
  });

  it("waits for all groups but the newest", () => {
    // The second copy goes over the first, in a group of its own.
    const body = (wait: string): string =>
      `${begin} ${commit} cp.async.ca.shared.global [%r5], [%rd4+4], 4; ${commit} ${wait} ${see("%r10")} ${give("%r10")}`;
    expect(run(body("cp.async.wait_group 2;"))).toEqual(lanes.map(() => 0));
    expect(run(body("cp.async.wait_group 1;"))).toEqual(lanes.map(first));
    expect(run(body("cp.async.wait_group 0;"))).toEqual(lanes.map((lane) => first(lane) + 1));
    expect(run(body(`${commit} cp.async.wait_group 2;`))).toEqual(lanes.map(first));
  });

  it("does not wait for what is in no group yet, but for wait_all", () => {
    const body = (wait: string): string => `${commit} ${begin} ${wait} ${see("%r10")} ${give("%r10")}`;
    expect(run(body("cp.async.wait_group 0;"))).toEqual(lanes.map(() => 0));
    expect(run(body("cp.async.wait_all;"))).toEqual(lanes.map(first));
  });

  it("counts each lane's groups for itself", () => {
    const body = `setp.lt.u32 %p1, %r1, 9; @%p1 bra few; ${begin} ${commit} few: ${begin} ${commit} ${commit}
      cp.async.wait_group 1; ${see("%r10")} @%p1 bra over; cp.async.wait_group 1; over: ${give("%r10")}`;
    expect(run(body)).toEqual(lanes.map(first));
    const early = `setp.lt.u32 %p1, %r1, 9; ${begin} ${commit} @%p1 cp.async.wait_group 0; ${see("%r10")} ${give("%r10")}`;
    expect(run(early)).toEqual(lanes.map((lane) => (lane < 9 ? first(lane) : 0)));
  });
});

describe("cp.async", () => {
  const wait = `${commit} cp.async.wait_group 0;`;

  it.each([
    [4, "ca"],
    [8, "ca"],
    [16, "ca"],
    [16, "cg"],
  ] as const)("copies %i bytes by %s, with hints, and fills with zeros", (size, cache) => {
    const body = (operands: string): string =>
      `mov.b32 %r12, 0xffffffff; st.shared.v4.b32 [%r5], {%r12,%r12,%r12,%r12}; rem.u32 %r13, %r1, ${size + 1}; setp.lt.u32 %p1, %r1, 7;
      mov.u64 %rd9, 0; cp.async.${cache}.shared.global${operands} ${wait}
      ld.shared.v4.u32 {%r20,%r21,%r22,%r23}, [%r5]; mul.wide.u32 %rd5, %r1, 16; add.s64 %rd5, %rd2, %rd5;
      st.global.v4.u32 [%rd5], {%r20,%r21,%r22,%r23}; ret;`;
    const wanted = (taken: (lane: number) => number): number[] => {
      const bytes = new Uint8Array(512).fill(0xff);
      const from = new Uint8Array(input.buffer);
      for (const lane of lanes) {
        for (let i = 0; i < size; i++) bytes[16 * lane + i] = i < taken(lane) ? from[16 * lane + i] : 0;
      }
      return [...new Uint32Array(bytes.buffer)];
    };
    expect(out(body(` [%r5], [%rd4], ${size};`), 128)).toEqual(wanted(() => size));
    expect(out(body(`.L2::cache_hint [%r5], [%rd4], ${size}, %rd9;`), 128)).toEqual(wanted(() => size));
    expect(out(body(`.L2::128B [%r5], [%rd4], ${size}, %r13;`), 128)).toEqual(wanted((lane) => lane % (size + 1)));
    expect(out(body(`.L2::cache_hint.L2::256B [%r5], [%rd4], ${size}, %r13, %rd9;`), 128)).toEqual(
      wanted((lane) => lane % (size + 1)),
    );
    expect(out(body(` [%r5], [%rd4], ${size}, %p1;`), 128)).toEqual(wanted((lane) => (lane < 7 ? 0 : size)));
    expect(out(body(` [%r5], [%rd4], ${size}, !%p1;`), 128)).toEqual(wanted((lane) => (lane < 7 ? size : 0)));
  });

  it("is read as Triton writes it", () => {
    const body = `createpolicy.fractional.L2::evict_last.b64 %rd9, 1.0; mov.b32 %r13, 16;
      @%p3 bra over; cp.async.cg.shared.global.L2::cache_hint [ %r5 + 0 ], [ %rd4 + 0 ], 0x10, %r13, %rd9; over: cp.async.commit_group ;
      cp.async.wait_group 0x0; bar.sync 0; ${see("%r10")} ${give("%r10")}`;
    expect(out(body)).toEqual(lanes.map(first));
  });

  it("reads nothing where it takes nothing, whatever the address", () => {
    expect(out(`mov.u64 %rd4, 16; cp.async.ca.shared.global [%r5], [%rd4], 16, 0; ${wait} ret;`)).toEqual(
      lanes.map(() => 0),
    );
    // The last words of the array, and no more.
    const last = `add.u64 %rd4, %rd1, 1020; and.b64 %rd4, %rd4, -16; cp.async.ca.shared.global [%r5], [%rd4], 16, 16; ${wait} ${see("%r10")} ${give("%r10")}`;
    expect(out(last)).toEqual(lanes.map(() => 1252));
  });

  it("counts the load when it begins and the store when it lands", () => {
    const counted = (body: string) => {
      const observer = new CounterObserver();
      const machine = new Machine(image(body), [observer]);
      machine.run();
      return observer.result(machine.program.operations);
    };
    expect(counted(`${begin} ${wait} ret;`)).toMatchObject({
      global_load_requests: 1,
      global_load_sectors: 16,
      bytes_global_read: 512,
      shared_store_requests: 1,
      shared_store_conflicts: 0,
      bytes_shared: 512,
    });
    expect(counted(`${begin} ret;`)).toMatchObject({ global_load_requests: 1, shared_store_requests: 0 });
    const replay = new Replay(image(`${begin} ${commit} ${see("%r10")} cp.async.wait_group 0; ret;`));
    const written = replay.lastWrite("shared", 0, replay.length) as number;
    expect(replay.entry.instructions[replay.recordAt(written).pc].text).toContain("wait_group");
  });

  it("writes to global memory in bulk at the latest when the block ends", () => {
    const body = `st.shared.u32 [%r5], %r1; bar.sync 0; setp.ne.u32 %p1, %r1, 0; @%p1 ret;
      cp.async.bulk.global.shared::cta.bulk_group [%rd2], [%r4], 32; st.shared.u32 [%r4+16], 77;`;
    expect(out(`${body} ret;`, 8)).toEqual([0, 0, 0, 0, 77, 0, 0, 0]);
    expect(
      out(`${body} cp.async.bulk.commit_group; cp.async.bulk.wait_group.read 0; st.shared.u32 [%r4], 9; ret;`, 8),
    ).toEqual([0, 0, 0, 0, 77, 0, 0, 0]);
  });
});

describe("an mbarrier's 64 bits", () => {
  it("hold what they are documented to hold", () => {
    const count = fc.integer({ min: 0, max: mostArrivals });
    const parity = fc.constantFrom<0 | 1>(0, 1);
    fc.assert(
      fc.property(
        count,
        count,
        fc.integer({ min: -mostArrivals, max: mostArrivals }),
        parity,
        (pending, expected, bytes, phase) => {
          const barrier: Barrier = { pending, expected, bytes, parity: phase };
          const { low, high } = encodeBarrier(barrier);
          const word = (BigInt(high) << 32n) | BigInt(low);
          expect(word).toBe(
            BigInt(pending) |
              (BigInt(expected) << 20n) |
              (BigInt.asUintN(21, BigInt(bytes)) << 40n) |
              (BigInt(phase) << 61n) |
              (1n << 63n),
          );
          expect(decodeBarrier(low, high)).toEqual(barrier);
        },
      ),
    );
  });

  it("count bytes within bounds", () => {
    const barrier: Barrier = { pending: 1, expected: 1, bytes: mostArrivals, parity: 0 };
    expect(isRefusal(expectBytes(barrier, 1))).toBe(true);
    expect(isRefusal(expectBytes({ ...barrier, bytes: -mostArrivals }, -1))).toBe(true);
  });
});

// Thread 0 makes a barrier for n arrivals.
const made = (n: number): string => `setp.eq.u32 %p7, %r1, 0; @%p7 mbarrier.init.shared.b64 [bar], ${n}; bar.sync 0;`;
const ended = (parity: number): string =>
  `mbarrier.test_wait.parity.shared.b64 %p2, [bar], ${parity}; selp.u32 %r10, 1, 0, %p2;`;

describe.each(policies)("mbarrier under the policy %s", (policy) => {
  const run = (body: string): number[] => out(body, 32, { policy });
  const one = (body: string): number => out(`setp.ne.u32 %p8, %r1, 0; @%p8 ret; ${body}`, 1, { policy })[0];

  it("ends a phase with its last arrival", () => {
    expect(run(`${made(32)} mbarrier.arrive.shared.b64 %rd5, [bar]; ${ended(0)} ${give("%r10")}`)).toEqual(
      lanes.map(() => 1),
    );
    expect(run(`${made(33)} mbarrier.arrive.shared.b64 %rd5, [bar]; ${ended(0)} ${give("%r10")}`)).toEqual(
      lanes.map(() => 0),
    );
    // Of the phase before the first it says that it has ended.
    expect(run(`${made(33)} ${ended(1)} ${give("%r10")}`)).toEqual(lanes.map(() => 1));
  });

  it("gives the state before the arrival", () => {
    const body = `${made(40)} mbarrier.arrive.shared.b64 %rd5, [bar]; mbarrier.pending_count.b64 %r10, %rd5; ${give("%r10")}`;
    expect(run(body)).toEqual(lanes.map((lane) => 40 - lane));
    const state = `${made(2)} mbarrier.arrive.shared.b64 %rd5, [bar]; mbarrier.test_wait.shared.b64 %p1, [bar], %rd5;
      mbarrier.arrive.shared.b64 _, [bar]; mbarrier.test_wait.shared.b64 %p2, [bar], %rd5; selp.u32 %r10, 1, 0, %p1; selp.u32 %r11, 2, 0, %p2;
      add.u32 %r10, %r10, %r11; ${give("%r10")}`;
    expect(one(state.replace("bar.sync 0;", ""))).toBe(2);
  });

  it("counts several arrivals at once, and begins again with as many", () => {
    const init = "mbarrier.init.shared.b64 [bar], 5;";
    const arrive = "mbarrier.arrive.shared.b64 %rd5, [bar], 5;";
    expect(one(`${init} ${arrive} ${ended(0)} ${give("%r10")}`)).toBe(1);
    expect(one(`${init} ${arrive} ${arrive} ${ended(1)} ${give("%r10")}`)).toBe(1);
    expect(one(`${init} mbarrier.arrive.noComplete.shared.b64 %rd5, [bar], 4; ${ended(0)} ${give("%r10")}`)).toBe(0);
  });

  it("expects fewer after a drop", () => {
    const body = `mbarrier.init.shared.b64 [bar], 3; mbarrier.arrive_drop.shared.b64 %rd5, [bar]; mbarrier.arrive.shared.b64 %rd5, [bar], 2;
      mbarrier.arrive.shared.b64 %rd5, [bar], 2; ${ended(1)} ${give("%r10")}`;
    expect(one(body)).toBe(1);
  });

  it("waits for bytes as well", () => {
    const body = (rest: string): string =>
      `mbarrier.init.shared.b64 [bar], 1; mbarrier.arrive.expect_tx.shared.b64 _, [bar], 64; ${rest} ${ended(0)} ${give("%r10")}`;
    expect(one(body(""))).toBe(0);
    expect(one(body("mbarrier.complete_tx.shared.b64 [bar], 48;"))).toBe(0);
    expect(one(body("mbarrier.complete_tx.shared.b64 [bar], 64;"))).toBe(1);
    expect(
      one(body("mbarrier.expect_tx.relaxed.cta.shared.b64 [bar], 16; mbarrier.complete_tx.shared.b64 [bar], 64;")),
    ).toBe(0);
    const copied = "cp.async.bulk.shared::cluster.global.mbarrier::complete_tx::bytes [%r4], [%rd1], 64, [bar];";
    expect(one(body(copied))).toBe(1);
    // What is copied is there once somebody has asked, and not before.
    expect(one(`${body(copied).replace(ended(0), `ld.shared.u32 %r10, [tile+4];`)}`)).toBe(0);
    expect(one(body(copied).replace(ended(0), `${ended(0)} ld.shared.u32 %r10, [tile+4];`))).toBe(1001);
  });

  it.each([
    ["", 33],
    [".noinc", 65],
  ])("is arrived at%s when copies have landed", (noinc, count) => {
    const body = `${made(count)} ${begin} cp.async.mbarrier.arrive${noinc}.shared.b64 [bar]; ${see("%r11")}
      mbarrier.arrive.shared.b64 _, [bar]; setp.eq.u32 %p1, %r1, 0; @%p1 mbarrier.arrive.shared.b64 _, [bar];
      again: mbarrier.try_wait.parity.shared.b64 %p2, [bar], 0; @!%p2 bra again;
      ${see("%r10")} mul.lo.u32 %r11, %r11, 10000; add.u32 %r10, %r10, %r11; ${give("%r10")}`;
    expect(run(body)).toEqual(lanes.map(first));
  });

  it("lets warps hand over to each other for ever so long, with nothing but spinning", () => {
    // Warp 0 makes the even numbers of a word in shared memory odd, and warp 1 the odd ones even.
    const body = `shr.u32 %r6, %r1, 5; and.b32 %r7, %r1, 31; setp.ne.u32 %p1, %r7, 0; @%p1 ret; mov.u32 %r8, 0;
      turn: ld.volatile.shared.u32 %r9, [tile]; and.b32 %r10, %r9, 1; setp.ne.u32 %p2, %r10, %r6; @%p2 bra turn;
      add.u32 %r9, %r9, 1; st.volatile.shared.u32 [tile], %r9; add.u32 %r8, %r8, 1; setp.lt.u32 %p3, %r8, 40; @%p3 bra turn;
      st.global.u32 [%rd3], %r9; ret;`;
    const result = out(body, 64, { block: 64, policy });
    expect([result[0], result[32]]).toEqual([79, 80]);
  });
});

describe("what cannot be is a fault that says why", () => {
  const fault = (body: string, extra: Partial<Parameters<typeof launchImage>[0]> = {}): LaunchFault => {
    try {
      new Machine(image(body, extra)).run();
    } catch (error) {
      if (error instanceof LaunchFault) return error;
      throw error;
    }
    throw new Error("the launch did not fault");
  };
  const init = "setp.ne.u32 %p8, %r1, 0; @%p8 ret; mbarrier.init.shared.b64 [bar], 2;";
  const arrive = "mbarrier.arrive.shared.b64 %rd5, [bar];";

  it.each<[string, string, RegExp, string]>([
    ["no barrier", `${arrive} ret;`, /there is no barrier at this address/, "mbarrier"],
    [
      "a barrier no more",
      `${init} mbarrier.inval.shared.b64 [bar]; ${ended(0)} ret;`,
      /there is no barrier/,
      "mbarrier",
    ],
    [
      "a barrier for nobody",
      "mbarrier.init.shared.b64 [bar], 0; ret;",
      /a barrier for 0 arrivals, where it is 1 to 1048575/,
      "mbarrier",
    ],
    ["a barrier for too many", "mbarrier.init.shared.b64 [bar], 1048576; ret;", /for 1048576 arrivals/, "mbarrier"],
    [
      "too many arrivals",
      `${init} mbarrier.arrive.shared.b64 _, [bar], 3; ret;`,
      /3 arrivals at a barrier whose phase waits for 2 of 2/,
      "mbarrier",
    ],
    ["no arrivals", `${init} mbarrier.arrive.shared.b64 _, [bar], 0; ret;`, /0 arrivals at a barrier/, "mbarrier"],
    [
      "too many that drop",
      `${init} mbarrier.arrive_drop.shared.b64 _, [bar], 3; ret;`,
      /3 arrivals dropped at a barrier whose phases wait for 2/,
      "mbarrier",
    ],
    [
      "an end with .noComplete",
      `${init} mbarrier.arrive.noComplete.shared.b64 %rd5, [bar], 2; ret;`,
      /2 arrivals with \.noComplete .* would end it/,
      "mbarrier",
    ],
    [
      "too many bytes",
      `${init} mbarrier.expect_tx.shared.b64 [bar], 1048576; ret;`,
      /waits for 1048576 bytes, where it counts 1048575 at most/,
      "mbarrier",
    ],
    [
      "a state from nowhere",
      `${init} mov.u64 %rd5, 7; mbarrier.test_wait.shared.b64 %p1, [bar], %rd5; ret;`,
      /is none that mbarrier\.arrive gave/,
      "mbarrier",
    ],
    [
      "a barrier in global memory",
      "mbarrier.init.b64 [%rd2], 2; ret;",
      /a barrier in global memory, in "out"/,
      "mbarrier",
    ],
    [
      "a barrier in between",
      "mbarrier.init.shared.b64 [tile+4], 2; ret;",
      /8-byte atomic access of shared memory at byte 4, which is not a multiple of 8/,
      "misaligned",
    ],
    ["copies to no barrier", "cp.async.mbarrier.arrive.shared.b64 [bar]; ret;", /there is no barrier/, "mbarrier"],
    [
      "bulk copies to no barrier",
      "cp.async.bulk.shared::cta.global.mbarrier::complete_tx::bytes [%r4], [%rd1], 16, [bar]; ret;",
      /there is no barrier/,
      "mbarrier",
    ],
    [
      "a bulk copy of odd size",
      "cp.async.bulk.global.shared::cta.bulk_group [%rd2], [%r4], 20; ret;",
      /a bulk copy of 20 bytes, which is no multiple of 16/,
      "misaligned",
    ],
    [
      "a bulk copy out of an array",
      "cp.async.bulk.global.shared::cta.bulk_group [%rd2+1008], [%r4], 32; ret;",
      /out-of-bounds 32-byte store .*"out"/,
      "out-of-bounds",
    ],
    [
      "a bulk copy out of shared memory",
      "cp.async.bulk.global.shared::cta.bulk_group [%rd2], [%r4+1024], 32; ret;",
      /32-byte load at byte 1024 of shared memory/,
      "out-of-bounds",
    ],
    [
      "a copy from beyond an array",
      "cp.async.ca.shared.global [%r5], [%rd4+1024], 16; ret;",
      /out-of-bounds 16-byte load .*"in"/,
      "out-of-bounds",
    ],
    [
      "a copy from an odd address",
      "cp.async.ca.shared.global [%r5], [%rd4+4], 16; ret;",
      /16-byte load .* in "in" .* not a multiple of 16/,
      "misaligned",
    ],
    [
      "a copy to beyond shared memory",
      "cp.async.ca.shared.global [%r5+1040], [%rd4], 4; ret;",
      /4-byte store at byte 1040 of shared memory/,
      "out-of-bounds",
    ],
    [
      "a copy of more than there is room for",
      "cp.async.ca.shared.global [%r5], [%rd4], 4, 5; ret;",
      /cp\.async of 5 bytes into 4/,
      "out-of-bounds",
    ],
    [
      "a matrix at an odd address",
      ".reg .b32 %m<8>; add.u64 %rd1, %rd1, 8; wmma.load.a.sync.aligned.row.m16n16k16.global.f16 {%m0,%m1,%m2,%m3,%m4,%m5,%m6,%m7}, [%rd1], 16; ret;",
      /a matrix of f16 at no multiple of 16 bytes whose rows are 32 bytes apart/,
      "misaligned",
    ],
    [
      "a matrix with odd rows",
      ".reg .b32 %m<8>; wmma.load.a.sync.aligned.row.m16n16k16.global.f16 {%m0,%m1,%m2,%m3,%m4,%m5,%m6,%m7}, [%rd1], 20; ret;",
      /whose rows are 40 bytes apart/,
      "misaligned",
    ],
    [
      "a matrix beyond an array",
      ".reg .b32 %m<8>; wmma.load.a.sync.aligned.row.m16n16k16.global.f16 {%m0,%m1,%m2,%m3,%m4,%m5,%m6,%m7}, [%rd1], 64; ret;",
      /out-of-bounds 16-byte load .*"in"/,
      "out-of-bounds",
    ],
    [
      "rows of a matrix at odd addresses",
      ".reg .b32 %m<2>; add.u32 %r5, %r5, 8; ldmatrix.sync.aligned.m8n8.x1.shared.b16 {%m0}, [%r5]; ret;",
      /16-byte load of shared memory at byte 8, which is not a multiple of 16/,
      "misaligned",
    ],
  ])("%s", (_, body, message, kind) => {
    const found = fault(body);
    expect(found.message).toMatch(message);
    expect(found.finding.kind).toBe(kind);
  });

  it("an arrival that never comes, by the line that waits for it", () => {
    const body = `${made(33)} mbarrier.arrive.shared.b64 _, [bar];
      again: mbarrier.try_wait.parity.shared.b64 %p2, [bar], 0; @!%p2 bra again; ret;`;
    for (const policy of policies) {
      const found = fault(body, { policy });
      expect(found.finding.kind).toBe("livelock");
      expect(found.message).toMatch(/nothing changes any more: warp 0: all lanes at PTX line \d+/);
    }
  });

  it.each<[string, RegExp]>([
    [
      "cp.async.ca.shared.global [%r5], [%rd4], 12;",
      /operand n of "cp\.async\.ca\.shared\.global" is 4 or 8 or 16, written out/,
    ],
    ["cp.async.cg.shared.global [%r5], [%rd4], 8;", /operand n .* is 16, written out/],
    ["cp.async.wait_group %r1;", /operand n of "cp\.async\.wait_group" is a whole number, written out/],
    [
      "cp.async.bulk.tensor.1d.shared::cluster.global.tile.mbarrier::complete_tx::bytes [%r5], [%rd4], [bar];",
      /Tensor maps are not supported: copy row by row/,
    ],
    ["setmaxnreg.inc.sync.aligned.u32 64;", /"setmaxnreg\..*" is not supported[\s\S]*compile for sm_90 without a/],
  ])("%s is refused when it is loaded", (instruction, message) => {
    expect(() => new Machine(image(`${instruction} ret;`))).toThrow(message);
  });
});
