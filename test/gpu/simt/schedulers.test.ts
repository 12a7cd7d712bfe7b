import { describe, expect, it } from "vitest";
import { Replay } from "../../../src/gpu/analysis/replay.js";
import type { LaunchImage, ReconvergencePolicy, SchedulerName } from "../../../src/gpu/simt/launch-image.js";
import { Machine } from "../../../src/gpu/simt/machine.js";
import { kernelPtx, launchImage } from "../launches.js";

const policies: readonly ReconvergencePolicy[] = ["stack", "lowest-pc", "independent"];
const schedulers: readonly SchedulerName[] = ["default", "round-robin", "greedy-then-oldest", "random"];
const others = schedulers.filter((name) => name !== "default");
const everyWay = schedulers.flatMap((scheduler) => policies.map((policy) => ({ scheduler, policy })));

const ints = (label: string, length: number) => ({ label, dtype: "i32" as const, data: new Int32Array(length) });
const i32 = (machine: Machine, index: number): number[] =>
  Array.from(new Int32Array(machine.memory.allocations[index].bytes.slice().buffer));

function run(image: LaunchImage): Machine {
  const machine = new Machine(image);
  machine.run();
  return machine;
}

/** `block.warp` of each step. */
function turns(image: LaunchImage): string[] {
  const found: string[] = [];
  new Machine(image, [{ instruction: ({ block, warp }) => void found.push(`${block}.${warp}`) }]).run();
  return found;
}

const header = `
  .reg .pred %p<9>; .reg .b32 %r<20>; .reg .b64 %rd<9>;
  ld.param.u64 %rd1, [p0]; mov.u32 %r1, %ctaid.x; mov.u32 %r2, %ntid.x; mov.u32 %r3, %tid.x; mov.u32 %r10, %nctaid.x;
  mad.lo.s32 %r4, %r1, %r2, %r3; mul.wide.s32 %rd2, %r4, 4; add.s64 %rd3, %rd1, %rd2;`;

describe("the order of turns", () => {
  const three = kernelPtx(0, 0, ".reg .b32 %r<3>; mov.u32 %r0, 1; mov.u32 %r1, 2; ret;");
  // Six blocks of two warps on four SMs with room for one block each: blocks 0 to 3 begin, 4 and 5 where there is room first.
  const shape = { ptx: three, grid: 6, block: 64, blocksPerSm: 1 };

  it("round robin: each SM one instruction, on it its warps in turn", () => {
    const first = ["0.0", "1.0", "2.0", "3.0", "0.1", "1.1", "2.1", "3.1"];
    // Blocks end one after the other, so that the first two SMs have the next ones already while the others end theirs.
    expect(turns(launchImage({ ...shape, scheduler: "round-robin" }))).toEqual([
      ...[...first, ...first, ...first],
      ...["4.0", "5.0", "4.1", "5.1", "4.0", "5.0", "4.1", "5.1", "4.0", "5.0", "4.1", "5.1"],
    ]);
  });

  it("greedy, then oldest: each SM stays with its warp until that ends", () => {
    const steps = (blocks: number[], warp: number): string[] =>
      [1, 2, 3].flatMap(() => blocks.map((block) => `${block}.${warp}`));
    expect(turns(launchImage({ ...shape, scheduler: "greedy-then-oldest" }))).toEqual([
      ...steps([0, 1, 2, 3], 0),
      ...steps([0, 1, 2, 3], 1),
      ...steps([4, 5], 0),
      ...steps([4, 5], 1),
    ]);
  });

  it("random: the same for a seed, another for another, and every warp has its three instructions", () => {
    const order = (seed: number): string[] => turns(launchImage({ ...shape, scheduler: "random", seed }));
    expect(order(1)).toEqual(order(1));
    expect(order(1)).not.toEqual(order(2));
    const expected = ["0", "1", "2", "3", "4", "5"].flatMap((block) =>
      [0, 1].flatMap((warp) => new Array(3).fill(`${block}.${warp}`)),
    );
    expect([...order(3)].sort()).toEqual(expected);
  });

  it("random: the warps that are ready are drawn evenly", () => {
    const counts = new Map<string, number>();
    for (let seed = 0; seed < 800; seed++) {
      const [first] = turns(launchImage({ ptx: three, grid: 4, block: 64, scheduler: "random", seed }));
      counts.set(first, (counts.get(first) ?? 0) + 1);
    }
    expect(counts.size).toBe(8);
    // Six standard deviations around a hundred.
    for (const count of counts.values()) expect(Math.abs(count - 100)).toBeLessThan(57);
  });

  it("default: one block at a time, however many the SMs would hold", () => {
    const found = turns(launchImage({ ...shape, blocksPerSm: 4 }));
    expect(found).toEqual([...found].sort());
  });
});

