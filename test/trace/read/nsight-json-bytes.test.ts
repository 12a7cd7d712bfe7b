import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { JsonBytes } from "../../../src/trace/read/nsight/json-bytes.js";

function object(write: (json: JsonBytes) => void): string {
  const json = new JsonBytes();
  write(json);
  return json.close() ? new TextDecoder().decode(json.bytes.subarray(0, json.length)) : "";
}

describe("a JSON object in bytes", () => {
  it("has every number as JSON has it", () => {
    const number = fc.oneof(fc.integer(), fc.maxSafeInteger(), fc.double({ noDefaultInfinity: true, noNaN: true }));
    fc.assert(
      fc.property(number, (value) => {
        const text = object((json) => {
          json.text(',"v":');
          json.value(value);
        });
        expect(JSON.parse(text)).toEqual({ v: value === 0 ? 0 : value });
      }),
    );
  });

  it("has texts of any length and characters, digits of any number and bytes in hexadecimal", () => {
    const long = `"é\n${"x".repeat(5000)}`;
    const text = object((json) => {
      for (const value of [long, 18_446_744_073_709_551_615n, new Uint8Array([0, 171])]) {
        json.text(`,"${typeof value}":`);
        json.value(value);
      }
    });
    expect(text).toBe(`{"string":${JSON.stringify(long)},"bigint":18446744073709551615,"object":"00AB"}`);
  });

  it("is none without a field", () => {
    expect(object(() => undefined)).toBe("");
  });
});
