import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { MemoryAccess } from "../../../src/gpu/analysis/replay.js";
import { accessShapes } from "../../../widgets/stepper/access-shapes.js";
import { activeLanes, laneActivity } from "../../../widgets/stepper/mask-history.js";
import { squareSide } from "../../../widgets/stepper/memory-map.js";
import { bars } from "../../../widgets/stepper/sparkline.js";
import { tokenise } from "../../../widgets/stepper/syntax.js";

function access(stride: number, bytesPerLane = 4, space: MemoryAccess["space"] = "global", mask = -1): MemoryAccess {
  return {
    space,
    kind: "load",
    bytesPerLane,
    mask,
    addresses: Float64Array.from({ length: 32 }, (_, i) => 4096 + i * stride),
  };
}

describe("the shapes of an access", () => {
  it("draws a coalesced access as straight lines down", () => {
    for (const bytes of [1, 2, 4, 8]) {
      const shapes = accessShapes(access(bytes, bytes));
      for (const [lane, x] of shapes?.lines ?? []) expect(x).toBeCloseTo(lane + 0.5, 9);
      expect(shapes?.targets).toHaveLength(bytes);
    }
  });

  it("gives a lane its own box where each touches its own sector, and marks what was used", () => {
    const shapes = accessShapes(access(256));
    expect(shapes?.targets).toHaveLength(32);
    expect(shapes?.targets[5]).toMatchObject({ left: 5, width: 1, used: [[0, 1 / 8]] });
  });

  it("stays within the columns, whatever the addresses", () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(1 << 20), { minLength: 32, maxLength: 32 }),
        fc.constantFrom(1, 2, 4, 8, 16),
        fc.integer(),
        (slots, bytesPerLane, mask) => {
          const addresses = Float64Array.from(slots, (slot) => slot * bytesPerLane);
          const shapes = accessShapes({ space: "global", kind: "store", bytesPerLane, mask, addresses });
          for (const { left, width } of shapes?.targets ?? []) {
            expect(left).toBeGreaterThanOrEqual(-1e-9);
            expect(left + width).toBeLessThanOrEqual(32 + 1e-9);
          }
          for (const [lane, x] of shapes?.lines ?? []) {
            expect((mask >>> lane) & 1).toBe(1);
            expect(x).toBeGreaterThan(0);
            expect(x).toBeLessThan(32);
          }
        },
      ),
    );
  });

  it("puts each bank under the lane of its number, as deep as the words that it has to serve", () => {
    const shapes = accessShapes(access(128, 4, "shared", 0b111));
    expect(shapes?.kind).toBe("banks");
    expect(shapes?.targets[0]).toMatchObject({ left: 0, depth: 3 });
    expect(shapes?.targets.slice(1).every(({ depth }) => depth === 0)).toBe(true);
  });

  it("has no picture of local memory", () => {
    expect(accessShapes(access(4, 4, "local"))).toBeUndefined();
  });
});

describe("the mask over time", () => {
  it("keeps each step when there are as many columns as steps", () => {
    const masks = Uint32Array.of(0b1, 0b11, 0);
    const activity = laneActivity(masks, 3);
    expect([activity[0], activity[1], activity[32], activity[33], activity[64]]).toEqual([255, 0, 255, 255, 0]);
  });

  it("is the share of active steps in a column that holds several", () => {
    const activity = laneActivity(Uint32Array.of(1, 0, 0, 0), 1);
    expect(activity[0]).toBe(64);
  });

  it("loses no step, whatever the number of columns", () => {
    fc.assert(
      fc.property(
        fc.uint32Array({ minLength: 1, maxLength: 300 }),
        fc.integer({ min: 1, max: 400 }),
        (masks, columns) => {
          const activity = laneActivity(masks, columns);
          for (let lane = 0; lane < 32; lane++) {
            const ever = masks.some((mask) => (mask >>> lane) & 1);
            const seen = activity.some((share, index) => index % 32 === lane && share > 0);
            expect(seen).toBe(ever);
          }
        },
      ),
    );
  });

  it("counts active lanes, the highest included", () => {
    expect(activeLanes(Uint32Array.of(0x80000000, 0xffffffff, 0))).toBe(33);
  });
});

