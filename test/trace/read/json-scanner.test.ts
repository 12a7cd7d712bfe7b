// The scanner against JSON.parse: what it passes is JSON, what it calls unsound can be mended, what it refuses is none.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { JsonScanner } from "../../../src/trace/read/json-scanner.js";
import { soundJson } from "../../../src/trace/read/sound-json.js";

/** How it gets on with a text; "partly" where it ends before the text does. */
function scan(text: string): "sound" | "unsound" | "partly" | "incomplete" | "malformed" {
  const scanner = new JsonScanner();
  // A number ends where something follows.
  scanner.bytes = new TextEncoder().encode(`${text}\n`);
  scanner.end = scanner.bytes.length;
  if (!scanner.skipSpace()) return "incomplete";
  if (!scanner.skipValue()) return scanner.failure;
  if (scanner.skipSpace()) return "partly";
  return scanner.unsound ? "unsound" : "sound";
}

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

const seed = { seed: 20261121, numRuns: 2000 };

describe("the scanner", () => {
  it("passes every JSON text to its end", () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 4 }), (text) => scan(text) === "sound"),
      seed,
    );
  });

  it("calls a text sound just where JSON.parse takes it, whatever is changed in it", () => {
    const letters = fc.constantFrom(...'{}[]",:\\u0123456789abcdefntrINy+-.eE \n\t\u0001\u00b5');
    const changed = fc
      .tuple(fc.json({ maxDepth: 3 }), fc.array(fc.tuple(fc.nat(60), fc.nat(2), letters), { maxLength: 3 }))
      .map(([text, changes]) =>
        changes.reduce((now, [at, away, letter]) => now.slice(0, at) + letter + now.slice(at + away), text),
      );
    fc.assert(
      fc.property(changed, (text) => {
        expect(scan(text) === "sound").toBe(parses(text));
        if (scan(text) === "unsound") expect(parses(soundJson(text))).toBe(true);
      }),
      seed,
    );
  });

  it.each([
    ["NaN", '"NaN"'],
    ['{"a": -Infinity}', '{"a": "-Infinity"}'],
    ['{"a": 0x1f, "b": 007}', '{"a": "0x1f", "b": "007"}'],
    ['"a\tb"', '"a\\u0009b"'],
    ['"C:\\data"', '"C:\\\\data"'],
    ['"\\u12"', '"\\\\u12"'],
  ])("mends %s to %s", (text, mended) => {
    expect(scan(text)).toBe("unsound");
    expect(soundJson(text)).toBe(mended);
  });

  it("refuses what lies deeper than any tool writes, in place of running out of stack", () => {
    expect(scan(`${"[".repeat(400)}${"]".repeat(400)}`)).toBe("sound");
    expect(scan("[".repeat(100_000))).toBe("malformed");
  });

  it.each(['{"a": "b', "[1, 2", '"\\', "{", '{"a"'])("needs more after %s", (text) => {
    expect(scan(text)).toBe("incomplete");
  });
});