describe("the SM that a block is on", () => {
  const ptx = kernelPtx(1, 0, `${header} mov.u32 %r5, %smid; st.global.u32 [%rd3], %r5; ret;`);
  const smOf = (scheduler: SchedulerName, blocksPerSm: number): number[] => {
    const starts = new Map<number, number>();
    const image = launchImage({ ptx, grid: 8, block: 1, arrays: [ints("out", 8)], scheduler, blocksPerSm, seed: 4 });
    const machine = new Machine(image, [{ blockStart: (block, _, sm) => void starts.set(block, sm) }]);
    machine.run();
    const read = i32(machine, 0);
    expect(read).toEqual(Array.from({ length: 8 }, (_, block) => starts.get(block)));
    return read;
  };

  it.each(["default", "round-robin", "greedy-then-oldest"] as const)("is round robin (%s)", (scheduler) => {
    expect(smOf(scheduler, 2)).toEqual([0, 1, 2, 3, 0, 1, 2, 3]);
  });

  it("holds as many as it has room for, in whichever order they begin", () => {
    const counts = [0, 0, 0, 0];
    for (const sm of smOf("random", 2)) counts[sm]++;
    expect(counts).toEqual([2, 2, 2, 2]);
  });
});

describe("blocks that wait for each other", () => {
  // A lock that every thread of every block takes once, one lane of a warp after the other.
  const lock = kernelPtx(
    1,
    0,
    `${header} setp.ne.s32 %p3, %r3, 0; @%p3 ret;
    again: atom.global.cas.b32 %r5, [%rd1+4], 0, 1; setp.ne.s32 %p1, %r5, 0; @%p1 bra again;
    ld.global.u32 %r6, [%rd1]; add.s32 %r6, %r6, 1; st.global.u32 [%rd1], %r6;
    atom.global.exch.b32 %r7, [%rd1+4], 0; ret;`,
  );
  it.each(everyWay)("take a lock in turn ($scheduler, $policy)", (way) => {
    const image = launchImage({ ptx: lock, grid: 12, block: 64, blocksPerSm: 2, arrays: [ints("count", 2)], ...way });
    expect(i32(run(image), 0)).toEqual([12, 0]);
  });

  // Each block stores its sum of thread indices; the last one to come adds them up (threadFenceReduction).
  const lastBlock = kernelPtx(
    1,
    0,
    `${header} setp.ne.s32 %p1, %r3, 0; @%p1 ret;
    mad.lo.s32 %r5, %r1, %r1, 1; mul.wide.s32 %rd4, %r1, 4; add.s64 %rd5, %rd1, %rd4; st.global.u32 [%rd5+8], %r5;
    membar.gl; atom.global.add.u32 %r6, [%rd1], 1; add.s32 %r7, %r10, -1; setp.ne.s32 %p2, %r6, %r7; @%p2 ret;
    mov.u32 %r8, 0; mov.u32 %r9, 0; mov.u64 %rd6, %rd1;
    sum: ld.volatile.global.u32 %r11, [%rd6+8]; add.s32 %r8, %r8, %r11; add.s64 %rd6, %rd6, 4; add.s32 %r9, %r9, 1;
    setp.lt.s32 %p3, %r9, %r10; @%p3 bra sum; st.global.u32 [%rd1+4], %r8; ret;`,
  );
  it.each(everyWay)("leave the sum to the last one ($scheduler, $policy)", (way) => {
    const image = launchImage({
      ptx: lastBlock,
      grid: 20,
      block: 32,
      blocksPerSm: 3,
      arrays: [ints("sums", 22)],
      ...way,
    });
    const squares = Array.from({ length: 20 }, (_, block) => block * block + 1).reduce((sum, value) => sum + value);
    expect(i32(run(image), 0)[1]).toBe(squares);
  });

  // Decoupled look-back: each block takes a ticket, waits for the sum before it, and hands on its own.
  const lookBack = kernelPtx(
    1,
    0,
    `${header} setp.ne.s32 %p1, %r3, 0; @%p1 ret;
    atom.global.add.u32 %r5, [%rd1], 1; mul.wide.s32 %rd4, %r5, 8; add.s64 %rd5, %rd1, %rd4; mov.u32 %r7, 0;
    setp.eq.s32 %p2, %r5, 0; @%p2 bra first;
    wait: ld.volatile.global.u32 %r6, [%rd5]; setp.eq.s32 %p3, %r6, 0; @%p3 bra wait; ld.volatile.global.u32 %r7, [%rd5+4];
    first: add.s32 %r8, %r7, %r5; st.volatile.global.u32 [%rd5+12], %r8; membar.gl; st.volatile.global.u32 [%rd5+8], 1; ret;`,
  );
  it.each(everyWay)("look back at the one before ($scheduler, $policy)", (way) => {
    const image = launchImage({
      ptx: lookBack,
      grid: 16,
      block: 32,
      blocksPerSm: 2,
      arrays: [ints("state", 40)],
      ...way,
    });
    const state = i32(run(image), 0);
    const sums = Array.from({ length: 16 }, (_, ticket) => state[2 * ticket + 3]);
    expect(sums).toEqual(Array.from({ length: 16 }, (_, ticket) => (ticket * (ticket + 1)) / 2));
  });

  // A barrier over the grid that needs every block on an SM.
  const gridBarrier = kernelPtx(
    1,
    0,
    `${header} setp.ne.s32 %p1, %r3, 0; @%p1 ret; atom.global.add.u32 %r5, [%rd1], 1;
    wait: ld.volatile.global.u32 %r6, [%rd1]; setp.lt.s32 %p2, %r6, %r10; @%p2 bra wait; ret;`,
  );
  it.each(others)("end in a livelock where not all of them fit (%s)", (scheduler) => {
    const image = launchImage({ ptx: gridBarrier, grid: 9, blocksPerSm: 2, arrays: [ints("come", 1)], scheduler });
    expect(() => run(image)).toThrow(/nothing changes any more: block \(\d\), warp 0: lane 0 at PTX line \d+; block /);
    expect(i32(run({ ...image, grid: { x: 8, y: 1, z: 1 } }), 0)).toEqual([8]);
  });

  it.each(others)("are no livelock while another one is at work (%s)", (scheduler) => {
    // Block 0 counts long, in straight lines and in turns; the others wait for it.
    const work = "add.s32 %r6, %r6, 1; ".repeat(3000);
    const ptx = kernelPtx(
      1,
      0,
      `${header} setp.ne.s32 %p1, %r1, 0; @%p1 bra wait; mov.u32 %r6, 0; ${work}
      turn: add.s32 %r6, %r6, 1; setp.lt.s32 %p2, %r6, 9000; @%p2 bra turn; st.volatile.global.u32 [%rd1], %r6; ret;
      wait: ld.volatile.global.u32 %r5, [%rd1]; setp.eq.s32 %p3, %r5, 0; @%p3 bra wait; ret;`,
    );
    expect(i32(run(launchImage({ ptx, grid: 8, blocksPerSm: 2, arrays: [ints("flag", 1)], scheduler })), 0)).toEqual([
      9000,
    ]);
  });

  it.each(others)(
    "make way where the lanes of one warp spin in two loops, for two flags of another (%s)",
    (scheduler) => {
      // Two lanes of each warp but the last wait for a flag each, which the last one's lane sets: another warp of the same block, and
      // another block.
      const ptx = kernelPtx(
        1,
        0,
        `${header} mad.lo.u32 %r7, %r1, 64, %r3; setp.ge.u32 %p1, %r7, 224; @%p1 bra writer; and.b32 %r8, %r3, 1;
      setp.eq.u32 %p3, %r8, 0; @%p3 bra second;
      first: ld.volatile.global.u32 %r5, [%rd1]; setp.eq.s32 %p2, %r5, 0; @%p2 bra first; ret;
      second: ld.volatile.global.u32 %r5, [%rd1+4]; setp.eq.s32 %p2, %r5, 0; @%p2 bra second; ret;
      writer: st.volatile.global.u32 [%rd1+4], 1; st.volatile.global.u32 [%rd1], 1; ret;`,
      );
      const image = launchImage({ ptx, grid: 4, block: 64, blocksPerSm: 2, arrays: [ints("flags", 2)], scheduler });
      for (const policy of ["independent", "lowest-pc"] as const)
        expect(i32(run({ ...image, policy }), 0)).toEqual([1, 1]);
    },
  );
});

