import { describe, expect, it } from "vitest";
import { f32, f64, i32, i64, u32 } from "../../../src/core/dtype.js";
import { InputError } from "../../../src/core/errors.js";
import { fn, kernel, type Signature, setFunctionSourceProvider } from "../../../src/gpu/language/index.js";

const signature = {
  n: i32,
  m: i32,
  u: u32,
  l: i64,
  a: f32,
  d: f64,
  x: f32.ptr,
  out: i32.ptr,
} as const;

/** The message for a body given as text, as a transpiler may leave it. */
function message(body: string, types: Signature = signature): string {
  const parameters = Object.keys(types).join(", ");
  const context = "threadIdx, blockIdx, shared, local, syncthreads, idiv, fma, shfl, any, atomicAdd, i32, u32, f32";
  return messageOf(`({ ${parameters} }, { ${context} }) => {\n${body}\n}`, types);
}

function messageOf(text: string, types: Signature = signature): string {
  setFunctionSourceProvider(() => ({ text, code: text, origin: "cell 3", firstLine: 5 }));
  try {
    kernel("k", types, () => {});
  } catch (error) {
    expect(error).toBeInstanceOf(InputError);
    return (error as InputError).message;
  } finally {
    setFunctionSourceProvider(undefined);
  }
  throw new Error(`compiled: ${text}`);
}

/** [what is wrong, body, words of the message] */
type Case = readonly [what: string, body: string, ...words: string[]];

function refuses(title: string, cases: readonly Case[]): void {
  describe(title, () => {
    for (const [what, body, ...words] of cases) {
      it(what, () => {
        const text = message(body);
        for (const each of words) expect(text).toContain(each);
      });
    }
  });
}

describe("a message", () => {
  it("says where, what, and what to write, and points at it in the quoted line", () => {
    expect(message("  const i = threadIdx.x;\n  out[i] = n / m;")).toBe(
      [
        'cell 3, line 7, column 12: "/" of two integers (i32) does not say how to round',
        "      out[i] = n / m;",
        "               ^",
        "Write idiv(n, m) or (n / m) | 0 to truncate, or f32(n) / f32(m) to divide as floats.",
      ].join("\n"),
    );
  });
});

refuses("names from outside are refused by the person's name", [
  ["a value", "out[0] = width;", "width comes from outside", "Pass it as an argument: add width to the signature"],
  ["a value as tslab writes it", "out[0] = exports.N;", "N comes from outside", "add N to the signature"],
  ["an import as CommonJS writes it", "out[0] = lib_1.N;", "N comes from outside"],
  [
    "an import whatever the module is called",
    "out[0] = (0, lib.clamp)(n);",
    "clamp comes from outside",
    "{ use: { clamp } }",
  ],
  ["a default import", "out[0] = (0, clamp_1.default)(n);", "clamp comes from outside"],
  ["a value of the same cell", "out[0] = N2;", "N2 comes from outside", "add N2 to the signature (N2: i32, say)"],
  [
    "an array",
    "x[0] = weights[n];",
    "weights comes from outside",
    "add weights to the signature (weights: f32.ptr, say)",
  ],
  ["an array as tslab writes it", "x[0] = exports.weights[n];", "weights comes from", "(weights: f32.ptr, say)"],
  ["an array that is stored to", "sums[n] += a;", "sums comes from outside", "(sums: f32.ptr, say)"],
  ["the same as tslab writes it", "exports.sums[n] = a;", "sums comes from outside", "(sums: f32.ptr, say)"],
  ["an import as vitest writes it", "out[0] = __vite_ssr_import_1__.N;", "N comes from outside"],
  ["an import in parentheses", "out[0] = (0, lib_1.N);", "N comes from outside"],
  ["a call", "out[0] = clamp(n);", "clamp comes from outside", 'fn("clamp"', "{ use: { clamp } }"],
  ["a call as CommonJS writes it", "out[0] = (0, lib_1.clamp)(n);", "clamp comes from outside"],
  ["a call as vitest writes it", "out[0] = (0,__vite_ssr_import_1__.f)(n);", "f comes from outside"],
  ["an object", "out[0] = config.size;", "config comes from outside"],
  ["something of the context", "syncwarp();", "syncwarp comes from outside", "({ ... }, { syncwarp }) => ..."],
  ["a type for shared memory", "const t = shared(exports.f64, 4);", "f64 comes from outside", "({ ... }, { f64 })"],
  ["a slip", "let total = 0; total = a; out[0] = totl > a ? 1 : 0;", "Did you mean total?"],
  ["printing", "console.log(n);", "console comes from outside", "Take printf from the context"],
  [
    "printing as a transpiler calls",
    "(0, console.log)(n);",
    "console comes from outside",
    "Take printf from the context",
  ],
  ["the page", "out[0] = window.innerWidth;", "window comes from outside", "A kernel runs on the device"],
  ["a function of the page", "window.alert(n);", "window comes from outside", "A kernel runs on the device"],
  ["a clock", "out[0] = performance.now();", "performance comes from outside", "A kernel has no clock"],
  ["a conversion", "out[0] = Number(a);", "Number comes from outside", "Cast with what the context has: i32(x)"],
  ["undefined", "let i = undefined;", "undefined comes from outside", "write 0"],
  ["this", "out[0] = this.n;", "this is not part of the kernel language", "from the parameters and the context"],
  ["an assigned part of this", "this.total += n;", "this is not part of the kernel language"],
  ["an assigned let, as tslab writes it", "exports.q = q += 1;", "q belongs to the code around the kernel"],
  ["an assigned let in an expression", "out[0] = (exports.q = q += 1);", "q belongs to the code around the kernel"],
  ["an assigned let", "q = 1;", "q belongs to the code around the kernel", "Give the kernel a pointer and store there"],
  ["a counted let", "q++;", "q belongs to the code around the kernel"],
]);

