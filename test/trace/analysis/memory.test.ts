import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { analyse } from "../../../src/trace/analysis/index.js";
import type { Timeline } from "../../../src/trace/timeline/index.js";
import { MadeTimeline } from "./made-timeline.js";

type Times = readonly [number, number];

/** Timelines of allocations and frees in calls of the driver. */
class Memory extends MadeTimeline {
  allocate(ptr: string, bytes: number, times: Times, args: Record<string, unknown> = {}, name = "cuMemAlloc_v2"): this {
    return this.call(name, times, { bytes, args: { ptr, ...args } });
  }

  free(ptr: string, times: Times, args: Record<string, unknown> = {}, name = "cuMemFree_v2"): this {
    return this.call(name, times, { args: { ptr, ...args } });
  }
}

function only(timeline: Timeline) {
  const { spaces } = analyse(timeline).memory;
  expect(spaces).toHaveLength(1);
  return spaces[0];
}

describe("memory", () => {
  it("is followed over time, with its peak and who held it", () => {
    const memory = only(
      new Memory()
        .range("stage", "load weights", [0, 20])
        .allocate("0x100", 60, [0, 5], { label: "weights" })
        .allocate("0x200", 40, [5, 10])
        .allocate("0x300", 100, [20, 25], { label: "activations" })
        .free("0x200", [30, 32])
        // The address comes back.
        .allocate("0x200", 30, [35, 40], { label: "weights" })
        .free("0x300", [50, 52])
        .free("0x200", [55, 56])
        .free("0x100", [60, 61])
        .done(),
    );
    // What is allocated is there when its call returns, and gone when the call that frees it begins.
    expect([...memory.at_ns]).toEqual([5, 10, 25, 30, 40, 50, 55, 60]);
    expect([...memory.bytes]).toEqual([60, 100, 200, 160, 190, 90, 60, 0]);
    expect(memory).toMatchObject({
      name: "device",
      source: "calls",
      allocations: 4,
      frees: 4,
      reused: 1,
      allocated_bytes: 230,
      before_bytes: 0,
      peak_bytes: 200,
      peak_ns: 25,
      leaks: { count: 0, bytes: 0, blocks: [] },
    });
    expect(memory.peak_holders).toEqual([
      { label: "activations", bytes: 100, blocks: 1 },
      { label: "weights", bytes: 60, blocks: 1 },
      // It has no label of its own: the range says where it was allocated.
      { label: "load weights", bytes: 40, blocks: 1 },
    ]);
  });

  it("that is never freed leaks", () => {
    const { leaks } = only(
      new Memory().allocate("0x1", 5, [0, 1]).allocate("0x2", 7, [1, 2], { label: "cache" }).free("0x1", [2, 3]).done(),
    );
    expect(leaks).toEqual({
      count: 1,
      bytes: 7,
      blocks: [{ label: "cache", address: "0x2", bytes: 7, from_ns: 2, to_ns: undefined }],
    });
  });

  it("counts what does not add up, and lets it change nothing", () => {
    const memory = only(
      new Memory()
        .allocate("0x1", 10, [0, 1])
        .free("0x1", [1, 2])
        .free("0x1", [2, 3])
        .free("0x9", [3, 4])
        .allocate("0x2", 20, [4, 5])
        .allocate("0x2", 30, [5, 6])
        .allocate("0x3", 99, [6, 7], { status: "CUDA_ERROR_OUT_OF_MEMORY" })
        .call("cuMemAlloc_v2", [7, 8], { bytes: 50 })
        .call("cuMemAlloc_v2", [8, 9], { args: { ptr: "0x4" } })
        // Programs free the null pointer to make the runtime begin.
        .free("0x0", [9, 10], {}, "cudaFree")
        .done(),
    );
    expect(memory.faults).toEqual({
      unknown_frees: 1,
      double_frees: 1,
      missed_frees: 1,
      failed: 1,
      without_address: 1,
      without_bytes: 1,
    });
    // The first is gone at the very moment at which it is there.
    expect([...memory.bytes]).toEqual([0, 0, 0, 20, 30, 30]);
  });

  it("of the host, of devices and of pools is kept apart", () => {
    const { spaces } = analyse(
      new Memory()
        .allocate("0x1", 10, [0, 1], { device: 1 })
        .allocate("0x1", 20, [1, 2], {}, "cuMemHostAlloc")
        .allocate("0x1", 30, [2, 3], { pool: "0xab" }, "cuMemAllocFromPoolAsync")
        .free("0x1", [3, 4], {}, "cuMemFreeHost")
        .done(),
    ).memory;
    expect(spaces.map(({ name, peak_bytes, leaks }) => [name, peak_bytes, leaks.count])).toEqual([
      ["device 1", 10, 1],
      ["host, pinned", 20, 0],
      ["device, pool 0xab", 30, 1],
    ]);
  });

  it("of a framework's allocator begins with what it held before the trace", () => {
    const made = new MadeTimeline();
    const track = made.thread();
    const event = (start: number, bytes: number, address: number, total: number) =>
      made.builder.event({
        track,
        name: "[memory]",
        start,
        form: "instant",
        role: "allocation",
        bytes,
        args: {
          Addr: address,
          Bytes: bytes,
          "Device Type": 1,
          "Device Id": 0,
          "Total Allocated": total,
          "Total Reserved": 512,
        },
      });
    made.operator("aten::empty", [5, 15]);
    event(0, -64, 0x700, 192);
    event(10, 128, 0x800, 320);
    event(20, -128, 0x800, 192);
    const memory = only(made.done());
    expect(memory).toMatchObject({
      name: "device 0",
      source: "allocator",
      before_bytes: 256,
      peak_bytes: 320,
      peak_ns: 10,
      peak_reserved_bytes: 512,
    });
    expect([...memory.bytes]).toEqual([192, 320, 192]);
    expect(memory.faults.unknown_frees).toBe(1);
    expect(memory.peak_holders).toEqual([
      { label: "allocated before the trace", bytes: 192, blocks: 0 },
      { label: "aten::empty", bytes: 128, blocks: 1 },
    ]);
  });

  it("that the runtime allocates by the driver counts once", () => {
    const memory = only(
      new Memory()
        .allocate("0x1", 8, [0, 10], {}, "cudaMalloc")
        .allocate("0x1", 8, [2, 8])
        .call("cudaMalloc", [10, 20], {})
        .allocate("0x2", 8, [12, 18])
        .done(),
    );
    expect(memory).toMatchObject({ allocations: 2, peak_bytes: 16, faults: { missed_frees: 0, without_address: 0 } });
  });

  it("is at each moment the sum of what is live, as a replay says", () => {
    const steps = fc.array(
      fc.record({ address: fc.nat({ max: 3 }), bytes: fc.integer({ min: 1, max: 9 }), free: fc.boolean() }),
      { minLength: 1, maxLength: 25 },
    );
    fc.assert(
      fc.property(steps, (all) => {
        const made = new Memory();
        const live = new Map<number, number>();
        const levels: number[] = [];
        all.forEach(({ address, bytes, free }, at) => {
          if (free) made.free(`0x${address + 1}`, [at, at]);
          else made.allocate(`0x${address + 1}`, bytes, [at, at]);
          if (free) live.delete(address);
          else live.set(address, bytes);
          levels.push([...live.values()].reduce((sum, one) => sum + one, 0));
        });
        const memory = only(made.done());
        expect([...memory.bytes]).toEqual(levels);
        expect(memory.peak_bytes).toBe(Math.max(0, ...levels));
        expect(memory.peak_holders.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(memory.peak_bytes);
        expect(memory.leaks.bytes).toBe(levels[levels.length - 1]);
      }),
    );
  });
});
