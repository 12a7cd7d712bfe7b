import { describe, expect, it } from "vitest";
import { parseModule } from "../../../src/gpu/ptx/parse.js";
import { verifyEntry } from "../../../src/gpu/ptx/verify.js";
import { Machine } from "../../../src/gpu/simt/machine.js";
import { kernelPtx, launchImage } from "../launches.js";

const head = ".version 7.8\n.target sm_80\n.address_size 64\n";
const verify = (text: string, name = "k") => verifyEntry(parseModule(text), name);

// Runs one thread whose body leaves its results in %r1 to %r4.
const results = (body: string): number[] => {
  const ptx = kernelPtx(
    1,
    0,
    `.reg .b64 %rd<2>; .reg .b32 %r<9>; .reg .pred %p<3>;
     ld.param.u64 %rd1, [p0];
     mov.u32 %r1, 0; mov.u32 %r2, 0; mov.u32 %r3, 0; mov.u32 %r4, 0;
     ${body}
     st.global.v4.u32 [%rd1], {%r1, %r2, %r3, %r4}; ret;`,
  );
  const machine = new Machine(
    launchImage({ ptx, block: 1, arrays: [{ label: "out", dtype: "u32", data: new Uint32Array(4) }] }),
  );
  machine.run();
  return [...new Uint32Array(machine.memory.allocations[0].bytes.slice().buffer)];
};

describe("names in { }", () => {
  it("a register that two scopes declare is two registers, as inline assembly of nvcc needs", () => {
    const once = (to: string, value: number) =>
      `{ .reg .pred p; .reg .b32 t; mov.u32 t, ${value}; setp.eq.u32 p, t, ${value}; @p mov.u32 ${to}, t; }`;
    expect(results(once("%r1", 7) + once("%r2", 8))).toEqual([7, 8, 0, 0]);
  });

  it("an inner register hides the outer one until its scope ends", () => {
    expect(
      results(`.reg .b32 x; mov.u32 x, 1;
        { .reg .u32 x; mov.u32 x, 2; { .reg .u32 x; mov.u32 x, 3; mov.u32 %r3, x; } mov.u32 %r2, x; }
        mov.u32 %r1, x;`),
    ).toEqual([1, 2, 3, 0]);
  });

  it("a hidden register may have another type", () => {
    expect(
      results(".reg .b64 x; { .reg .b32 x; mov.u32 x, 5; mov.u32 %r1, x; } mov.u64 x, 6; cvt.u32.u64 %r2, x;"),
    ).toEqual([5, 6, 0, 0]);
  });

  it("an address and a negated guard mean the innermost register", () => {
    expect(
      results(`{ .reg .b64 %rd1; .reg .pred %p1; .shared .b32 s; mov.u64 %rd1, s; st.shared.u32 [%rd1], 9; setp.ne.u32 %p1, 1, 1;
        @!%p1 ld.shared.u32 %r1, [s]; }`),
    ).toEqual([9, 0, 0, 0]);
  });

  it("a label that two scopes have is two labels, found forwards and from further inside", () => {
    const skip = (to: string) => `{ bra done; mov.u32 ${to}, 99; done: add.u32 ${to}, ${to}, 1; }`;
    expect(results(`${skip("%r1")} ${skip("%r2")} { { bra end; } mov.u32 %r3, 99; end: } mov.u32 %r4, 4;`)).toEqual([
      1, 1, 0, 4,
    ]);
    expect(
      results("{ bra a; mov.u32 %r1, 99; a: mov.u32 %r2, 2; } bra a; mov.u32 %r3, 99; a: mov.u32 %r4, 4;"),
    ).toEqual([0, 2, 0, 4]);
  });

  it.each<[string, string, RegExp]>([
    ["a register of a scope that has ended", "{ .reg .b32 x; } mov.u32 x, 1;", /"x" cannot be written|"x" is neither/],
    ["a register declared twice in a scope", "{ .reg .b32 x; .reg .b32 x; }", /register "x" is declared twice/],
    ["a label that stands twice in a scope", "{ a: a: ret; }", /label "a" stands twice/],
    ["a variable declared twice", ".shared .b32 s; .shared .b32 s;", /"s" is declared twice/],
    ["a jump into a scope", "bra a; { a: ret; }", /there is no label "a" in this kernel/],
  ])("refuses %s", (_, body, message) => {
    expect(() => verify(kernelPtx(0, 0, `${body} ret;`))).toThrow(message);
  });
});

