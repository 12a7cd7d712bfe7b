// Comparisons into predicates and registers, with a second predicate and combined with a third, in all 32 lanes at once.
import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { Machine } from "../../../../src/gpu/simt/machine.js";
import { kernelPtx, launchImage } from "../../launches.js";
import { execute } from "../one-instruction.js";

const operators: Readonly<Record<string, (t: boolean, c: boolean) => boolean>> = {
  and: (t, c) => t && c,
  or: (t, c) => t || c,
  xor: (t, c) => t !== c,
};
const comparisons: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  eq: (a, b) => a === b,
  ne: (a, b) => a !== b,
  lt: (a, b) => a < b,
  ge: (a, b) => a >= b,
};

/** p | q << 1 of `setp` in one lane. */
function setp(name: string, a: number, b: number, c: boolean, third: string): bigint {
  const text = `.reg .pred %p<4>; setp.ne.s32 %p3, ${c ? 1 : 0}, 0; ${name} %p1|%p2, %r1, %r2${third};
    selp.b32 %r0, 1, 0, %p1; selp.b32 %r3, 2, 0, %p2; or.b32 %r0, %r0, %r3;`;
  return execute({ text }, [32, 32, 32], BigInt.asUintN(32, BigInt(a)), BigInt.asUintN(32, BigInt(b)));
}

const near = fc.integer({ min: -2, max: 2 });

test("setp gives the comparison and its opposite, each combined with a third predicate, negated or not", () => {
  fc.assert(
    fc.property(
      near,
      near,
      fc.boolean(),
      fc.constantFrom(...Object.keys(comparisons)),
      fc.constantFrom(...Object.keys(operators)),
      fc.boolean(),
      (a, b, c, comparison, operator, negated) => {
        const holds = comparisons[comparison](a, b);
        const combine = (t: boolean): number => Number(operators[operator](t, c !== negated));
        const got = setp(`setp.${comparison}.${operator}.s32`, a, b, c, `, ${negated ? "!" : ""}%p3`);
        expect(got).toBe(BigInt(combine(holds) + 2 * combine(!holds)));
        expect(setp(`setp.${comparison}.s32`, a, b, c, "")).toBe(BigInt(Number(holds) + 2 * Number(!holds)));
      },
    ),
    { numRuns: 60 },
  );
});

test("setp may write the predicate that it combines with", () => {
  const text = ".reg .pred %p; setp.eq.s32 %p, 1, 1; setp.lt.and.s32 %p, %r1, %r2, %p; selp.b32 %r0, 1, 0, %p;";
  expect(execute({ text }, [32, 32, 32], 1n, 2n)).toBe(1n);
  expect(execute({ text }, [32, 32, 32], 2n, 1n)).toBe(0n);
});

describe("set", () => {
  it.each<[string, string, bigint, bigint, bigint]>([
    ["set.lt.u32.s32", "%r0, %r1, %r2", 0xffff_ffffn, 1n, 0xffff_ffffn],
    ["set.lt.s32.u32", "%r0, %r1, %r2", 0xffff_ffffn, 1n, 0n],
    ["set.ge.f32.s32", "%d, %r1, %r2", 5n, 5n, 0x3f80_0000n],
    ["set.eq.f32.b32", "%d, %r1, %r2", 5n, 6n, 0n],
    ["set.ltu.u32.f32", "%r0, %a, %b", 0x7fc0_0000n, 0n, 0xffff_ffffn],
    ["set.lt.u32.f32", "%r0, %a, %b", 0x7fc0_0000n, 0n, 0n],
  ])("%s %s of %d and %d", (name, operands, a, b, expected) => {
    const result = operands.startsWith("%d") ? "mov.b32 %r0, %d;" : "";
    const text = `.reg .f32 %a, %b, %d; mov.b32 %a, %r1; mov.b32 %b, %r2; ${name} ${operands}; ${result}`;
    expect(execute({ text }, [32, 32, 32], a, b)).toBe(expected);
  });

  it("is combined with a predicate", () => {
    const text = ".reg .pred %p; setp.ne.s32 %p, 1, 1; set.lt.or.u32.s32 %r0, %r1, %r2, !%p;";
    expect(execute({ text }, [32, 32, 32], 2n, 1n)).toBe(0xffff_ffffn);
  });
});

describe("slct", () => {
  it.each<[string, bigint, bigint]>([
    ["slct.u32.s32", 0n, 11n],
    ["slct.u32.s32", 0xffff_ffffn, 22n],
    ["slct.u32.f32", 0x8000_0000n, 11n], // -0
    ["slct.u32.f32", 0xbf80_0000n, 22n],
    ["slct.u32.f32", 0x7fc0_0000n, 22n],
    ["slct.u32.f32", 0x8000_0001n, 22n],
    ["slct.ftz.u32.f32", 0x8000_0001n, 11n],
  ])("%s by %d", (name, c, expected) => {
    const by = name.endsWith("f32") ? "%c" : "%r3";
    const text = `.reg .f32 %c; mov.b32 %c, %r3; ${name} %r0, %r1, %r2, ${by};`;
    expect(execute({ text }, [32, 32, 32, 32], 11n, 22n, c)).toBe(expected);
  });
});

