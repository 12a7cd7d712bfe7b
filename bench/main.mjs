// `npm run bench`: the figures that notes quote. Prints tables; `npm run bench -- --json` prints one JSON document, and
// `npm run bench -- --only opcodes,peers` measures some of it; `--only coverage`, which takes some minutes, is never part of the rest. Figures of different machines are not comparable; ratios are.
import { existsSync, mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import { cpus } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";
import { instructionCounts } from "../dist/gpu/ptx/instructions/manual.js";
import { coverageTable, measureCoverage } from "./coverage.mjs";
import { measureNotebook, notebookTable } from "./notebook.mjs";
import { sizeOf, timeToFirstStep } from "./page.mjs";
import { measurePeers, peersTable } from "./peers.mjs";
import { measurePredictions, predictionsTable } from "./predictions.mjs";
import { measureServer, serverTable } from "./server.mjs";
import { measureServing, servingTable } from "./serving.mjs";
import { measureTimeline, timelineTable } from "./timeline.mjs";
import { measureTraces, tracesTable } from "./traces.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** The measurement is TypeScript and shares the kernels of the tests: bundled beside node_modules, so that packages resolve. */
async function measureMachine() {
  const folder = mkdtempSync(join(root, "node_modules", ".warplab-bench-"));
  try {
    const outfile = join(folder, "interpreter.mjs");
    await build({
      entryPoints: [join(root, "bench/interpreter.ts")],
      outfile,
      bundle: true,
      platform: "node",
      format: "esm",
      target: "node20",
      packages: "external",
      logLevel: "warning",
    });
    const { measureInterpreter, measureLaunch } = await import(pathToFileURL(outfile).href);
    return { launch: measureLaunch(), interpreter: measureInterpreter() };
  } finally {
    await rm(folder, { recursive: true });
  }
}

const parts = [
  "notebook",
  "interpreter",
  "opcodes",
  "peers",
  "predictions",
  "serving",
  "server",
  "timeline",
  "traces",
  "pages",
];
const named = [...parts, "coverage"];
const only = process.argv.includes("--only")
  ? (process.argv[process.argv.indexOf("--only") + 1] ?? "").split(",")
  : parts;
const unknown = only.filter((part) => !named.includes(part));
if (unknown.length > 0) {
  console.error(`there is no part "${unknown[0]}"\nGive some of ${named.join(",")} after --only.`);
  process.exit(2);
}
const asked = (part) => only.includes(part);

// First, while nothing else has warmed this process up.
const notebook = asked("notebook") ? await measureNotebook() : undefined;
const { launch, interpreter } = asked("interpreter") ? await measureMachine() : {};
const opcodes = asked("opcodes") ? instructionCounts() : undefined;
const peers = asked("peers") ? measurePeers() : undefined;
const predictions = asked("predictions") ? measurePredictions() : undefined;
const serving = asked("serving") ? measureServing() : undefined;
const coverage = asked("coverage") ? await measureCoverage() : undefined;
const server = asked("server") ? await measureServer() : undefined;
const traces = asked("traces") ? await measureTraces() : undefined;
const timeline = asked("timeline") ? await measureTimeline() : undefined;
const files = asked("pages")
  ? ["out/00-tour.html", "dist/assets/page.js", "dist/assets/chart.js", "dist/labextension/static/remoteEntry.js"]
      .filter((path) => existsSync(join(root, path)))
      .map((path) => ({ path, ...sizeOf(join(root, path)) }))
  : undefined;
const tour = join(root, "out/00-tour.html");
const first_step_ms = asked("pages") && existsSync(tour) ? await timeToFirstStep(tour) : undefined;
const machine = `node ${process.version}, ${cpus().length} x ${cpus()[0].model.trim()}`;

if (process.argv.includes("--json")) {
  console.log(
    JSON.stringify(
      {
        machine,
        notebook,
        launch,
        interpreter,
        opcodes,
        peers,
        predictions,
        serving,
        coverage,
        server,
        timeline,
        traces,
        files,
        first_step_ms,
      },
      null,
      2,
    ),
  );
} else {
  const millions = (rate) => `${(rate / 1e6).toFixed(1)} M/s`;
  const kilobytes = (bytes) => `${(bytes / 1000).toFixed(0)} kB`;
  console.log(machine);
  if (notebook !== undefined) console.log(`\nThe notebook, beside its bars:\n${notebookTable(notebook).join("\n")}`);
  if (launch !== undefined) {
    const { first_ms, after_ms } = launch;
    console.log(
      `\nA launch of one block of one warp: ${first_ms.toFixed(1)} ms the first time, then ${after_ms.toFixed(2)} ms (bar: under 1 ms)`,
    );
  }
  if (interpreter !== undefined) console.log("\nThread instructions a second:");
  for (const figure of interpreter ?? []) {
    console.log(
      `  ${figure.kernel.padEnd(16)} ${figure.size.padEnd(26)} ${millions(figure.instructions_per_s).padStart(11)}` +
        `  counted ${millions(figure.counted_instructions_per_s).padStart(11)}` +
        `  ${figure.times_plain.toFixed(0).padStart(5)} x plain JavaScript`,
    );
  }
  if (opcodes !== undefined) {
    console.log(
      `\nPTX: ${opcodes.opcodes} opcodes in ${opcodes.rows} rows of the instruction table, ${opcodes.full_opcodes} full opcodes`,
    );
  }
  if (peers !== undefined) {
    console.log(
      `\nThe same kernels here and elsewhere, CPU time and thread instructions:\n${peersTable(peers).join("\n")}`,
    );
  }
  if (predictions !== undefined) {
    console.log(`\nPredictions a second of CPU time, into columns:\n${predictionsTable(predictions).join("\n")}`);
  }
  if (serving !== undefined) console.log(`\nSimulating a service, CPU time:\n${servingTable(serving).join("\n")}`);
  if (coverage !== undefined) {
    console.log(
      `\n95 % intervals that have the mean of theory (bars: 92 to 98 %):\n${coverageTable(coverage.rows).join("\n")}`,
    );
    for (const { load, worst_relative_error } of coverage.constant) {
      console.log(`  D/D/4 at ${load.toFixed(2)}: off by ${worst_relative_error.toExponential(1)} of its service`);
    }
  }
  if (server !== undefined) {
    console.log(`\nRuns over HTTP, the clients on the same machine:\n${serverTable(server).join("\n")}`);
  }
  if (traces !== undefined) console.log(`\nLarge traces, CPU time and memory:\n${tracesTable(traces).join("\n")}`);
  if (timeline !== undefined) {
    console.log(`\nScripts of a frame while the timeline is panned and zoomed:\n${timelineTable(timeline).join("\n")}`);
  } else if (asked("timeline")) console.log("\nNo Chromium to draw a timeline in.");
  if (files !== undefined) console.log("\nSizes:");
  for (const { path, bytes, gzip_bytes } of files ?? []) {
    console.log(`  ${path.padEnd(44)} ${kilobytes(bytes).padStart(9)}  gzip ${kilobytes(gzip_bytes).padStart(8)}`);
  }
  if (asked("pages")) {
    if (!existsSync(tour)) console.log("\nNo page to open: `npm start` makes it.");
    else if (first_step_ms === undefined) console.log("\nNo Chromium to open the page with.");
    else console.log(`\nFrom opening the page to the first step: ${first_step_ms.toFixed(0)} ms`);
  }
}
