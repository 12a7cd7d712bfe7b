import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { InputError } from "../../src/core/errors.js";
import { makeWritableFolder } from "../../src/notebook/folders.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "warplab-folders-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe("a folder to write into", () => {
  it("is made with those above it, and left empty", () => {
    const path = join(folder, "a/b/c");
    makeWritableFolder(path, "results");
    expect(readdirSync(path)).toEqual([]);
    makeWritableFolder(path, "results");
  });

  it.each(["file", "file/below", "file/far/below"])("cannot be %s", (name) => {
    writeFileSync(join(folder, "file"), "");
    const path = join(folder, name);
    expect(() => makeWritableFolder(path, "results")).toThrow(InputError);
    expect(() => makeWritableFolder(path, "results")).toThrow(`${path}: results: this is a file, or lies below one`);
    expect(readdirSync(folder)).toEqual(["file"]);
  });

  it("cannot have a name that the system does not take, and leaves nothing behind then", () => {
    expect(() => makeWritableFolder(join(folder, "new", "x".repeat(300)), "results")).toThrow("the name is too long");
    expect(existsSync(join(folder, "new"))).toBe(false);
  });

  it.runIf(existsSync("/proc/self"))("cannot lie where the system makes none, and that is said at once", () => {
    expect(() => makeWritableFolder("/proc/warplab/x", "results")).toThrow(
      "/proc/warplab/x: results: no folder can be made there",
    );
  });
});