test.each<[string, number, string]>([
  ["zero", 0, "finite number"],
  ["one", 1, "finite number normal"],
  ["the least normal", 2 ** -126, "finite number normal"],
  ["a subnormal", -(2 ** -130), "finite number subnormal"],
  ["infinity", -Infinity, "infinite number"],
  ["NaN", Number.NaN, "notanumber"],
])("testp of %s", (_name, value, kinds) => {
  const bits = BigInt(new Uint32Array(Float32Array.of(value).buffer)[0]);
  for (const kind of ["finite", "infinite", "number", "notanumber", "normal", "subnormal"]) {
    const text = `.reg .pred %p; .reg .f32 %a; mov.b32 %a, %r1; testp.${kind}.f32 %p, %a; selp.b32 %r0, 1, 0, %p;`;
    expect([kind, execute({ text }, [32, 32], bits)]).toEqual([kind, kinds.split(" ").includes(kind) ? 1n : 0n]);
  }
});

/** Runs a body in one warp of 32 lanes, `%lane` at hand, and gives what each lane leaves in %r0. */
function inWarp(body: string, lanes = 32): number[] {
  const ptx = kernelPtx(
    1,
    0,
    `.reg .pred %p<4>; .reg .b32 %r<9>, %lane; .reg .b64 %rd<4>; mov.u32 %lane, %laneid; ld.param.u64 %rd1, [p0];
    ${body} mul.wide.u32 %rd2, %lane, 4; add.u64 %rd1, %rd1, %rd2; st.global.b32 [%rd1], %r0; ret;`,
  );
  const machine = new Machine(
    launchImage({ ptx, block: lanes, arrays: [{ label: "out", dtype: "u32", data: new Uint32Array(lanes) }] }),
  );
  machine.run();
  return [...new Uint32Array(machine.memory.allocations[0].bytes.slice().buffer)];
}
const lanes = Array.from({ length: 32 }, (_, lane) => lane);
const maskOf = (holds: (lane: number) => boolean): number =>
  lanes.filter(holds).reduce((mask, lane) => (mask | (1 << lane)) >>> 0, 0);

describe("across the lanes of a warp", () => {
  it("match.any finds the lanes that have the same value", () => {
    expect(inWarp("rem.u32 %r1, %lane, 3; match.any.sync.b32 %r0, %r1, -1;")).toEqual(
      lanes.map((lane) => maskOf((other) => other % 3 === lane % 3)),
    );
  });

  it("match.any compares 64 bits", () => {
    expect(inWarp("and.b32 %r1, %lane, 1; mov.b64 %rd3, {7, %r1}; match.any.sync.b64 %r0, %rd3, -1;")).toEqual(
      lanes.map((lane) => maskOf((other) => other % 2 === lane % 2)),
    );
  });

  it("match.all says whether all lanes of the mask have one value", () => {
    const body = (value: string): string => `${value} match.all.sync.b32 %r2|%p1, %r1, -1; selp.b32 %r0, %r2, 5, %p1;`;
    expect(inWarp(body("mov.b32 %r1, 9;"))).toEqual(lanes.map(() => 0xffff_ffff));
    expect(inWarp(body("mov.b32 %r1, %lane;"))).toEqual(lanes.map(() => 5));
  });

  it.each<[string, number]>([
    ["add.u32", 496],
    ["max.u32", 31],
    ["min.s32", 0],
    ["or.b32", 31],
    ["xor.b32", 0],
    ["and.b32", 0],
  ])("redux.%s", (operation, expected) => {
    expect(inWarp(`redux.sync.${operation} %r0, %lane, -1;`)).toEqual(lanes.map(() => expected));
  });

  it("redux.min compares signed and unsigned", () => {
    const value = "sub.s32 %r1, %lane, 4;";
    expect(inWarp(`${value} redux.sync.min.s32 %r0, %r1, -1;`)[0] | 0).toBe(-4);
    expect(inWarp(`${value} redux.sync.min.u32 %r0, %r1, -1;`)[0]).toBe(0);
  });

  it("a reduction over part of the warp leaves the others as they are", () => {
    const body = "mov.b32 %r0, 1000; setp.lt.u32 %p1, %lane, 4; @%p1 redux.sync.add.u32 %r0, %lane, 15;";
    expect(inWarp(body)).toEqual(lanes.map((lane) => (lane < 4 ? 6 : 1000)));
  });

  it("elect chooses the lowest lane of the mask, also where the register is not wanted", () => {
    const body =
      "setp.ge.u32 %p1, %lane, 5; mov.b32 %r0, 0; @!%p1 bra end; elect.sync _|%p2, 0xffffffe0; selp.b32 %r0, 1, 2, %p2; end:";
    expect(inWarp(body)).toEqual(lanes.map((lane) => (lane < 5 ? 0 : lane === 5 ? 1 : 2)));
    expect(inWarp("elect.sync %r0|%p2, -1;")).toEqual(lanes.map(() => 0));
  });

  it("trap ends the launch, naming block and thread", () => {
    expect(() => inWarp("setp.eq.u32 %p1, %lane, 7; @%p1 trap; mov.b32 %r0, 0;")).toThrow(
      /thread \(7\)[\s\S]*the kernel ended itself with trap/,
    );
  });
});
