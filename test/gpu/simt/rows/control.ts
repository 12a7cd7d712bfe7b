// Control flow, waiting, and what the lanes of a warp do together. A warp of these tests has as many lanes as there are inputs.
import { integerEdges } from "./integer.js";
import type { Form } from "./run.js";

const wrap = (value: bigint): bigint => BigInt.asUintN(32, value);
const lanes = Array.from({ length: 32 }, (_, lane) => BigInt(lane));
const full = "0xffffffff";
/** 32 lanes, each with its number and an edge value. */
const edges = integerEdges(32);
const warp = lanes.map((lane) => [lane, edges[Number(lane) % edges.length]]);
const ofWarp = (lane: bigint): bigint => warp[Number(lane)][1];

const control: Form[] = [
  {
    text: "@%p1 bra away;",
    widths: [32, 32],
    inputs: [[0n], [1n], [7n]],
    before: "setp.eq.u32 %p1, %r1, 1; mov.u32 %r0, 5;",
    after: "mov.u32 %r0, 6; away:",
    law: (a) => (a === 1n ? 5n : 6n),
  },
  {
    text: "bra.uni away;",
    widths: [32],
    inputs: [[]],
    before: "mov.u32 %r0, 5;",
    after: "mov.u32 %r0, 6; away:",
    law: () => 5n,
  },
  // What ends a thread leaves what stands behind it undone.
  ...["ret", "ret.uni", "exit"].map(
    (text): Form => ({
      text: `@%p1 ${text} ;`,
      widths: [32, 32],
      inputs: [[0n], [1n], [2n]],
      before: "setp.eq.u32 %p1, %r1, 1; mov.u32 %r0, 9;",
      law: (a) => (a === 1n ? 0n : 9n),
    }),
  ),
  {
    text: "@%p1 trap ;",
    widths: [32, 32],
    inputs: [[0n], [2n]],
    before: "setp.eq.u32 %p1, %r1, 1;",
    after: "mov.u32 %r0, 3;",
    law: () => 3n,
  },
  ...["nanosleep.u32 0;", "nanosleep.u32 0xffffffff;", "nanosleep.u32 %r1;"].map(
    (text): Form => ({ text, widths: [32, 32], inputs: [[1000000n]], after: "mov.u32 %r0, 1;", law: () => 1n }),
  ),
];

// One lane's store is seen by another behind each of these.
const fences: Form[] = [
  "membar.cta ;",
  "membar.gl ;",
  "membar.sys ;",
  "fence.sc.sys ;",
  "fence.acq_rel.gpu ;",
  "fence.sc.cluster ;",
  "fence.cta ;",
  "bar.sync 0;",
  "bar.cta.sync 1;",
  "barrier.sync 15;",
  "barrier.cta.sync.aligned 2;",
  "bar.sync 3, 32;",
  "bar.warp.sync 0xffffffff;",
].map((text) => ({
  text,
  widths: [32, 32, 32],
  inputs: warp,
  before: "mov.u32 %r5, tile; shl.b32 %r6, %r1, 2; add.u32 %r6, %r6, %r5; st.shared.b32 [%r6], %r2;",
  after: "xor.b32 %r6, %r6, 124; ld.shared.b32 %r0, [%r6];",
  law: (lane) => ofWarp(lane ^ 31n),
}));

const arrivals: Form[] = ["bar.arrive 4, 64;", "barrier.arrive 4, 64;", "barrier.cta.arrive.aligned 5, 64;"].map(
  (text) => ({
    text,
    widths: [32, 32, 32],
    inputs: warp,
    after: "mov.u32 %r0, %r1;",
    law: (lane) => lane,
  }),
);

const odd = lanes.filter((lane) => lane % 2n === 1n).length;
const reduced: Form[] = ["bar.red", "barrier.red", "barrier.cta.red"].flatMap((name) =>
  ["", ", 32"].flatMap((threads): Form[] => {
    const aligned = name === "barrier.red" ? ".aligned" : "";
    const common = {
      widths: [32, 32, 32] as const,
      inputs: warp,
      before: "and.b32 %r5, %r1, 1; setp.ne.u32 %p1, %r5, 0; setp.lt.u32 %p2, %r1, 32;",
    };
    return [
      {
        ...common,
        text: `${name}.popc${aligned}.u32 %r0, 0${threads}, %p1;`,
        law: () => BigInt(odd),
      },
      ...(
        [
          ["and", "%p1", 0n],
          ["or", "%p1", 1n],
          ["and", "%p2", 1n],
          ["or", "!%p2", 0n],
        ] as const
      ).map(
        ([op, p, wanted]): Form => ({
          ...common,
          text: `${name}.${op}${aligned}.pred %p3, 0${threads}, ${p};`,
          after: "selp.u32 %r0, 1, 0, %p3;",
          law: () => wanted,
        }),
      ),
    ];
  }),
);

