// The tracers written into a folder, and the text that says how to record with them.

import { execFileSync } from "node:child_process";
import { accessSync, constants, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { describe, expect, it } from "vitest";
import { tracerFiles, tracerGuide, writeTracers } from "../../src/notebook/tracer-files.js";

const empty = (): string => mkdtempSync(join(tmpdir(), "warplab-tracers-"));

describe("the tracers' files", () => {
  it("are written into a folder that is made, ready to run", () => {
    const folder = join(empty(), "a", "b c");
    const written = writeTracers(folder);
    expect(written.map((path) => basename(path))).toEqual(tracerFiles());
    expect(readdirSync(folder).sort()).toEqual(tracerFiles());
    for (const name of ["run_trace.sh", "infer_mlp.py", "infer_gpt2.py"])
      accessSync(join(folder, name), constants.X_OK);
    expect(tracerFiles()).toEqual(expect.arrayContaining(["warplab.bt", "preload.c", "entry_points.def", "record.py"]));
  });

  it("may be written again, and never over another file", () => {
    const folder = empty();
    writeTracers(folder);
    writeTracers(folder);
    const mine = join(folder, "run_trace.sh");
    writeFileSync(mine, "mine");
    rmSync(join(folder, "warplab.bt"));
    expect(() => writeTracers(folder)).toThrow(
      `${mine}: another file is there under this name, and is left as it is\nChoose another folder, or remove the file.`,
    );
    expect(readFileSync(mine, "utf8")).toBe("mine");
    expect(readdirSync(folder)).not.toContain("warplab.bt");
  });

  it("cannot be written where a file is", () => {
    const file = join(empty(), "file");
    writeFileSync(file, "");
    expect(() => writeTracers(file)).toThrow(/^.*file: the folder for the tracers: this is a file, or lies below one/);
  });
});

describe("the guide", () => {
  it("names commands that are there, in the folder where they are", () => {
    const folder = empty();
    writeTracers(folder);
    const named = [...tracerGuide(folder).matchAll(/\S+\.(?:sh|py)\b/g)].map(([path]) => path);
    expect(named.length).toBeGreaterThan(4);
    for (const path of named) accessSync(path);
    expect(tracerGuide()).toContain("\n  ./run_trace.sh --preload --out trace.jsonl COMMAND...");
  });

  it("has commands that a shell takes apart as they are meant, whatever the folder is called", () => {
    for (const folder of ["on gpu", "Ada's & $HOME", "/tmp/a b", "plain"]) {
      const commands = tracerGuide(folder).match(/^ {2}.*run_trace\.sh.*infer_\w+\.py.*$/gm) ?? [];
      expect(commands).toHaveLength(2);
      const start = join(folder, "run_trace.sh");
      for (const command of commands) {
        const words = execFileSync("sh", ["-c", `printf '%s\\n' ${command}`], { encoding: "utf8" })
          .trimEnd()
          .split("\n");
        expect(words[0]).toBe(start.startsWith("/") ? start : `./${start}`);
        expect(words.at(-1)).toMatch(/\/infer_(mlp|gpt2)\.py$/);
        expect(words.at(-1)?.startsWith(`${folder}/`)).toBe(true);
        expect(words).toHaveLength(6);
      }
    }
    expect(tracerGuide("plain")).toContain("./plain/run_trace.sh");
  });
});
