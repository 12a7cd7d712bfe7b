import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bankPasses, countConflicts } from "../../../src/gpu/analysis/banks.js";
import { countSectors, sectorsOf } from "../../../src/gpu/analysis/coalescing.js";
import type { MemoryAccess } from "../../../src/gpu/simt/observer.js";

function access(
  space: "global" | "shared",
  bytesPerLane: number,
  address: (lane: number) => number,
  mask = -1,
): MemoryAccess {
  return {
    space,
    kind: "load",
    bytesPerLane,
    mask,
    addresses: Float64Array.from({ length: 32 }, (_, lane) => address(lane)),
  };
}

const requests = (space: "global" | "shared") =>
  fc
    .record({
      width: fc.constantFrom(1, 2, 4, 8, 16),
      mask: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
      elements: fc.array(fc.integer({ min: 0, max: 200 }), { minLength: 32, maxLength: 32 }),
    })
    .map(({ width, mask, elements }) => access(space, width, (lane) => elements[lane] * width, mask));

describe("sectors of a global request", () => {
  it.each([
    ["32 lanes side by side", 4, (lane: number) => 4 * lane, 4],
    ["the same side by side, 16 bytes off", 4, (lane: number) => 16 + 4 * lane, 5],
    ["a stride of two elements", 4, (lane: number) => 8 * lane, 8],
    ["a column of a matrix", 4, (lane: number) => 256 * lane, 32],
    ["one address for all", 4, () => 64, 1],
    ["16 bytes a lane", 16, (lane: number) => 16 * lane, 16],
    ["lanes in reverse", 4, (lane: number) => 124 - 4 * lane, 4],
  ])("%s", (_, bytes, address, sectors) => {
    const request = access("global", bytes, address);
    expect(sectorsOf(request).sectors).toBe(sectors);
    expect(countSectors(request)).toBe(sectors);
  });

  it("says how few would do", () => {
    expect(sectorsOf(access("global", 4, (lane) => 256 * lane)).ideal).toBe(4);
    expect(sectorsOf(access("global", 4, (lane) => 256 * lane, 0b111)).ideal).toBe(1);
  });

  it("is counted alike by the quick way and by the plain one", () => {
    fc.assert(
      fc.property(requests("global"), (request) => {
        expect(countSectors(request)).toBe(sectorsOf(request).sectors);
      }),
    );
  });
});

describe("bank conflicts of a shared request", () => {
  it.each([
    ["neighbouring words", 4, (lane: number) => 4 * lane, 0],
    ["one word for all: a broadcast", 4, () => 12, 0],
    ["two words, each for half the lanes", 4, (lane: number) => 4 * (lane >> 4) * 16, 0],
    ["a stride of two words", 4, (lane: number) => 8 * lane, 1],
    ["a column of a 32-wide tile", 4, (lane: number) => 128 * lane, 31],
    ["the same with a padded row", 4, (lane: number) => 132 * lane, 0],
    ["doubles side by side: half warps", 8, (lane: number) => 8 * lane, 0],
    ["vectors of four side by side: quarter warps", 16, (lane: number) => 16 * lane, 0],
    ["bytes of one word", 1, (lane: number) => lane, 0],
  ])("%s", (_, bytes, address, conflicts) => {
    const request = access("shared", bytes, address);
    expect(bankPasses(request).conflicts).toBe(conflicts);
    expect(countConflicts(request)).toBe(conflicts);
  });

  it("is counted alike by the quick way and by the plain one", () => {
    fc.assert(
      fc.property(requests("shared"), (request) => {
        expect(countConflicts(request)).toBe(bankPasses(request).conflicts);
      }),
    );
  });
});
