// Random kernels of the whole language, statements and all: the virtual GPU under each policy and the reference leave the
// same bytes behind.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { f32, i32 } from "../../../src/core/dtype.js";
import { VirtualGPU } from "../../../src/gpu/host/index.js";
import { fn, type Kernel, kernel, setFunctionSourceProvider } from "../../../src/gpu/language/index.js";

type Type = "i32" | "u32" | "f32";

/** The variables that a piece of text may read, and those that it may assign. */
interface Scope {
  readonly readable: Readonly<Record<Type, readonly string[]>>;
  readonly assignable: Readonly<Record<Type, readonly string[]>>;
  readonly inLoop: boolean;
  /** Whether a thread may end here: not before a barrier. */
  readonly mayReturn: boolean;
  readonly fresh: () => string;
}

/** Text that still has to be told which names it has. */
type Text = (scope: Scope) => string;

const pick = (type: Type, among: "readable" | "assignable", index: number): Text => {
  return (scope) => scope[among][type][index % scope[among][type].length];
};

/** `"(# + #)"` with each `#` replaced by one of the parts. */
function form(pattern: string, ...parts: fc.Arbitrary<Text>[]): fc.Arbitrary<Text> {
  return fc.tuple(...parts).map((texts) => (scope: Scope) => {
    let next = 0;
    return pattern.replaceAll("#", () => texts[next++](scope));
  });
}

const literal: Readonly<Record<Type, fc.Arbitrary<string>>> = {
  i32: fc
    .oneof(fc.integer({ min: -9, max: 9 }), fc.constantFrom(0, 31, 32, 65535, 2147483647, -2147483648))
    .map(String),
  u32: fc.oneof(fc.nat(9), fc.constantFrom(0, 31, 32, 2147483648, 4294967295)).map(String),
  f32: fc.constantFrom("0", "1", "-1", "0.5", "-2.25", "3.1", "1e-3", "16777217", "3e9", "-3e9"),
};

const variable = (type: Type, among: "readable" | "assignable" = "readable") =>
  fc.nat(20).map((index) => pick(type, among, index));
const typedLiteral = (type: Type) =>
  literal[type].map(
    (text): Text =>
      () =>
        `${type}(${text})`,
  );
const bareLiteral = (type: Type) =>
  literal[type].map(
    (text): Text =>
      () =>
        text,
  );

