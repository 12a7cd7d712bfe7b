// `node --expose-gc bench/session.mjs [CELLS]`: a long session. What completion costs at its beginning and its end, what a trivial
// cell costs, and what stays in memory, after as many cells.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CellRunner } from "../dist/notebook/jupyter/cell-runner.js";
import { Interruption } from "../dist/notebook/jupyter/cells/session.js";

const cells = Number(process.argv[2] ?? 1000);
const folder = mkdtempSync(join(tmpdir(), "warplab-session-"));
const runner = new CellRunner(folder, () => {});
runner.warmUp();
let count = 0;
const run = (source) =>
  runner.run(source, { label: `cell ${++count}`, interruption: new Interruption(), undisturbed: (work) => work() });
const median = (times) => times.sort((a, b) => a - b)[Math.floor(times.length / 2)].toFixed(1);

function completions(what) {
  for (const code of ["gpu.", "gpu.lau", "", "cons", "gpu.launch(saxpy, { "]) {
    const times = [];
    const cpu = process.cpuUsage();
    for (let i = 0; i < 21; i++) {
      const before = performance.now();
      runner.complete(code, code.length);
      times.push(performance.now() - before);
    }
    const { user, system } = process.cpuUsage(cpu);
    console.log(
      `${what}  complete ${JSON.stringify(code).padEnd(24)} first ${times[0].toFixed(1)} ms  median ${median(times)} ms  CPU ${((user + system) / 21000).toFixed(1)} ms`,
    );
  }
}

function heap() {
  globalThis.gc?.();
  globalThis.gc?.();
  return `${(process.memoryUsage().heapUsed / 1e6).toFixed(1)} MB${globalThis.gc === undefined ? " (without GC)" : ""}`;
}

await run(`import { VirtualGPU, kernel, i32, f32 } from "warplab";
const saxpy = kernel("saxpy", { n: i32, a: f32, x: f32.ptr, y: f32.ptr }, ({ n, a, x, y }, { threadIdx }) => {
  if (threadIdx.x < n) y[threadIdx.x] = a * x[threadIdx.x];
});
const gpu = new VirtualGPU("h100");`);
completions("after    1 cell ");
let times = [];
for (let i = 2; i <= cells; i++) {
  const before = performance.now();
  await run(i % 2 === 0 ? `const a${i} = ${i}; a${i} + 1` : `a${i - 1} + 1`);
  times.push(performance.now() - before);
  if ([50, 200, 500, 1000, cells].includes(i)) {
    console.log(
      `after ${String(i).padStart(4)} cells  heap after GC ${heap()}  median of the last cells ${median(times)} ms`,
    );
    times = [];
  }
}
completions(`after ${String(cells).padStart(4)} cells`);
if (process.argv[3] !== undefined) (await import("node:v8")).writeHeapSnapshot(process.argv[3]);
rmSync(folder, { recursive: true });
