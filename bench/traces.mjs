// What reading a large trace costs, and the whole of `warplab trace`: seconds of CPU time and the most memory, each in a process of its own.
import { spawnSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmSync, statSync, writeSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";
import { writeNsightExport } from "./nsight-export.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Launches that make 100 MB. */
const sizes = [
  {
    format: "PyTorch",
    file: "pytorch.json",
    make: "madePytorchTrace",
    launches: 71_500,
    bar: { seconds: 3, bytes: 1e9 },
  },
  {
    format: "driver calls",
    file: "calls.jsonl",
    make: "madeDriverCalls",
    launches: 315_000,
    bar: { seconds: 3, bytes: 1e9 },
  },
  {
    format: "Nsight Systems",
    file: "export.sqlite",
    make: "writeNsightExport",
    launches: 780_000,
    bar: { seconds: 3, bytes: 1e9 },
  },
  { format: "PyTorch", file: "large.json", make: "madePytorchTrace", launches: 715_000, bar: { bytes: 2e9 } },
  { format: "driver calls", file: "large.jsonl", make: "madeDriverCalls", launches: 3_150_000, bar: { bytes: 2e9 } },
  {
    format: "Nsight Systems",
    file: "large.sqlite",
    make: "writeNsightExport",
    launches: 7_300_000,
    bar: { bytes: 2e9 },
  },
];

export async function measureTraces() {
  const folder = mkdtempSync(join(tmpdir(), "warplab-bench-traces-"));
  try {
    const made = await makers(folder);
    return sizes.map(({ format, file, make, launches, bar }) => {
      const path = join(folder, file);
      if (make === "writeNsightExport") writeNsightExport(path, { launches });
      else write(path, made[make]({ launches }).pieces);
      const read = measured([fileURLToPath(import.meta.url), "--read", path]);
      const summary = measured([join(root, "dist/cli/main.js"), "trace", path]);
      const bytes = statSync(path).size;
      // Three of them have a gigabyte each.
      rmSync(path);
      return { format, bytes, read, summary, bar };
    });
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** The makers are TypeScript and shared with the tests. */
async function makers(folder) {
  const outfile = join(folder, "made-traces.mjs");
  await build({
    entryPoints: [join(root, "test/trace/made-traces.ts")],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    logLevel: "warning",
  });
  return await import(pathToFileURL(outfile).href);
}

function write(path, pieces) {
  const file = openSync(path, "w");
  let text = "";
  for (const piece of pieces) {
    text += piece;
    if (text.length < 1 << 20) continue;
    writeSync(file, text);
    text = "";
  }
  writeSync(file, text);
  closeSync(file);
}

/** CPU seconds and the most memory of a process, which a second one tells on its way out. */
function measured(args) {
  const tell = `process.on("exit", () => {
    const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
    process.stderr.write("\\nfigures " + JSON.stringify({ seconds: (userCPUTime + systemCPUTime) / 1e6, bytes: maxRSS * 1024 }));
  });`;
  const { status, stderr } = spawnSync(
    process.execPath,
    ["--import", `data:text/javascript,${encodeURIComponent(tell)}`, ...args],
    { encoding: "utf8", stdio: ["ignore", "ignore", "pipe"] },
  );
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stderr.slice(stderr.lastIndexOf("figures ") + "figures ".length));
}

export function tracesTable(rows) {
  const megabytes = (bytes) => `${(bytes / 1e6).toFixed(0)} MB`.padStart(8);
  return rows.flatMap(({ format, bytes, read, summary, bar }) => {
    const line = (what, { seconds, bytes: most }, bars) =>
      `  ${format.padEnd(14)} ${megabytes(bytes)}  ${what.padEnd(14)} ${seconds.toFixed(2).padStart(6)} s  at most ${megabytes(most)}${bars}`;
    const bars = [...(bar.seconds === undefined ? [] : [`${bar.seconds} s`]), megabytes(bar.bytes).trim()].join(", ");
    return [line("reading", read, ""), line("warplab trace", summary, `  (bars: ${bars})`)];
  });
}

if (process.argv[2] === "--read") {
  const { openTrace, silent } = await import("../dist/index.js");
  await openTrace(process.argv[3], { progress: silent });
}