const { i, u, f, condition } = fc.letrec<Record<"i" | "u" | "f" | "condition", Text>>((tie) => {
  const [i, u, f, condition] = [tie("i"), tie("u"), tie("f"), tie("condition")];
  const of = (same: fc.Arbitrary<Text>, patterns: readonly string[]) =>
    patterns.map((pattern) => form(pattern, ...Array.from(pattern.matchAll(/#/g), () => same)));
  const deep = { depthSize: "small", withCrossShrink: true } as const;
  return {
    i: fc.oneof(
      deep,
      variable("i32"),
      typedLiteral("i32"),
      form("-#", variable("i32")),
      ...of(i, ["(# + #)", "(# - #)", "(# * #)", "idiv(#, #)", "(# % #)", "((# / #) | 0)", "(# & #)"]),
      ...of(i, ["(# | #)", "(# ^ #)", "(# << (# & 31))", "(# >> (# & 31))", "~#", "Math.abs(#)", "i8(#)"]),
      ...of(i, ["Math.min(#, #)", "Math.max(#, #)", "Math.imul(#, #)", "u16(#)", "x[# & 31]", "own[# & 3]"]),
      ...of(i, ["blend({ a: #, b: # })"]),
      form("(# << #)", i, variable("i32")),
      form("(# >> #)", i, variable("u32")),
      ...["+", "-", "*", "&", "%"].map((operator) => form(`(# ${operator} #)`, variable("i32"), bareLiteral("i32"))),
      form("(# ? # : #)", condition, i, i),
      form("i32(#)", u),
      form("i32(#)", f),
      form("i32(#)", condition),
    ),
    u: fc.oneof(
      deep,
      variable("u32"),
      typedLiteral("u32"),
      ...of(u, ["(# + #)", "(# - #)", "(# * #)", "idiv(#, #)", "(# % #)", "((# / #) >>> 0)", "(# & #)"]),
      ...of(u, ["(# | #)", "(# ^ #)", "(# >> (# & 31))", "~#", "Math.min(#, #)", "Math.max(#, #)"]),
      ...["+", "-", "*", "^", "%"].map((operator) => form(`(# ${operator} #)`, variable("u32"), bareLiteral("u32"))),
      form("(# >>> (# & 31))", i, i),
      form("(# >>> #)", u, variable("i32")),
      form("((# - 20) >>> 1)", variable("i32")),
      form("(# ? # : #)", condition, u, u),
      form("u32(#)", i),
      form("u32(#)", f),
    ),
    f: fc.oneof(
      deep,
      variable("f32"),
      typedLiteral("f32"),
      ...of(f, ["(# + #)", "(# - #)", "(# * #)", "(# / #)", "Math.min(#, #)", "Math.max(#, #)", "Math.abs(#)"]),
      ...of(f, ["Math.sqrt(#)", "Math.floor(#)", "Math.ceil(#)", "Math.trunc(#)", "fma(#, #, #)"]),
      ...["+", "-", "*", "/"].map((operator) => form(`(# ${operator} #)`, variable("f32"), bareLiteral("f32"))),
      form("-#", variable("f32")),
      form("(# * #)", variable("i32"), variable("f32")),
      form("(# ? # : #)", condition, f, f),
      form("f32(#)", i),
      form("f32(#)", u),
    ),
    condition: fc.oneof(
      deep,
      form("(# & 1)", variable("i32")),
      ...["<", "<=", "===", "!=="].flatMap((operator) => [
        form(`(# ${operator} #)`, i, i),
        form(`(# ${operator} #)`, u, u),
        form(`(# ${operator} #)`, f, f),
      ]),
      form("(# && #)", condition, condition),
      form("(# || #)", condition, condition),
      form("!#", condition),
    ),
  };
});

const value: Readonly<Record<Type, fc.Arbitrary<Text>>> = { i32: i, u32: u, f32: f };
const types = ["i32", "u32", "f32"] as const;
const compound: Readonly<Record<Type, readonly string[]>> = {
  i32: ["=", "=", "+=", "-=", "*=", "&=", "|=", "^=", "%="],
  u32: ["=", "=", "+=", "-=", "*=", "&=", "|=", "^=", "%=", ">>>="],
  f32: ["=", "=", "+=", "-=", "*=", "/="],
};

const assignment = fc.constantFrom(...types).chain((type) =>
  fc.tuple(variable(type, "assignable"), fc.constantFrom(...compound[type]), value[type]).map(
    ([target, operator, from]): Text =>
      (scope) => {
        // A shift by a literal is checked when the kernel is compiled.
        const right = operator === ">>>=" ? `(${from(scope)} & 31)` : from(scope);
        return `${target(scope)} ${operator} ${right};`;
      },
  ),
);

const step = fc.tuple(variable("i32", "assignable"), fc.constantFrom("++;", "--;", " <<= 1;", " >>= 3;")).map(
  ([target, rest]): Text =>
    (scope) =>
      `${target(scope)}${rest}`,
);

const store = fc.oneof(
  form("out[t * 8 + (# & 3)] = #;", i, i),
  form("out[t * 8 + (# & 3)] += #;", i, i),
  form("own[# & 3] = #;", i, i),
  form("own[# & 3] ^= #;", i, i),
);

const jump = fc.tuple(condition, fc.constantFrom("break", "continue", "return")).map(
  ([when, word]): Text =>
    (scope) => {
      const allowed = word === "return" ? scope.mayReturn : scope.inLoop;
      return allowed ? `if (${when(scope)}) ${word};` : "";
    },
);

const { block } = fc.letrec<{ statement: Text; block: Text }>((tie) => {
  const inner = tie("block");
  const loop = (scope: Scope, name: string): Scope => ({
    ...scope,
    inLoop: true,
    readable: { ...scope.readable, i32: [...scope.readable.i32, name] },
  });
  const bound = fc.integer({ min: 1, max: 4 });
  return {
    statement: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      assignment,
      step,
      store,
      jump,
      form("if (#) {\n#\n}", condition, inner),
      form("if (#) {\n#\n} else {\n#\n}", condition, inner, inner),
      form("{\n#\n}", inner),
      fc.tuple(bound, condition, inner).map(
        ([most, when, body]): Text =>
          (scope) => {
            const name = scope.fresh();
            const inside = loop(scope, name);
            return `for (let ${name} = i32(0); ${name} < ${most} && ${when(inside)}; ${name}++) {\n${body(inside)}\n}`;
          },
      ),
      fc.tuple(bound, condition, inner).map(
        ([most, when, body]): Text =>
          (scope) => {
            const name = scope.fresh();
            const inside = loop(scope, name);
            const test = `${name} < ${most} && ${when(inside)}`;
            return `let ${name} = i32(0);\nwhile (${test}) {\n${name}++;\n${body(inside)}\n}`;
          },
      ),
      fc.tuple(bound, condition, inner).map(
        ([most, when, body]): Text =>
          (scope) => {
            const name = scope.fresh();
            const inside = loop(scope, name);
            const test = `${name} < ${most} && ${when(inside)}`;
            return `let ${name} = i32(0);\ndo {\n${name}++;\n${body(inside)}\n} while (${test});`;
          },
      ),
    ),
    block: fc
      .tuple(
        fc.array(
          fc.constantFrom(...types).chain((type) => value[type].map((from) => ({ type, from }))),
          { maxLength: 2 },
        ),
        fc.array(tie("statement"), { minLength: 1, maxLength: 4 }),
      )
      .map(
        ([locals, statements]): Text =>
          (scope) => {
            let inside = scope;
            const lines = locals.map(({ type, from }) => {
              const name = scope.fresh();
              const line = `let ${name} = ${from(inside)};`;
              const more = (names: Scope["readable"]) => ({ ...names, [type]: [...names[type], name] });
              inside = { ...inside, readable: more(inside.readable), assignable: more(inside.assignable) };
              return line;
            });
            return [...lines, ...statements.map((each) => each(inside))].join("\n");
          },
      ),
  };
});

const blend = fn("blend", { a: i32, b: i32 }, i32, ({ a, b }) => {
  if (a > b) return a - b;
  for (let k = 0; k < 3; k++) {
    if (((a >> k) & 1) === 1) return b ^ k;
  }
  return a + b;
});

const names: Readonly<Record<Type, readonly string[]>> = { i32: ["i0", "i1"], u32: ["u0", "u1"], f32: ["f0", "f1"] };

/** A kernel's text: what it starts with, work, a barrier across which threads see each other's, work, what it ends with. */
const kernelText = fc.tuple(block, i, block).map(([before, handed, after]) => {
  let count = 0;
  const scope: Scope = {
    readable: { ...names, i32: [...names.i32, "t", "n"] },
    assignable: names,
    inLoop: false,
    mayReturn: false,
    fresh: () => `v${count++}`,
  };
  return [
    "({ n, x, y, out, floats }, { threadIdx, blockIdx, blockDim, shared, local, syncthreads, idiv, fma, blend, ...types }) => {",
    "const tile = shared(i32, 48); const own = local(i32, 4);",
    "const t = blockIdx.x * blockDim.x + threadIdx.x;",
    "for (let k = 0; k < 4; k++) own[k] = x[(t + k) & 31];",
    "let i0 = x[t & 31]; let i1 = i32(t); let u0 = u32(i0) * 2654435761; let u1 = u32(n);",
    "let f0 = y[t & 31]; let f1 = f32(i0);",
    `{\n${before(scope)}\n}`,
    `tile[threadIdx.x] = ${handed(scope)};`,
    "syncthreads();",
    "i1 += tile[(i0 & 31) ^ 1];",
    `{\n${after({ ...scope, mayReturn: true })}\n}`,
    "out[t * 8 + 4] = i0; out[t * 8 + 5] = i1; out[t * 8 + 6] ^= i32(u0); out[t * 8 + 7] ^= i32(u1);",
    "floats[t * 2] = f0; floats[t * 2 + 1] = f1;",
    "}",
  ]
    .join("\n")
    .replace("...types", "i32, u32, f32, i8, u16");
});

const signature = { n: i32, x: i32.ptr, y: f32.ptr, out: i32.ptr, floats: f32.ptr } as const;

function compile(code: string): Kernel<typeof signature> {
  setFunctionSourceProvider(() => ({ text: code, code, origin: "random kernel", firstLine: 1 }));
  try {
    return kernel("random", signature, () => {}, { use: { blend } });
  } finally {
    setFunctionSourceProvider(undefined);
  }
}

const edges = [0, 1, -1, 31, 32, 33, 2147483647, -2147483648];
const integers = fc.array(fc.oneof(fc.integer(), fc.integer({ min: -9, max: 9 }), fc.constantFrom(...edges)), {
  minLength: 32,
  maxLength: 32,
});
const numbers = fc.array(fc.oneof(fc.float(), fc.float({ min: -8, max: 8 })), { minLength: 32, maxLength: 32 });

describe("random kernels", () => {
  it("leave the same bytes on the virtual GPU, whatever its policy, as by the reference", () => {
    const gpu = new VirtualGPU("a100");
    // Two blocks of a warp and a half.
    const [grid, block] = [2, 48];
    fc.assert(
      fc.property(kernelText, integers, numbers, fc.integer(), (text, x, y, n) => {
        const made = compile(text);
        const host = {
          n,
          x: Int32Array.from(x),
          y: Float32Array.from(y),
          out: new Int32Array(grid * block * 8),
          floats: new Float32Array(grid * block * 2),
        };
        made.reference.run({ grid, block }, host);
        for (const policy of ["stack", "lowest-pc", "independent"] as const) {
          const [out, floats] = [gpu.zeros(i32, host.out.length), gpu.zeros(f32, host.floats.length)];
          gpu.launch(made, { grid, block, policy }, { n, x: gpu.array(i32, x), y: gpu.array(f32, y), out, floats });
          expect(out.toArray()).toEqual(host.out);
          expect(floats.toArray()).toEqual(host.floats);
        }
      }),
      { numRuns: 200 },
    );
    // Far more than it takes, since other tests may have the processor meanwhile.
  }, 180_000);
});
