import { describe, expect, it } from "vitest";
import { CounterObserver } from "../../../src/gpu/analysis/counters.js";
import { Replay } from "../../../src/gpu/analysis/replay.js";
import type { LaunchFault } from "../../../src/gpu/simt/fault.js";
import type { LaunchImage, ReconvergencePolicy, SchedulerName } from "../../../src/gpu/simt/launch-image.js";
import { Machine } from "../../../src/gpu/simt/machine.js";
import { kernelPtx, launchImage } from "../launches.js";

const policies: readonly ReconvergencePolicy[] = ["stack", "lowest-pc", "independent"];
const schedulers: readonly SchedulerName[] = ["default", "round-robin", "greedy-then-oldest", "random"];
const everyWay = schedulers.flatMap((scheduler) => policies.map((policy) => ({ scheduler, policy })));

const ints = (length: number) => [{ label: "out", dtype: "i32" as const, data: new Int32Array(length) }];

// %r1 = the thread, %r2 = its warp, %rd3 = its place in the array.
const header = `.reg .pred %p<9>; .reg .b32 %r<30>; .reg .b64 %rd<9>; .shared .align 4 .b32 tile[256];
  ld.param.u64 %rd1, [p0]; mov.u32 %r1, %tid.x; shr.u32 %r2, %r1, 5; and.b32 %r3, %r1, 31; mul.wide.u32 %rd2, %r1, 4; add.s64 %rd3, %rd1, %rd2;
  mov.u32 %r4, tile; shl.b32 %r5, %r1, 2; add.u32 %r5, %r4, %r5;`;

function image(body: string, extra: Partial<Parameters<typeof launchImage>[0]> = {}): LaunchImage {
  return launchImage({ ptx: kernelPtx(1, 0, `${header}\n${body}`), block: 64, arrays: ints(256), ...extra });
}

function out(launch: LaunchImage, count: number): number[] {
  const machine = new Machine(launch);
  machine.run();
  return Array.from(new Int32Array(machine.memory.allocations[0].bytes.slice().buffer)).slice(0, count);
}

function fault(launch: LaunchImage): LaunchFault {
  try {
    new Machine(launch).run();
  } catch (error) {
    return error as LaunchFault;
  }
  throw new Error("the launch did not fault");
}

describe("a barrier that reduces", () => {
  const threads = Array.from({ length: 80 }, (_, i) => i);

  it.each(everyWay)("counts the threads whose predicate holds, and tells all ($scheduler, $policy)", (way) => {
    const body = (opcode: string) => `and.b32 %r6, %r1, 3; setp.eq.u32 %p1, %r6, 0;
      ${opcode} %r7, 2, %p1; ${opcode} %r8, 2, !%p1; shl.b32 %r8, %r8, 8; or.b32 %r7, %r7, %r8; st.global.u32 [%rd3], %r7; ret;`;
    for (const opcode of ["bar.red.popc.u32", "bar.cta.red.popc.u32", "barrier.cta.red.popc.aligned.u32"]) {
      expect(out(image(body(opcode), { block: 80, ...way }), 80)).toEqual(threads.map(() => 20 | (60 << 8)));
    }
  });

  it.each([
    ["and", "setp.lt.u32 %p1, %r1, 80;", 1],
    ["and", "setp.ne.u32 %p1, %r1, 79;", 0],
    ["or", "setp.eq.u32 %p1, %r1, 79;", 1],
    ["or", "setp.gt.u32 %p1, %r1, 79;", 0],
  ])("%s of %s", (op, compare, expected) => {
    const body = `${compare} bar.red.${op}.pred %p2, 0, %p1; selp.u32 %r6, 1, 0, %p2; st.global.u32 [%rd3], %r6; ret;`;
    for (const policy of policies)
      expect(out(image(body, { block: 80, policy }), 80)).toEqual(threads.map(() => expected));
  });

  it("counts those that take part, where it names their number by register", () => {
    const body = `setp.ge.u32 %p1, %r1, 64; @%p1 bra end; mov.u32 %r6, 5; mov.u32 %r7, 64; setp.lt.u32 %p2, %r1, 40;
      barrier.red.popc.u32 %r8, %r6, %r7, %p2; st.global.u32 [%rd3], %r8; end: ret;`;
    expect(out(image(body, { block: 96 }), 96)).toEqual([...new Array(64).fill(40), ...new Array(32).fill(0)]);
  });

  it("leaves out threads that ended", () => {
    const body = `setp.lt.u32 %p1, %r1, 10; @%p1 ret; bar.red.popc.u32 %r8, 0, 1; st.global.u32 [%rd3], %r8; ret;`;
    for (const policy of policies) {
      expect(out(image(body, { policy }), 64)).toEqual([...new Array(10).fill(0), ...new Array(54).fill(54)]);
    }
  });
});