describe("what cannot be compiled by substitution is refused", () => {
  const recursive = "calls itself, and recursion is not possible in a kernel";
  it("a helper that calls itself", () => {
    // biome-ignore lint/suspicious/noExplicitAny: a helper whose type would be made of itself.
    const once = (body: any) => () => fn("fact", { v: i32 }, i32, body);
    // biome-ignore lint/suspicious/noExplicitAny: as above.
    const fact: any = () => 1;
    // biome-ignore lint/suspicious/noExplicitAny: as above.
    expect(once(({ v }: any) => (v < 2 ? 1 : v * fact({ v: v - 1 })))).toThrow(`fact ${recursive}`);
    // biome-ignore lint/suspicious/noExplicitAny: as above.
    expect(once(({ v }: any, { fact }: any) => (v < 2 ? 1 : v * fact({ v: v - 1 })))).toThrow(`fact ${recursive}`);
    // biome-ignore lint/suspicious/noExplicitAny: as above.
    expect(once((p: any, c: any) => (p.v < 2 ? 1 : c.fact({ v: p.v - 1 })))).toThrow("Write a loop");
  });
  it("a kernel that calls itself", () => {
    expect(message("k({ n, out });")).toContain(`k ${recursive}`);
    expect(message("(0, exports.k)({ n, out });")).toContain(`k ${recursive}`);
    expect(messageOf("function again({ n, out }) { again({ n, out }); }")).toContain(`again ${recursive}`);
  });
  it("an expression nested too deeply", () => {
    const nested = (depth: number) => `out[0] = ${"(".repeat(depth)}n${" + 1)".repeat(depth)};`;
    for (const depth of [500, 3000, 30000]) {
      const text = message(nested(depth));
      expect(text).toMatch(/^cell 3, line \d, column 1: this expression is nested too deeply/);
      expect(text).toContain("const part = ...");
      expect(text.length).toBeLessThan(400);
    }
    expect(message(`out[0] = ${"n + ".repeat(2000)}1;`)).toContain("this expression is nested too deeply");
  });
  it("statements nested too deeply", () => {
    expect(message(`${"if (n > 0) {".repeat(1000)} out[0] = 1; ${"}".repeat(1000)}`)).toContain(
      "this statement is nested too deeply",
    );
  });
  it("not a chain of else if, however long: it compiles in a time that grows with its length, and the reference runs", () => {
    const chain = Array.from({ length: 2000 }, (_, k) => `if (n === ${k}) out[0] = n * ${k}; else `).join("");
    const code = `({ n, out }) => { ${chain} out[0] = -1; }`;
    setFunctionSourceProvider(() => ({ text: code, code, origin: "cell 3", firstLine: 5 }));
    const made = kernel("k", { n: i32, out: i32.ptr }, () => {});
    setFunctionSourceProvider(undefined);
    const out = new Int32Array(1);
    made.reference.run({ grid: 1, block: 1 }, { n: 1999, out });
    expect(out[0]).toBe(1999 * 1999);
  });
  it("not what is as deep as that just allows: it compiles, and the reference runs", () => {
    const sum = `({ n, out }) => { out[0] = ${"n + ".repeat(380)}1; }`;
    const steps = `({ n, out }) => { ${"if (n < 0) out[0] = 1; else ".repeat(380)} out[0] = 2; }`;
    for (const [code, result] of [[sum, 1141] as const, [steps, 2] as const]) {
      setFunctionSourceProvider(() => ({ text: code, code, origin: "cell 3", firstLine: 5 }));
      const made = kernel("k", { n: i32, out: i32.ptr }, () => {});
      setFunctionSourceProvider(undefined);
      const out = new Int32Array(1);
      made.reference.run({ grid: 1, block: 1 }, { n: 3, out });
      expect(out[0]).toBe(result);
    }
  });
});

