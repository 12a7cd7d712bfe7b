// What special registers hold, in every width in which PTX reads them.
import { describe, expect, test } from "vitest";
import { u32 } from "../../../src/core/dtype.js";
import { VirtualGPU } from "../../../src/gpu/host/index.js";
import { Machine } from "../../../src/gpu/simt/machine.js";
import { restoreSnapshot, takeSnapshot } from "../../../src/gpu/simt/snapshot.js";
import { kernelPtx, launchImage } from "../launches.js";

const declarations = `.reg .pred %p<2>; .reg .b16 %h<4>; .reg .b32 %r<9>; .reg .b64 %rd<9>; .shared .b8 tile[100];
  ld.param.u64 %rd8, [p0]; mov.u32 %r8, %tid.x; mad.wide.u32 %rd7, %r8, 8, %rd8;`;

/** What each thread of the last block leaves in %rd1. */
function values(text: string, shape: { grid?: number; block?: number; sharedBytes?: number } = {}): bigint[] {
  const { block = 1 } = shape;
  const ptx = kernelPtx(1, 0, `${declarations} ${text} st.global.b64 [%rd7], %rd1; ret;`);
  const out = { label: "out", dtype: "u64", data: new BigUint64Array(block) } as const;
  const machine = new Machine(launchImage({ ptx, block, arrays: [out], ...shape }));
  machine.run();
  return [...new BigUint64Array(machine.memory.allocations[0].bytes.slice().buffer)];
}

const read = (name: string): string => `mov.u32 %r1, ${name}; cvt.u64.u32 %rd1, %r1;`;

describe("a special register", () => {
  test.each<[string, { grid?: number; block?: number; sharedBytes?: number }, bigint]>([
    ["%tid.w", {}, 0n],
    ["%nctaid.x", { grid: 7 }, 7n],
    ["%ctaid.x", { grid: 7 }, 6n],
    ["%clusterid.x", { grid: 7 }, 6n],
    ["%nclusterid.x", { grid: 7 }, 7n],
    ["%cluster_ctaid.x", { grid: 7 }, 0n],
    ["%cluster_nctaid.y", {}, 1n],
    ["%cluster_ctarank", { grid: 7 }, 0n],
    ["%cluster_nctarank", {}, 1n],
    ["%dynamic_smem_size", { sharedBytes: 40 }, 40n],
    ["%total_smem_size", { sharedBytes: 40 }, 256n],
    ["%aggr_smem_size", {}, 128n],
    ["%nwarpid", { block: 64 }, 2n],
    ["%envreg0", {}, 0n],
    ["%envreg31", {}, 0n],
    ["%gridid", {}, 1n],
  ])("%s in %o is %s", (name, shape, expected) => {
    expect(values(read(name), shape)[0]).toBe(expected);
  });

  test("that counts the system's shared memory has a KiB more on an A100 than what the program asked for", () => {
    const gpu = new VirtualGPU("a100");
    const out = gpu.zeros(u32, 2);
    const ptx = kernelPtx(
      1,
      0,
      `.reg .b32 %r<3>; .reg .b64 %rd; .shared .b8 tile[100]; ld.param.u64 %rd, [p0]; mov.u32 %r1, %total_smem_size;
      mov.u32 %r2, %aggr_smem_size; st.global.v2.u32 [%rd], {%r1, %r2}; ret;`,
    );
    gpu.launch(gpu.load(ptx).kernel("k"), { grid: 1, block: 32 }, [out]);
    expect([...out.toArray()]).toEqual([128, 128 + 1024]);
  });

  test("is read in the 64 bits that it has", () => {
    expect(values("mov.u64 %rd1, %gridid;")).toEqual([1n]);
    expect(values("mov.u64 %rd1, %current_graph_exec;")).toEqual([0n]);
    expect(values("mov.pred %p1, %is_explicit_cluster; selp.b64 %rd1, 1, 2, %p1;")).toEqual([2n]);
  });

  test("is read in the 16 bits that old PTX had, beside 32", () => {
    const text = "mov.u16 %h1, %ctaid.x; mov.u32 %r1, %ctaid.x; cvt.u64.u16 %rd1, %h1; cvt.u64.u32 %rd2, %r1;";
    expect(values(`${text} shl.b64 %rd2, %rd2, 32; or.b64 %rd1, %rd1, %rd2;`, { grid: 65538 })).toEqual([
      (65537n << 32n) | 1n,
    ]);
    expect(values("cvt.u32.u16 %r1, %tid.x; cvt.u64.u32 %rd1, %r1;", { block: 3 })).toEqual([0n, 1n, 2n]);
  });

  test.each([
    ["mov.u32 %r1, %pm0;", /special register %pm0 is not supported yet/],
    ["mov.u32 %r1, %reserved_smem_offset_cap;", /%reserved_smem_offset_cap is not supported yet/],
    ["add.u64 %rd1, %rd2, %clock64;", /"%clock64" is read by mov alone/],
    ["mov.u32 %r1, %clock64;", /"%clock64" is \.u64 where \.u32 is needed/],
    ["mov.u32 %clock, %r1;", /"%clock" cannot be written/],
  ])("is refused in %s", (text, message) => {
    expect(() => values(text)).toThrow(message);
  });
});

describe("a clock", () => {
  test("counts the warp instructions of the launch", () => {
    const text = "mov.u64 %rd1, %clock64; add.u32 %r1, %r1, 1; mov.u64 %rd2, %clock64; sub.u64 %rd1, %rd2, %rd1;";
    expect(values(text)).toEqual([2n]);
    expect(values("mov.u64 %rd1, %globaltimer;")).toEqual([4n]);
    expect(values(`${read("%clock")}`)).toEqual([4n]);
    expect(values(read("%globaltimer_lo"))).toEqual([4n]);
    expect(values(read("%clock_hi"))).toEqual([0n]);
    expect(values(read("%globaltimer_hi"))).toEqual([0n]);
  });

  test("lets a loop that waits for it come to its end", () => {
    const text = `mov.u64 %rd1, %clock64; again: mov.u64 %rd2, %clock64; sub.u64 %rd3, %rd2, %rd1;
      setp.lt.u64 %p1, %rd3, 1000; @%p1 bra again; mov.b64 %rd1, %rd3;`;
    expect(values(text)[0]).toBeGreaterThanOrEqual(1000n);
  });

  test("says the same again after a step back", () => {
    const ptx = kernelPtx(1, 0, `${declarations} mov.u64 %rd1, %clock64; st.global.b64 [%rd7], %rd1; ret;`);
    const out = { label: "out", dtype: "u64", data: new BigUint64Array(1) } as const;
    const machine = new Machine(launchImage({ ptx, block: 1, arrays: [out] }));
    machine.run(2);
    const snapshot = takeSnapshot(machine, undefined);
    machine.run();
    const first = machine.memory.allocations[0].bytes.slice();
    restoreSnapshot(machine, snapshot);
    machine.run();
    expect(machine.memory.allocations[0].bytes.slice()).toEqual(first);
  });
});
