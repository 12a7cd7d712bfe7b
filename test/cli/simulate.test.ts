// `warplab simulate`: the summary by its names, overload said, traces written, sweeps with their knee, and one message for bad input.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { presets, type Scenario } from "../../src/serving/scenario/index.js";
import { hasTraceProcessor, judge, traceFaults } from "../trace/trace-processor.js";
import { warplab, warplabJson, warplabMain } from "./command.js";

const folder = mkdtempSync(join(tmpdir(), "warplab-simulate-"));
afterAll(() => rmSync(folder, { recursive: true }));

const demo = presets.get("demo") as Scenario;

function fileOf(name: string, scenario: unknown): string {
  const path = join(folder, name);
  writeFileSync(path, typeof scenario === "string" ? scenario : JSON.stringify(scenario));
  return path;
}

const demoFile = fileOf("demo.json", demo);

/** What `warplab` prints with a text on standard input. */
function fed(input: string, words: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, [warplabMain, ...words], { stdio: ["pipe", "pipe", "inherit"] });
  let printed = "";
  child.stdout.setEncoding("utf8").on("data", (chunk) => (printed += chunk));
  child.stdin.end(input);
  return new Promise((done, fail) => child.on("error", fail).on("close", () => done(printed)));
}

interface RunDocument {
  readonly scenario: string;
  readonly seed: number;
  readonly summary: Readonly<Record<string, unknown>>;
  readonly bottleneck: { readonly kind: string; readonly evidence: string };
  readonly checks: readonly { readonly holds: boolean }[];
}