describe("values as bars", () => {
  const all = -1;
  const heights = (path: string): number[] =>
    [...path.matchAll(/M[\d.]+ ([\d.]+)H[\d.]+V([\d.]+)/g)].map(([, top, bottom]) => Number(bottom) - Number(top));

  it("stand on zero and are as high as the values", () => {
    const { on, selected } = bars(
      Array.from({ length: 32 }, (_, i) => i),
      all,
      all,
      31,
    );
    expect(heights(on)[16]).toBeCloseTo(16 / 31, 2);
    expect(heights(selected)).toEqual([1]);
  });

  it("hang from zero when negative", () => {
    const { on } = bars(
      Array.from({ length: 32 }, (_, i) => (i % 2 === 0 ? 1 : -1)),
      all,
      all,
      40,
    );
    expect(on).toContain("M0.06 0H0.94V0.5");
    expect(on).toContain("M1.06 0.5H1.94V1");
  });

  it("show differences between values that are far from zero", () => {
    const { on } = bars(
      Array.from({ length: 32 }, (_, i) => 1000 + i),
      all,
      all,
      40,
    );
    const drawn = heights(on);
    expect(drawn[0]).toBeLessThan(0.3);
    expect(drawn[31]).toBe(1);
  });

  it("keep lanes that ran, that did not, and that do not exist apart; NaN and infinity are outlined", () => {
    const values = Array.from({ length: 32 }, (_, i) => (i === 2 ? Number.NaN : 1));
    const { on, off, selected, odd } = bars(values, 0b1111, 0b0001, 1);
    expect([on, selected, odd, off].map((path) => path.split("Z").length - 1)).toEqual([1, 1, 1, 1]);
  });
});

it("a picture of memory is square where it can be", () => {
  expect([squareSide(4096), squareSide(1000), squareSide(128)]).toEqual([64, 32, 16]);
});

describe("light colouring", () => {
  const kinds = (text: string, language: "typescript" | "cuda" | "ptx"): string[] =>
    tokenise(text, language)[0].flatMap(({ kind, text: part }) => (kind === "text" ? [] : [`${kind}:${part}`]));

  it("loses no character", () => {
    fc.assert(
      fc.property(fc.string(), fc.constantFrom("typescript", "cuda", "ptx"), (text, language) => {
        const lines = tokenise(text, language as "ptx");
        expect(lines.map((line) => line.map((token) => token.text).join("")).join("\n")).toBe(text);
      }),
    );
  });

  it("knows keywords, numbers and comments of TypeScript and CUDA", () => {
    expect(kinds("const x = 0x1f; // two", "typescript")).toEqual(["keyword:const", "number:0x1f", "comment:// two"]);
    expect(kinds("__global__ void k(float a = 1.5f)", "cuda")).toEqual([
      "keyword:__global__",
      "keyword:void",
      "keyword:float",
      "number:1.5f",
    ]);
  });

  it("knows opcodes, registers, labels, directives and numbers of PTX", () => {
    expect(kinds("  @!%p1 bra $done;", "ptx")).toEqual(["register:%p1", "keyword:bra", "label:$done"]);
    expect(kinds("$done:", "ptx")).toEqual(["label:$done"]);
    expect(kinds("  .reg .f32 %f1;", "ptx")).toEqual(["directive:.reg", "directive:.f32", "register:%f1"]);
    expect(kinds("  mov.f32 %f1, 0f3F800000;", "ptx")).toEqual([
      "keyword:mov.f32",
      "register:%f1",
      "number:0f3F800000",
    ]);
  });

  it("carries a comment over its lines", () => {
    expect(tokenise("/* a\nb */ let", "typescript")).toEqual([
      [{ kind: "comment", text: "/* a" }],
      [
        { kind: "comment", text: "b */" },
        { kind: "text", text: " " },
        { kind: "keyword", text: "let" },
      ],
    ]);
  });
});
