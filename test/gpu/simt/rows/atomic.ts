// atom and red: what is given back, and what stands in memory afterwards. Old value and operands are both edges.
import { add, compare, decode, edges, encode, type Format, flush, formats } from "./exact.js";
import { integerEdges } from "./integer.js";
import { combinations, type Form, type Width } from "./run.js";

const r = (width: Width): string => (width === 16 ? "%h" : width === 32 ? "%r" : "%rd");
const wrap = BigInt.asUintN;

type Becomes = (old: bigint, b: bigint, c: bigint) => bigint;

/** Two forms of an operation in a space: one gives the old value, one looks at what stands in memory then. */
function both(
  op: string,
  type: string,
  width: Width,
  values: readonly bigint[],
  becomes: Becomes,
  atomOnly = false,
): Form[] {
  const places = [
    ["", "%own", ""],
    [".global", "%own", ""],
    [".shared", "tile", ".shared"],
    [".shared::cta", "tile", ".shared"],
  ] as const;
  const orders = ["", ".relaxed.gpu", ".acq_rel.cta", ".acquire.sys"];
  return places.flatMap(([space, address, memory], i): Form[] => {
    const hasC = op === "cas";
    const operands = `${r(width)}2${hasC ? `, ${r(width)}3` : ""}`;
    const inputs = hasC ? combinations(values, values, values.slice(0, 2)) : combinations(values, values);
    // Shared memory is the block's: one thread at a time has it, since lanes take their turns store by store.
    const alone = memory === "" ? inputs : inputs.slice(0, 1).concat(inputs.slice(-1));
    const common = {
      widths: [width, width, width, ...(hasC ? [width] : [])],
      before: `st${memory}.b${width} [${address}], ${r(width)}1;`,
    };
    const rows = memory === "" ? [alone] : alone.map((row) => [row]);
    return rows.flatMap((some): Form[] => [
      {
        ...common,
        inputs: some,
        text: `atom${orders[i]}${space}.${op}.${type} ${r(width)}0, [${address}], ${operands};`,
        law: (old) => old,
      },
      {
        ...common,
        inputs: some,
        text: `atom${orders[i]}${space}.${op}.${type} _, [${address}], ${operands};`,
        after: `ld${memory}.b${width} ${r(width)}0, [${address}];`,
        law: (old, b, c) => becomes(old, b, c),
      },
      ...(atomOnly
        ? []
        : [
            {
              ...common,
              inputs: some,
              text: `red${i === 1 ? ".release.gpu" : ""}${space}.${op}.${type} [${address}], ${operands};`,
              after: `ld${memory}.b${width} ${r(width)}0, [${address}];`,
              law: (old: bigint, b: bigint) => becomes(old, b, 0n),
            },
          ]),
    ]);
  });
}

const integers: Form[] = ([32, 64] as const).flatMap((bits) => {
  const values = integerEdges(bits);
  const s = (a: bigint): bigint => BigInt.asIntN(bits, a);
  return [
    ...both("add", `u${bits}`, bits, values, (old, b) => wrap(bits, old + b)),
    ...both("min", `u${bits}`, bits, values, (old, b) => (b < old ? b : old)),
    ...both("max", `u${bits}`, bits, values, (old, b) => (b > old ? b : old)),
    ...both("min", `s${bits}`, bits, values, (old, b) => (s(b) < s(old) ? b : old)),
    ...both("max", `s${bits}`, bits, values, (old, b) => (s(b) > s(old) ? b : old)),
    ...both("and", `b${bits}`, bits, values, (old, b) => old & b),
    ...both("or", `b${bits}`, bits, values, (old, b) => old | b),
    ...both("xor", `b${bits}`, bits, values, (old, b) => old ^ b),
    ...both("exch", `b${bits}`, bits, values, (_, b) => b, true),
    ...both("cas", `b${bits}`, bits, values, (old, b, c) => (old === b ? c : old), true),
  ];
});

const others: Form[] = [
  ...both("add", "s32", 32, integerEdges(32), (old, b) => wrap(32, old + b)),
  ...both("inc", "u32", 32, integerEdges(32), (old, b) => (old >= b ? 0n : old + 1n)),
  ...both("dec", "u32", 32, integerEdges(32), (old, b) => (old === 0n || old > b ? b : old - 1n)),
  ...both("cas", "b16", 16, integerEdges(16), (old, b, c) => (old === b ? c : old), true),
];

// Only global memory takes subnormal numbers in single precision as zeros.
const single =
  (ftz: boolean): Becomes =>
  (old, b) => {
    const format = formats.f32;
    const [x, y] = [old, b].map((word) => decode(format, ftz ? flush(format, word) : word));
    const sum = encode(format, add(x, y));
    return ftz && sum !== format.nan ? flush(format, sum) : sum;
  };
const notANumber = (format: Format, word: bigint): boolean => decode(format, word).kind === "nan";
const floats: Form[] = [
  ...both("add", "f32", 32, edges(formats.f32), single(true)).filter(({ text }) => !text.includes("shared")),
  ...both("add", "f32", 32, [1n, 0x8000_0001n, 0x3f80_0000n], single(false)).filter(({ text }) =>
    text.includes("shared"),
  ),
  ...both("add", "f64", 64, edges(formats.f64), (old, b) =>
    encode(formats.f64, add(decode(formats.f64, old), decode(formats.f64, b))),
  ).map((form): Form => ({ ...form, same: (a, b) => notANumber(formats.f64, a) && notANumber(formats.f64, b) })),
];

