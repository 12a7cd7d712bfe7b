import { describe, expect, it } from "vitest";
import { dtypes, isDType, isPointerType } from "../../src/core/dtype.js";
import { decodeElements } from "../../src/core/elements.js";
import { formatPlace, InputError, listChoices, nearest } from "../../src/core/errors.js";
import { bytesPerElement, parsePrecision, precisions } from "../../src/core/precision.js";
import { arithmeticIntensity, totalFlop } from "../../src/core/work.js";

describe("an error", () => {
  it("says what, where, and what to do, with the text under it and a caret at the column", () => {
    const error = new InputError("unknown name", {
      where: { file: "cell 3", line: 2, column: 5 },
      quote: "x = yy;",
      fix: "Declare yy.",
    });
    expect(error.message).toBe("cell 3, line 2, column 5: unknown name\n    x = yy;\n        ^\nDeclare yy.");
    expect(error.name).toBe("InputError");
  });

  it("may name a field, or nothing", () => {
    expect(new InputError("is missing", { where: "grid" }).message).toBe("grid: is missing");
    expect(new InputError("nothing fits").message).toBe("nothing fits");
    expect(formatPlace({ line: 7 })).toBe("line 7");
  });
});

describe("a suggestion", () => {
  it.each([
    ["saxpi", "saxpy"],
    ["GRID", "grid"],
    ["girdd", "grid"],
  ])("finds the slip in %s", (typed, meant) => {
    expect(nearest(typed, ["saxpy", "grid", "precision"])).toBe(meant);
  });

  it("is none where nothing is near", () => {
    expect(nearest("wavefront", ["saxpy", "grid"])).toBeUndefined();
  });

  it("lists choices as one would say them", () => {
    expect([listChoices(["a"]), listChoices(["a", "b"]), listChoices(["a", "b", "c"], false)]).toEqual([
      '"a"',
      '"a" or "b"',
      "a, b or c",
    ]);
  });
});

describe("a precision", () => {
  it.each([
    ["fp16", "FP16"],
    ["half", "FP16"],
    ["bfloat16", "BF16"],
    ["fp8", "FP8_E4M3"],
    ["fp8-e5m2", "FP8_E5M2"],
    [" int8 ", "INT8"],
  ])("is read from %j", (typed, meant) => {
    expect(parsePrecision(typed)).toBe(meant);
  });

  it("that is unknown is refused with the known ones", () => {
    expect(() => parsePrecision("FP17")).toThrow(
      /precision: unknown precision "FP17"\nDid you mean FP\d+\? Known: FP64, .* or INT4\./,
    );
  });

  it("has a size in memory", () => {
    for (const precision of precisions) expect(bytesPerElement[precision]).toBeGreaterThan(0);
  });
});

describe("a dtype", () => {
  it("is itself and no copy of it; its pointer type leads back", () => {
    for (const type of Object.values(dtypes)) {
      expect(isDType(type)).toBe(true);
      expect(isDType({ ...type })).toBe(false);
      expect(isPointerType(type.ptr) && type.ptr.pointerTo === type).toBe(true);
      expect(decodeElements(type, new Uint8Array(16))).toHaveLength(16 / type.bytes);
    }
  });
});

describe("work", () => {
  it("has an intensity: operations of all precisions per byte", () => {
    const work = { flop: { FP32: 30, FP64: 10 }, bytes: { dram: 20 } };
    expect([totalFlop(work), arithmeticIntensity(work)]).toEqual([40, 2]);
  });
});
