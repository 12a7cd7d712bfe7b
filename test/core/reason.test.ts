// Errors as reasons.
import { describe, expect, it } from "vitest";
import { InputError } from "../../src/core/errors.js";
import { orReason } from "../../src/core/reason.js";

describe("orReason", () => {
  const fails = () => {
    throw new InputError("is no shape", { where: "shape", fix: "Write [N, K]." });
  };

  it("gives the answer, or the first line of the error", () => {
    expect(orReason(() => 7)).toBe(7);
    expect(orReason(fails)).toBe("shape: is no shape");
  });

  it("lets the caller word it", () => {
    expect(orReason(fails, ({ fix }) => ({ reason: fix }))).toEqual({ reason: "Write [N, K]." });
  });

  it("hides no fault of the program", () => {
    const broken = () => (undefined as unknown as { x: number }).x;
    expect(() => orReason(broken)).toThrow(TypeError);
  });
});
