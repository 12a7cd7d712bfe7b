import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { f32, f64, i32 } from "../../../src/core/dtype.js";
import { fn, kernel } from "../../../src/gpu/language/index.js";
import { blockSum, mandelbrot, matmul, saxpy } from "../kernels.js";
import { everything } from "./everything.js";
import { assemble, hasPtxas } from "./ptxas.js";
import { reach } from "./reach.js";

const all = { saxpy, blockSum, matmul, mandelbrot, ...everything, ...reach };

describe.skipIf(!hasPtxas)(
  `ptxas takes what the compiler emits${hasPtxas ? "" : " (skipped: no ptxas on the PATH)"}`,
  () => {
    for (const [name, { ptx }] of Object.entries(all)) it(name, () => assemble(ptx));
  },
);

const body = (ptx: string) => ptx.slice(ptx.indexOf(".loc"), ptx.lastIndexOf("}"));

describe("the PTX of a kernel", () => {
  it("is a complete module that reads like the source", () => {
    expect(saxpy.ptx).toBe(`// saxpy(n: i32, a: f32, x: f32.ptr, y: f32.ptr)
.version 7.8
.target sm_70
.address_size 64

.file 1 "saxpy (transpiled)"

.visible .entry saxpy(
  .param .u32 saxpy_param_n,
  .param .f32 saxpy_param_a,
  .param .u64 saxpy_param_x,
  .param .u64 saxpy_param_y
)
{
  .reg .pred %p<2>;
  .reg .b32 %r<5>;
  .reg .b32 %n, %i;
  .reg .b64 %rd<6>;
  .reg .b64 %x, %y;
  .reg .f32 %f<5>;
  .reg .f32 %a;

  .loc 1 1 4
  ld.param.u32    %n, [saxpy_param_n];
  ld.param.f32    %a, [saxpy_param_a];
  ld.param.u64    %rd1, [saxpy_param_x];
  cvta.to.global.u64 %x, %rd1;
  ld.param.u64    %rd2, [saxpy_param_y];
  cvta.to.global.u64 %y, %rd2;
  .loc 1 2 8
  mov.u32         %r1, %ctaid.x;
  mov.u32         %r2, %ntid.x;
  mul.lo.s32      %r3, %r1, %r2;
  mov.u32         %r4, %tid.x;
  add.s32         %i, %r3, %r4;
  .loc 1 3 2
  setp.lt.s32     %p1, %i, %n;
  @!%p1 bra       $if_1_end;
  .loc 1 3 13
  mul.wide.s32    %rd3, %i, 4;
  add.s64         %rd4, %y, %rd3;
  add.s64         %rd5, %x, %rd3;
  ld.global.f32   %f1, [%rd5];
  mul.rn.f32      %f2, %a, %f1;
  ld.global.f32   %f3, [%rd4];
  add.rn.f32      %f4, %f2, %f3;
  st.global.f32   [%rd4], %f4;
$if_1_end:
  ret;
}
`);
  });

  it("contracts nothing unless fma is written", () => {
    for (const { ptx } of [saxpy, matmul, mandelbrot]) expect(ptx).not.toMatch(/\b(fma|mad)\./);
    expect(everything.floats.ptx.match(/fma\.rn\.f32/g)).toHaveLength(1);
    expect(everything.floats.ptx).not.toMatch(/\b(add|sub|mul)\.f(32|64)/);
  });

  it("keeps the lanes of a divergent loop in source order: test, body, end", () => {
    const text = body(mandelbrot.ptx);
    const order = ["$while_1:", "@!%p6 bra       $while_1_end", "bra             $while_1;", "$while_1_end:"];
    const places = order.map((line) => text.indexOf(line));
    expect(places.every((place) => place >= 0)).toBe(true);
    expect(places).toEqual([...places].sort((a, b) => a - b));
  });

  it("branches around a right side that reads memory, and only then", () => {
    const guarded = kernel("guarded", { n: i32, x: i32.ptr, out: i32.ptr }, ({ n, x, out }) => {
      if (n > 0 && x[0] > 0) out[0] = 1;
    });
    expect(guarded.ptx.match(/bra/g)).toHaveLength(2);
    const plain = kernel("plain", { n: i32, out: i32.ptr }, ({ n, out }) => {
      if (n > 0 && n < 9) out[0] = 1;
    });
    expect(plain.ptx.match(/bra/g)).toHaveLength(1);
    expect(plain.ptx).toContain("and.pred");
  });

  it("computes an address once while it holds, and again when a variable in it has changed", () => {
    const twice = kernel("twice", { n: i32, x: f32.ptr }, ({ n, x }) => {
      let i = n;
      x[i] = x[i] * 2;
      i++;
      x[i] = x[i] * 2;
    });
    expect(twice.ptx.match(/mul\.wide/g)).toHaveLength(2);
  });

  it("folds literal indices into the address", () => {
    const folded = kernel("folded", { x: f32.ptr }, ({ x }) => {
      x.add(2)[3] = x[0];
    });
    expect(folded.ptx).toContain("st.global.f32   [%x+20], %f1;");
    expect(folded.ptx).toContain("ld.global.f32   %f1, [%x];");
  });

  it("writes an offset before a pointer with a plus, as ptxas wants it", () => {
    expect(everything.before.ptx).toMatch(/ld\.global\.u32 +%\w+, \[%at\+-16\];/);
    expect(everything.before.ptx).not.toMatch(/\[[%\w]+-/);
  });

  it("is ASCII, whatever its parameters and its origin are called", () => {
    const { ptx, debug } = everything.unicode;
    expect(ptx).toMatch(/^[\n -~]*$/);
    expect(ptx).toContain("// unicode(\\u{3b1}: f32, \\u{3b2}: f32, out: f32.ptr)");
    expect(ptx).toContain(".file 1 \"\\u{1f600} caf\\u{e9} '1'\"");
    expect(ptx).toContain(".param .f32 unicode_param__,\n  .param .f32 unicode_param___2,");
    expect(debug.source.origin).toBe('😀 café "1"');
    expect(debug.variables.map(({ name }) => name)).toEqual(["α", "β", "out"]);
  });

  it("names registers after variables, apart from special registers, temporaries and each other", () => {
    const registers = Object.fromEntries(
      everything.names.debug.variables.map(({ name, register }) => [register, name]),
    );
    expect(registers).toMatchObject({
      "%tid_2": "tid",
      "%r1_2": "r1",
      "%clock_2": "clock",
      "%clock_3": "clock",
      "%f_2": "f",
    });
    expect(everything.names.ptx).toContain(".shared .align 4 .b8 add_2[16];");
  });
});

describe("what a debugger gets", () => {
  it("lists every variable with its register and type", () => {
    expect(matmul.debug.variables).toEqual([
      { name: "n", register: "%n", type: "i32" },
      { name: "a", register: "%a", type: "f32.ptr" },
      { name: "b", register: "%b", type: "f32.ptr" },
      { name: "c", register: "%c", type: "f32.ptr" },
      { name: "tileA", register: "%tileA", type: "f32.shared[16][16]" },
      { name: "tileB", register: "%tileB", type: "f32.shared[16][16]" },
      { name: "tx", register: "%tx", type: "i32" },
      { name: "ty", register: "%ty", type: "i32" },
      { name: "row", register: "%row", type: "i32" },
      { name: "column", register: "%column", type: "i32" },
      { name: "sum", register: "%sum", type: "f32" },
      { name: "start", register: "%start", type: "i32" },
      { name: "k", register: "%k", type: "i32" },
    ]);
  });

  it("lists no variable that nobody wrote", () => {
    const { debug, ptx } = kernel("own", { n: i32, out: f64.ptr }, ({ n, out }) => {
      const angle = Math.sin(out[0]);
      switch (n) {
        case 1:
          out[1] = angle;
      }
    });
    // Math.sin has variables, and a switch has one.
    expect(ptx).toMatch(/\.reg \.f64 .*%cosine/);
    expect(ptx).toMatch(/\.reg \.b32 .*%choice/);
    expect(debug.variables.map(({ name }) => name)).toEqual(["n", "out", "angle"]);
  });

  it("points every .loc at a line and column of the shown text", () => {
    for (const { ptx, debug } of Object.values(all)) {
      const lines = debug.source.text.split("\n");
      for (const [, line, column] of ptx.matchAll(/\.loc 1 (\d+) (\d+)/g)) {
        expect(lines[Number(line) - 1]?.[Number(column) - 1]).toMatch(/\S/);
      }
    }
  });

  it("says that the text is the transpiled one where nobody has the typed text", () => {
    expect(saxpy.debug.source).toMatchObject({ origin: "saxpy (transpiled)", firstLine: 1, language: "javascript" });
  });
});

describe("a kernel object", () => {
  it("names its parameters in order", () => {
    expect(saxpy.parameters).toEqual([
      { name: "n", type: i32 },
      { name: "a", type: f32 },
      { name: "x", type: f32.ptr },
      { name: "y", type: f32.ptr },
    ]);
  });

  it("shows itself in one line", () => {
    const shown = fn("half", { v: f32, x: f32.ptr }, f32, ({ v, x }) => v * x[0], { inline: false });
    expect(inspect(shown)).toBe("fn half(v: f32, x: f32.ptr): f32, called");
    expect(inspect(saxpy)).toBe("kernel saxpy(n: i32, a: f32, x: f32.ptr, y: f32.ptr): 22 PTX instructions");
  });
});
