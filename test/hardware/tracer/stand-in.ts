// Runs the tracers on a stand-in for libcuda, which keeps its own account of every call, for tests to hold traces against.
import { execFileSync, type SpawnSyncReturns, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { DriverCall, DriverTraceHeader } from "../../../src/trace/index.js";

export type Tracer = "preload" | "bpftrace";

const here = fileURLToPath(new URL(".", import.meta.url));
export const tracerFolder: string = fileURLToPath(new URL("../../../hardware/tracer/", import.meta.url));
export const runTrace: string = join(tracerFolder, "run_trace.sh");

const has = (program: string): boolean => spawnSync(program, ["--version"]).status === 0;
const root = process.getuid?.() === 0;

// Debian has a Python with a part of its library only.
export const hasPython: boolean =
  spawnSync("python3", ["-c", "import argparse, ctypes, json, platform, statistics, tempfile"]).status === 0;
// Its BEGIN is a probe too: a container may have bpftrace and no leave to use it.
const probes = (): boolean => spawnSync("bpftrace", ["-e", "BEGIN { exit(); }"]).status === 0;

/** Why a tracer cannot be tried here; undefined where it can. */
export const missing: Readonly<Record<Tracer, string | undefined>> = {
  preload: !hasPython ? "no python3" : !has("gcc") ? "no gcc" : undefined,
  bpftrace: !hasPython
    ? "no python3"
    : !has("gcc")
      ? "no gcc"
      : !has("bpftrace")
        ? "no bpftrace"
        : !root
          ? "not root"
          : probes()
            ? undefined
            : "no leave to place probes",
};

/** A call for replay.c to make; what is left out is 0, the first process and thread, success at once and no arguments. */
export interface PlannedCall {
  readonly name: string;
  readonly process?: number;
  readonly thread?: number;
  /** 1 for a call that the last one of depth 0 makes within itself. */
  readonly depth?: number;
  /** Nanoseconds. */
  readonly duration?: number | "forever";
  readonly result?: number;
  /** What is put where the first argument points. */
  readonly out?: number;
  readonly words?: readonly (number | string)[];
}

/** What the stand-in and its caller say of one call; times in nanoseconds of the tracers' clock. */
export interface Account {
  readonly name: string;
  readonly depth: number;
  /** Read by the caller before and after the call. */
  readonly before: number;
  readonly after: number;
  /** Read within the call, first and last. */
  readonly start: number;
  readonly end: number;
  readonly result: number;
  readonly returned: boolean;
  /** errno after the call, which the stand-in sets to 42. */
  readonly error: number;
}

export interface Recording {
  readonly status: number | null;
  readonly stderr: string;
  readonly text: string;
  readonly header: DriverTraceHeader & Readonly<Record<string, unknown>>;
  /** Without ranges. */
  readonly calls: readonly DriverCall[];
  readonly ranges: readonly DriverCall[];
  /** By `PID.TID`. */
  readonly accounts: ReadonlyMap<string, readonly Account[]>;
}

export interface RecordOptions {
  readonly way?: "linked" | "dlsym" | "procedure" | "procedure_v2";
  readonly env?: Readonly<Record<string, string>>;
  readonly words?: readonly string[];
}

/** A folder with spaces in its path, with the stand-in and replay built in it. */
export class StandIn {
  // Kernels remove probes from a library only after a while: each tracer has one of its own.
  readonly folder: string = join(mkdtempSync(join(tmpdir(), "warplab-tracer-")), "with spaces");
  /** The library to preload, compiled once as its own message says. */
  readonly preload: string = join(mkdtempSync(join(tmpdir(), "warplab-preload-")), "preload.so");
  private runs = 0;

  /** `entryPoints`: those that the stand-in has. The fewer, the sooner a kernel is done with the probes of a trace. */
  constructor(entryPoints: readonly string[]) {
    mkdirSync(this.folder);
    const rows = readFileSync(join(tracerFolder, "entry_points.def"), "utf8").split("\n");
    const kept = rows.filter((row) => entryPoints.includes(/^CALL\w*\((\w+)/.exec(row)?.[1] ?? ""));
    writeFileSync(join(this.folder, "table.def"), `${kept.join("\n")}\n`);
    const table = `-DTABLE="${join(this.folder, "table.def")}"`;
    const library = join(this.folder, "libcuda.so.1");
    execFileSync("gcc", [
      ...["-shared", "-fPIC", "-O2", "-w", table, join(here, "libcuda.c"), "-o", library],
      "-Wl,-soname,libcuda.so.1",
    ]);
    execFileSync("gcc", ["-shared", "-fPIC", "-O2", "-pthread", join(tracerFolder, "preload.c"), "-o", this.preload]);
    const replay = [join(here, "replay.c"), "-o", this.replay, library];
    execFileSync("gcc", ["-O2", "-w", "-pthread", ...replay, "-Wl,-rpath,$ORIGIN", "-ldl"]);
  }

  get replay(): string {
    return join(this.folder, "replay");
  }

  /** The command that makes these calls, and the folder into which it writes its account of them. */
  command(
    calls: readonly PlannedCall[],
    way: string,
  ): { readonly words: readonly string[]; readonly accounts: string } {
    this.runs++;
    const list = join(this.folder, `list ${this.runs}`);
    const accounts = join(this.folder, `accounts ${this.runs}`);
    mkdirSync(accounts);
    writeFileSync(list, calls.map(planLine).join(""));
    return { words: [this.replay, way, list, accounts], accounts };
  }

  run(tracer: Tracer, words: readonly string[], env: Readonly<Record<string, string>> = {}): SpawnSyncReturns<string> {
    const options = tracer === "preload" ? ["--preload"] : [];
    return spawnSync(runTrace, [...options, ...words], {
      encoding: "utf8",
      env: {
        ...process.env,
        WARPLAB_LIBCUDA: join(this.folder, "libcuda.so.1"),
        WARPLAB_PRELOAD: this.preload,
        ...env,
      },
      maxBuffer: 1 << 28,
    });
  }

  record(tracer: Tracer, calls: readonly PlannedCall[], options: RecordOptions = {}): Recording {
    const { way = "dlsym", env, words = [] } = options;
    const { words: command, accounts } = this.command(calls, way);
    const out = join(this.folder, `trace ${this.runs}.jsonl`);
    const { status, stderr } = this.run(tracer, [...words, "--out", out, ...command], env);
    return { status, stderr, ...readTrace(out), accounts: readAccounts(accounts) };
  }

  /** Its account alone, without a tracer. */
  untraced(calls: readonly PlannedCall[]): Recording["accounts"] {
    const { words, accounts } = this.command(calls, "dlsym");
    // Another library than that of the probes.
    const copy = join(this.folder, `untraced ${this.runs}`);
    mkdirSync(copy);
    for (const file of ["libcuda.so.1", "replay"]) cpSync(join(this.folder, file), join(copy, file));
    execFileSync(join(copy, "replay"), words.slice(1));
    return readAccounts(accounts);
  }
}

function planLine(call: PlannedCall): string {
  const { process = 0, thread = 0, depth = 0, name, duration = 0, result = 0, out = "-", words = [] } = call;
  return `${[process, thread, depth, name, duration, result, out, ...words].join(" ")}\n`;
}

export function readTrace(path: string): Pick<Recording, "text" | "header" | "calls" | "ranges"> {
  const text = readFileSync(path, "utf8");
  const [header, ...events] = text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line)) as [Recording["header"], ...DriverCall[]];
  const isRange = ({ args }: DriverCall): boolean => args !== undefined && "range" in args;
  return { text, header, ranges: events.filter(isRange), calls: events.filter((event) => !isRange(event)) };
}

