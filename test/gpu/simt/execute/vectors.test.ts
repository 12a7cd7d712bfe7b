// mov between a register and the vector that makes it up: the first element is the lowest bits.
import fc from "fast-check";
import { expect, it, test } from "vitest";
import { execute } from "../one-instruction.js";

test("64 bits from two words or four halves, and back", () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }), (bits) => {
      const words = "mov.b64 {%r1, %r2}, %rd1; mov.b64 %rd0, {%r1, %r2};";
      expect(execute({ text: words }, [64, 64], bits)).toBe(bits);
      const swapped = "mov.b64 {%r1, %r2}, %rd1; mov.b64 %rd0, {%r2, %r1};";
      expect(execute({ text: swapped }, [64, 64], bits)).toBe(((bits & 0xffff_ffffn) << 32n) | (bits >> 32n));
      const halves = "mov.b64 {%h1, %h2, %h3, %h4}, %rd1; mov.b64 %rd0, {%h1, %h2, %h3, %h4};";
      expect(execute({ text: halves }, [64, 64], bits)).toBe(bits);
    }),
    { numRuns: 40 },
  );
});

it.each<[string, bigint]>([
  ["mov.b32 {%h1, %h2}, %r1; mov.b32 %r0, {%h2, %h1};", 0x5678_1234n],
  ["mov.b32 {_, %h2}, %r1; mov.b32 %r0, {%h2, %h2};", 0x1234_1234n],
  ["mov.b32 {%h1, _}, %r1; cvt.u32.u16 %r0, %h1;", 0x5678n],
])("%s", (text, expected) => {
  expect(execute({ text }, [32, 32], 0x1234_5678n)).toBe(expected);
});

it("may write a register that is among its elements", () => {
  expect(
    execute(
      { text: "mov.b64 {%r1, %r0}, %rd1; mov.b64 %rd1, {%r0, %r1}; mov.b64 {%r0, _}, %rd1;" },
      [32, 64],
      5n << 32n,
    ),
  ).toBe(5n);
});

it.each([
  ["mov.b32 %r0, {%r1, %r2};", /operand a "%r1" is \.b32 where \.b16 is needed/],
  ["mov.f32 %r0, {%h1, %h2};", /a vector of 2 does not make up \.f32\n[\s\S]*Take \.b32 or \.b64/],
  ["mov.b64 %rd0, {%r1, %r2, %r3};", /a vector of 3 does not make up \.b64/],
  ["mov.b64 %rd0, {%r1, _};", /"_" is neither a register nor a variable/],
])("%s is refused", (text, message) => {
  expect(() => execute({ text }, [32, 32], 0n)).toThrow(message);
});
