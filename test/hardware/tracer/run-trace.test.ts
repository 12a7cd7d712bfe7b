// run_trace.sh as people run it: what it refuses and how, what it does with signals, full disks and lost notes, and by which ways a
// program can come to the driver.
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, it, vi } from "vitest";
import { DriverCallReader } from "../../../src/trace/read/index.js";
import { hasPython, missing, type PlannedCall, readTrace, runTrace, StandIn } from "./stand-in.js";

// Where the machine does other work besides, kernels take long to place and remove probes.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

const folder = mkdtempSync(join(tmpdir(), "warplab-run-trace-"));
const entryPoints = [
  "cuInit",
  "cuMemAlloc_v2",
  "cuMemFree_v2",
  "cuLaunchKernel",
  "cuStreamSynchronize",
  "cuEventRecord",
];
const root = process.getuid?.() === 0;
const standIn = missing.preload === undefined ? new StandIn(entryPoints) : (undefined as never);

const some: readonly PlannedCall[] = [
  { name: "cuInit", words: [0] },
  { name: "cuMemAlloc_v2", out: 8192, words: ["@", 100] },
  { name: "cuLaunchKernel", words: [40, 1, 2, 3, 32, 4, 1, 512, 9000, 0, 0] },
  { name: "cuLaunchKernel_ptsz", words: [40, 1, 2, 3, 32, 4, 1, 512, 0, 0, 0] },
  { name: "cuMemFree_v2", words: [8192] },
];

/** A PATH on which only these programs are. */
function only(...programs: readonly string[]): string {
  const bin = mkdtempSync(join(folder, "bin-"));
  for (const program of ["sh", "dirname", "python3", "sort", ...programs]) {
    const path = execFileSync("sh", ["-c", `command -v ${program}`], { encoding: "utf8" }).trim();
    // A version manager's stand-in looks for its own folders: the program itself.
    const real = program === "python3" ? execFileSync(path, ["-c", "import sys; print(sys.executable)"]) : path;
    symlinkSync(String(real).trim(), join(bin, program));
  }
  return bin;
}

function refused(words: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const { status, stdout, stderr } = spawnSync(runTrace, words, { encoding: "utf8", env: { ...process.env, ...env } });
  return { status, stdout, stderr };
}

describe.skipIf(!hasPython)("refuses in one message, before the command runs", () => {
  const marker = join(folder, "ran");
  const command = ["touch", marker];
  const out = () => join(folder, "refused.jsonl");
  afterAll(() => expect(existsSync(marker)).toBe(false));

  it.each([
    ["no command", [], "there is no COMMAND to record"],
    ["a command that is not there", ["--preload", "no-such-program"], "no-such-program is not found, or cannot be run"],
    ["an option that it does not have", ["--gpu", "true"], "unrecognized arguments: --gpu"],
    ["kernel hooks without probes", ["--preload", "--kernel", ...command], "leave out one of the two"],
    [
      "a file that is there",
      ["--preload", "--out", runTrace, ...command],
      "is there already: remove it, or name another file",
    ],
    [
      "a place below a file",
      ["--preload", "--out", join(runTrace, "t.jsonl"), ...command],
      "the trace cannot be written to",
    ],
  ])("%s", (_name, words, message) => {
    const { status, stdout, stderr } = refused(words);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toContain(message);
    expect(stderr).not.toContain("Traceback");
  });

  it("a machine without a compiler", () => {
    const { status, stderr } = refused(["--preload", "--out", out(), ...command], { PATH: only("touch") });
    expect(status).toBe(2);
    expect(stderr).toBe(
      "run_trace.sh: there is no C compiler (gcc) for the library that --preload needs: WARPLAB_PRELOAD may name one that was compiled " +
        "elsewhere (gcc -shared -fPIC -O2 -pthread preload.c -o preload.so); without it, bpftrace does the same as root\n",
    );
  });

  it("a machine without Python", () => {
    const bin = mkdtempSync(join(folder, "bin-"));
    for (const program of ["sh", "dirname"]) symlinkSync(`/bin/${program}`, join(bin, program));
    const { status, stderr } = refused(["true"], { PATH: bin });
    expect(status).toBe(2);
    expect(stderr).toContain("there is no python3 on the PATH");
  });

  it.skipIf(!root)("bpftrace that is not there, and a machine without the driver", () => {
    const without = refused(["--out", out(), ...command], { PATH: only("touch") });
    expect(without).toMatchObject({ status: 2, stderr: expect.stringContaining("there is no bpftrace: install it") });
    const libcuda = refused(["--out", out(), ...command], { WARPLAB_LIBCUDA: join(folder, "nowhere.so") });
    const expected =
      missing.bpftrace === undefined ? "there is no libcuda.so.1 on this machine" : "there is no bpftrace";
    expect(libcuda).toMatchObject({ status: 2, stderr: expect.stringContaining(expected) });
  });

  it.skipIf(missing.bpftrace !== undefined)(
    "kernel hooks where the kernel has none, and libraries that are no driver",
    () => {
      const library = join(standIn.folder, "libcuda.so.1");
      const other = refused(["--out", out(), ...command], { WARPLAB_LIBCUDA: "/proc/self/exe" });
      expect(other).toMatchObject({
        status: 2,
        stderr: expect.stringContaining("has none of the driver's entry points"),
      });
      const offered = ["/sys/kernel/tracing", "/sys/kernel/debug/tracing"].some((path) =>
        existsSync(join(path, "events/syscalls/sys_enter_ioctl/format")),
      );
      if (offered) return;
      const hooks = refused(["--kernel", "--out", out(), ...command], { WARPLAB_LIBCUDA: library });
      expect(hooks).toMatchObject({
        status: 2,
        stderr: expect.stringContaining("--kernel: this kernel offers no tracepoints of system calls"),
      });
    },
  );

  it("somebody who is not root", () => {
    const words = ["-B", "-c", asNobody, runTrace, "--out", out(), ...command];
    const { status, stderr } = spawnSync("python3", words, { encoding: "utf8" });
    expect({ status, stderr }).toEqual({
      status: 2,
      stderr: "run_trace.sh: bpftrace needs root: run this with sudo, or add --preload, which does not\n",
    });
  });
});

