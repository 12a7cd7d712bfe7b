// `warplab sweep --launch`: launches over fields of a launch file, as people and programs read them, and what is refused.
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { repository, warplab, warplabJson } from "./command.js";

const folder = mkdtempSync(join(tmpdir(), "warplab-sweep-launches-"));
const saxpy = `${repository}examples/saxpy.json`;
const asked = ["sweep", "--launch", saxpy, "--vary", "block=32,[2000,1,1]", "--vary", "device=h100,a100"];

describe("warplab sweep --launch", () => {
  it("prints a row for each combination, with what its launch counts", async () => {
    const rows = (await warplabJson(asked)) as Record<string, unknown>[];
    const { counters } = (await warplabJson(["launch", saxpy])) as { counters: Record<string, number> };
    expect(rows.map(({ block, device }) => [block, device])).toEqual([
      ["32", "h100"],
      ["32", "a100"],
      ["[2000,1,1]", "h100"],
      ["[2000,1,1]", "a100"],
    ]);
    expect(Object.keys(rows[0]).slice(0, 2)).toEqual(["block", "device"]);
    expect(Object.keys(rows[0])).toEqual(expect.arrayContaining(Object.keys(counters)));
    // One warp of 32 elements of x and y, 4 sectors each, and one that writes y.
    expect(rows[0]).toMatchObject({ global_load_sectors: 8, global_store_sectors: 4, findings: 0, note: "" });
    expect(rows[2]).toMatchObject({ warp_instructions: null, note: expect.stringContaining("2000") });
  });

  it("says the same to people, over any number of threads", async () => {
    const [one, two] = await Promise.all(["1", "2"].map((threads) => warplab([...asked, "--workers", threads])));
    expect(one).toEqual(two);
    expect(one.status).toBe(0);
    expect(one.stdout).toMatch(/^4 launches\n\nblock +device +warp instructions +divergent +sectors/);
  });

  it("writes the same rows to a file, and goes on with one that was begun", async () => {
    const file = join(folder, "out.csv");
    const { stdout, status } = await warplab([...asked, "--out", file]);
    expect({ stdout, status }).toEqual({ stdout: `4 rows in ${file}\n`, status: 0 });
    const [head, ...lines] = readFileSync(file, "utf8").trimEnd().split("\n");
    const rows = (await warplabJson(asked)) as Record<string, unknown>[];
    expect(head).toBe(Object.keys(rows[0]).join(","));
    expect(lines.length).toBe(4);
  });

  it("varies the PTX itself", async () => {
    const launch = JSON.parse(readFileSync(saxpy, "utf8"));
    const ptx = readFileSync(`${repository}examples/saxpy.ptx`, "utf8");
    writeFileSync(join(folder, "one.ptx"), ptx);
    writeFileSync(join(folder, "two.ptx"), ptx.replaceAll(" saxpy(", " other("));
    writeFileSync(join(folder, "launch.json"), JSON.stringify({ ...launch, ptx: "none.ptx" }));
    const rows = (await warplabJson([
      "sweep",
      "--launch",
      join(folder, "launch.json"),
      "--vary",
      "ptx=one.ptx,two.ptx",
    ])) as Record<string, unknown>[];
    expect(rows.map(({ ptx, note }) => [ptx, note])).toEqual([
      ["one.ptx", ""],
      ["two.ptx", 'kernel: two.ptx has no kernel "saxpy"'],
    ]);
  });

  it.each([
    [["--vary", "blok=1"], 'vary: blok: a launch has no field "blok"\nDid you mean "block"?'],
    [["--vary", "args.9.i32=1"], 'vary: the launch has no field "args.9.i32"'],
    [["--vary", "args.0.i32=1"], 'vary: the launch has no field "args.0.i32"\nThere is "args.0.u32".'],
    [["--vary", "block"], '--vary: "block" says of no field what values it takes'],
    [["--vary", "block=1", "--vary", "block=2"], "--vary: block is given twice\nWrite --vary block=1,2,3."],
    [["--vary", "ptx=nowhere.ptx"], "nowhere.ptx: PTX file: there is no such file or folder"],
    [["--vary", "block=1", "--device", "h100"], "--launch: --device is for predictions"],
    [["gemm", "--vary", "block=1"], '--launch: "gemm" is for predictions'],
    [["--vary", "block=1", "--workers", "0"], '--workers: "0" is no number of threads'],
    [["--vary", "block=1", "--out", "a.xls"], "a.xls: a sweep cannot be written as .xls"],
    [[], "sweep: nothing varies\nWrite --vary block=32,64,128."],
  ])("%j is one message", async (words, says) => {
    const { status, stdout, stderr } = await warplab(["sweep", "--launch", saxpy, ...words], { cwd: folder });
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toContain(says);
    expect(stderr).not.toMatch(/\n\s+at /);
  });

  it.each([
    [["sweep"], "sweep: what is swept?"],
    [["sweep", "gemm", "--vary", "block=1"], "--vary: only a launch has fields"],
    [["sweep", "gemm", "--precision", "fp16", "--device", "h100"], "--shape: is missing"],
    [["sweep", "gemm", "--shape", "1,1,1", "--device", "h100"], "--precision: is missing"],
    [["sweep", "--launch", "nowhere.json", "--vary", "block=1"], "nowhere.json: launch file: there is no such file"],
  ])("%j is one message too", async (words, says) => {
    const { status, stdout, stderr } = await warplab(words, { cwd: folder });
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toContain(says);
  });

  it.each([
    ["[]", "other.json: kernel: is missing"],
    ['{ "name": "demo", "workload": {} }', "other.json: kernel: is missing"],
    ['{ "ptx": "saxpy.ptx", "kernel": 3 }', "other.json: kernel: must be a text, got 3"],
  ])("a file that is no launch is said to be none: %s", async (text, says) => {
    writeFileSync(join(folder, "other.json"), text);
    const { status, stdout, stderr } = await warplab(["sweep", "--launch", "other.json", "--vary", "block=32"], {
      cwd: folder,
    });
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toBe(
      `warplab: ${says}\nA launch file names its kernel: { "ptx": "saxpy.ptx", "kernel": "saxpy", ... }.\n`,
    );
  });
});
