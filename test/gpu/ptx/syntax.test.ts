// What may stand in a module beside instructions: read, or refused by line. What is read here ptxas 13.0 takes too.
import { describe, expect, it } from "vitest";
import { parseModule } from "../../../src/gpu/ptx/parse.js";
import type { Entry, Module } from "../../../src/gpu/ptx/syntax.js";
import { Machine } from "../../../src/gpu/simt/machine.js";
import { kernelPtx, launchImage } from "../launches.js";

const head = ".version 8.0\n.target sm_90\n.address_size 64\n";
const parse = (text: string): Module => parseModule(`${head}${text}`);

describe("a module", () => {
  it.each([
    '.file 1 "a.cu", 1594640000, 123\n.entry k() { .loc 1 2 3\nret; }',
    ".section .debug_str { $L__info_string0: .b8 97,0 .b32 .debug_abbrev .b64 $L__x+8 }",
    '.pragma "nounroll";',
    ".func g(); .func f() { ret; } .alias g, f;",
    ".common .global .u32 x; .weak .global .u32 y = 3; .weak .entry k() { ret; } .entry bare { ret; }",
    ".global .u32 a[4], b = 3; .global .u32 c<4>;",
    ".global .attribute(.managed) .align 4 .b32 x; .global .align 4 .attribute(.unified(1, 2)) .b32 y;",
    ".extern .shared .align 16 .b8 s[]; .shared .align 16 .b8 t[16];",
    ".extern .global .u32 a; .visible .global .u32 a = 1;",
    ".func .attribute(.unified(1, 2)) f() .noreturn { trap; }",
    '.entry k() .maxnreg 32 .minnctapersm 2 .pragma "x"; .reqnctapercluster 2,1,1 .explicitcluster { ret; }',
    ".entry k(.param .u64 .ptr .global .align 16 p, .param .u64 .ptr q, .param .b8 x) { ret; }",
    '.entry k() { L: M: .pragma "nounroll"; { .reg .b32 $y, _z, a$, %$x; } bra L; }',
    ".entry k() { ts: .branchtargets A, B; A: B: ret; }",
    "/* a */ .entry /* b\n */ k // c\n() { /**/ ret /* d */ ; }",
  ])("may have %s", (text) => {
    parse(text);
  });

  it.each<[string, RegExp]>([
    [".address_size 32", /line 4, column 1: only 64-bit addresses/],
    [".reg .b32 %q;", /line 4, column 1: expected a directive such as .entry, found ".reg"/],
    [".globl .u32 x;", /Did you mean .global\?/],
    [".visible .visible .func f() { ret; }", /expected .func, .entry or a variable after .visible, found ".visible"/],
    [".entry k() .maxtnid 3 { ret; }", /directive ".maxtnid" is not supported[\s\S]*Did you mean .maxntid\?/],
    [".entry k() .maxntid 0 { ret; }", /.maxntid says how many threads: at least 1/],
    [".entry k() .maxntid { ret; }", /expected a whole number/],
    [".entry k() .maxntid 1,2,3,4 { ret; }", /expected "\{", found ","/],
    [".entry k() { .rg .b32 %r; ret; }", /directive ".rg" is not supported in a kernel[\s\S]*Did you mean .reg\?/],
    [".visible .entry k();", /kernel "k" is declared and not defined in this PTX/],
    [".alias g, f;", /there is no function "f"/],
    [".global .u32 a; .global .u32 a;", /a second variable named "a"/],
    [".func f() { ret; } .func f() { ret; }", /a second function named "f"/],
    [".entry k(.param .u64 p, .param .u64 p) { ret; }", /a second parameter named "p"/],
    [".entry k(.reg .u64 p) { ret; }", /expected ".param", found ".reg"/],
    [".global .align 3 .b8 x[4];", /an alignment of 3, which is no power of two/],
    [".global .u32 x[];", /"x" has no elements/],
    [".global .u32 x[2][];", /only the first extent may be left open/],
    [".global .texref t;", /variables of type .texref are not supported/],
    [".global .pred x;", /a predicate lies in no memory/],
    [".global .u8 x[99999999999999999];", /elements, where/],
    [".global .u8 x[4294967296][4294967296];", /more than any memory/],
    [".entry k(.param .b8 p[40000]) { ret; }", /40000 elements, where/],
    [".entry k() { .reg .b32 %r<99999999999>; ret; }", /99999999999 registers, where 500,000 are the most/],
    [".entry k() { .loc 1 2 ret; }", /expected a whole number/],
    [".entry k() { .loc 1 2 3, inlined 1 2 3\nret; }", /expected function_name or inlined_at, found "inlined"/],
    ["/* never", /line 4, column 1: this comment is not closed/],
    [`${"/*".repeat(50_000)}`, /this comment is not closed/],
    [`.entry k() ${"{".repeat(50_000)}`, /more than 200 scopes within each other/],
    [`.entry k() { mov.b32 ${"{".repeat(50_000)} }`, /a vector within a vector/],
    [`.entry k() { ld.b32 %r1, ${"[a,".repeat(50_000)} }`, /an address within an address/],
    ['.entry k() "{" ret; }', /expected "\{"/],
  ])("is refused: %.60s", (text, message) => {
    expect(() => parse(text)).toThrow(message);
  });

  it.each([".version", ".version eight\n.target sm_80", ".version 8.0\n.target\n", ".version 8.0\n.target volta"])(
    "needs a version and a target: %s",
    (text) => {
      expect(() => parseModule(text)).toThrow(/line \d/);
    },
  );

  it("keeps what a kernel says of how to compile and launch it", () => {
    const { directives, maxntid } = parse('.entry k() .maxntid 64, 2 .maxnreg 32 .pragma "x"; { ret; }').entries.get(
      "k",
    ) as Entry;
    expect(directives.map(({ name, values }) => [name, ...values])).toEqual([
      [".maxntid", 64, 2],
      [".maxnreg", 32],
      [".pragma", "x"],
    ]);
    expect(maxntid).toEqual({ x: 64, y: 2, z: 1 });
  });

  it("quotes of a long line what is around the mistake", () => {
    const long = `.entry k() { ${"ret; ".repeat(10_000)} ? ${"ret; ".repeat(10_000)} }`;
    expect(() => parse(long)).toThrow(
      /^PTX, line 4, column 50015: expected an instruction, found "\?"\n {4}….{160}…\n +\^$/,
    );
  });
});

