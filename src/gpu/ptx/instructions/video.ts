// Video instructions: arithmetic on words, halves and bytes that selectors pick, with a second operation or a merge.
import { type InstructionRow, type RowText, rows } from "./row.js";

const types = ".dtype=u32|s32 .atype=u32|s32 .btype=u32|s32";
const comparisons = ".cmp=eq|ne|lt|le|gt|ge";
const second = "?.op2=add|min|max";

const results: Readonly<Record<string, string>> = {
  vadd: "a + b",
  vsub: "a - b",
  vabsdiff: "|a - b|",
  vmin: "the smaller of a and b",
  vmax: "the larger of a and b",
  vavrg: "the average of a and b, halves rounded away from zero",
};

const then = "then combined with c, or put into a part of it";

// Two halves or four bytes at once; each d replaces its part of c, or with .add all are added to c.
function inParts(parts: 2 | 4): RowText[] {
  const what = parts === 2 ? "halves" : "bytes";
  return [
    ...["vadd", "vsub", "vavrg", "vabsdiff", "vmin", "vmax"].flatMap((opcode): RowText[] => [
      [`${opcode}${parts} ${types} ?.sat`, "d:part a:part b:part c:part", `${what} of d = ${results[opcode]}, or c's`],
      [
        `${opcode}${parts} ${types} .add`,
        "d:part a:part b:part c:part",
        `d = c + the sum of ${results[opcode]} of ${what}`,
      ],
    ]),
    [
      `vset${parts} .atype=u32|s32 .btype=u32|s32 ${comparisons} ?.add`,
      "d:part a:part b:part c:part",
      `${what} of d = 1 where the comparison of a and b holds, else 0; .add: c + their sum`,
    ],
  ];
}

export const video: readonly InstructionRow[] = rows("video", [
  ...["vadd", "vsub", "vabsdiff", "vmin", "vmax"].map(
    (opcode): RowText => [
      `${opcode} ${types} ?.sat ${second}`,
      "d:part a:part b:part ?c:part",
      `d = ${results[opcode]}, ${then}`,
    ],
  ),
  ...["vshl", "vshr"].map(
    (opcode): RowText => [
      `${opcode} .dtype=u32|s32 .atype=u32|s32 .u32 ?.sat .mode=clamp|wrap ${second}`,
      "d:part a:part b:part ?c:part",
      `d = a shifted ${opcode === "vshl" ? "left" : "right"} by b, ${then}`,
    ],
  ),
  [
    `vmad ${types} ?.po ?.sat ?.scale=shr7|shr15`,
    "d:u32 a:factor b:factor c:factor",
    "d = a * b + c, or one more, shifted right by the scale",
  ],
  [
    `vset .atype=u32|s32 .btype=u32|s32 ${comparisons} ${second}`,
    "d:part a:part b:part ?c:part",
    `d = 1 where the comparison of a and b holds, else 0, ${then}`,
  ],
  ...inParts(2),
  ...inParts(4),
]);
