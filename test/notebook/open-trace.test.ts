// Traces as files: packed or not, from a pipe, and what is said of those that cannot be read.
import { execFile } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { InputError } from "../../src/core/errors.js";
import { type ProgressState, silent } from "../../src/core/progress.js";
import { openTrace } from "../../src/notebook/open-trace.js";
import { madeDriverCalls, madePytorchTrace } from "../trace/made-traces.js";
import { factsOf } from "../trace/read/facts-of.js";

const folder = mkdtempSync(join(tmpdir(), "warplab-open-trace-"));

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const pytorch = [...madePytorchTrace({ launches: 50 }).pieces].join("");
const calls = [...madeDriverCalls({ launches: 50 }).pieces].join("");
const quiet = { progress: silent };

describe("opening a trace", () => {
  it("reads whatever format a file has, by what is in it and not by its name", async () => {
    expect((await openTrace(file("a.txt", pytorch), quiet)).source).toMatchObject({ name: "a.txt", format: "pytorch" });
    expect((await openTrace(file("b.json", calls), quiet)).source).toMatchObject({
      name: "b.json",
      format: "driver-calls",
    });
    const old = '{"event_id":0,"ts":0.001,"tid":7,"phase":"B","type":"userspace","name":"cuInit"}\n';
    expect((await openTrace(file("c.jsonl", old), quiet)).source.format).toBe("driver-calls-old");
  });

  it("unpacks what is packed by gzip", async () => {
    const plain = await openTrace(file("plain.json", pytorch), { ...quiet, name: "x" });
    const packed = await openTrace(file("packed.json.gz", gzipSync(pytorch)), { ...quiet, name: "x" });
    expect(factsOf(packed)).toEqual(factsOf(plain));
  });

  it("reads what is there of a packed file that is broken off, and says so", async () => {
    const whole = [...madePytorchTrace({ launches: 4000 }).pieces].join("");
    const packed = gzipSync(whole);
    const timeline = await openTrace(file("cut.gz", packed.subarray(0, packed.length / 2)), quiet);
    expect(timeline.events.length).toBeGreaterThan(1000);
    expect(timeline.notes.map(({ what }) => what)).toContain("the file ends before its JSON does");
  });

  it("reads standard input", async () => {
    const script = `import { openTrace, silent } from "warplab"; console.log(String(await openTrace("-", { progress: silent })))`;
    const answer = await new Promise<string>((resolve, reject) => {
      const child = execFile(process.execPath, ["--input-type=module", "-e", script], (error, stdout) =>
        error === null ? resolve(stdout) : reject(error),
      );
      child.stdin?.end(calls);
    });
    expect(answer).toMatch(/^standard input \(driver calls as JSON lines\): 101 events/);
  });

  it("tells how far it has got, and that it is done", async () => {
    const states: ProgressState[] = [];
    const path = file("told.json", pytorch);
    await openTrace(path, {
      progress: () => ({ update: (state) => void states.push(state), throttle: { due: () => true } as never }),
    });
    expect(states.at(-1)).toMatchObject({
      label: "reading told.json",
      status: "done",
      done: pytorch.length,
      total: pytorch.length,
      unit: "bytes",
    });
  });

  it("stops when it is told to", async () => {
    const signal = { aborted: true, reason: new Error("enough") };
    await expect(openTrace(file("stop.json", pytorch), { ...quiet, signal })).rejects.toThrow("enough");
  });

  it.each([
    ["nothing", "", "there is nothing in it"],
    ["words", "these are words\n", "this is no trace that warplab reads"],
    [
      "events without a list",
      '{"ph":"X","ts":0,"dur":1,"pid":1,"tid":1,"name":"a"}\n{"ph":"X","ts":0}\n',
      "there is no event in it",
    ],
    ["an empty list", "[]", "there is no event in it"],
    ["an image", new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13]), "this is no trace"],
    ["a database of another kind", "SQLite format 3\0", ""],
  ])("refuses %s with one message that names the file", async (_what, content, message) => {
    const path = file("refused.bin", content);
    const failure = await openTrace(path, quiet).then(
      () => undefined,
      (error) => error,
    );
    expect(failure).toBeInstanceOf(InputError);
    expect(failure.message).toContain("refused.bin");
    expect(failure.message).toContain(message);
  });

  it("refuses a folder and a file that is not there", async () => {
    await expect(openTrace(folder, quiet)).rejects.toThrow(`${folder}: this is a folder`);
    await expect(openTrace(join(folder, "none.json"), quiet)).rejects.toThrow("there is no such file");
  });
});