refuses("types that do not mix", [
  ["i32 with u32", "out[0] = n + u;", '"+" cannot combine i32 (n) with u32 (u)', "Cast one of them: u32(n) or i32(u)."],
  ["comparing i32 with u32", "if (n < u) out[0] = 1;", '"<" cannot combine i32'],
  ["32 with 64 bits", "out[0] = n + l;", "cannot combine i32 (n) with i64 (l)"],
  ["64-bit integers with floats", "x[0] = a * l;", "cannot combine f32 (a) with i64 (l)"],
  ["a float into an i32 element", "out[0] = a;", "this is f32, but the elements of out are i32", "Cast it: i32(a)."],
  ["an f64 into an f32 element", "x[0] = d;", "this is f64, but the elements of x are f32", "Cast it: f32(d)."],
  ["a float into an i32 variable", "let i = n; i = a;", "this is f32, but i is i32"],
  ["a number for a condition", "let done = false; done = 1;", '"done = 1" brings a number together with bool'],
  ["a condition as a number", "out[0] = n + (n < m);", "cannot combine i32", "? 1 : 0"],
  ["a condition stored", "out[0] = n < m;", "this is bool", "Write n < m ? 1 : 0."],
  ["a pointer as a number", "out[0] = x + 1;", "f32.ptr", "x.add(n)"],
  ["an index of a float", "x[a] = 1;", "this is f32, but an index is i32", "Cast it: i32(a)."],
  ["a 64-bit index", "x[l] = 1;", "this is i64, but an index is i32"],
  ["indexing a number", "out[0] = n[0];", "n is no pointer or array"],
  ["bits of a float", "out[0] = a & 1;", '"&" works on the bits of integers, this is f32'],
  ["truncating a float with | 0", "out[0] = a | 0;", "Truncate to an integer first: i32(x)"],
  ["a remainder of floats", "x[0] = a % 2;", "% is for integers", "Math.trunc(a / 2)"],
  ["a float as a condition", "if (a) out[0] = 1;", "a condition is needed here, this is f32", "Write a !== 0."],
  ["a whole index vector", "out[0] = threadIdx;", "threadIdx is three numbers", "threadIdx.x"],
]);

refuses("division of integers", [
  ["u32", "out[0] = i32(u / u);", "of two integers (u32)", "idiv(u, u) or (u / u) >>> 0"],
  ["i64 has no short form", "out[0] = i32(l / l);", "Write idiv(l, l) to truncate"],
  [
    "| 0 of u32",
    "out[0] = i32((u / u) | 0);",
    '"| 0" truncates a division of i32, this is one of u32',
    "(u / u) >>> 0",
  ],
  [">>> 0 of i32", "out[0] = i32((n / m) >>> 0);", '">>> 0" truncates a division of u32', "(n / m) | 0"],
  ["| 0 of i64", "out[0] = i32((l / l) | 0);", "Write idiv(l, l)."],
  ["in an assignment", "let i = n; i /= 2;", "of two integers (i32)"],
  ["idiv of floats", "out[0] = idiv(a, 2);", "idiv divides integers, this is a division of f32"],
]);