describe("a run", () => {
  it("prints the summary by its names, what limits, and the checks", async () => {
    const { status, stdout, stderr } = await warplab(["simulate", demoFile]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toContain("demo, seed 0\n\nThe service keeps up with what is offered.\nNothing limits");
    for (const line of [
      /^throughput_rps +2$/m,
      /^p99_ms +28.93$/m,
      /^gpu_util_percent +1.28$/m,
      /^total_requests +20$/m,
    ])
      expect(stdout).toMatch(line);
    expect(stdout).toMatch(/^Little's law +yes/m);
  });

  it("says overload", async () => {
    const { status, stdout } = await warplab(["simulate", "overload"]);
    expect(status).toBe(0);
    expect(stdout).toContain(
      "Overloaded: more is offered than can be served.\nBottleneck: gpu. 300 requests a second are offered",
    );
  });

  it("never says that it keeps up with what it turns away", async () => {
    const workload = { rps: 9, duration_s: 9, arrivals: "burst", burst: 3 };
    const pipeline = [{ name: "a", kind: "fixed_ms", value: 100 }];
    const bursts = fileOf("bursts.json", {
      name: "bursts",
      workload,
      target: { cpu_workers: 1, queue_limit: 0 },
      pipeline,
    });
    const { status, stdout } = await warplab(["simulate", bursts]);
    expect(status).toBe(0);
    expect(stdout).toContain("Of 81 requests 54 are turned away; the service keeps up with the others.");
    expect(stdout).not.toContain("keeps up with what is offered");
  });

  it("answers with one document, from a file, a preset and standard input alike", async () => {
    const document = (await warplabJson(["simulate", demoFile, "--seed", "7"])) as RunDocument;
    expect(Object.keys(document)).toEqual([
      "scenario",
      "seed",
      "summary",
      "stages",
      "resources",
      "bottleneck",
      "checks",
    ]);
    expect(Object.keys(document.summary).slice(0, 8)).toEqual([
      "throughput_rps",
      "p50_ms",
      "p90_ms",
      "p99_ms",
      "avg_queue_ms",
      "gpu_util_percent",
      "total_requests",
      "duration_s",
    ]);
    expect(document).toMatchObject({ scenario: "demo", seed: 7, bottleneck: { kind: "none" } });
    expect(document.checks.every(({ holds }) => holds)).toBe(true);
    expect(await warplabJson(["simulate", "demo", "--seed", "7"])).toEqual(document);
    expect(JSON.parse(await fed(JSON.stringify(demo), ["simulate", "-", "--seed", "7", "--json"]))).toEqual(document);
  });

  it("gives the same bytes again, and others with another seed", async () => {
    const words = ["simulate", "poisson", "--json", "--seed"];
    const [first, again, other] = await Promise.all([
      warplab([...words, "1"]),
      warplab([...words, "1"]),
      warplab([...words, "2"]),
    ]);
    expect(again.stdout).toBe(first.stdout);
    expect(other.stdout).not.toBe(first.stdout);
  });

  it("does not write the trace over the scenario that it read", async () => {
    const path = join(folder, "mine.json");
    const text = JSON.stringify(presets.get("demo"));
    writeFileSync(path, text);
    const { status, stdout, stderr } = await warplab(["simulate", path, "--trace", path]);
    expect({ status, stdout, stderr }).toEqual({
      status: 2,
      stdout: "",
      stderr: `warplab: --trace: ${path} is the file that is read\nWrite to another file.\n`,
    });
    expect(readFileSync(path, "utf8")).toBe(text);
  });

  it("writes a trace", async () => {
    const path = join(folder, "trace.json");
    const { status, stderr } = await warplab(["simulate", "overload", "--trace", path]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: `Wrote ${path}; https://ui.perfetto.dev opens it\n` });
    const { traceEvents, otherData } = JSON.parse(readFileSync(path, "utf8"));
    expect(otherData).toEqual({ scenario: "overload", seed: 0, source: "warplab, simulated" });
    expect(traceEvents.filter(({ ph }: { ph: string }) => ph === "X")).toHaveLength(15_000);
  });

  it.skipIf(!hasTraceProcessor)("writes a trace that Perfetto takes whole", async () => {
    const path = join(folder, "judged.json");
    await warplab(["simulate", "demo", "--trace", path]);
    const trace = await judge(readFileSync(path, "utf8"));
    expect(await trace.query(traceFaults)).toEqual([]);
    expect(await trace.query("select count(*) as requests from slice where name = 'request'")).toEqual([
      { requests: 20n },
    ]);
  });
});

describe("a sweep", () => {
  it("finds the knee of the demo, which is its capacity", async () => {
    const { status, stdout, stderr } = await warplab(["simulate", "demo", "--knee", "--requests", "300"]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toContain("16 combinations of demo");
    expect(stdout).toMatch(/^The knee is at 156\.[23]\d? requests a second, 28\.93 ms: at 164\.1 it is overloaded\.$/m);
  });

  it("takes the rates, slots and batches that it is given", async () => {
    const words = [
      "simulate",
      "demo",
      "--vary",
      "rps=50,100..200+100",
      "--vary",
      "concurrency=4,8",
      "--requests",
      "200",
    ];
    const sweep = (await warplabJson(words)) as {
      readonly rows: readonly { readonly rps: number; readonly concurrency: number; readonly overloaded: boolean }[];
      readonly knees: readonly { readonly knee: { readonly rps: number } | null; readonly evidence: string }[];
    };
    expect(sweep.rows.map(({ rps, concurrency, overloaded }) => [concurrency, rps, overloaded])).toEqual([
      [4, 50, false],
      [4, 100, false],
      [4, 200, true],
      [8, 50, false],
      [8, 100, false],
      [8, 200, false],
    ]);
    expect(sweep.knees.map(({ knee }) => knee?.rps ?? null)).toEqual([100, null]);
    expect(sweep.knees[1].evidence).toContain("No knee up to 200 requests a second");
  });

  it("of slots alone keeps the scenario's rate", async () => {
    const words = ["simulate", "overload", "--vary", "concurrency=4,16", "--requests", "200"];
    const { rows } = (await warplabJson(words)) as { readonly rows: readonly object[] };
    expect(rows).toMatchObject([
      { rps: 300, overloaded: true },
      { rps: 300, overloaded: false },
    ]);
  });
});

describe("bad input is one message and status 2:", () => {
  const broken = fileOf("broken.json", '{"name": "x",\n}');
  const long = fileOf("long.json", { ...demo, workload: { ...demo.workload, duration_s: 5_000_000 } });
  const unknown = fileOf("unknown.json", { ...demo, workload: { ...demo.workload, rsp: 3 } });
  it.each([
    ["a preset's slip", ["dmo"], 'dmo: there is no such file, and no preset of this name\nDid you mean "demo"?'],
    ["no JSON", [broken], `${broken}, line 2, column 1: not valid JSON: a comma may not stand before }`],
    ["an unknown field", [unknown], `${unknown}: workload.rsp: unknown field`],
    [
      "a device that is not there",
      [fileOf("device.json", { ...demo, target: { ...demo.target, device: "h1000" } })],
      'device.json: target.device: unknown device "h1000"\nDid you mean "h100"?',
    ],
    ["a seed", ["demo", "--seed", "-1"], '--seed: "-1" is no whole number from 0 to 2^53 - 1 in digits'],
    [
      "what varies",
      ["demo", "--vary", "rate=3"],
      '--vary: there is no "rate" to vary\nThere are "rps", "concurrency" or "batch_size".',
    ],
    [
      "what varies to nothing",
      ["demo", "--vary", "rps="],
      '--vary: "rps=" says of no field what values it takes\nWrite rps=50,100,200,',
    ],
    ["what it becomes", ["demo", "--vary", "rps=fast"], '--vary: "fast" in "rps=fast" is no number'],
    ["a trace of a sweep", ["demo", "--knee", "--trace", "x.json"], "--trace: a sweep has many runs and no one trace"],
    [
      "a trace of too much",
      [long, "--trace", "x.json"],
      "--trace: what happens to 10000000 requests is too much to keep; 4000000 at most\nTrace a shorter run.",
    ],
    ["threads without a sweep", ["demo", "--workers", "2"], "--workers: is for sweeps"],
    [
      "a folder that is not there",
      ["demo", "--trace", join(folder, "none", "x.json")],
      "trace: there is no such file or folder",
    ],
  ])("%s", async (_name, words, message) => {
    const { status, stdout, stderr } = await warplab(["simulate", ...words]);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toContain(message);
    expect(stderr).not.toContain("    at ");
  });
});
