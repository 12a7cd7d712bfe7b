// Video instructions, held against sums over lists of parts.
import { u32 } from "../../src/core/dtype.js";
import { Chance } from "./exact.js";
import { casesOf, type KernelCase, list, type Trial } from "./kernel-case.js";

const part = (word: number, bits: number, at: number, signed: boolean): number => {
  const value = Math.floor(word / 2 ** (bits * at)) % 2 ** bits;
  return signed && value >= 2 ** (bits - 1) ? value - 2 ** bits : value;
};
const clamp = (value: number, bits: number, signed: boolean): number =>
  signed
    ? Math.min(Math.max(value, -(2 ** (bits - 1))), 2 ** (bits - 1) - 1)
    : Math.min(Math.max(value, 0), 2 ** bits - 1);
const word = (value: number): number => Number(BigInt.asUintN(32, BigInt(value)));
const signed = (value: number): number => value | 0;

function scalars(a: number, b: number, c: number): number[] {
  const half = (x: number, at: number): number => part(x, 16, at, true);
  return [
    part(a, 8, 0, false) + half(b, 1),
    clamp(a - b, 32, false),
    Math.abs(half(a, 0) - half(b, 1)) + c,
    Math.max(Math.min(part(a, 8, 1, true), part(b, 8, 2, true)), signed(c)),
    (Math.max(a, b) % 65536) * 65536 + (c % 65536),
    part(b, 8, 0, false) > 31 ? 0 : part(a, 8, 2, false) * 2 ** part(b, 8, 0, false),
    Math.floor(signed(a) / 2 ** (b % 32)) + signed(c),
    half(a, 1) < half(b, 0) ? 1 : 0,
    half(a, 0) * half(b, 1) + signed(c),
  ].map(word);
}

/** Each part of the words on its own; with `total` all are added to c. */
function inParts(
  count: 2 | 4,
  isSigned: boolean,
  of: (x: number, y: number) => number,
  total = false,
): (a: number, b: number, c: number) => number {
  const bits = 32 / count;
  return (a, b, c) => {
    const results = list(count, (i) => of(part(a, bits, i, isSigned), part(b, bits, i, isSigned)));
    if (total) return word(results.reduce((sum, value) => sum + value, c));
    return results.reduce((sum, value, i) => sum + Number(BigInt.asUintN(bits, BigInt(value))) * 2 ** (bits * i), 0);
  };
}
const average = (x: number, y: number): number => Math.sign(x + y) * Math.floor((Math.abs(x + y) + 1) / 2);
const instructions = [
  inParts(2, true, (x, y) => clamp(x + y, 16, true)),
  inParts(2, false, (x, y) => clamp(x - y, 16, false)),
  inParts(2, false, (x, y) => Math.abs(x - y), true),
  inParts(2, true, average),
  inParts(2, true, Math.min),
  inParts(2, false, Math.max),
  inParts(2, true, (x, y) => Number(x > y), true),
  inParts(4, false, (x, y) => clamp(x + y, 8, false)),
  inParts(4, true, (x, y) => clamp(x - y, 8, true)),
  inParts(4, false, (x, y) => Math.abs(x - y), true),
  inParts(4, false, average),
  inParts(4, false, Math.min),
  inParts(4, true, Math.max),
  inParts(4, false, (x, y) => Number(x <= y)),
];

function run(
  trial: Trial,
  results: number,
  of: (a: number, b: number, c: number) => number[],
): ReturnType<KernelCase["run"]> {
  const chance = new Chance(82);
  const edges = [0, 0xffffffff, 0x80000000, 0x7fffffff, 0x80ff7f01];
  const triples = [
    ...edges.flatMap((a) => edges.map((b) => [a, b, chance.word()])),
    ...list(50, () => [...chance.words(3)]),
  ];
  const out = trial.gpu.zeros(u32, results * triples.length);
  trial.launch({ grid: 3, block: 32 }, [triples.length, trial.gpu.array(u32, triples.flat()), out]);
  return [{ what: "out", got: out.toArray(), expected: triples.flatMap(([a, b, c]) => of(a, b, c)) }];
}

export const video: readonly KernelCase[] = casesOf("video", {
  scalars: (trial) => run(trial, 9, scalars),
  parts: (trial) => run(trial, 14, (a, b, c) => instructions.map((instruction) => instruction(a, b, c))),
});