describe("the same steps under every scheduler, wherever a run is interrupted or gone back to", () => {
  // Two barriers with shared memory between them, a divergent loop, and an atomic whose old value shows the order.
  const body = `.shared .align 4 .b32 tile[64]; mov.u32 %r5, tile; shl.b32 %r6, %r3, 2; add.s32 %r6, %r5, %r6;
    st.shared.u32 [%r6], %r4; bar.sync 0; xor.b32 %r7, %r6, 4; ld.shared.u32 %r8, [%r7]; and.b32 %r9, %r3, 7;
    loop: setp.eq.s32 %p1, %r9, 0; @%p1 bra out; add.s32 %r9, %r9, -1; add.s32 %r8, %r8, 1; bra loop;
    out: bar.sync 0; atom.global.add.u32 %r11, [%rd1+6360], 1; add.s32 %r8, %r8, %r11; st.global.u32 [%rd3], %r8; ret;`;
  const image = (way: { scheduler: SchedulerName; policy: ReconvergencePolicy }): LaunchImage =>
    launchImage({
      ptx: kernelPtx(1, 0, `${header} ${body}`),
      grid: 24,
      block: 64,
      blocksPerSm: 1,
      seed: 11,
      arrays: [ints("out", 1600)],
      ...way,
    });

  it.each(everyWay)("$scheduler, $policy", (way) => {
    const trace = (stride: number): { steps: string[]; out: number[] } => {
      const steps: string[] = [];
      const machine = new Machine(image(way), [
        { instruction: ({ block, warp, pc }, mask) => void steps.push(`${block}.${warp}:${pc}:${mask}`) },
      ]);
      while (!machine.finished) machine.run(machine.steps + stride);
      return { steps, out: i32(machine, 0) };
    };
    const whole = trace(Number.POSITIVE_INFINITY);
    for (const stride of [1, 7, 64]) expect(trace(stride)).toEqual(whole);

    const replay = new Replay(image(way));
    const { length } = replay;
    expect(length).toBe(whole.steps.length);
    const look = (position: number) => {
      replay.seek(position);
      const blocks = Array.from({ length: 24 }, (_, block) => ({
        shared: Array.from(replay.sharedMemory(block)),
        warps: [0, 1].map((warp) => [replay.warpState(block, warp), replay.readRegister("%r8", block, warp)]),
      }));
      return { blocks, global: replay.globalMemory().map(({ bytes }) => bytes.slice()) };
    };
    const places = [0, 1, 500, 1024, 1025, 2000, length - 1, length];
    const forwards = places.map(look);
    const backwards = [...places].reverse().map(look).reverse();
    expect(backwards).toEqual(forwards);
    for (const block of forwards[places.length - 1].blocks) expect(block.warps[0][0]).toMatchObject({ status: "done" });
    expect(replay.lastWrite("global", replay.globalMemory()[0].address + 6360, length)).toBe(
      whole.steps.findLastIndex((step) => replay.entry.instructions[Number(step.split(":")[1])].opcode === "atom"),
    );
  });
});
