// `warplab ptx`: kernels, parameters, registers, memory, instructions, and everything that is not supported.
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { ModuleReport } from "../../src/gpu/analysis/module-report.js";
import { repository, warplab, warplabJson } from "./command.js";

const folder = mkdtempSync(join(tmpdir(), "warplab-ptx-"));
function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const head = ".version 7.8\n.target sm_80\n.address_size 64\n";
const mixed = file(
  "mixed.ptx",
  `${head}.extern .shared .align 16 .b8 buffer[];
.const .align 4 .b32 table[4] = {1, 2, 3, 4};
.func helper(.param .b64 a) { ret; }
.visible .entry good(.param .u64 .ptr .global .align 4 p, .param .align 8 .b8 s[24], .param .f32 x) .maxntid 128, 1, 1 .minnctapersm 2
{
  .reg .f32 %f<4>; .reg .b64 %rd<3>; .reg .b32 %r<2>; .reg .pred %q;
  .shared .align 8 .b8 tile[64];
  ld.param.u64 %rd1, [p];
  ld.param.f32 %f1, [x];
  fma.rn.f32 %f2, %f1, %f1, %f1;
  add.f32 %f3, %f2, %f1;
  st.shared.f32 [buffer], %f3;
  { .param .b64 a; st.param.b64 [a], %rd1; call helper, (a); }
  st.global.f32 [%rd1], %f3;
  ret;
}
.visible .entry bad()
{
  .reg .b32 %r<4>; .reg .f32 %f<2>;
  adt.u32 %r1, %r2, %r3;
  add.u32 %r1, %r2, %f1;
  tcgen05.wait::ld.sync.aligned;
  mov.u32 %r2, %r9;
  ret;
}
`,
);

describe("as JSON", () => {
  it("says of a kernel all that it holds", async () => {
    const { status, stdout } = await warplab(["ptx", mixed, "--json"]);
    expect(status).toBe(0);
    const report = JSON.parse(stdout) as ModuleReport;
    const [good] = report.kernels;
    expect(report).toMatchObject({ version: "7.8", target: "sm_80", functions: [{ name: "helper", defined: true }] });
    expect(report.variables.map(({ name, space, bytes, external }) => [name, space, bytes, external])).toEqual([
      ["buffer", "shared", 0, true],
      ["table", "const", 16, false],
    ]);
    expect(good).toMatchObject({
      name: "good",
      ptx_line: 7,
      runs: true,
      parameters: [
        { name: "p", type: "u64", elements: null, bytes: 8, alignment: 8, offset: 0 },
        { name: "s", type: "b8", elements: 24, bytes: 24, alignment: 8, offset: 8 },
        { name: "x", type: "f32", elements: null, bytes: 4, alignment: 4, offset: 32 },
      ],
      parameter_bytes: 36,
      registers: { f32: 4, b64: 3, b32: 2, pred: 1 },
      shared_bytes: 64,
      dynamic_shared: true,
      calls: ["helper"],
      directives: [".maxntid 128, 1, 1", ".minnctapersm 2"],
      unsupported: [],
    });
    // The kernel's nine instructions and the function's one.
    expect(good.instructions).toMatchObject({
      total: 10,
      by_category: { memory: 5, arithmetic: 2, control: 3 },
      flop: { f16: 0, f32: 3, f64: 0 },
    });
    expect(good.instructions.by_opcode).toMatchObject({ ld: 2, st: 3, ret: 2, call: 1, fma: 1, add: 1 });
  });

  it("names everything that is not supported, and not only the first", async () => {
    const report = (await warplabJson(["ptx", mixed, "--kernel", "bad"])) as ModuleReport;
    expect(report.kernels).toHaveLength(1);
    const [{ runs, unsupported }] = report.kernels;
    expect(runs).toBe(false);
    expect(unsupported.map(({ ptx_line, message }) => [ptx_line, message])).toEqual([
      [23, 'instruction "adt.u32" is not supported'],
      [24, 'operand b "%f1" is .f32 where .u32 is needed'],
      [25, 'instruction "tcgen05.wait::ld.sync.aligned" is not supported'],
      [26, 'register "%r9" is not declared'],
    ]);
    expect(unsupported[0]).toMatchObject({ text: "adt.u32 %r1, %r2, %r3;", fix: 'Did you mean "add"?' });
  });

  it("gives the table of instructions", async () => {
    const table = (await warplabJson(["ptx", "--table"])) as {
      counts: Record<string, number>;
      instructions: { opcode: string; form: string; does: string }[];
    };
    expect(table.counts["opcodes"]).toBe(new Set(table.instructions.map(({ opcode }) => opcode)).size);
    expect(table.counts["rows"]).toBe(table.instructions.length);
    expect(table.counts["full_opcodes"]).toBeGreaterThan(table.instructions.length);
    expect(table.instructions.find(({ form }) => form.startsWith("selp"))).toMatchObject({
      form: expect.stringMatching(/^selp\.\{.*b32.*\} d, a, b, c$/),
      does: "d = c ? a : b",
    });
  });
});

describe("for people", () => {
  it("says which kernels can run, and why the others cannot", async () => {
    const { status, stdout, stderr } = await warplab(["ptx", mixed]);
    expect([status, stderr]).toEqual([0, ""]);
    expect(stdout).toContain("PTX 7.8 for sm_80, 2 kernels, of which 1 can run");
    expect(stdout).toMatch(/good {2}can run {2}line 7/);
    expect(stdout).toMatch(/bad {2}cannot run {2}line 20/);
    expect(stdout).toContain("64 bytes of shared memory, dynamic shared memory");
    expect(stdout).toContain('line 23: instruction "adt.u32" is not supported');
    expect(stdout).not.toContain("\u001b[");
  });

  it("in colours where they are asked for", async () => {
    const { stdout } = await warplab(["ptx", mixed], { env: { FORCE_COLOR: "1" } });
    expect(stdout).toContain("\u001b[31mcannot run\u001b[39m");
  });

  it("reads what compilers write", async () => {
    const { status, stdout } = await warplab(["ptx", `${repository}test/gpu/host/compilers/clang-14-g.ptx`]);
    expect(status).toBe(0);
    expect(stdout).toContain("6 kernels, all of which can run");
  });
});

describe("bad input", () => {
  it.each<[string, readonly string[], RegExp]>([
    [
      "no PTX",
      [file("no.ptx", "hello\nworld")],
      /no\.ptx, line 1, column 1: expected a directive such as \.entry, found "hello"/,
    ],
    ["nothing in it", [file("empty.ptx", "")], /empty\.ptx, line 1, column 1: a PTX module begins with \.version/],
    ["no such file", [join(folder, "none.ptx")], /none\.ptx: PTX file: there is no such file/],
    ["no such kernel", [mixed, "--kernel", "goood"], /the PTX has no kernel "goood"\s+It has "good" or "bad"/],
    ["no file", [], /which PTX file\?/],
    ["a file and the table", [mixed, "--table"], /--table is of no file/],
  ])("%s: one message, and status 2", async (_what, words, message) => {
    const { status, stdout, stderr } = await warplab(["ptx", ...words]);
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/\n\s+at /);
  });
});