const halfLaw =
  (op: string, format: Format): Becomes =>
  (old, b) => {
    const [x, y] = [decode(format, old), decode(format, b)];
    if (op === "add") return encode(format, add(x, y));
    if (x.kind === "nan") return y.kind === "nan" ? format.nan : b;
    if (y.kind === "nan") return old;
    const order = compare(x, y) as number;
    const below = order < 0 || (order === 0 && x.negative);
    return below === (op === "min") ? old : b;
  };
const halves: Form[] = (["f16", "bf16"] as const).flatMap((type): Form[] => {
  const format = formats[type];
  const law = halfLaw("add", format);
  const pairs = edges(format).map((word, i, all) => word | (all[(i * 7 + 3) % all.length] << 16n));
  const two =
    (each: Becomes): Becomes =>
    (old, b) =>
      each(old & 0xffffn, b & 0xffffn, 0n) | (each(old >> 16n, b >> 16n, 0n) << 16n);
  return [
    ...both("add.noftz", type, 16, edges(format), law),
    ...both("add.noftz", `${type}x2`, 32, pairs, two(law)),
    // A vector is atomic element by element.
    ...["add", "min", "max"].flatMap((op): Form[] => {
      const each = halfLaw(op, format);
      const vector = (name: string, v: string, t: string, last: string, d: string, b: string): Form => ({
        text: `${name}.global.${op}.noftz.${v}.${t} ${d}[%own], ${b};`,
        widths: [16, 16, 16],
        inputs: combinations(edges(format), edges(format)),
        before: `st.v4.b16 [%own], {%h1, %h1, %h1, %h1}; st.v4.b16 [%own+8], {%h1, %h1, %h1, %h1}; mov.b32 %r5, {%h2, %h2};`,
        after: `ld.b16 %h0, [%own+${last}];`,
        law: (old, value) => each(old, value, 0n),
      });
      const eight = "{%h2, %h2, %h2, %h2, %h2, %h2, %h2, %h2}";
      return [
        vector("atom", "v2", type, "2", "{%h3, %h4}, ", "{%h2, %h2}"),
        vector("atom", "v8", type, "14", "{%h3, %h4, %h5, %h6, %h7, %h8, %h9, %h10}, ", eight),
        vector("red", "v4", type, "6", "", "{%h2, %h2, %h2, %h2}"),
        vector("atom", "v4", `${type}x2`, "14", "{%r6, %r7, %r8, %r9}, ", "{%r5, %r5, %r5, %r5}"),
        vector("red", "v2", `${type}x2`, "6", "", "{%r5, %r5}"),
      ];
    }),
  ];
});

const singles: Form[] = (["atom", "red"] as const).flatMap((name) =>
  ([2, 4] as const).map((count): Form => {
    const sources = Array.from({ length: count }, (_, i) => (i === count - 1 ? "%r2" : "%r1")).join(", ");
    const targets = name === "atom" ? `{${Array.from({ length: count }, (_, i) => `%r${5 + i}`).join(", ")}}, ` : "";
    return {
      text: `${name}.global.add.v${count}.f32 ${targets}[%own], {${sources}};`,
      widths: [32, 32, 32],
      inputs: combinations(edges(formats.f32), edges(formats.f32)),
      before: "st.v4.b32 [%own], {%r1, %r1, %r1, %r1};",
      after: `ld.b32 %r0, [%own+${4 * count - 4}];`,
      law: (old, b) => single(true)(old, b, 0n),
    };
  }),
);

// Both halves of what stood there, and of what stands there then.
const wide: Form[] = (["exch", "cas"] as const).flatMap((op) => {
  const common = {
    widths: [64, 64, 64, 64] as const,
    inputs: combinations([5n, 1n << 63n], [5n, 6n], [7n, 1n << 63n]),
    before: "st.v2.b64 [%own], {%rd1, %rd2}; mov.b128 %q1, {%rd3, %rd2}; mov.b128 %q2, {%rd2, %rd3};",
  };
  const operands = op === "exch" ? "%q2" : "%q1, %q2";
  const matches = (a: bigint, c: bigint): boolean => op === "exch" || a === c;
  return [
    {
      ...common,
      text: `atom.global.${op}.b128 %q3, [%own], ${operands};`,
      after: "mov.b128 {%rd4, %rd5}, %q3; shl.b64 %rd5, %rd5, 8; xor.b64 %rd0, %rd4, %rd5;",
      law: (a: bigint, b: bigint) => a ^ wrap(64, b << 8n),
    },
    {
      ...common,
      text: `atom.relaxed.gpu.${op}.b128 _, [%own], ${operands};`,
      after: "ld.v2.b64 {%rd4, %rd5}, [%own]; shl.b64 %rd5, %rd5, 8; xor.b64 %rd0, %rd4, %rd5;",
      law: (a: bigint, b: bigint, c: bigint) => (matches(a, c) ? b ^ wrap(64, c << 8n) : a ^ wrap(64, b << 8n)),
    },
  ];
});

export const atomicForms: readonly Form[] = [...integers, ...others, ...floats, ...halves, ...singles, ...wide];
