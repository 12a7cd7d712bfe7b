import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { copyKeepingBytes, restoreBuffers, withByteArrays } from "../../../widgets/hosts/binary.js";
import { PageModel } from "../../../widgets/hosts/page-model.js";

describe("the model of a page", () => {
  it("tells a change once, to those who still listen", () => {
    const model = new PageModel({ cursor: 0 });
    const heard: unknown[] = [];
    const listen = (_: unknown, value: unknown): void => void heard.push(value);
    model.on("change:cursor", listen);
    model.set("cursor", 1);
    model.set("cursor", 1);
    model.off("change:cursor", listen);
    model.set("cursor", 2);
    expect(heard).toEqual([1]);
    expect(model.get("cursor")).toBe(2);
  });

  it("forgets every listener at once", () => {
    const model = new PageModel({});
    const heard: string[] = [];
    model.on("change", () => heard.push("any"));
    model.on("change:a", () => heard.push("a"));
    model.set("a", 1);
    model.off();
    model.set("a", 2);
    expect(heard).toEqual(["a", "any"]);
  });
});

describe("binary values in a state", () => {
  it("come back from base64 into their places", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        const state: Record<string, unknown> = { image: { memory: [{ label: "x" }] } };
        const data = Buffer.from(bytes).toString("base64");
        restoreBuffers(state, [{ path: ["image", "memory", 0, "bytes"], encoding: "base64", data }]);
        expect(state).toEqual({ image: { memory: [{ label: "x", bytes: Uint8Array.from(bytes) }] } });
      }),
    );
  });

  it.each([[["__proto__", "polluted"]], [["a", "constructor", "prototype", "polluted"]], [["b", "c"]], [[]]])(
    "are refused where a path leads to no place of the state's own: %j",
    (path) => {
      expect(() => restoreBuffers({ a: {} }, [{ path, encoding: "base64", data: "AQ==" }])).toThrow(
        `no place for the bytes of ${JSON.stringify(path)}`,
      );
      expect("polluted" in {}).toBe(false);
    },
  );

  it("are byte arrays to a view, whatever the host hands over", () => {
    const buffer = Uint8Array.of(0, 1, 2, 3).buffer;
    expect(withByteArrays({ a: [new DataView(buffer, 1, 2)], b: buffer, c: "text" })).toEqual({
      a: [Uint8Array.of(1, 2)],
      b: Uint8Array.of(0, 1, 2, 3),
      c: "text",
    });
  });

  it("survive a deep copy", () => {
    const state = { image: { bytes: Uint8Array.of(1) }, list: [1, { a: null }] };
    const copy = copyKeepingBytes(state) as typeof state;
    expect(copy).toEqual(state);
    expect(copy.image).not.toBe(state.image);
    expect(copy.image.bytes).toBeInstanceOf(Uint8Array);
  });
});