describe("device functions", () => {
  const module = `${head}
    .extern .func (.param .b32 func_retval0) vprintf(.param .b64 vprintf_param_0, .param .b64 vprintf_param_1);
    .visible .func (.param .b32 func_retval0) twice(.param .b32 twice_param_0)
    { .reg .b32 %r<3>; { ld.param.u32 %r1, [twice_param_0]; } st.param.b32 [func_retval0+0], %r1; ret; }
    .visible .entry plain() { ret; }
    .visible .entry calls() {
      .reg .b32 %r<3>;
      { // callseq 0, 0
        .reg .b32 temp_param_reg;
        .param .b32 param0;
        st.param.b32 [param0+0], %r1;
        .param .b32 retval0;
        call.uni (retval0),
          twice,
          (param0);
        ld.param.b32 %r2, [retval0+0];
      }
      ret;
    }
    .visible .entry through() {
      .reg .b64 %rd<3>;
      prototype_0 : .callprototype (.param .b32 _) _ (.param .b32 _);
      call (retval0), %rd1, (param0), prototype_0;
      ret;
    }`;

  it("do not keep a kernel from running that calls none", () => {
    expect(verify(module, "plain").code).toHaveLength(1);
  });

  it("stand behind the kernel that calls them, and no others", () => {
    const { functions, code } = verify(module, "calls");
    expect(functions.map(({ name, reentrant }) => [name, reentrant])).toEqual([
      ["calls", false],
      ["twice", false],
    ]);
    expect(code.map(({ instruction }) => instruction.opcode)).toEqual("st call ld ret ld st ret".split(" "));
  });

  it("that are called by address are those of the prototype whose address something takes", () => {
    const through = "prototype_0 : .callprototype (.param .b32 _) _ (.param .b32 _);";
    const kernel = (declarations: string): string => `${head}
      .visible .func (.param .b32 r) one(.param .b32 a) { ret; }
      .visible .func (.param .b32 r) other(.param .b32 a) { ret; }
      .visible .func (.param .b32 r) wider(.param .b64 a) { ret; }
      .global .u64 table[2] = {one, wider};
      .visible .entry takes() { .reg .b64 %rd<3>; mov.u64 %rd1, wider; ret; }
      .visible .entry through() { .reg .b64 %rd<3>; .param .b32 a; .param .b32 r; ${declarations} call (r), %rd1, (a), prototype_0; ret; }`;
    const callees = (text: string) => verify(text, "through").code[0].call?.callees;
    expect(callees(kernel(through))).toEqual(["one"]);
    expect(callees(kernel("prototype_0 : .calltargets other;"))).toEqual(["other"]);
    expect(verify(kernel(through), "takes").functions.map(({ name }) => name)).toEqual(["takes", "wider"]);
    expect(() => callees(kernel(""))).toThrow(
      /PTX of kernel "through", line 10, column \d+: a call of an address needs a prototype\n[\s\S]*\.callprototype/,
    );
    expect(() => callees(kernel("prototype_0 : .calltargets one, wider;"))).toThrow(
      /the functions of "prototype_0" do not all take and return the same/,
    );
  });
});

describe("what is not supported yet", () => {
  it.each<[string, RegExp]>([
    ["mov.u32 %r1, %pm0;", /special register %pm0 is not supported yet/],
    ["mov.u32 %r1, %reserved_smem_offset_cap;", /special register %reserved_smem_offset_cap is not supported yet/],
    ["mov.u32 %r1, %klock;", /register "%klock" is not declared/],
  ])("%s is refused by name", (instruction, message) => {
    expect(() => verify(kernelPtx(0, 0, `.shared .b32 s[2]; .reg .b32 %r<2>; ${instruction} ret;`))).toThrow(message);
  });
});