it("reads the address behind .ptr's alignment as a pointer's, not as the parameter's", () => {
  const { parameters } = parse(".entry k(.param .b32 a, .param .u64 .ptr .align 64 p) { ret; }").entries.get(
    "k",
  ) as Entry;
  expect(parameters.map(({ offset }) => offset)).toEqual([0, 8]);
});

function run(body: string): number[] {
  const ptx = kernelPtx(
    1,
    0,
    `.reg .b32 %r<9>; .reg .b64 %rd<9>; .reg .f32 %f<4>; ld.param.u64 %rd1, [p0]; ${body} ret;`,
  );
  const out = { label: "out", dtype: "u32" as const, data: new Uint32Array(4) };
  const machine = new Machine(launchImage({ ptx, block: 1, arrays: [out] }));
  machine.run();
  return [...new Uint32Array(machine.memory.allocations[0].bytes.slice().buffer)];
}

describe("vector registers", () => {
  it("are registers by their elements' names", () => {
    expect(run(".reg .v2 .b32 %v; mov.b32 %v.x, 7; mov.b32 %v.g, 9; st.global.v2.b32 [%rd1], %v;")).toEqual([
      7, 9, 0, 0,
    ]);
    expect(
      run(
        ".reg .v4 .u32 %v<3>; mov.b32 %v2.x, 1; mov.b32 %v2.y, 2; mov.b32 %v2.b, 3; mov.b32 %v2.w, 4; st.global.v4.u32 [%rd1], %v2;",
      ),
    ).toEqual([1, 2, 3, 4]);
    expect(run(".reg .v2 .b32 %v; mov.b64 %v, 0x500000006; st.global.v2.b32 [%rd1], %v;")).toEqual([6, 5, 0, 0]);
  });

  it("are hidden by a scope's own, as other names are", () => {
    expect(
      run(
        ".reg .v2 .b32 v; mov.b32 v.x, 1; mov.b32 v.y, 2; { .reg .v2 .b32 v; mov.b32 v.x, 3; mov.b32 v.y, 4; st.global.v2.b32 [%rd1+8], v; } st.global.v2.b32 [%rd1], v;",
      ),
    ).toEqual([1, 2, 3, 4]);
  });
});

it("names what two thousand scopes declare alike without looking through all of them each time", () => {
  const scopes = Array.from({ length: 2000 }, (_, i) => `{ .reg .b32 t; mov.b32 t, ${i}; mov.b32 %r1, t; }`).join("\n");
  const { registers } = parseModule(kernelPtx(0, 0, `.reg .b32 %r<2>; .reg .b32 t; ${scopes} ret;`)).entries.get(
    "k",
  ) as Entry;
  expect([...registers.keys()].slice(0, 5)).toEqual(["%r0", "%r1", "t", "t#2", "t#3"]);
  expect(registers.has("t#2001")).toBe(true);
});