describe("who arrives and who waits", () => {
  // Warp 0 makes, warp 1 takes: `full` is barrier 1, `empty` barrier 2, as the PTX manual's producer and consumer.
  const producer = (
    sync: string,
    arrive: string,
  ): string => `setp.ne.u32 %p1, %r2, 0; mov.u32 %r10, 0; mov.u32 %r11, 0; mov.u32 %r12, 64;
    @%p1 bra take;
    make: ${sync} 2, 64; mad.lo.u32 %r6, %r10, 100, %r3; st.shared.u32 [%r5], %r6; ${arrive} 1, %r12;
    add.u32 %r10, %r10, 1; setp.lt.u32 %p2, %r10, 5; @%p2 bra make; ret;
    take: ${arrive} 2, %r12;
    turn: ${sync} 1, 64; ld.shared.u32 %r7, [%r5+-128]; add.u32 %r11, %r11, %r7; add.u32 %r10, %r10, 1; setp.lt.u32 %p3, %r10, 5;
    @!%p3 bra done; ${arrive} 2, 64; bra turn; done: st.global.u32 [%rd3], %r11; ret;`;
  const expected = Array.from({ length: 32 }, (_, lane) => 5 * lane + 1000);

  it.each(everyWay)("hand over by arriving and waiting in turn ($scheduler, $policy)", (way) => {
    for (const [sync, arrive] of [
      ["bar.sync", "bar.arrive"],
      ["barrier.cta.sync.aligned", "barrier.cta.arrive.aligned"],
      ["barrier.sync", "barrier.arrive"],
    ]) {
      expect(out(image(producer(sync, arrive), way), 64).slice(32)).toEqual(expected);
    }
  });

  it("are stepped back over, with what has arrived", () => {
    const replay = new Replay(image(producer("bar.sync", "bar.arrive"), { scheduler: "round-robin" }));
    const look = (position: number) => {
      replay.seek(position);
      return [
        Array.from(replay.sharedMemory(0)),
        replay.readRegister("%r11", 0, 1),
        replay.warpState(0, 0),
        replay.warpState(0, 1),
      ];
    };
    const places = Array.from({ length: replay.length + 1 }, (_, position) => position);
    const forwards = places.map(look);
    expect(places.toReversed().map(look)).toEqual(forwards.toReversed());
  });

  it("are counted once a warp whose lanes come one after the other, and for 32 where fewer lanes exist", () => {
    // Lanes of warp 0 arrive in two goes; warp 1 has 8 lanes.
    const body = `setp.ne.u32 %p1, %r2, 0; @%p1 bra wait; setp.lt.u32 %p2, %r3, 16; st.shared.u32 [%r5], 7;
      @%p2 barrier.arrive 3, 64; @!%p2 barrier.arrive 3, 64; ret;
      wait: barrier.sync 3, 64; ld.shared.u32 %r6, [%r4+124]; st.global.u32 [%rd3], %r6; ret;`;
    for (const policy of policies)
      expect(out(image(body, { policy, block: 40 }), 40).slice(32)).toEqual(new Array(8).fill(7));
  });

  it("are no waiting warp instructions to the counter of barriers where they only arrive", () => {
    const launch = image(producer("bar.sync", "bar.arrive"));
    const counter = new CounterObserver();
    const machine = new Machine(launch, [counter]);
    machine.run();
    expect(counter.result(machine.program.operations).barriers).toBe(10);
  });
});