refuses("types that nothing or too much decides", [
  [
    "a fraction that meets no type",
    "let k = 0.5; k *= 2;",
    "the type of k is ambiguous: nothing that it is used with has a type",
    "let k = f32(0.5)",
  ],
  [
    "two types that would both do",
    "let k = 0; if (k < n) x[0] = k * a;",
    'the type of k is ambiguous: it meets i32 in "k < n" (line 6) and f32 in "k * a" (line 6)',
    "let k = i32(0)",
  ],
  [
    "uses that disagree",
    "let k = 0;\nx[k] = 1;\nk = a;",
    "the uses of k disagree on its type",
    'i32 in "k" (line 7)',
    'f32 in "k = a" (line 8)',
  ],
  ["a fraction with integers", "out[0] = n * 0.5;", "the uses of 0.5 disagree on its type", "f32(0.5)"],
  ["a fraction as an index", "x[0.5] = a;", '0.5 is an integer in "0.5" and a float in "0.5"'],
  [
    "an i32 that takes what >>> gives",
    "let low = 0; if (low < n) low = (low + m) >>> 1; out[0] = 1;",
    "the uses of low disagree on its type",
    'i32 in "low < n" (line 6) and u32 in "low = (low + m) >>> 1" (line 6)',
  ],
  ["a number beyond i32", "out[0] = n & 0xffffffff;", "4294967295 does not fit i32"],
  ["a negative u32", "out[0] = i32(u + -1);", "-1 does not fit u32"],
]);

refuses("syntax that is left out", [
  ["switch over a float", "switch (a) { case 1: out[0] = 1; }", "switch compares integers, this is f32", "else if"],
  ["a case that is not known", "switch (n) { case m: out[0] = 1; }", "m is not known when the kernel is compiled"],
  ["two labels", "a: b: while (true) break a;", "a statement has one label"],
  ["for of", "for (const v of x) out[0] = 1;", "for ... of", "for (let k = 0; k < n; k++)"],
  ["try", "try { out[0] = 1; } catch {}", "try is not part"],
  ["throw", "throw n;", "throw is not part"],
  ["a function inside", "const f = () => 1; out[0] = n;", "a function inside", 'fn("name"'],
  ["var", "var i = n;", "var is not part", "Write let or const."],
  ["an array literal", "const v = [1, 2];", "an array literal", "local(f32, 8)"],
  ["an object literal", "const v = { n };", "an object literal"],
  ["text", "const v = `a`;", "text is not part"],
  ["typeof", "out[0] = typeof n;", "typeof is not part"],
  ["a BigInt", "out[0] = 5n;", "5n is a BigInt", "i64(5)"],
  ["await", "const q = new Date();", "new is not part"],
  ["swapping by pattern", "let p = n, q = m; [p, q] = [q, p];", "taking an array apart", "const t = a; a = b; b = t;"],
  [
    "an assignment inside an expression",
    "let i = n; out[i++] = 1;",
    "stands inside an expression",
    "a statement of its own",
  ],
  ["optional access", "out[0] = threadIdx?.x;", "?. is not part"],
  ["a value that goes nowhere", "n + 1;", '"n + 1" does nothing'],
  ["a returned value", "return n;", "a kernel returns nothing"],
  ["break outside of a loop", "break;", "break stands outside of a loop"],
  ["a name declared twice", "{ let i = n; let i = m; }", "Identifier 'i' has already been declared"],
  ["assigning a const", "const i = n; i = 2;", "i is a const", "let i = ..."],
]);

