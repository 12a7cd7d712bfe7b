// Bits and long integers: held against Node's own digests, against big integers, and against strings of binary digits.
import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import { i32, i64, u8, u32 } from "../../src/core/dtype.js";
import { Chance } from "./exact.js";
import { casesOf, type KernelCase, list } from "./kernel-case.js";

/** The first bits of the fractions of the cube roots of the first 64 primes, as FIPS 180-4 defines SHA-256's constants. */
function roundKeys(): number[] {
  const primes = list(312, (i) => i).filter((n) => n > 1 && list(n, (i) => i).every((d) => d < 2 || n % d !== 0));
  return primes.map((prime) => {
    let [low, high] = [0n, 1n << 40n];
    while (high - low > 1n) {
      const middle = (low + high) / 2n;
      if (middle ** 3n <= BigInt(prime) << 96n) low = middle;
      else high = middle;
    }
    return Number(BigInt.asUintN(32, low));
  });
}

const binary = (value: number): string => (value >>> 0).toString(2).padStart(32, "0");
const big = (value: number): bigint => BigInt(value >>> 0);
const signed = (value: number): bigint => BigInt(value | 0);
const low32 = (value: bigint): number => Number(BigInt.asUintN(32, value));
const bytesOf = (value: number): number[] => list(4, (i) => Math.floor((value >>> 0) / 256 ** i) % 256);

/** What each instruction of `bitInstructions` gives, by strings and big integers. */
function bitResults(a: number, b: number, c: number): number[] {
  const [A, B, C] = [binary(a), binary(b), binary(c)];
  const ones = (text: string): number => text.replaceAll("0", "").length;
  const turned = (text: string): string => [...text].reverse().join("");
  const field = turned(A)
    .slice(b & 255)
    .slice(0, c & 255);
  const unlikeSign = A.split("").findIndex((bit) => bit !== A[0]);
  const lookedUp = (table: number): string =>
    list(32, (i) => String((table >> Number.parseInt(`${A[i]}${B[i]}${C[i]}`, 2)) & 1)).join("");
  const parsed = (text: string): number => Number.parseInt(text === "" ? "0" : text, 2);
  // Of {b, a} as eight bytes, 0 to 3 of a: each digit chooses one, and its highest bit the sign of it alone.
  const permuted = [1, 3, 0xa, 7].map((choice) => {
    const byte = [...bytesOf(a), ...bytesOf(b)][choice & 7];
    return choice < 8 ? byte : byte > 127 ? 255 : 0;
  });
  const signedField = turned(turned(A).slice(5, 14));
  const low24 = (value: number): bigint => BigInt.asIntN(24, big(value));
  const secondFrom3 = list(29, (i) => i + 3).filter((bit) => turned(A)[bit] === "1")[1];
  const pairs = (big(b) << 32n) | big(a);
  return [
    ones(A),
    A.indexOf("1") < 0 ? 32 : A.indexOf("1"),
    parsed(turned(A)),
    a === 0 ? 0xffffffff : 31 - A.indexOf("1"),
    unlikeSign < 0 ? 0xffffffff : unlikeSign - 0,
    parsed(turned(field)),
    low32(BigInt.asIntN(9, BigInt(parsed(signedField)))),
    parsed(`${B.slice(0, 14)}${A.slice(21)}${B.slice(25)}`),
    parsed("1".repeat(9)) * 32,
    permuted.reduce((sum, byte, i) => sum + byte * 256 ** i, 0),
    parsed(lookedUp(0x96)),
    parsed(lookedUp(0xe8)),
    low32(((pairs << (big(c) & 31n)) >> 32n) & 0xffffffffn),
    b >>> 0,
    low32(big(c) + (big(a) > big(b) ? big(a) - big(b) : big(b) - big(a))),
    low32(signed(c) + (signed(a) > signed(b) ? signed(a) - signed(b) : signed(b) - signed(a))),
    low32((big(a) & 0xffffffn) * (big(b) & 0xffffffn)),
    low32((low24(a) * low24(b)) >> 16n),
    low32(low24(a) * low24(b) + signed(c)),
    a === 0 ? 1 : 0,
    big(a) > big(b) ? a >>> 0 : c >>> 0,
    signed(a) <= signed(b) ? 0xffffffff : 0,
    c >= 2 ** 31 ? b : a,
    parsed(A.slice(16) + A.slice(0, 16)),
    b > 31 ? a >>> 0 : b === 0 ? 0 : low32(BigInt.asIntN(b, big(a))),
    secondFrom3 ?? 0xffffffff,
  ];
}