describe("a barrier under a predicate", () => {
  it.each(everyWay)("is passed by warps whose predicate is false ($scheduler, $policy)", (way) => {
    // Three warps; the first two meet twice, each time under a predicate that a whole warp shares.
    const body = `setp.lt.u32 %p1, %r2, 2; st.shared.u32 [%r5], %r1; @%p1 bar.sync 1, 64; xor.b32 %r6, %r5, 128; mov.u32 %r7, -1;
      @%p1 ld.shared.u32 %r7, [%r6]; @!%p1 bar.sync 2, 32; st.global.u32 [%rd3], %r7; ret;`;
    expect(out(image(body, { block: 96, ...way }), 96)).toEqual(
      Array.from({ length: 96 }, (_, i) => (i < 64 ? i ^ 32 : -1)),
    );
  });

  it.each(["lowest-pc", "independent"] as const)("holds only the lanes that take it (%s)", (policy) => {
    // Lanes below 16 wait for the others of their warp, which arrive behind them.
    const body = `setp.lt.u32 %p1, %r3, 16; st.shared.u32 [%r5], %r3; @%p1 barrier.sync 1, 32; @!%p1 barrier.arrive 1, 32;
      ld.shared.u32 %r6, [%r4+124]; st.global.u32 [%rd3], %r6; ret;`;
    expect(out(image(body, { block: 32, policy }), 32)).toEqual(new Array(32).fill(31));
  });

  it("takes one step, and is counted where a lane took it", () => {
    const launch = image("setp.eq.u32 %p1, %r2, 0; @%p1 bar.sync 1, 32; ret;");
    const counter = new CounterObserver();
    const machine = new Machine(launch, [counter]);
    machine.run();
    expect(counter.result(machine.program.operations)).toMatchObject({
      barriers: 1,
      warp_instructions: 2 * machine.program.operations.length,
    });
  });

  it.each(["lowest-pc", "independent"] as const)("of a warp works too (%s)", (policy) => {
    const body = `setp.lt.u32 %p1, %r3, 8; mov.u32 %r6, 255; @%p1 bar.warp.sync %r6; st.global.u32 [%rd3], 1; ret;`;
    expect(out(image(body, { block: 32, policy }), 32)).toEqual(new Array(32).fill(1));
  });
});

describe("wrong use is a fault", () => {
  const half = "setp.ne.u32 %p1, %r2, 0; @%p1 bra other;";
  it.each([
    [
      "a number above 15",
      "mov.u32 %r6, 16; bar.arrive %r6, 64; ret;",
      /barrier 16, where a block has barriers 0 to 15/,
    ],
    ["part of a warp", "bar.arrive 1, 40; ret;", /barrier 1 for 40 threads, which is no multiple of the 32 of a warp/],
    ["an arrival for nobody", "mov.u32 %r6, 0; bar.arrive 1, %r6; ret;", /an arrival at barrier 1 for 0 threads/],
    [
      "two counts at one barrier",
      `${half} bar.sync 1, 64; ret; other: bar.sync 1, 96; ret;`,
      /barrier 1 for 96 threads, where others came to it for 64, at PTX line \d+/,
    ],
    [
      "a count that is not that of all",
      `${half} bar.sync 1, 32; bar.sync 1, 32; bar.arrive 1, 96; ret; other: bar.sync 1; ret;`,
      /barrier 1 for 64 threads, where others came to it for 96/,
    ],
    [
      "a reduction beside a plain one",
      `${half} bar.sync 1; ret; other: bar.red.and.pred %p2, 1, %p1; ret;`,
      /barrier 1 with a reduction by and, where others came to it without a reduction, at PTX line \d+/,
    ],
    [
      "two reductions",
      `${half} bar.red.or.pred %p2, 1, %p1; ret; other: bar.red.popc.u32 %r6, 1, %p1; ret;`,
      /barrier 1 with a reduction by popc, where others came to it with a reduction by or/,
    ],
  ])("%s", (_, body, message) => {
    const found = fault(image(body));
    expect(found.finding.kind).toBe("barrier");
    expect(found.message).toMatch(message);
  });

  it("who waits where, and for how many, is named where nobody can go on", () => {
    const found = fault(image(`${half} bar.sync 3, 64; ret; other: bar.sync 4, 96; ret;`));
    expect(found.finding.kind).toBe("deadlock");
    expect(found.message).toMatch(
      /warp 0: all lanes wait at barrier 3 in PTX line \d+; warp 1: all lanes wait at barrier 4 in PTX line \d+; at barrier 3 32 of 64 threads have come; at barrier 4 32 of 96 threads have come/,
    );
  });
});