refuses("arrays, atomics and calls", [
  ["an extent that is not known", "const t = shared(f32, n);", 'the extent "n" is not known', "const T = 16"],
  ["an extent of zero", "const t = shared(f32, 0);", "whole number of at least 1, not 0"],
  ["four dimensions", "const t = shared(f32, [1, 2, 3, 4]);", "one to three dimensions"],
  ["no type", "const t = shared(16);", "shared takes the type of its elements first"],
  ["an array without a name", "out[0] = shared(f32, 4)[0];", "declares an array, which needs a name"],
  ["too much shared memory", "const t = shared(f32, [128, 128]);", "65536 bytes: static shared memory ends at 49152"],
  ["a missing dimension", "const t = shared(f32, [4, 4]); t[0] = a;", "t has 2 dimensions", "t[i][i]"],
  [
    "an atomic without an index",
    "atomicAdd(out, 1);",
    "atomicAdd takes 3 arguments, 2 given",
    "atomicAdd(pointer, index, value)",
  ],
  ["an atomic on local memory", "const t = local(i32, 4); atomicAdd(t, 0, 1);", "t is local"],
  ["a vote that goes nowhere", "any(n > 0);", "does nothing with its result"],
  ["a barrier as a value", "out[0] = syncthreads();", "syncthreads() gives no value"],
  ["a shuffle of conditions", "out[0] = shfl(n > 0, 0) ? 1 : 0;", "moves numbers between lanes, this is bool"],
  ["a shuffle in odd groups", "x[0] = shfl(a, 0, 7, 5);", "the width of the groups is 1, 2, 4, 8, 16 or 32"],
  [
    "Math that is not there",
    "x[0] = Math.cbrtt(a);",
    "the kernel language has no Math.cbrtt",
    "Did you mean Math.cbrt?",
  ],
  ["Math.random", "x[0] = Math.random();", "Pass random numbers in an array"],
  ["a root of an integer", "x[0] = Math.sqrt(n);", "Math.sqrt takes floats, this is i32", "Math.sqrt(f32(n))"],
  ["rounding an integer", "out[0] = Math.floor(n);", "An integer is whole already: write n."],
  ["fma of integers", "out[0] = fma(n, n, n);", "fma takes floats"],
  ["a shift too far", "out[0] = n << 32;", "a shift of i32 goes from 0 to 31, not 32"],
]);

describe("what the language reaches refuses what does not fit, with a fix", () => {
  const cases: readonly (readonly [body: string, ...words: string[]])[] = [
    ["c.printf('%d %d\\n', p.n);", "the format has 2 conversions, 1 value is given"],
    ["c.printf('%f\\n', p.n);", "%f does not print i32", "Write %d for it."],
    ["c.printf('%s\\n', p.n);", "%s is not a conversion of a number"],
    ["c.printf(p.n);", "printf takes its format as text first"],
    ["p.out[0] = c.popc(p.a);", "popc takes i32, u32, i64 or u64, p.a is f32", "bitcast(u32, x)"],
    ["p.x[0] = c.roundedAdd(p.a, 1, 'up');", "\"'up'\" is no rounding", '"rn"'],
    ["p.out[0] = c.i32(p.n, 'rn');", "i32(...) of i32 rounds nothing"],
    ["p.out[0] = c.bitcast(c.i32, p.d);", "bitcast keeps the bits of a number of the same width, this is f64 for i32"],
    ["p.out[0] = p.x.load4(0);", "p.x.load4(0) gives 4 numbers", "Name them: const v = p.x.load4(0)"],
    ["const v = p.x.load4(0); p.x[0] = v;", "v is 4 numbers", "Take one of them: v.x."],
    ["const v = p.x.load2(0); p.x[0] = v.z;", "a vector of 2 has no z", "It has x, y."],
    ["p.x.store4(0, p.a, p.a);", "store4 takes 4 values after the index, 2 given"],
    ["const t = c.local(c.f64, 8); const v = t.load4(0);", "an access takes 16 bytes at most, four f64 are 32"],
    ["c.barrierSync(16);", "a block has barriers 0 to 15, not 16"],
    ["c.barrierSync(1, 40);", "whole warps meet at a barrier", "Give a multiple of 32."],
    ["c.atomicMin(p.x, 0, p.a);", "atomicMin exists for integers only", "atomicCAS"],
    ["c.atomicInc(p.out, 0, 4);", "atomicInc exists for u32 only"],
    ["p.x[0] = c.reduceAdd(p.a);", "reduceAdd takes i32 or u32, p.a is f32", "shflXor"],
    ["const a = c.loadMatrixA(p.x, 16);", "a matrix lies in global or shared memory as f16 or bf16"],
    [
      "const s = c.fillMatrix(0); c.mma(s, c.loadMatrixA(p.x, 16), s);",
      "a matrix lies in global or shared memory as f16 or bf16",
    ],
    [
      "c.mma(c.fillMatrix(0), p.n, p.n);",
      "a matrix has a name before it is multiplied",
      "const sum = c.fillMatrix(0);",
    ],
    ["const s = c.fillMatrix(0); c.mma(s, s, s);", "mma takes a matrix of sums", "fillMatrix(0)"],
    ["const s = c.fillMatrix(0); p.x[0] = s;", "s is a matrix", "storeMatrix"],
  ];
  for (const [body, ...words] of cases) {
    it(words[0], () => {
      const text = messageOf(`(p, c) => { ${body} }`);
      for (const each of words) expect(text).toContain(each);
    });
  }
});

