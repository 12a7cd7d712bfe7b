import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InputError } from "../../../src/core/errors.js";
import { reconvergencePoints } from "../../../src/gpu/ptx/control-flow.js";
import { parseModule } from "../../../src/gpu/ptx/parse.js";
import { verifyEntry } from "../../../src/gpu/ptx/verify.js";
import { kernelPtx } from "../launches.js";

const head = ".version 7.8\n.target sm_80\n.address_size 64\n";

describe("a PTX module", () => {
  it("is read as nvcc writes it: debug lines, tuning directives, nested scopes, comments", () => {
    const module = parseModule(`${head}
      .file 1 "saxpy.cu"
      .visible .entry saxpy(
        .param .u32 saxpy_param_0, // n
        .param .u64 .ptr .global .align 4 saxpy_param_1
      )
      .maxntid 256, 1, 1
      {
        .reg .pred %p<2>;
        .reg .b32 %r<6>;
        .shared .align 16 .b8 tile[1024];
        .loc 1 3 7
        ld.param.u32 %r1, [saxpy_param_0]; /* a comment
          over two lines */
        mov.u32 %r2, %tid.x;
        .loc 1 4 3, function_name $L__info_string0, inlined_at 1 9 2
        setp.ge.s32 %p1, %r2, %r1;
        @%p1 bra $L__BB0_2;
        { mov.u32 %r3, 0f3F800000; }
      $L__BB0_2:
        ret;
      }`);
    expect(module).toMatchObject({ version: "7.8", target: "sm_80" });
    const entry = module.entries.get("saxpy");
    expect(entry?.parameters.map(({ name, type, offset }) => [name, type.name, offset])).toEqual([
      ["saxpy_param_0", "u32", 0],
      ["saxpy_param_1", "u64", 8],
    ]);
    expect(entry?.variables).toMatchObject([{ name: "tile", space: "shared", bytes: 1024, alignment: 16 }]);
    expect(entry?.instructions.map(({ opcode, location }) => [opcode, location?.line])).toEqual([
      ["ld", 3],
      ["mov", 3],
      ["setp", 4],
      ["bra", 4],
      ["mov", 4],
      ["ret", 4],
    ]);
    expect(entry?.labels.get("$L__BB0_2")).toBe(5);
  });

  it("keeps array parameters and their alignment", () => {
    const module = parseModule(`${head}.entry k(.param .u8 a, .param .align 8 .b8 s[12], .param .u16 b) { ret; }`);
    const entry = module.entries.get("k");
    expect(entry?.parameters.map(({ offset, bytes }) => [offset, bytes])).toEqual([
      [0, 1],
      [8, 12],
      [20, 2],
    ]);
    expect(entry?.parameterBytes).toBe(22);
  });

  it.each<[string, string, RegExp]>([
    ["no .version", ".target sm_80\n", /PTX, line 1, column 1: a PTX module begins with \.version/],
    [
      "a character that is none of PTX",
      `${head}.entry k() { mov\` }`,
      /PTX, line 4, column 17: PTX has no character "`" here/,
    ],
    ["a body that is not closed", `${head}.entry k() { ret;`, /the body is not closed/],
    [
      "a register declared twice",
      `${head}.entry k() { .reg .b32 %r<3>; .reg .b32 %r2; }`,
      /register "%r2" is declared twice/,
    ],
    ["a label that stands twice", `${head}.entry k() { a: a: ret; }`, /label "a" stands twice/],
    [
      "32-bit addresses",
      ".version 7.8\n.target sm_80\n.address_size 32\n",
      /only 64-bit addresses are supported[\s\S]*Use \.address_size 64/,
    ],
    ["a device function that is not closed", `${head}.func f() { { ret; }`, /the body is not closed/],
    [
      "shared memory with an initialiser",
      `${head}.shared .b32 t[2] = {1, 2};`,
      /"t" lies in \.shared memory, which has no initial values/,
    ],
    [
      "a missing comma",
      `${head}.entry k() { .reg .b32 %r<3>; mov.u32 %r1 %r2; }`,
      /line 4, column \d+: expected ",", found "%r2"[\s\S]*\n {4}.*mov\.u32 %r1 %r2/,
    ],
  ])("is refused for %s, with the place", (_, text, message) => {
    expect(() => parseModule(text)).toThrow(message);
    expect(() => parseModule(text)).toThrow(InputError);
  });

  it("gives a message, and never crashes or hangs, for text with pieces missing, doubled or swapped", () => {
    const text = kernelPtx(
      2,
      1,
      ".reg .b32 %r<9>; .reg .b64 %rd<4>; .reg .pred %p<2>; ld.param.u64 %rd1, [p0]; l: setp.lt.s32 %p1, %r1, 0x1F; @!%p1 bra l; st.global.v2.u32 [%rd1+8], {%r1, %r2}; mov.f32 %r1, 0f3F800000; ret;",
    );
    const tokens = text.split(/(\s+|[,;{}[\]()@!|+])/).filter((token) => token !== "");
    const edits = fc.array(
      fc.tuple(fc.nat(tokens.length - 1), fc.constantFrom("drop", "double", "swap"), fc.nat(tokens.length - 1)),
      { minLength: 1, maxLength: 4 },
    );
    fc.assert(
      fc.property(edits, (list) => {
        const mutated = [...tokens];
        for (const [at, edit, other] of list) {
          if (edit === "drop") mutated[at] = "";
          else if (edit === "double") mutated[at] += mutated[at];
          else [mutated[at], mutated[other]] = [mutated[other], mutated[at]];
        }
        try {
          const module = parseModule(mutated.join(""));
          for (const name of module.entries.keys()) verifyEntry(module, name);
        } catch (error) {
          expect(error).toBeInstanceOf(InputError);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe("verification refuses, by name and line, before anything runs", () => {
  const verify = (body: string) =>
    verifyEntry(
      parseModule(kernelPtx(1, 1, `.reg .pred %p<3>;\n.reg .b32 %r<5>;\n.reg .b64 %rd<3>;\n.reg .f32 %f<3>;\n${body}`)),
      "k",
    );
  it.each<[string, RegExp]>([
    [
      "wgmma.fence.sync.aligned;",
      /PTX of kernel "k", line 10, column 1: instruction "wgmma\.fence\.sync\.aligned" is not supported\n {4}wgmma[\s\S]*compile for sm_90 without a/,
    ],
    [
      "mma.sp.sync.aligned.m16n8k16.row.col.f16.f16.f16.f16 %r1;",
      /"mma\.sp\.sync.*" is not a supported form[\s\S]*use mma\.sync/,
    ],
    [
      "mma.sync.aligned.m16n8k8.row.col.f16.f16.f16.f16 {%r1}, {%r1,%r1}, {%r1}, {%r1,%r1};",
      /operand d of "mma\.sync.*" is 2 \.b32 in braces, found 1/,
    ],
    [
      "cp.async.bulk.tensor.1d.shared::cluster.global.mbarrier::complete_tx::bytes [%r1], [%rd1, {%r2}], [%r3];",
      /"cp\.async\.bulk\.tensor.*" is not a supported form[\s\S]*Tensor maps are not supported/,
    ],
    ["barrier.cluster.arrive;", /A cluster has one block here/],
    ["mapa.u64 %rd1, %rd2, 1;", /A cluster has one block here/],
    ["brkpt;", /instruction "brkpt" is not supported\n {4}brkpt;\n {4}\^\nDebuggers/],
    ["bar.foo 0;", /Supported: (?!.*(bar[^;]*);.* \1[;.]).*\.$/],
    [
      "add.s32 %r1, %r2, %r9;",
      /register "%r9" is not declared[\s\S]*\nDeclare it with its type, as in \.reg \.b32 %r9;$/,
    ],
    ["@%q bra done; done:", /register "%q" is not declared[\s\S]*\nDeclare it: \.reg \.pred %q;$/],
    ["ad.s32 %r1, %r2, %r3;", /instruction "ad\.s32" is not supported[\s\S]*Did you mean "add"/],
    [
      "add.rna.f32 %f1, %f2, %f1;",
      /"add\.rna\.f32" is not a supported form of "add"[\s\S]*add\[\.\{rn,rz,rm,rp\}\]\[\.ftz\]/,
    ],
    ["add.s32 %r1, %r2;", /"add" takes 3 operands, found 2/],
    ["add.s32 %r1, %r2, %f1;", /operand b "%f1" is \.f32 where \.s32 is needed/],
    ["add.s64 %rd1, %rd2, %r1;", /operand b "%r1" is \.b32 where \.s64 is needed/],
    ["add.s32 %r1, %r2, %r9;", /register "%r9" is not declared/],
    ["@%r1 bra x; x: ret;", /"%r1" is not a predicate/],
    ["bra nowhere;", /there is no label "nowhere" in this kernel/],
    ["ld.global.f32 %f1, %rd1;", /expected an address in brackets/],
    ["ld.param.u64 %rd1, [q];", /"q" is no parameter of this kernel/],
    ["ld.global.v4.f32 {%f1, %f2}, [%rd1];", /a vector of 2 does not fit "ld\.global\.v4\.f32"/],
    ["add.f32 %f1, %f2, 1;", /operand b cannot be the whole number 1/],
  ])("%s", (instruction, message) => {
    expect(() => verify(`${instruction}\nret;`)).toThrow(message);
  });

  it("lets loads and stores use the low part of a wider register", () => {
    expect(() =>
      verify("ld.global.u8 %r1, [%rd1]; st.global.u16 [%rd1], %r1; cvt.u32.u8 %r2, %r1; ret;"),
    ).not.toThrow();
  });
});

describe("lanes that part at a branch meet", () => {
  const meeting = (body: string): number[] => {
    const { code } = verifyEntry(parseModule(kernelPtx(0, 0, `.reg .pred %p<9>; .reg .b32 %r<3>;\n${body}`)), "k");
    return reconvergencePoints(code)
      .filter((_, pc) => code[pc].target !== undefined && code[pc].instruction.guard !== undefined)
      .map(({ pc }) => pc);
  };
  it.each<[string, string, number[]]>([
    ["after an if", "@%p1 bra end; mov.u32 %r1, 1; end: mov.u32 %r1, 2; ret;", [2]],
    ["after if and else", "@%p1 bra else; mov.u32 %r1, 1; bra end; else: mov.u32 %r1, 2; end: ret;", [4]],
    ["behind a loop", "loop: @%p1 bra out; mov.u32 %r1, 1; bra loop; out: ret;", [3]],
    ["behind a loop with break", "loop: @%p1 bra out; @%p2 bra out; bra loop; out: ret;", [3, 3]],
    ["never, where one way returns", "@%p1 bra end; ret; end: mov.u32 %r1, 1; ret;", [-1]],
    [
      "where those meet that do not return, inside a branch that some return from",
      "@%p1 bra join; @%p2 bra end; mov.u32 %r1, 1; join: mov.u32 %r1, 2; end: ret;",
      [3, 4],
    ],
    ["not at the return, where the others wait at a barrier on the way", "@%p1 bra end; bar.sync 0; end: ret;", [-1]],
    ["on the other way, where one loops for ever", "@%p1 bra end; loop: bra loop; end: ret;", [2]],
  ])("%s", (_, body, points) => {
    expect(meeting(body)).toEqual(points);
  });
});
