// Atomics: atom, which gives the old value, and red, which does not.
import { type InstructionRow, type RowText, rows, scopes } from "./row.js";

const atomStart = `atom ?.sem=relaxed|acq_rel|acquire|release ?.scope=${scopes} ?.space=global|shared`;
const redStart = `red ?.sem=relaxed|release ?.scope=${scopes} ?.space=global|shared`;
const hint = "?.hint=L2::cache_hint";

interface Form {
  readonly syntax: string;
  readonly becomes: string;
  readonly flop?: number;
}

// What both opcodes have.
const both: readonly Form[] = [
  { syntax: `.op=add ${hint} .type=u32|s32|u64`, becomes: "the sum of it and b, wrapping around" },
  {
    syntax: `.op=add ${hint} .type=f32|f64`,
    becomes: "the sum of it and b; f32 in global memory with subnormal numbers as zeros",
  },
  { syntax: `.op=add .noftz ${hint} .type=f16|f16x2|bf16|bf16x2`, becomes: "the sum of it and b, of each half" },
  { syntax: `.op=min|max ${hint} .type=u32|s32|u64|s64`, becomes: "the smaller or larger of it and b" },
  { syntax: `.op=inc ${hint} .type=u32`, becomes: "one more, or 0 where it was b or above" },
  { syntax: `.op=dec ${hint} .type=u32`, becomes: "one less, or b where it was 0 or above b" },
  { syntax: `.op=and|or|xor ${hint} .type=b32|b64`, becomes: "it combined with b bit by bit" },
];

// Each element on its own is atomic.
const vectors: readonly Form[] = [
  { syntax: `.op=add ${hint} .vec=v2|v4 .type=f32`, becomes: "the sums" },
  {
    syntax: `.op=add|min|max .noftz ${hint} .vec=v2|v4|v8 .type=f16|bf16`,
    becomes: "the sums, smaller or larger ones",
  },
  {
    syntax: `.op=add|min|max .noftz ${hint} .vec=v2|v4 .type=f16x2|bf16x2`,
    becomes: "the sums, smaller or larger ones",
  },
];

export const atomics: readonly InstructionRow[] = rows("memory", [
  ...both.flatMap(({ syntax, becomes }): RowText[] => [
    [`${atomStart} ${syntax}`, "d:old a:address b h:policy", `d = the value at the address, which becomes ${becomes}`],
    [`${redStart} ${syntax}`, "a:address b h:policy", `the value at the address becomes ${becomes}`],
  ]),
  [
    `${atomStart} .op=exch ${hint} .type=b32|b64`,
    "d:old a:address b h:policy",
    "d = the value at the address, which becomes b",
  ],
  [`${atomStart} .op=exch .type=b128`, "d:old a:address b", "d = the value at the address, which becomes b"],
  [
    `${atomStart} .op=cas .type=b32|b64|b16`,
    "d:old a:address b c",
    "d = the value at the address, which becomes c where it was b",
  ],
  [
    `${atomStart} .op=cas .type=b128`,
    "d:old a:address b c",
    "d = the value at the address, which becomes c where it was b",
  ],
  ...vectors.flatMap(({ syntax, becomes }): RowText[] => [
    [
      `${atomStart.replace("global|shared", "global")} ${syntax}`,
      "d:elements a:address b:elements h:policy",
      `d = the values at the address, which become ${becomes}, one after another`,
    ],
    [
      `${redStart.replace("global|shared", "global")} ${syntax}`,
      "a:address b:elements h:policy",
      `the values at the address become ${becomes}, one after another`,
    ],
  ]),
]);