describe("functions that are no kernel", () => {
  it("async", () => expect(messageOf("async ({ n }) => {}")).toContain("a kernel cannot be async"));
  it("a generator", () => expect(messageOf("function* ({ n }) {}")).toContain("a kernel cannot be a generator"));
  it("a method", () => expect(messageOf("run({ n }) { }")).toContain("written as an arrow function or a function"));
  it("three arguments", () => expect(messageOf("(p, c, more) => {}")).toContain("a kernel's body takes two arguments"));
  it("a default", () => expect(messageOf("({ n = 1 }) => {}")).toContain("a default value is not part"));
  it("a parameter that the signature lacks", () => {
    expect(messageOf("({ nn }) => {}")).toContain("the signature has no parameter nn");
    expect(messageOf("(p) => { p.out[0] = p.outs; }")).toContain("Did you mean out?");
  });
  it("context taken from the parameters", () => {
    expect(messageOf("({ n, threadIdx }) => {}")).toContain("threadIdx belongs to the context");
  });
  it("a context name that does not exist", () => {
    expect(messageOf("({ n }, { threadIds }) => {}")).toContain("Did you mean threadIdx?");
  });
  it("text that is not JavaScript", () => {
    expect(messageOf("({ n }) => {\n  let i = ;\n}")).toMatch(/cell 3, line 6, column \d+: this is not JavaScript/);
  });
  it("a built-in function", () => {
    expect(() => kernel("k", {}, Math.abs.bind(null) as never)).toThrow("has no source");
    expect(() => kernel("k", {}, undefined as never)).toThrow("the body of k must be a function, got undefined");
  });
});

describe("names, signatures and helpers", () => {
  it("a name that PTX cannot have", () => {
    expect(() => kernel("my kernel", {}, () => {})).toThrow("a kernel is named by letters, digits and underscores");
  });
  it("a kernel's name that is a word of PTX", () => {
    expect(() => kernel("WARP_SZ", {}, () => {})).toThrow(
      'a kernel cannot be called WARP_SZ, which is a word of PTX\nGive it another name: kernel("warp_sz"',
    );
  });
  it("a parameter without a type", () => {
    expect(() => kernel("k", { n: "i32" as never }, () => {})).toThrow(/signature.n: parameter n of k has no type/);
  });
  it("a helper that is a plain function", () => {
    expect(() => kernel("k", {}, () => {}, { use: { clamp: ((v: number) => v) as never } })).toThrow(
      "k is given clamp, which is no helper",
    );
  });
  it("a helper under a name of the context", () => {
    const fma = fn("fma", { v: f32 }, f32, ({ v }) => v);
    expect(() => kernel("k", {}, () => {}, { use: { fma } })).toThrow("the context has a fma already");
  });
  it("a helper that can end without a value", () => {
    expect(() =>
      // @ts-expect-error not every way returns a number
      fn("half", { v: f32 }, f32, ({ v }) => {
        if (v > 0) return v / 2;
      }),
    ).toThrow("half returns f32, but can end without a return");
  });
  it("a helper with arguments that are not named, missing or unknown", () => {
    const half = fn("half", { v: f32 }, f32, ({ v }) => v / 2);
    const use = { half };
    const make = (body: Parameters<typeof kernel<{ x: typeof f32.ptr }, typeof use>>[2]) =>
      kernel("k", { x: f32.ptr }, body, { use });
    expect(() => make(({ x }, { half }) => (x[0] = half(x[1] as never)))).not.toThrow();
    expect(() => make(({ x }, { half }) => (x[0] = half(x[1], x[2])))).toThrow("half takes 1 argument (v), 2 given");
    expect(() => make(({ x }, { half }) => (x[0] = half({} as never)))).toThrow("half misses v");
    expect(() => make(({ x }, { half }) => (x[0] = half({ w: 1 } as never)))).toThrow("half takes no w");
  });
});