export const bits: readonly KernelCase[] = casesOf("bits", {
  sha256(trial) {
    const { gpu } = trial;
    const texts = [
      "",
      "abc",
      "warp",
      "a".repeat(55),
      ...list(30, (i) => "The quick brown fox jumps over the lazy dog".slice(0, i + 10)),
    ];
    const messages = new Uint8Array(64 * texts.length);
    texts.forEach((text, i) => {
      messages.set(Buffer.from(text), 64 * i);
      // What lies behind a message does not count.
      messages.fill(0xee, 64 * i + text.length, 64 * i + 56);
    });
    const digests = gpu.zeros(u32, 8 * texts.length);
    trial.module.variable("roundKeys").set(new Uint8Array(Uint32Array.from(roundKeys()).buffer));
    const words = new Uint32Array(messages.buffer);
    const lengths = texts.map((text) => text.length);
    trial.launch({ grid: 2, block: 32 }, [texts.length, gpu.array(u32, words), gpu.array(i32, lengths), digests]);
    const expected = texts.flatMap((text) => {
      const digest = createHash("sha256").update(text).digest();
      return list(8, (i) => digest.readUInt32BE(4 * i));
    });
    return [{ what: "digests", got: digests.toArray(), expected }];
  },

  crc32(trial) {
    const data = Uint8Array.from(new Chance(40).wholes(40 * 9, 0, 255));
    const out = trial.gpu.zeros(u32, 40);
    trial.launch({ grid: 2, block: 32 }, [40, 9, trial.gpu.array(u8, data), out]);
    return [{ what: "out", got: out.toArray(), expected: list(40, (i) => crc32(data.subarray(9 * i, 9 * i + 9))) }];
  },

  longIntegers(trial) {
    const chance = new Chance(41);
    const { gpu } = trial;
    const random = (): number[] =>
      list(8, (i) => (chance.whole(0, 3) === 0 ? (i % 2 === 0 ? 0xffffffff : 0) : chance.word()));
    const [x, y] = list(2, () => list(32, random));
    const [sums, differences, products] = [9, 9, 16].map((words) => gpu.zeros(u32, 32 * words));
    trial.launch({ grid: 1, block: 32 }, [
      gpu.array(u32, x.flat()),
      gpu.array(u32, y.flat()),
      sums,
      differences,
      products,
    ]);
    const whole = (words: readonly number[]): bigint =>
      words.reduceRight((sum, word) => (sum << 32n) | BigInt(word), 0n);
    const split = (value: bigint, words: number): number[] => list(words, (i) => low32(value >> BigInt(32 * i)));
    const each = (words: number, of: (a: bigint, b: bigint) => bigint): number[] =>
      list(32, (i) => split(of(whole(x[i]), whole(y[i])), words)).flat();
    return [
      { what: "sums", got: sums.toArray(), expected: each(9, (a, b) => a + b) },
      { what: "differences", got: differences.toArray(), expected: each(9, (a, b) => a - b) },
      { what: "products", got: products.toArray(), expected: each(16, (a, b) => a * b) },
    ];
  },

  bitInstructions(trial) {
    const chance = new Chance(42);
    const triples = [
      [0, 0, 0],
      [1, 31, 1],
      [0xffffffff, 5, 40],
      [0x80000000, 32, 255],
      [0x7fffffff, 0x80000000, 0x80000001],
      ...list(50, () => [chance.word() >>> chance.whole(0, 31), chance.word(), chance.word()]),
      ...list(20, () => [chance.word(), chance.whole(0, 40), chance.whole(0, 40)]),
    ];
    const out = trial.gpu.zeros(u32, 26 * triples.length);
    trial.launch({ grid: 3, block: 32 }, [triples.length, trial.gpu.array(u32, triples.flat()), out]);
    return [{ what: "out", got: out.toArray(), expected: triples.flatMap(([a, b, c]) => bitResults(a, b, c)) }];
  },

  divisions(trial) {
    const chance = new Chance(43);
    const word = (): bigint =>
      BigInt.asIntN(64, (BigInt(chance.word()) << 32n) | BigInt(chance.word())) >> BigInt(chance.whole(0, 50));
    const pairs = [
      [7n, -2n],
      [-7n, 2n],
      [-(2n ** 63n), 3n],
      [2n ** 63n - 1n, -(2n ** 63n)],
      [-1n, -1n],
      ...list(60, () => [word(), word() || 5n]),
    ];
    const out = trial.gpu.zeros(i64, 12 * pairs.length);
    trial.launch({ grid: 3, block: 32 }, [pairs.length, trial.gpu.array(i64, pairs.flat()), out]);
    const { asIntN, asUintN } = BigInt;
    const larger = (a: bigint, b: bigint): bigint => (a > b ? a : b);
    const expected = pairs.flatMap(([a, b]) => {
      const [ua, ub] = [asUintN(64, a), asUintN(64, b)];
      const [ia, ib, wa, wb] = [asIntN(32, a), asIntN(32, b) | 1n, asUintN(32, a), asUintN(32, b) | 1n];
      return [
        a / b,
        a % b,
        ua / ub,
        ua % ub,
        ia / ib,
        ia % ib,
        wa / wb,
        asIntN(16, asIntN(16, a) / (asIntN(16, b) | 1n)),
        asUintN(16, a) % (asUintN(16, b) | 1n),
        (a * b) >> 64n,
        (ua * ub) >> 64n,
        (a < 0n ? -a : a) - larger(-a, -b) - larger(ua, ub),
      ].map((value) => asIntN(64, value));
    });
    return [{ what: "out", got: out.toArray(), expected }];
  },
});
