import { appendFileSync, mkdtempSync, renameSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { KeptFile } from "../../src/notebook/kept-file.js";

const folder = mkdtempSync(join(tmpdir(), "warplab-kept-file-"));

function written(name: string): { readonly path: string; readonly file: KeptFile } {
  const path = join(folder, name);
  writeFileSync(path, "0123456789");
  return { path, file: new KeptFile(path, name) };
}

function text(file: KeptFile, at: number, length: number): string {
  const bytes = new Uint8Array(length);
  return Buffer.from(bytes.subarray(0, file.read(at, bytes))).toString();
}

describe("a file that is kept open", () => {
  it("is read from any place, as far as it goes", () => {
    const { file } = written("any.bin");
    expect(file.size).toBe(10);
    expect([text(file, 0, 4), text(file, 7, 2), text(file, 8, 9), text(file, 10, 3)]).toEqual(["0123", "78", "89", ""]);
    file.close();
  });

  it("is what it was after another took its name, and after it was deleted", () => {
    const { path, file } = written("replaced.bin");
    const other = join(folder, "other.bin");
    writeFileSync(other, "another one");
    renameSync(other, path);
    expect(text(file, 0, 20)).toBe("0123456789");
    rmSync(path);
    expect(text(file, 3, 3)).toBe("345");
    file.close();
  });

  it.each([
    ["longer", (path: string): void => appendFileSync(path, "more")],
    ["shorter", (path: string): void => writeFileSync(path, "01")],
    ["of another time", (path: string): void => utimesSync(path, new Date(0), new Date(0))],
  ])("is not read any more when it was changed: %s", (name, change) => {
    const { path, file } = written(`${name}.bin`);
    change(path);
    expect(() => text(file, 0, 4)).toThrow(`${name}.bin: the file was changed after it was opened\nOpen it again.`);
    file.close();
  });

  it("is closed once, however often that is asked for", () => {
    const { file } = written("closed.bin");
    file.close();
    file.close();
    expect(() => text(file, 0, 1)).toThrow("EBADF");
  });
});
