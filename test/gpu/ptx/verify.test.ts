import { describe, expect, it } from "vitest";
import { InputError } from "../../../src/core/errors.js";
import { parseModule } from "../../../src/gpu/ptx/parse.js";
import { verifyEntry } from "../../../src/gpu/ptx/verify.js";

const verify = (body: string) =>
  verifyEntry(
    parseModule(`.version 7.8
      .target sm_80
      .address_size 64
      .visible .entry k(.param .u64 p, .param .align 4 .b8 o[12]) {
        .shared .align 4 .b8 s[64]; .local .align 4 .b8 l[16];
        .reg .pred %p<3>; .reg .b32 %r<5>; .reg .b64 %rd<3>; .reg .f32 %f<3>;
        ${body}
        ret;
      }`),
    "k",
  );

describe("an address", () => {
  it.each<[string, string, RegExp]>([
    ["a parameter by number", "ld.param.u32 %r1, [8];", /"8" is no parameter of this kernel/],
    ["bytes past a parameter", "ld.param.u32 %r1, [o+64];", /bytes 64 to 67 do not lie in parameter "o", which has 12/],
    ["bytes across a parameter's end", "ld.param.u64 %rd1, [o+8];", /bytes 8 to 15 do not lie in parameter "o"/],
    ["bytes before a parameter", "ld.param.u32 %r1, [o-4];", /bytes -4 to -1 do not lie in parameter "o"/],
    [
      "a parameter that is stored to",
      "st.global.u32 [p], %r1;",
      /"p" is a parameter\n.*\n.*\nParameters are read with ld\.param/,
    ],
    [
      "a shared variable as a generic address",
      "st.u32 [s], %r1;",
      /"s" is in \.shared memory, and its name is no generic address\n.*\n.*\nWrite st\.shared/,
    ],
    [
      "a shared variable as a generic address that is loaded",
      "ld.u32 %r1, [s+4];",
      /"s" is in \.shared memory[\s\S]*Write ld\.shared/,
    ],
    ["a shared variable as a global address", "st.global.u32 [s], %r1;", /"s" is in \.shared memory, not in \.global/],
    [
      "a local variable as a shared address",
      "ld.shared.u32 %r1, [l];",
      /"l" is in \.local memory, not in \.shared[\s\S]*Write ld\.local/,
    ],
    [
      "a shared variable as a global address of an atomic",
      "atom.global.add.u32 %r1, [s], %r2;",
      /"s" is in \.shared memory, not in \.global/,
    ],
    ["a name that nothing has", "ld.global.u32 %r1, [q];", /"q" is neither a register nor a variable/],
  ])("is refused for %s", (_, instruction, message) => {
    expect(() => verify(instruction)).toThrow(message);
    expect(() => verify(instruction)).toThrow(InputError);
  });

  it.each([
    "ld.param.u32 %r1, [o+8];",
    "st.shared.u32 [s+60], %r1;",
    "st.shared::cta.u32 [s], %r1;",
    "ld.local.u32 %r1, [l];",
    "ld.param.u32 %r1, [%rd1+8];",
    "ld.u32 %r1, [%rd1];",
    "atom.shared.add.u32 %r1, [s], %r2;",
  ])("is taken in %s", (instruction) => {
    expect(() => verify(instruction)).not.toThrow();
  });
});

describe("an operand", () => {
  it.each<[string, string, RegExp]>([
    [
      "a negated register",
      "add.u32 %r1, %r2, !%r3;",
      /"!%r3": only a predicate that is read can be negated[\s\S]*"%r3" is \.b32; use not or setp/,
    ],
    ["a negated destination", "setp.eq.u32 !%p1, %r1, %r2;", /"!%p1": only a predicate that is read can be negated/],
    ["a number as destination", "add.u32 5, %r1, %r2;", /operand d cannot be the whole number 5/],
    [
      "a floating-point number as destination",
      "add.f32 0f3F800000, %f1, %f2;",
      /operand d cannot be a floating-point number/,
    ],
    ["a variable as destination", "mov.u32 s, %r1;", /"s" cannot be written/],
    [
      "a special register as destination",
      "mov.u32 %tid.x, %r1;",
      /"%tid\.x" cannot be written\n.*\n.*\nSpecial registers are read only/,
    ],
  ])("is refused for %s", (_, instruction, message) => {
    expect(() => verify(instruction)).toThrow(message);
    expect(() => verify(instruction)).toThrow(InputError);
  });

  it.each(["selp.u32 %r1, %r2, %r3, !%p1;", "and.pred %p1, !%p1, %p2;", "vote.sync.ballot.b32 %r1, !%p1, -1;"])(
    "may be a negated predicate in %s",
    (instruction) => {
      expect(() => verify(instruction)).not.toThrow();
    },
  );
});

describe("a refusal", () => {
  it("can be read however long the names are that it repeats, in what to do about it too", () => {
    const name = `%${"r".repeat(30_000)}`;
    const refuse = (): unknown => verify(`mov.u32 %r1, ${name};`);
    expect(refuse).toThrow(/^PTX of kernel "k", line 7, column 9: register "%r+…r+" is not declared\n/);
    expect(refuse).toThrow(/\nDeclare it with its type, as in \.reg \.b32 %r+…r+;$/);
    expect(refuse).toThrow(expect.objectContaining({ message: expect.stringMatching(/^[\s\S]{1,800}$/) }));
  });
});
