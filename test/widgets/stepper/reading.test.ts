import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { commandForKey, commandOf, commands, tooltip } from "../../../widgets/stepper/commands.js";
import { readImage } from "../../../widgets/stepper/image.js";
import { accessType, branchTarget, isBarrier, mnemonic, reachesMemory } from "../../../widgets/stepper/mnemonic.js";
import { brief, counted, exact, percent, readElement } from "../../../widgets/stepper/numbers.js";
import { divergentLaunch } from "./launches.js";

describe("the launch that a host hands over", () => {
  const launch = divergentLaunch(8);

  it("may have its bytes as a view, a buffer or an array, at any offset", () => {
    const bytes = Uint8Array.of(9, 9, 9, 1, 2, 3);
    for (const form of [bytes.subarray(3), new DataView(bytes.buffer, 3), Uint8Array.of(1, 2, 3).buffer]) {
      const image = readImage({ ...launch, parameters: form, memory: [{ ...launch.memory[0], bytes: form }] });
      expect([...image.parameters]).toEqual([1, 2, 3]);
      expect(image.memory[0].bytes).toBeInstanceOf(Uint8Array);
      expect(image.memory[0].bytes.byteOffset % 8).toBe(0);
    }
  });

  it("is refused by the name of the field that is wrong", () => {
    expect(() => readImage(undefined)).toThrow("image: expected an object, got nothing");
    expect(() => readImage({ ...launch, ptx: 5 })).toThrow("image.ptx: expected a string, got 5");
    expect(() => readImage({ ...launch, block: { x: 32, y: 0, z: 1 } })).toThrow(
      'image.block: expected { x, y, z }, each at least 1, got {"x":32,"y":0,"z":1}',
    );
    expect(() => readImage({ ...launch, memory: [{ ...launch.memory[0], bytes: "AAAA" }] })).toThrow(
      'image.memory[0].bytes: expected bytes, got "AAAA"',
    );
  });
});

describe("numbers", () => {
  it("an f32 is written with the fewest digits that read back as it", () => {
    expect(exact(Math.fround(0.1), "f32")).toBe("0.1");
    expect(exact(Math.fround(0.1), "f64")).toBe("0.10000000149011612");
    fc.assert(
      fc.property(fc.float({ noNaN: true }), (value) => {
        const text = exact(value, "f32").replace("−", "-");
        expect(Object.is(Math.fround(Number(text)), value)).toBe(true);
      }),
    );
  });

  it("integers, predicates and the odd values are written as they are", () => {
    expect([
      exact(-7, "i32"),
      exact(true, "pred"),
      exact(-0, "f32"),
      exact(-Infinity, "f32"),
      exact(2n ** 63n, "u64"),
    ]).toEqual(["−7", "true", "−0", "−Infinity", "9223372036854775808"]);
  });

  it("cells of a grid are brief", () => {
    expect([brief(0.123456789, 5), brief(1234, 5), brief(1.5e-20, 5), brief(3n, 5), brief(-0.066312, 4)]).toEqual([
      "0.12346",
      "1234",
      "1.5e-20",
      "3",
      "−0.0663",
    ]);
  });

  it("shares are not rounded to all or nothing", () => {
    expect([percent(71, 100), percent(999, 1000), percent(1, 1000), percent(5, 5)]).toEqual([
      "71 %",
      "99.9 %",
      "0.1 %",
      "100 %",
    ]);
    expect([counted(1, "lane"), counted(2048, "byte")]).toEqual(["1 lane", "2,048 bytes"]);
  });

  it("elements are read little-endian, at any offset", () => {
    const bytes = Uint8Array.of(0, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0);
    expect(readElement(bytes, 1, "i32")).toBe(-1);
    expect(readElement(bytes, 1, "u64")).toBe(0xffffffffn);
    expect(readElement(bytes, 1, "i8")).toBe(-1);
  });
});

describe("instructions by their text", () => {
  it("are told apart with or without a predicate", () => {
    expect(mnemonic("@!%p1 ld.shared.f32 %f1, [%r2];")).toBe("ld.shared.f32");
    expect(reachesMemory("ld.param.u64 %rd1, [p0];")).toBe(false);
    expect(reachesMemory("@%p atom.global.add.u32 %r1, [%rd1], 1;")).toBe(true);
    expect(isBarrier("bar.sync 0;")).toBe(true);
    expect(isBarrier("bar.warp.sync -1;")).toBe(false);
    expect(branchTarget("@%p1 bra.uni $done;")).toBe("$done");
    expect([
      accessType("st.shared.f32 [%r1], %f1;"),
      accessType("ld.global.s32 %r, [%rd];"),
      accessType("bar.sync 0;"),
    ]).toEqual(["f32", "i32", undefined]);
  });
});

describe("commands", () => {
  const plainKey = (key: string) => ({ key, ctrlKey: false, metaKey: false, altKey: false });

  it("have a key each, and no key two", () => {
    const keys = commands.flatMap((command) => command.keys);
    expect(new Set(keys).size).toBe(keys.length);
    for (const command of commands) expect(command.keys.length).toBeGreaterThan(0);
  });

  it("are found by key, and left to others with a modifier", () => {
    expect(commandForKey(plainKey("ArrowRight"))?.action).toBe("step");
    expect(commandForKey(plainKey("D"))?.action).toBe("previous-divergence");
    expect(commandForKey({ ...plainKey("d"), ctrlKey: true })).toBeUndefined();
    expect(commandForKey(plainKey("x"))).toBeUndefined();
  });

  it("say their key in the tooltip", () => {
    expect(tooltip(commandOf("step"))).toBe("Run one step (→)");
    expect(tooltip(commandOf("play"))).toBe("Play, or pause (space)");
  });
});