// As another user the sources might not be readable: only what the program asks about itself is another's.
const asNobody = `
import os, sys
sys.path.insert(0, os.path.dirname(sys.argv[1]))
import record
os.geteuid = lambda: 65534
try:
    sys.exit(record.main(sys.argv[2:]))
except record.Refusal as refusal:
    record.say(str(refusal))
    sys.exit(2)
`;

describe.skipIf(missing.preload !== undefined)("the library that is preloaded", () => {
  it.each([
    ["linked", {}],
    ["dlsym", {}],
    ["procedure", {}],
    ["procedure_v2", {}],
    ["procedure", { STAND_IN_HIDDEN: "1" }],
    ["procedure_v2", { STAND_IN_HIDDEN: "1" }],
  ] as const)("sees calls of functions found by %s %o", (way, env) => {
    const { calls, status, accounts } = standIn.record("preload", some, { way, env });
    expect(status).toBe(0);
    expect(calls.map(({ name }) => name)).toEqual(some.map(({ name }) => name));
    const [truth] = [...accounts.values()];
    expect(truth.map(({ result, error }) => ({ result, error }))).toEqual(some.map(() => ({ result: 0, error: 42 })));
    // The default stream of a thread is a stream of its own.
    expect(calls.map(({ stream }) => stream)).toEqual([undefined, undefined, 1, 2, undefined]);
  });

  it("notes ranges of NVTX around calls, those within others too", () => {
    const { ranges, calls } = standIn.record("preload", [
      { name: "!push", words: ['"forward%20%25'] },
      { name: "!push", words: ['"layer%200'] },
      { name: "cuLaunchKernel", words: [40, 1, 2, 3, 32, 4, 1, 512, 9000, 0, 0] },
      { name: "!pop" },
      { name: "!pop" },
      { name: "!push", words: ['"open'] },
    ]);
    expect(ranges.map(({ name, ph, cat, args }) => ({ name, ph, cat, args }))).toEqual([
      { name: "forward %", ph: "X", cat: "other", args: { range: "nvtx" } },
      { name: "layer 0", ph: "X", cat: "other", args: { range: "nvtx" } },
      { name: "open", ph: "B", cat: "other", args: { range: "nvtx" } },
    ]);
    const [outer, inner] = ranges;
    expect(outer.ts <= inner.ts && inner.ts <= calls[0].ts).toBe(true);
    expect(inner.ts + inner.dur! <= outer.ts + outer.dur!).toBe(true);
  });

  it("says that nothing was seen of a program without a GPU, and gives its exit status", () => {
    const out = join(folder, "nothing.jsonl");
    const { status, stderr } = standIn.run("preload", ["--out", out, "sh", "-c", "exit 5"]);
    expect(status).toBe(5);
    expect(stderr).toContain("no driver call was seen");
    expect(readTrace(out).header).toMatchObject({ calls: 0, lost: 0, status: 5 });
  });

  it("takes one that was compiled elsewhere, and refuses what is none", () => {
    const out = join(folder, "elsewhere.jsonl");
    const { words } = standIn.command(some, "dlsym");
    const { status } = standIn.run("preload", ["--out", out, ...words], { PATH: only() });
    expect(status).toBe(0);
    expect(readTrace(out).calls.length).toBe(some.length);
    const nowhere = standIn.run("preload", ["--out", join(folder, "x.jsonl"), ...words], {
      WARPLAB_PRELOAD: "/no where",
    });
    expect(nowhere).toMatchObject({
      status: 2,
      stderr: "run_trace.sh: WARPLAB_PRELOAD: /no where is no file, or has a space or a colon in its path\n",
    });
  });

  it("names a trace by the time when no file is named", () => {
    const cwd = mkdtempSync(join(folder, "unnamed-"));
    const { words } = standIn.command(some, "dlsym");
    expect(spawnSync(runTrace, ["--preload", ...words], { cwd }).status).toBe(0);
    expect(readdirSync(join(cwd, "traces"))).toEqual([
      expect.stringMatching(/^trace_\d{4}-\d\d-\d\d_\d\d-\d\d-\d\d\.jsonl$/),
    ]);
  });

  it("passes SIGTERM on, and writes what there was until then", async () => {
    const { words } = standIn.command(
      [...some, { name: "cuStreamSynchronize", duration: "forever", words: [0] }],
      "dlsym",
    );
    const out = join(folder, "ended.jsonl");
    const child = spawn(runTrace, ["--preload", "--out", out, ...words], { stdio: ["ignore", "ignore", "pipe"] });
    // The notes are in their files as soon as they are made.
    const beginnings = (text: string): number => text.split(" > ").length - 1;
    while (beginnings(notesOf(dirname(out))) < calibrations + some.length + 1) await pause(50);
    child.kill("SIGTERM");
    const status = await new Promise((resolve) => child.on("exit", resolve));
    expect(status).toBe(128 + 15);
    const { calls } = readTrace(out);
    expect(calls.filter(({ ph }) => ph === "X").map(({ name }) => name)).toEqual(some.map(({ name }) => name));
  });

  it.skipIf(!root)("says that the disk is full, and leaves the program alone", () => {
    const disk = join(folder, "small disk");
    mkdirSync(disk);
    if (spawnSync("mount", ["-t", "tmpfs", "-o", "size=512k", "tmpfs", disk]).status !== 0) return;
    try {
      const calls = Array.from({ length: 20_000 }, () => ({ name: "cuEventRecord", words: [1, 0] }));
      const { words, accounts } = standIn.command(calls, "dlsym");
      const { status, stderr } = standIn.run("preload", ["--out", join(disk, "t.jsonl"), ...words]);
      expect(status).toBe(1);
      expect(stderr).toMatch(
        /LOST: [\d,]+ notes of calls could not be kept\. The disk is full|the disk is full: .* only a part/,
      );
      const [file] = readdirSync(accounts);
      expect(readFileSync(join(accounts, file), "utf8").trim().split("\n").length).toBe(20_000);
    } finally {
      spawnSync("umount", [disk]);
    }
  });
});

