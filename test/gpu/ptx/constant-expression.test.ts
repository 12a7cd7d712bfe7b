// Constant expressions: the values that ptxas 13.0 put into the data section of what it assembled, and where ptxas is at hand, what
// it refuses.
import { describe, expect, it } from "vitest";
import { parseModule } from "../../../src/gpu/ptx/parse.js";
import { kernelPtx } from "../launches.js";

const head = ".version 8.0\n.target sm_90\n.address_size 64\n";
const initial = (type: string, expression: string): DataView => {
  const [variable] = parseModule(`${head}.global .${type} x = ${expression};`).variables;
  const bytes = variable.initial?.bytes as Uint8Array;
  return new DataView(bytes.buffer, bytes.byteOffset);
};

describe("whole numbers, of 64 bits", () => {
  it.each<[string, bigint]>([
    ["4*8+1", 33n],
    ["-5/2", -2n],
    ["(.u64)-1>>60", 15n],
    ["-1>>60", -1n],
    ["-1U>>60", 15n],
    ["5U-7", -2n],
    ["-1<1U", 0n],
    ["-1<1", 1n],
    ["~0", -1n],
    ["~0>>60", 15n],
    ["1<<63>>63", -1n],
    ["!5", 0n],
    ["!0", 1n],
    ["3&&0||2", 1n],
    ["1?2:3", 2n],
    ["0?2:3U", 3n],
    ["7&3|8^1", 11n],
    ["2+3*4<<1", 28n],
    ["-1/2U", 9223372036854775807n],
    ["1==1==1", 1n],
    ["WARP_SZ*2", 64n],
    ["010+0x10+0b11", 27n],
    ["0xffffffffffffffff>>60", 15n],
    ["9223372036854775808/2", 4611686018427387904n],
    ["-9223372036854775808/-1", 0n],
    ["-1>>1U", -1n],
    ["(-1&-1)>>60", -1n],
    ["(-1|0)/2", 0n],
    ["- -5", 5n],
    ["1% -3", 1n],
    ["(((1)))", 1n],
  ])("%s", (expression, value) => {
    expect(initial("b64", expression).getBigInt64(0, true)).toBe(value);
  });
});

it("computes with floating-point numbers in double precision", () => {
  expect(initial("f64", "1.0/3.0").getFloat64(0, true)).toBe(1 / 3);
  expect(initial("f64", "-(1.5+.25)*2.0").getFloat64(0, true)).toBe(-3.5);
  expect(initial("f32", "1.0/3.0").getFloat32(0, true)).toBe(Math.fround(1 / 3));
  expect(initial("f32", "1e1").getFloat32(0, true)).toBe(10);
  // The bits as written, that of a NaN's payload too.
  expect(initial("f32", "0F7fc00001").getUint32(0, true)).toBe(0x7fc00001);
  expect(initial("b32", "0f3f800000").getUint32(0, true)).toBe(0x3f800000);
  expect(initial("f32", "-0f7fc00001").getUint32(0, true)).toBe(0xffc00001);
});

it.each<[string, RegExp]>([
  ["5/0", /line 4, column 19: a division by zero/],
  ["1 ? 2 : 1/0", /division by zero/],
  ["1%(3-3)", /division by zero/],
  ["1<<64", /a shift by 64, where the number has 64 bits/],
  ["1.0+1", /"\+" between a whole number and a floating-point one/],
  ["08", /08 begins with 0 and is octal, where 8 is no digit/],
  ["18446744073709551616", /does not fit 64 bits/],
  [`1${"0".repeat(100_000)}`, /does not fit 64 bits/],
  ["(1", /expected "\)", found ";"/],
  ["1?2", /expected ":"/],
  [`${"(".repeat(1e5)}1`, /more than 100 expressions within each other/],
  [`${"-".repeat(1e5)}1`, /more than 100 expressions within each other/],
  [`${"1?".repeat(1e5)}1`, /more than 100 expressions within each other/],
  [`${"1?2:".repeat(1e5)}1`, /more than 100 expressions within each other/],
  [`${"(.s64)".repeat(1e5)}1`, /more than 100 expressions within each other/],
  ["~1.0", /"~" takes a whole number/],
  ["1.0 ? 1 : 2", /expected a whole number, found a floating-point one/],
  ["4(x)", /a part of an address among a variable's values is not supported/],
])("refuses %.30s", (expression, message) => {
  expect(() => initial("b64", expression)).toThrow(message);
});

it("stands where an instruction takes a number, a predicate before | and ! aside", () => {
  const body =
    ".reg .b32 %r<4>; .reg .pred %p<3>; .reg .b64 %rd<2>; mov.u32 %r1, (4*8+1); mov.u32 %r2, -WARP_SZ; mov.u32 %r3, 5>3?7:9; " +
    "setp.eq.u32 %p1|%p2, %r1, 1|2; and.pred %p1, !%p2, %p1; ld.global.u32 %r1, [%rd1+4*-2]; ld.global.u32 %r1, [%rd1 + 0xfffffffffffffffc]; ret;";
  const { instructions } = parseModule(kernelPtx(0, 0, body)).entries.get("k") as never;
  const operands = (instructions as { operands: { value?: bigint; offset?: number; kind: string }[] }[]).map(
    ({ operands: each }) => each.at(-1),
  );
  expect(operands.slice(0, 3).map((each) => each?.value)).toEqual([33n, -32n, 7n]);
  expect(operands[3]?.value).toBe(3n);
  expect(operands[5]?.offset).toBe(-8);
  expect(operands[6]?.offset).toBe(-4);
});
