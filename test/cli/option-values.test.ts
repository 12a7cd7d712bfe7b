// What an option says of several values: words, ranges, and values by the name of what varies.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { listOf, rangeOf, variedOf, wholeOf } from "../../src/cli/option-values.js";

it("splits words at commas", () => {
  expect(listOf("fp16, bf16,fp8")).toEqual(["fp16", "bf16", "fp8"]);
});

describe("a range", () => {
  it.each([
    ["4096", [4096]],
    ["256..2048*2", [256, 512, 1024, 2048]],
    ["256..1000*2", [256, 512]],
    ["0..10+4", [0, 4, 8]],
    ["7..7+1", [7]],
  ])("%s", (text, values) => {
    expect(rangeOf(text)).toEqual(values);
  });

  it.each(["", "x", "1..", "8..4*2", "0..8*2", "1..8*1", "1..8+0", "1..8", "-1", "1.5"])("%j is none", (text) => {
    expect(rangeOf(text)).toBeUndefined();
  });
});

describe("a whole number", () => {
  it.each(["0", "007", "9007199254740991"])("%s", (text) => {
    expect(wholeOf(text, "--seed")).toBe(Number(text));
  });

  it.each([
    ["1e9", '--seed: "1e9" is no whole number from 0 to 2^53 - 1 in digits\nWrite 1000000000.'],
    ["-1", '--seed: "-1" is no whole number from 0 to 2^53 - 1 in digits\nWrite digits alone, as in --seed 1.'],
    ["9007199254740992", '--seed: "9007199254740992" is no whole number from 0 to 2^53 - 1 in digits\nWrite digits'],
    ["", '--seed: "" is no whole number from 0 to 2^53 - 1 in digits\nWrite'],
  ])("%j is none, and what to write is said", (text, message) => {
    expect(() => wholeOf(text, "--seed")).toThrow(message);
  });

  it("may have a range", () => {
    expect(wholeOf("5", "--max", { from: 5, to: 9 })).toBe(5);
    expect(() => wholeOf("10000", "--max", { from: 5, to: 9000 })).toThrow(
      '--max: "10000" is no whole number from 5 to 9,000 in digits\nWrite digits alone, as in --max 5.',
    );
  });
});

describe("what varies", () => {
  it.each([
    ["block=32,64", ["block", [32, 64]]],
    ["block=32..128*2, 96", ["block", [32, 64, 128, 96]]],
    [
      "block=[32,1,1],[16,2,1]",
      [
        "block",
        [
          [32, 1, 1],
          [16, 2, 1],
        ],
      ],
    ],
    ["policy=stack,lowest-pc", ["policy", ["stack", "lowest-pc"]]],
    ["args.1.f32=0.5,-1e3,NaN", ["args.1.f32", [0.5, -1000, "NaN"]]],
    ["args.0.u64=9007199254740993", ["args.0.u64", [9007199254740992]]],
    ['args.0.u64="9007199254740993"', ["args.0.u64", ["9007199254740993"]]],
    ["cooperative=true,false", ["cooperative", [true, false]]],
    ['ptx="a,b.ptx",c.ptx', ["ptx", ["a,b.ptx", "c.ptx"]]],
    ['args.0={"i32":1},{"i32":2}', ["args.0", [{ i32: 1 }, { i32: 2 }]]],
  ])("%s", (text, varied) => {
    expect(variedOf(text, "--vary")).toEqual(varied);
  });

  it("is whatever JSON says, value by value", () => {
    const value = fc.oneof(fc.integer(), fc.boolean(), fc.array(fc.nat(), { maxLength: 3 }), fc.string());
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 5 }), (values) => {
        const text = `a.b=${values.map((each) => JSON.stringify(each)).join(",")}`;
        expect(variedOf(text, "--vary")).toEqual(["a.b", values]);
      }),
    );
  });

  it.each([
    ["block", '"block" says of no field what values it takes'],
    ["=1,2", "says of no field"],
    ["block=", "says of no field"],
    ["block=1,,2", "says of no field"],
    ["block=1,2,", "says of no field"],
    ["block=8..4*2", '"8..4*2" in "block=8..4*2" is no range'],
    ["block=[32,1", '[32 in "block=[32,1" is no JSON'],
  ])("%j is none", (text, says) => {
    expect(() => variedOf(text, "--vary")).toThrow(says);
  });
});