describe.skipIf(missing.bpftrace !== undefined)("bpftrace", () => {
  it("says how much it lost when its buffers are too small, by its exit status too", () => {
    const count = 60_000;
    const calls = Array.from({ length: count }, () => ({ name: "cuEventRecord", words: [1, 0] }));
    const {
      status,
      stderr,
      header,
      text,
      calls: seen,
    } = standIn.record("bpftrace", calls, { env: { BPFTRACE_PERF_RB_PAGES: "1" } });
    const lost = Number(header.lost);
    // What is not there is counted: of each call at least its beginning.
    expect(lost).toBeGreaterThanOrEqual(count - seen.length);
    expect(status).toBe(lost > 0 ? 1 : 0);
    expect(/LOST: /.test(stderr)).toBe(lost > 0);
    // Who reads it is told too.
    const reader = new DriverCallReader("trace.jsonl");
    reader.push(new TextEncoder().encode(text));
    const told = reader.finish().notes.filter(({ what }) => what.includes("the recorder lost"));
    expect(told.map((note) => note.count)).toEqual(lost > 0 ? [lost] : []);
  });
});

describe.skipIf(missing.bpftrace !== undefined)("two recordings at a time", () => {
  it("each have the calls of their own command, children included", async () => {
    const recordings = ["cuInit", "cuEventRecord"].map(async (name) => {
      const words = name === "cuInit" ? [0] : [1, 0];
      const calls = [0, 1].flatMap((process) =>
        Array.from({ length: 20 }, () => [
          { process, name, words },
          { process, name: "!wait", duration: 50_000_000 },
        ]).flat(),
      );
      const { words: command } = standIn.command(calls, "dlsym");
      const out = join(folder, `${name}.jsonl`);
      const child = spawn(runTrace, ["--out", out, ...command], {
        stdio: "ignore",
        env: { ...process.env, WARPLAB_LIBCUDA: join(standIn.folder, "libcuda.so.1") },
      });
      expect(await new Promise((resolve) => child.on("exit", resolve))).toBe(0);
      return readTrace(out).calls.map((call) => call.name);
    });
    const seen = await Promise.all(recordings);
    expect(seen).toEqual([Array(40).fill("cuInit"), Array(40).fill("cuEventRecord")]);
  });
});

