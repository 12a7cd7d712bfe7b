// Long integers out of words with a carry, held against big integers.
import fc from "fast-check";
import { expect, test } from "vitest";
import { execute } from "../one-instruction.js";

const word64 = fc.bigInt({ min: 0n, max: (1n << 64n) - 1n });
const edge = fc.constantFrom(0n, 1n, 0xffff_ffffn, 0x1_0000_0000n, 0xffff_ffff_ffff_ffffn, 0x8000_0000_0000_0000n);
const any = fc.oneof(word64, edge);
const split = "mov.b64 {%al, %ah}, %rd1; mov.b64 {%bl, %bh}, %rd2;";
const declare = ".reg .b32 %al, %ah, %bl, %bh, %dl, %dh, %x, %y;";

test.each([
  ["add.cc", "addc", (a: bigint, b: bigint) => a + b],
  ["sub.cc", "subc", (a: bigint, b: bigint) => a - b],
] as const)("%s and %s make a 64-bit sum of words, and hand on what is beyond it", (first, second, law) => {
  fc.assert(
    fc.property(any, any, fc.constantFrom("u32", "s32"), (a, b, type) => {
      const words = `${declare} ${split} ${first}.${type} %dl, %al, %bl; ${second}.cc.${type} %dh, %ah, %bh;`;
      expect(execute({ text: `${words} mov.b64 %rd0, {%dl, %dh};` }, [64, 64, 64], a, b)).toBe(
        BigInt.asUintN(64, law(a, b)),
      );
      const beyond = law(a, b) < 0n || law(a, b) >> 64n !== 0n;
      const next = execute({ text: `${words} ${second}.u32 %r0, 10, 0;` }, [32, 64, 64], a, b);
      expect(next).toBe(beyond ? (first === "add.cc" ? 11n : 9n) : 10n);
    }),
    { numRuns: 60 },
  );
});

test("128-bit products of 64-bit words by mad.lo.cc and madc.hi", () => {
  fc.assert(
    fc.property(any, any, any, (a, b, c) => {
      // c + a * b, where c counts in the low word: low by mad.lo.cc, high by madc.hi with the carry.
      const text = "mad.lo.cc.u64 %rd4, %rd1, %rd2, %rd3; madc.hi.u64 %rd0, %rd1, %rd2, 0;";
      expect(execute({ text }, [64, 64, 64, 64], a, b, c)).toBe(BigInt.asUintN(64, (a * b + c) >> 64n));
    }),
    { numRuns: 60 },
  );
});

test("the high half of a signed product", () => {
  const text = "mad.lo.cc.s32 %r4, %r1, %r2, %r3; madc.hi.s32 %r0, %r1, %r2, 0;";
  const value = (a: number, b: number, c: number): bigint =>
    execute({ text }, [32, 32, 32, 32], ...[a, b, c].map((x) => BigInt.asUintN(32, BigInt(x))));
  expect(value(-3, 5, 0)).toBe(0xffff_ffffn);
  expect(value(-1, -1, -1)).toBe(1n);
});

test("the carry is the lane's own, and stays until the next .cc", () => {
  const text = `${declare} add.cc.u32 %x, 0xffffffff, 1; add.u32 %y, 5, 5; addc.u32 %r0, %y, 0; addc.u32 %r0, %r0, 0;`;
  expect(execute({ text }, [32])).toBe(12n);
});
