// `warplab trace`: what a trace says in each format, one document, Chrome traces beside it, and one message for bad input.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { type DriverCall, formatTrace } from "../../src/trace/index.js";
import { repository, warplab, warplabJson } from "./command.js";

const folder = mkdtempSync(join(tmpdir(), "warplab-trace-"));
afterAll(() => rmSync(folder, { recursive: true }));

function fileOf(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const header = {
  format: "warplab-trace",
  version: 1,
  clock: "simulated",
  device: "H100 SXM",
  host: "here",
  source: "simulated",
} as const;

/** 1 ms: weights are copied, then two products are launched and waited for; one allocation is never freed. */
function callsOf({ copy_ns }: { readonly copy_ns: number }): DriverCall[] {
  const main = { pid: 4711, tid: 4712, ph: "X" } as const;
  const shift = copy_ns - 200_000;
  return [
    { ...main, ts: 0, dur: 500_000 + shift, id: 1, name: "load weights", cat: "other", args: { range: "stage" } },
    {
      ...main,
      ts: 0,
      dur: 10_000,
      id: 2,
      name: "cuMemAlloc_v2",
      cat: "memory",
      args: { bytes: 1 << 20, ptr: "0x7000", label: "weights" },
    },
    {
      ...main,
      ts: 100_000,
      dur: copy_ns + 10_000,
      id: 3,
      name: "cuMemcpyHtoD_v2",
      cat: "transfer",
      corr: 3,
      stream: 0,
      args: { bytes: 1 << 20, direction: "host to device", gpu_start_ns: 105_000, gpu_end_ns: 105_000 + copy_ns },
    },
    { ...main, ts: 500_000 + shift, dur: 500_000, id: 4, name: "inference", cat: "other", args: { range: "stage" } },
    ...[0, 1].map(
      (i): DriverCall => ({
        ...main,
        ts: 510_000 + shift + 20_000 * i,
        dur: 5000,
        id: 5 + i,
        name: "cuLaunchKernel",
        cat: "kernel",
        corr: 5 + i,
        stream: 0,
        args: {
          kernel: "gemm_128x64",
          gpu_start_ns: 520_000 + shift + 200_000 * i,
          gpu_end_ns: 720_000 + shift + 200_000 * i,
        },
      }),
    ),
    { ...main, ts: 600_000 + shift, dur: 330_000, id: 7, name: "cuStreamSynchronize", cat: "sync", stream: 0 },
    { ...main, ts: 990_000 + shift, dur: 10_000, id: 8, name: "cuCtxDestroy_v2", cat: "context" },
  ];
}

const text = formatTrace(header, callsOf({ copy_ns: 200_000 }));
const run = fileOf("run.jsonl", text);
const slower = fileOf("slower.jsonl", formatTrace(header, callsOf({ copy_ns: 300_000 })));

describe("the summary", () => {
  it("says what it is and what limits, then calls, kernels, transfers, memory, gaps and the critical path", async () => {
    const { status, stdout, stderr } = await warplab(["trace", run]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    const lines = stdout.split("\n");
    expect(lines[0]).toMatch(/^run\.jsonl \(driver calls as JSON lines\): 11 events on 2 tracks, 1 ms.*H100 SXM/);
    expect(lines[1]).toMatch(/^The device is busy for 60 % of the time/);
    for (const line of [
      /^load weights +stage +1 +500 \u00b5s /m,
      /^cuStreamSynchronize +sync +1 +330 \u00b5s/m,
      /^gemm_128x64 +2 +400 \u00b5s +100\.0 % +200 \u00b5s/m,
      /^2 launches of 2 kernels, 2,000 a second; from launch to start: median 100 \u00b5s/m,
      /^host to device +1 +1 MiB +200 \u00b5s +5\.243 GB\/s +0\.0 %/m,
      /peak 1 MiB at .*most of it weights.*never freed 1, 1 MiB/m,
      /^H100 SXM.* 60\.0 % +400 \u00b5s/m,
      /^critical path\n.*kernel 400 \u00b5s \(40\.0 %\)/m,
    ]) {
      expect(stdout).toMatch(line);
    }
    expect(stdout).not.toContain("not read");
  });

  it("counts and names what could not be read", async () => {
    const broken = fileOf("broken.jsonl", `${text}{"ts": 1, "name": \n`);
    const { status, stdout } = await warplab(["trace", broken]);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^not read\na line that is no JSON object: 1, first line 10: /m);
  });

  it("reads a packed file and standard input alike", async () => {
    const plain = await warplab(["trace", run]);
    const packed = await warplab(["trace", fileOf("run.jsonl.gz", gzipSync(text))]);
    const rest = (stdout: string) => stdout.split("\n").slice(1);
    expect(rest(packed.stdout)).toEqual(rest(plain.stdout));
  });

  it("tells of any Chrome trace its slices by name, and no path where nothing is known to wait", async () => {
    const events = [0, 1].map((i) => ({ ph: "X", pid: 1, tid: 1, ts: 10 * i, dur: 4, name: "step" }));
    const path = fileOf("any.json", JSON.stringify({ traceEvents: events }));
    const { stdout } = await warplab(["trace", path]);
    expect(stdout).toContain("It has neither calls nor work of a device.");
    expect(stdout).toMatch(/^step +2 +8 \u00b5s +4 \u00b5s/m);
    expect(stdout).not.toContain("critical path");
  });

  it("says what faster copies would be worth", async () => {
    const { stdout } = await warplab(["trace", run, "--what-if", "copies=2", "--what-if", "kernels:gemm*=4"]);
    // The copy saves 100 us of the host, which waits for it, and the kernels 300 of theirs.
    expect(stdout).toMatch(/^What if: 600 \u00b5s instead of 1 ms, 1\.667 times as fast\. Then its critical path is /m);
  });
});

describe("other formats", () => {
  it("draws the timeline in the width that is asked for", async () => {
    const { stdout } = await warplab(["trace", run, "--format", "ascii", "--width", "80"]);
    const lines = stdout.trimEnd().split("\n");
    expect(Math.max(...lines.slice(0, lines.indexOf("")).map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(stdout).toMatch(/\[load weights +\]\[inference +\]/);
    expect(stdout).toMatch(/K{15}/);
  });

  it("tells beside its output what could not be read, where that is no summary", async () => {
    const path = fileOf("cut.jsonl", `${readFileSync(run, "utf8")}{"ts":1`);
    for (const format of ["ascii", "folded", "table"]) {
      const { stdout, stderr } = await warplab(["trace", path, "--format", format]);
      expect(stderr).toContain("cut.jsonl: not read: a line that is no JSON object: 1, first line ");
      expect(stdout).not.toContain("not read");
    }
  });

  it("has colours by category for eyes only", async () => {
    const { stdout } = await warplab(["trace", run, "--format", "ascii"], { env: { FORCE_COLOR: "1" } });
    expect(stdout).toContain("\u001b[7m\u001b[32mK");
  });

  it("folds stacks", async () => {
    const own = await warplab(["trace", run, "--format", "folded"]);
    expect(own.stdout).toContain("process 4711;thread 4712;inference;cuStreamSynchronize 330000\n");
    const launched = await warplab(["trace", run, "--format", "folded", "--by", "launch"]);
    expect(launched.stdout).toContain("process 4711;thread 4712;inference;cuLaunchKernel;gemm_128x64 400000\n");
  });

  it("prints a table, aligned or as CSV, of as many rows as are asked for", async () => {
    const aligned = await warplab(["trace", run, "--table", "kernels"]);
    expect(aligned.stdout).toMatch(/^name +count +total_ms .*\ngemm_128x64 +2 +0\.4 /);
    const events = await warplab(["trace", run, "--format", "table", "--csv", "--top", "2"]);
    const lines = events.stdout.trimEnd().split("\n");
    expect(lines).toHaveLength(3);
    expect(lines[0]).toMatch(/^event,name,category,/);
  });

  it("compares two traces by name, the greatest difference first", async () => {
    const { stdout } = await warplab(["trace", run, "--against", slower]);
    expect(stdout).toMatch(/^all +wall time +1 +1 +1 +1\.1 +0\.1$/m);
    expect(stdout).toMatch(/^transfer +host to device +1 +1 +0\.2 +0\.3 +0\.1$/m);
    const { rows } = (await warplabJson(["trace", run, "--against", slower])) as { rows: { name: string }[] };
    expect(rows.length).toBeGreaterThan(4);
  });
});

describe("for other programs", () => {
  it("is one document with every analysis, units in the names and null for what is not known", async () => {
    const document = (await warplabJson(["trace", run, "--what-if", "copies=2"])) as Record<string, unknown>;
    expect(document).toMatchObject({
      source: { name: "run.jsonl", format: "driver-calls", device: "H100 SXM", simulated: true },
      wall_time_ns: 1e6,
      metrics: { wall_time_ms: 1, kernel_time_ms: 0.4, memcpy_time_ms: 0.2, kernel_count: 2, memcpy_count: 1 },
      launches: { device_times: "recorded", kernels: 2, kernel_ns: 400_000 },
      what_if: { recorded_ns: 1e6, total_ns: 900_000 },
      critical_path: { length_ns: 1e6 },
      notes: [],
    });
    expect(Object.keys(document)).toEqual([
      "source",
      "events",
      "tracks",
      "wall_time_ns",
      "limit",
      "notes",
      "metrics",
      "ranges",
      "calls",
      "launches",
      "slices",
      "transfers",
      "memory",
      "gaps",
      "critical_path",
      "what_if",
    ]);
  });

  it("does not say of a trace without times of the device when it worked", async () => {
    const calls = callsOf({ copy_ns: 200_000 }).map(({ args, ...call }): DriverCall => {
      const { gpu_start_ns: _start, gpu_end_ns: _end, ...rest } = args ?? {};
      return { ...call, args: rest };
    });
    const path = fileOf("host.jsonl", formatTrace({ ...header, source: "preload" }, calls));
    const { launches, gaps } = (await warplabJson(["trace", path])) as Record<string, Record<string, unknown>>;
    expect(launches).toMatchObject({
      device_times: "unknown",
      launches: 2,
      kernels: null,
      kernel_ns: null,
      latency: null,
    });
    expect(gaps["devices"]).toEqual([]);
    const { stdout } = await warplab(["trace", path]);
    expect(stdout).toContain("It does not say when the device worked.");
    expect(stdout).toContain("2 launches; when they ran on the device is not known.");
  });

  it("writes the tracers for a machine with a GPU and says how to record", async () => {
    const { status, stdout, stderr } = await warplab(["trace", "--record", "on gpu"], { cwd: folder });
    expect({ status, stderr }).toMatchObject({
      status: 0,
      stderr: expect.stringMatching(/^Wrote \d+ files into on gpu\n$/),
    });
    expect(stdout).toContain("run_trace.sh");
    expect(readdirSync(join(folder, "on gpu"))).toEqual(expect.arrayContaining(["run_trace.sh", "infer_mlp.py"]));
    writeFileSync(join(folder, "on gpu/run_trace.sh"), "mine");
    const again = await warplab(["trace", "--record", "on gpu"], { cwd: folder });
    expect(again).toMatchObject({ status: 2, stdout: "" });
    expect(again.stderr).toContain("another file is there under this name");
  });

  it("prints the published schema of driver calls", async () => {
    const published = JSON.parse(readFileSync(`${repository}docs/driver-trace.schema.json`, "utf8"));
    expect(await warplabJson(["trace", "--schema"])).toEqual(published);
  });

  it("writes a Chrome trace beside the answer", async () => {
    const path = join(folder, "chrome.json");
    const { status, stderr } = await warplab(["trace", run, "--chrome", path]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: `Wrote ${path}; https://ui.perfetto.dev opens it\n` });
    const { traceEvents } = JSON.parse(readFileSync(path, "utf8")) as { traceEvents: { name: string; ph: string }[] };
    expect(traceEvents.filter(({ ph, name }) => ph === "X" && name === "gemm_128x64")).toHaveLength(2);
    const { stdout } = await warplab(["trace", path]);
    expect(stdout).toMatch(/^chrome\.json \(Chrome trace of run\.jsonl, driver calls as JSON lines\): 11 events on /);
  });
});

describe("bad input", () => {
  it.each([
    { words: [join(folder, "none.jsonl")], stderr: /none\.jsonl: there is no such file/ },
    { words: [folder], stderr: /this is a folder/ },
    { words: [fileOf("prose.txt", "It was a dark and stormy night.\n")], stderr: /prose\.txt: / },
    { words: [fileOf("empty.jsonl", "")], stderr: /empty\.jsonl: / },
    { words: [run, "--chrome", run], stderr: /--chrome: .*run\.jsonl is the file that is read/ },
    {
      words: [run, "--json", "--format", "summary"],
      stderr: /^warplab: --format: --json prints one document, and no text or table\nLeave one of them out\.$/m,
    },
    { words: [run, "--json", "--width", "80"], stderr: /--width: --json prints one document, / },
    { words: [run, "--json", "--against", slower, "--what-if", "copies=2"], stderr: /--what-if: --json prints one / },
    { words: [run, "--csv"], stderr: /--csv: this is not for a summary\nLeave one of them out\.$/m },
    { words: [run, "--format", "folded", "--by", "process"], stderr: /--by: this is not for --format folded/ },
    { words: [run, "--format", "ascii", "--table", "kernels"], stderr: /--format: this is not for a table/ },
    { words: [run, "--against", slower, "--width", "80"], stderr: /--width: --against prints one table/ },
    { words: [run, "--json", "--table", "kernels"], stderr: /--table: --json prints one document, / },
    { words: [run, "--json", "--against", slower, "--csv"], stderr: /--csv: --json prints one document, / },
    {
      words: [fileOf("faster.jsonl", readFileSync(run)), "--against", run, "--chrome", run],
      stderr: /--chrome: .*run\.jsonl is the file that is read/,
    },
    { words: [run, "--format", "flame"], stderr: /--format.*Allowed choices are summary, ascii, folded, table/ },
    { words: [run, "--table", "kernel"], stderr: /--table.*Allowed choices are events, ranges/ },
    {
      words: [run, "--what-if", "copies"],
      stderr: /--what-if: "copies" says of no part how many times as fast it is\nWrite copies=2/,
    },
    { words: [run, "--what-if", "copies=0"], stderr: /0 times as fast cannot be/ },
    { words: [run, "--what-if", "kernels:gem=2"], stderr: /no kernel of this trace is called "gem"/ },
    {
      words: [run, "--from", "soon", "--format", "ascii"],
      stderr: /--from: "soon" is no time\nWrite 250us, 1\.5ms or 2s\./,
    },
    { words: [run, "--width", "wide", "--format", "ascii"], stderr: /--width: "wide" is no whole number/ },
    { words: [run, "--against", join(folder, "none.jsonl")], stderr: /none\.jsonl: there is no such file/ },
    { words: [run, "--from", "5s", "--format", "ascii"], stderr: /nothing from 5 s to 1 ms\nThe trace ends at 1 ms\./ },
    { words: [], stderr: /no trace is named\nGive a file/ },
    { words: [run, "--record"], stderr: /a trace is not read at the same time/ },
  ])("is one message and status 2: $words", async ({ words, stderr }) => {
    const ending = await warplab(["trace", ...words]);
    expect(ending).toMatchObject({ status: 2, stdout: "" });
    expect(ending.stderr).toMatch(stderr);
    expect(ending.stderr).not.toMatch(/^ {4}at /m);
  });
});