function readAccounts(folder: string): Map<string, Account[]> {
  const accounts = new Map<string, Account[]>();
  for (const file of readdirSync(folder).sort()) {
    const thread = file.split(".").slice(0, 2).join(".");
    const rows = readFileSync(join(folder, file), "utf8").trimEnd().split("\n").map(accountOf);
    accounts.set(thread, [...(accounts.get(thread) ?? []), ...rows]);
  }
  return accounts;
}

function accountOf(line: string): Account {
  const [name, ...rest] = line.split(" ");
  const [depth, before, start, end, after, result, returned, error] = rest.map(Number);
  return { name, depth, before, start, end, after, result, returned: returned === 1, error };
}

/** The calls of each thread as the trace has them, in the order in which they began, with how many others they are inside of. */
export function byThread(calls: readonly DriverCall[]): Map<string, (DriverCall & { readonly depth: number })[]> {
  const threads = new Map<string, (DriverCall & { readonly depth: number })[]>();
  const open = new Map<string, DriverCall[]>();
  for (const call of [...calls].sort((a, b) => a.id - b.id)) {
    const key = `${call.pid}.${call.tid}`;
    const outer = (open.get(key) ?? []).filter((other) => endOf(other) > call.ts);
    open.set(key, [...outer, call]);
    const thread = threads.get(key);
    if (thread === undefined) threads.set(key, [{ ...call, depth: outer.length }]);
    else thread.push({ ...call, depth: outer.length });
  }
  return threads;
}

const endOf = ({ ts, dur }: DriverCall): number => (dur === undefined ? Number.POSITIVE_INFINITY : ts + dur);
