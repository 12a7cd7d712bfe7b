import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InputError } from "../../../../src/core/errors.js";
import { decodeBase64, encodeBase64 } from "../../../../src/gpu/host/launch-file/base64.js";

const native = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64");

describe("base64", () => {
  it("is what Node makes of the bytes, and comes back as they were", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const text = encodeBase64(bytes);
        expect(text).toBe(native(bytes));
        expect(decodeBase64(text, "x")).toEqual(bytes);
      }),
    );
  });

  it.each([49151, 49152, 49153, 49154, 200_000])("goes across pieces: %i bytes", (length) => {
    const bytes = Uint8Array.from({ length }, (_, i) => Math.imul(i, 2654435761) >>> 24);
    const text = encodeBase64(bytes);
    expect(text === native(bytes)).toBe(true);
    expect(Buffer.compare(decodeBase64(text, "x"), bytes)).toBe(0);
  });

  it.each<[string, RegExp]>([
    ["%", /^args\[0\]\.bytes: is no base64: 1 characters are no multiple of 4$/],
    ["AB%D", /is no base64: "%" at character 2$/],
    ["AAAAAB=D", /is no base64: "=" at character 6$/],
    ["A===", /is no base64: "=" at character 1$/],
    ["====", /is no base64: "=" at character 0$/],
    ["AB C", /is no base64: " " at character 2$/],
    ["AB-_", /is no base64: "-" at character 2$/],
    ["ABCé", /is no base64: "é" at character 3$/],
    ["ABC\u0141", /is no base64: "\u0141" at character 3$/],
    ["AB==", /its last character has bits left over$/],
    ["AAB=", /its last character has bits left over$/],
  ])("refuses %j", (text, message) => {
    expect(() => decodeBase64(text, "args[0].bytes")).toThrow(message);
    expect(() => decodeBase64(text, "args[0].bytes")).toThrow(InputError);
  });
});
