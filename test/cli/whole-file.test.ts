// Files that are written whole or not at all.
import { lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { writeWhole } from "../../src/cli/whole-file.js";

const folder = mkdtempSync(join(tmpdir(), "warplab-whole-"));
afterAll(() => rmSync(folder, { recursive: true }));

function* failingAfter(piece: string): Iterable<string> {
  yield piece;
  throw new Error("on the way");
}

it("writes the pieces in their order, over what was there", () => {
  const path = join(folder, "new.txt");
  writeWhole(path, ["a", "b"]);
  writeWhole(path, ["c"]);
  expect(readFileSync(path, "utf8")).toBe("c");
});

it("leaves what was there where it fails on the way, and nothing beside it", () => {
  const path = join(folder, "old.txt");
  writeFileSync(path, "before");
  expect(() => writeWhole(path, failingAfter("half"))).toThrow("on the way");
  expect(readFileSync(path, "utf8")).toBe("before");
  expect(() => writeWhole(join(folder, "never.txt"), failingAfter("half"))).toThrow("on the way");
  expect(readdirSync(folder).filter((name) => /never|part/.test(name))).toEqual([]);
});

it("follows a link and leaves it one", () => {
  const [path, link] = [join(folder, "file.txt"), join(folder, "link.txt")];
  writeFileSync(path, "before");
  symlinkSync(path, link);
  writeWhole(link, ["after"]);
  expect(lstatSync(link).isSymbolicLink()).toBe(true);
  expect(readFileSync(path, "utf8")).toBe("after");
});