// A file system of its own, in which the driver's device is one that answers nothing.
const ownDevices = [
  "mount -t tracefs nodev /sys/kernel/tracing && mount -t tmpfs tmpfs /dev && mknod /dev/null c 1 3",
  "mknod /dev/urandom c 1 9 && mknod /dev/nvidia0 c 1 5 && test -e /sys/kernel/tracing/events/syscalls/sys_enter_ioctl",
].join(" && ");
const hooks = missing.bpftrace === undefined && spawnSync("unshare", ["-m", "sh", "-c", ownDevices]).status === 0;

describe.skipIf(!hooks)("kernel hooks (skipped where the kernel offers none)", () => {
  it("are the system calls on the driver's devices, and on no others", () => {
    const program = `
import fcntl, mmap, os, select
nvidia, other = os.open("/dev/nvidia0", os.O_RDWR), os.open("/dev/null", os.O_RDWR)
for file in (nvidia, other):
    try: fcntl.ioctl(file, 0xc0104601)
    except OSError: pass
    poll = select.poll()
    poll.register(file, select.POLLIN)
    poll.poll(0)
try: mmap.mmap(nvidia, 8192)
except OSError: pass
os.close(nvidia)
`;
    const out = join(folder, "hooks.jsonl");
    const script = `${ownDevices} && exec "$@"`;
    const words = ["-m", "sh", "-c", script, "sh", runTrace, "--kernel", "--out", out, "python3", "-c", program];
    const { status, stderr } = spawnSync("unshare", words, {
      encoding: "utf8",
      env: { ...process.env, WARPLAB_LIBCUDA: join(standIn.folder, "libcuda.so.1") },
    });
    expect({ status, stderr }).toMatchObject({
      status: 0,
      stderr: expect.stringContaining("0 calls and 3 other events in"),
    });
    expect(readTrace(out).calls.map(({ name, cat, ph, args }) => ({ name, cat, ph, ...args }))).toEqual([
      { name: "ioctl", cat: "other", ph: "X", hook: "syscall", fd: 3, request: "0xc0104601", status: "ENOTTY" },
      { name: "poll", cat: "other", ph: "X", hook: "syscall", count: 1, status: "ok" },
      { name: "mmap", cat: "other", ph: "X", hook: "syscall", fd: 3, bytes: 8192, status: "ok" },
    ]);
  });
});

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** What is noted so far in the folder of a trace that is being recorded. */
function notesOf(place: string): string {
  const notes = readdirSync(place)
    .filter((name) => name.startsWith(".warplab-trace-"))
    .map((name) => join(place, name, "notes"))
    .filter((path) => existsSync(path));
  return notes
    .flatMap((path) => readdirSync(path).map((name) => join(path, name)))
    .filter((path) => path.endsWith(".calls"))
    .map((path) => readFileSync(path, "latin1"))
    .join("");
}

/** Calls of nothing that preload.c begins with. */
const calibrations = 200;
