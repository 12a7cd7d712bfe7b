// `warplab sweep`, run as a user runs it, and what becomes of a sweep into a file that is killed.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { tableFromIPC } from "@uwdata/flechette";
import { parquetReadObjects } from "hyparquet";
import { describe, expect, it } from "vitest";
import { sweepRows } from "../../src/model/index.js";
import { repository, warplab, warplabJson } from "./command.js";

const folder = mkdtempSync(join(tmpdir(), "warplab-sweep-"));
const asked = [
  "sweep",
  "gemm",
  "--shape",
  "64..512*2,256|512,64",
  "--precision",
  "fp16,fp64",
  "--device",
  "h100,t4",
  "--mode",
  "ideal,planner",
];
const expected = sweepRows({
  kernel: "gemm",
  shapes: [64, 128, 256, 512].flatMap((m) => [256, 512].map((n) => [m, n, 64])),
  precisions: ["fp16", "fp64"],
  devices: ["h100", "t4"],
  modes: ["ideal", "planner"],
  missing: "keep",
});

describe("warplab sweep", () => {
  it("predicts every combination of ranges, lists and devices", async () => {
    expect(await warplabJson(asked)).toEqual(expected);
    expect(expected.length).toBe(64);
    const { stdout, status } = await warplab(asked);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^64 predictions of gemm\n/);
  });

  it("writes the same rows to CSV, Arrow and Parquet", async () => {
    const files = ["csv", "arrow", "parquet"].map((ending) => join(folder, `deep/out.${ending}`));
    for (const file of files) {
      expect(await warplab([...asked, "--out", file])).toEqual({
        status: 0,
        stdout: `64 rows in ${file}\n`,
        stderr: "",
      });
      expect(readdirSync(join(folder, "deep")).filter((name) => name.includes("parts"))).toEqual([]);
    }
    const plain = JSON.parse(JSON.stringify(expected));
    const bytes = readFileSync(files[2]);
    const parquet = await parquetReadObjects({
      file: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length),
    });
    expect(parquet).toEqual(plain);
    expect(
      tableFromIPC(readFileSync(files[1]))
        .toArray()
        .map((row) => ({ ...row })),
    ).toEqual(plain);
    const [head, ...lines] = readFileSync(files[0], "utf8").trimEnd().split("\n");
    expect(head).toBe(Object.keys(expected[0]).join(","));
    expect(lines.length).toBe(64);
    expect(lines[0]).toBe(
      Object.values(expected[0])
        .map((cell) => cell ?? "")
        .map((cell) => (/[",]/.test(String(cell)) ? `"${cell}"` : cell))
        .join(","),
    );
  });

  it.each([
    [
      ["sweep", "gemm", "--shape", "1,2", "--precision", "fp16", "--device", "h100"],
      '--shape: a gemm has 3 extents, "1,2" has 2',
    ],
    [
      ["sweep", "gemm", "--shape", "8..4*2,1,1", "--precision", "fp16", "--device", "h100"],
      '--shape: "8..4*2" in "8..4*2,1,1" is no extent and no range',
    ],
    [
      ["sweep", "gemm", "--shape", "1..99999+1,1..99999+1,1", "--precision", "fp16", "--device", "h100"],
      "asks for 9,999,800,001 shapes",
    ],
    [["sweep", "gemn", "--shape", "1,1,1", "--precision", "fp16", "--device", "h100"], 'unknown kernel "gemn"'],
    [["sweep", "gemm", "--shape", "1,1,1", "--precision", "fp17", "--device", "h100"], 'unknown precision "fp17"'],
    [
      ["sweep", "gemm", "--shape", "1,1,1", "--precision", "fp16", "--device", "h1000"],
      '--device: unknown device "h1000"',
    ],
    [
      ["sweep", "gemm", "--shape", "1,1,1", "--precision", "fp16", "--device", "h100", "--out", "a.xls"],
      "a.xls: a sweep cannot be written as .xls",
    ],
    [
      [
        "sweep",
        "gemm",
        "--shape",
        "1,1,1",
        "--precision",
        "fp16",
        "--device",
        "h100",
        "--out",
        "a.csv",
        "--workers",
        "x",
      ],
      '--workers: "x" is no number of threads',
    ],
  ])("%j is one message", async (words, says) => {
    const { status, stdout, stderr } = await warplab(words, { cwd: folder });
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toContain(says);
    expect(stderr).not.toMatch(/\n\s+at /);
  });

  it("does not touch a file that is there, nor the parts of another sweep", async () => {
    const file = join(folder, "there.csv");
    writeFileSync(file, "mine");
    expect((await warplab([...asked, "--out", file])).stderr).toContain(
      "there.csv: there is a file already\nRemove it, or write to another.",
    );
    expect(readFileSync(file, "utf8")).toBe("mine");
    const other = join(folder, "other.csv");
    mkdirSync(`${other}.parts`);
    writeFileSync(join(`${other}.parts`, "plan.json"), '{"question":"another","parts":3}');
    const { status, stderr } = await warplab([...asked, "--out", other]);
    expect(status).toBe(2);
    expect(stderr).toContain("other.csv.parts: the parts of another sweep are here");
    expect(readdirSync(`${other}.parts`)).toEqual(["plan.json"]);
  });
});

/** Runs a sweep of many small parts in a process of its own. */
function sweeping(file: string, question: string): ChildProcess {
  const program = `
import { readFileSync } from "node:fs";
import { sweepToFile, sweepLaunchesToFile, silent } from ${JSON.stringify(`${repository}dist/index.js`)};
const shapes = Array.from({ length: 6000 }, (_, i) => [i + 1, 512, 64]);
const asked = {
  predictions: () => sweepToFile({ kernel: "gemm", shapes, precisions: ["FP16"], devices: ["h100"], modes: ["planner"] }, FILE, HOW),
  launches: () => sweepLaunchesToFile({
    launch: JSON.parse(readFileSync(${JSON.stringify(`${repository}examples/saxpy.json`)}, "utf8")),
    files: { "saxpy.ptx": readFileSync(${JSON.stringify(`${repository}examples/saxpy.ptx`)}, "utf8") },
    vary: { block: Array.from({ length: 16 }, (_, i) => [32 * (i + 1), 1, 1]), policy: ["stack", "lowest-pc", "independent"] },
  }, FILE, HOW),
};
console.log(JSON.stringify(await asked[${JSON.stringify(question)}]()));`
    .replaceAll("FILE", JSON.stringify(file))
    .replaceAll("HOW", "{ workers: 2, rowsPerPart: 6, progress: silent }");
  return spawn(process.execPath, ["--input-type=module", "-e", program], { stdio: ["ignore", "pipe", "inherit"] });
}

async function ending(child: ChildProcess): Promise<{ readonly code: number | null; readonly text: string }> {
  let text = "";
  child.stdout?.setEncoding("utf8").on("data", (chunk) => (text += chunk));
  const [code] = (await once(child, "close")) as [number | null];
  return { code, text };
}

describe("a sweep into a file", () => {
  it("that is killed twenty times ends with the bytes of one that was not, and computes no part twice", async () => {
    const whole = join(folder, "whole.parquet");
    expect((await ending(sweeping(whole, "predictions"))).code).toBe(0);
    const file = join(folder, "killed.parquet");
    const written = new Map<string, number>();
    const parts = (): string[] =>
      existsSync(`${file}.parts`) ? readdirSync(`${file}.parts`).filter((name) => name.endsWith(".arrow")) : [];
    let kills = 0;
    for (; kills < 20 && !existsSync(file); kills++) {
      const child = sweeping(file, "predictions");
      const ended = ending(child);
      const before = parts().length;
      // At another moment each time: some after a while, often before the first part of a run, the others in the middle of one.
      const wait = kills % 4 === 0 ? 40 * kills + 1 : 0;
      const began = Date.now();
      while (!existsSync(file) && (wait > 0 ? Date.now() - began < wait : parts().length < before + 3)) {
        await new Promise((done) => setTimeout(done, 3));
      }
      child.kill("SIGKILL");
      await ended;
      for (const name of parts()) {
        const { mtimeMs } = statSync(join(`${file}.parts`, name));
        expect(written.get(name) ?? mtimeMs).toBe(mtimeMs);
        written.set(name, mtimeMs);
      }
    }
    expect(kills).toBe(20);
    const found = parts().length;
    expect(found).toBeGreaterThan(0);
    const { code, text } = await ending(sweeping(file, "predictions"));
    expect(code).toBe(0);
    expect(JSON.parse(text)).toMatchObject({ rows: 6000, parts_found: found, parts_computed: 1000 - found });
    expect(readFileSync(file).equals(readFileSync(whole))).toBe(true);
    expect(existsSync(`${file}.parts`)).toBe(false);
  });

  it("is one process's at a time", async () => {
    const file = join(folder, "twice.csv");
    const first = sweeping(file, "predictions");
    const ended = ending(first);
    while (!existsSync(`${file}.parts/lock`)) await new Promise((done) => setTimeout(done, 3));
    const { stderr, status } = await warplab([...asked, "--out", file]);
    expect(status).toBe(2);
    expect(stderr).toContain(`process ${first.pid} is writing this sweep`);
    first.kill("SIGKILL");
    await ended;
  });

  it("runs launches on the virtual GPU over several threads, with a reason for those that cannot run", async () => {
    const file = join(folder, "launches.csv");
    const { code, text } = await ending(sweeping(file, "launches"));
    expect(code).toBe(0);
    expect(JSON.parse(text)).toMatchObject({ rows: 48, parts_found: 0, parts_computed: 8 });
    const [head, ...lines] = readFileSync(file, "utf8").trimEnd().split("\n");
    const at = (name: string): number => head.split(",").indexOf(name);
    expect(head).toMatch(/^block,policy,warp_instructions,thread_instructions,/);
    expect(lines.length).toBe(48);
    expect(lines[0]).toMatch(/^"\[32,1,1\]",stack,/);
    // 100 elements of saxpy: two loads of 4 bytes each, whatever the blocks.
    const reads = lines.map((line) => Number(line.replace(/^"[^"]*"/, "x").split(",")[at("bytes_global_read")]));
    expect(new Set(reads.slice(9))).toEqual(new Set([800]));
  });
});