/** The lane that a lane reads from, and whether there is one, as the manual's pseudocode says. */
function source(mode: string, lane: number, b: number, c: number): readonly [lane: number, valid: boolean] {
  const [clamp, segment] = [c & 31, (c >> 8) & 31];
  const most = (lane & segment) | (clamp & ~segment);
  const least = lane & segment;
  const j =
    mode === "up" ? lane - b : mode === "down" ? lane + b : mode === "bfly" ? lane ^ b : least | (b & ~segment & 31);
  const valid = mode === "up" ? j >= most : j <= most;
  return [valid ? j : lane, valid];
}

const shuffles: Form[] = ["up", "down", "bfly", "idx"].flatMap((mode) =>
  [0, 1, 5, 16, 31].flatMap((b) =>
    (mode === "up" ? [0x0000, 0x1800, 0x1e00] : [0x001f, 0x181f, 0x1e1f, 0x000f]).map(
      (c): Form => ({
        text: `shfl.sync.${mode}.b32 %r0|%p1, %r2, ${b}, ${c}, ${full};`,
        widths: [32, 32, 32],
        inputs: warp,
        after: "@%p1 add.u32 %r0, %r0, 1;",
        law: (lane) => {
          const [from, valid] = source(mode, Number(lane), b, c);
          return wrap(ofWarp(BigInt(from)) + (valid ? 1n : 0n));
        },
      }),
    ),
  ),
);

const bit = (lane: bigint): bigint => 1n << lane;
const where = (holds: (lane: bigint) => boolean, of: readonly bigint[] = lanes): bigint =>
  of.filter(holds).reduce((mask, lane) => mask | bit(lane), 0n);

const votes: Form[] = [
  ...(
    [
      ["all", "%p1", 0n],
      ["all", "%p2", 1n],
      ["any", "%p1", 1n],
      ["any", "!%p2", 0n],
      ["uni", "%p1", 0n],
      ["uni", "!%p2", 1n],
    ] as const
  ).map(
    ([mode, p, wanted]): Form => ({
      text: `vote.sync.${mode}.pred %p3, ${p}, ${full};`,
      widths: [32, 32, 32],
      inputs: warp,
      before: "setp.eq.u32 %p1, %r1, 7; setp.lt.u32 %p2, %r1, 32;",
      after: "selp.u32 %r0, 1, 0, %p3;",
      law: () => wanted,
    }),
  ),
  {
    text: `vote.sync.ballot.b32 %r0, !%p1, ${full};`,
    widths: [32, 32, 32],
    inputs: warp,
    before: "setp.gt.u32 %p1, %r1, 4;",
    law: () => 31n,
  },
  {
    text: "activemask.b32 %r0;",
    widths: [32, 32],
    inputs: lanes.slice(0, 5).map((lane) => [lane]),
    law: () => 31n,
  },
];

const matches: Form[] = ["b32", "b64"].flatMap((type): Form[] => {
  const [a, before] = type === "b32" ? ["%r2", ""] : ["%rd5", "mov.b64 %rd5, {%r3, %r2};"];
  return [
    {
      text: `match.any.sync.${type} %r0, ${a}, ${full};`,
      widths: [32, 32, 32],
      inputs: warp,
      before,
      law: (lane) => where((other) => ofWarp(other) === ofWarp(lane)),
    },
    {
      text: `match.all.sync.${type} %r0|%p1, ${a}, ${full};`,
      widths: [32, 32, 32],
      inputs: warp,
      before,
      after: "@%p1 add.u32 %r0, %r0, 5;",
      law: () => 0n,
    },
    {
      text: `match.all.sync.${type} %r0|%p1, ${a === "%r2" ? "7" : "%rd6"}, ${full};`,
      widths: [32, 32, 32],
      inputs: warp,
      before: "mov.b64 %rd6, 1;",
      after: "@!%p1 mov.u32 %r0, 5;",
      law: () => 0xffff_ffffn,
    },
  ];
});

const signed = (value: bigint): bigint => BigInt.asIntN(32, value);
const reductions: Readonly<Record<string, (a: bigint, b: bigint) => bigint>> = {
  "add.u32": (a, b) => wrap(a + b),
  "add.s32": (a, b) => wrap(a + b),
  "min.u32": (a, b) => (a < b ? a : b),
  "max.u32": (a, b) => (a > b ? a : b),
  "min.s32": (a, b) => (signed(a) < signed(b) ? a : b),
  "max.s32": (a, b) => (signed(a) > signed(b) ? a : b),
  "and.b32": (a, b) => a & b,
  "or.b32": (a, b) => a | b,
  "xor.b32": (a, b) => a ^ b,
};
const redux: Form[] = Object.entries(reductions).map(([op, combine]) => ({
  text: `redux.sync.${op} %r0, %r2, ${full};`,
  widths: [32, 32, 32],
  inputs: warp,
  law: () => warp.map(([, value]) => value).reduce(combine),
}));

const elected: Form = {
  text: `elect.sync %r0|%p1, ${full};`,
  widths: [32, 32, 32],
  inputs: warp,
  after: "@%p1 add.u32 %r0, %r0, 100;",
  law: (lane) => (lane === 0n ? 100n : 0n),
};

export const controlForms: readonly Form[] = [
  ...control,
  ...fences,
  ...arrivals,
  ...reduced,
  ...shuffles,
  ...votes,
  ...matches,
  ...redux,
  elected,
];
