// The same notebook gives the same files, whatever it shows and however long it takes: nothing of times, of random ids or of the
// order in which answers come may be in them.
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { writeNotebook } from "../browser/fixture-notebook.js";
import { repository, warplab } from "./command.js";

async function filesOf(notebook: string): Promise<{ notebook: string; page: string }> {
  const out = mkdtempSync(join(tmpdir(), "warplab-same-"));
  const { status, stdout, stderr } = await warplab(["run", notebook, "--out", out, "--json"]);
  expect(status, stderr).toBe(0);
  const written = JSON.parse(stdout) as { notebook: string; page: string };
  return { notebook: readFileSync(written.notebook, "utf8"), page: readFileSync(written.page, "utf8") };
}

async function expectSameTwice(notebook: string): Promise<{ notebook: string; page: string }> {
  const first = await filesOf(notebook);
  const second = await filesOf(notebook);
  expect(first.notebook === second.notebook, "the notebooks are the same").toBe(true);
  expect(first.page === second.page, "the pages are the same").toBe(true);
  return first;
}

it("the controls' notebook, its interact cells and grids of answers among it", async () => {
  const { notebook } = await expectSameTwice(`${repository}notebooks/01-controls.ipynb`);
  expect(notebook).toContain("application/vnd.jupyter.widget-state+json");
});

it("the machine's notebook, whose schedulers draw by their seeds", async () => {
  const { notebook } = await expectSameTwice(`${repository}notebooks/02-the-machine.ipynb`);
  expect(notebook).toContain("'random, seed 2'");
});

it("the notebook of predictions, with every chart of it", async () => {
  const { notebook, page } = await expectSameTwice(`${repository}notebooks/03-prediction.ipynb`);
  expect(notebook).toContain("26 of 26 rows");
  expect(notebook).toContain("matmul: ");
  expect(page.match(/<svg/g)?.length).toBeGreaterThanOrEqual(8);
});

it("the notebook of sweeps, whose launches end in any order and whose file is stopped on its way", async () => {
  const { notebook, page } = await expectSameTwice(`${repository}notebooks/04-sweeps.ipynb`);
  expect(notebook).toContain("The sweep was interrupted.");
  expect(notebook).toContain("256 rows");
  expect(notebook).toContain("the same bytes: true");
  expect(page.match(/<svg/g)?.length).toBeGreaterThanOrEqual(9);
});

it("the notebook of services, whose runs are made by threads and by a server", async () => {
  const { notebook, page } = await expectSameTwice(`${repository}notebooks/05-serving.ipynb`);
  expect(notebook).toContain("Knee of poisson. The knee is at 125 requests a second");
  expect(notebook).toContain("avg_queue_ms: 8.381 -> 1.966, b less");
  expect(notebook).toContain("llm-disaggregated");
  expect(page.match(/<svg/g)?.length).toBeGreaterThanOrEqual(4);
});

it("the notebook of traces, one of which goes through a file", async () => {
  const { notebook, page } = await expectSameTwice(`${repository}notebooks/06-traces.ipynb`);
  expect(notebook).toContain("The device is busy for");
  expect(notebook).toMatch(/launches +3\d\d\.\d +220\S* +1\.0\d+ +host/);
  expect(notebook).toContain("process 1;thread 1;load weights;cuMemcpyHtoD_v2;");
  expect(page.match(/<svg/g)?.length).toBeGreaterThanOrEqual(4);
});

it("the notebook of a validation", async () => {
  const { notebook } = await expectSameTwice(`${repository}notebooks/validation-gb10.ipynb`);
  expect(notebook).toContain("memory-bound error: 0 % of 2 rows, allowed is less than 20 %: holds");
});

it("a notebook of stock controls, links, an Output, late output, bars of two calls at once, and a stepper", async () => {
  const folder = mkdtempSync(join(tmpdir(), "warplab-same-"));
  const { notebook } = await expectSameTwice(
    writeNotebook(folder, "all", [
      `import { f32, hbox, i32, interact, kernel, link, output, progress, progressBar, show, slider, vbox, VirtualGPU } from "warplab";
const wait = (ms: number) => new Promise((done) => setTimeout(done, ms));`,
      `const [a, b] = [slider({ description: "a", value: 3, max: 9 }), slider({ description: "b", value: 4, max: 9 })];
link(a, "value", b, "value");
vbox([hbox([a, b]), progressBar({ description: "share", value: 40 })])`,
      `interact({ n: [1, 8] }, ({ n }) => n * n, { precompute: true })`,
      `const area = output();
show(area);
area.capture(() => { console.log("inside"); show({ a: [1, 2] }); });`,
      `for (const outer of progress([1, 2, 3], { label: "outer" })) {
  for await (const inner of progress([1, 2], { label: "inner" })) await wait(150);
}
"looped"`,
      `setTimeout(() => console.log("late"), 100);
await wait(300);`,
      `const gpu = new VirtualGPU("h100");
const y = gpu.zeros(f32, 64, { label: "y" });
const fill = kernel("fill", { n: i32, y: f32.ptr }, ({ n, y }, { threadIdx }) => { if (threadIdx.x < n) y[threadIdx.x] = 1; });
gpu.step(fill, { grid: 1, block: 64 }, { n: 40, y })`,
    ]),
  );
  const { cells } = JSON.parse(notebook) as { cells: { outputs: { output_type: string }[] }[] };
  // The bars themselves are left out, for they tell times.
  expect(cells[4].outputs.map(({ output_type }) => output_type)).toEqual(["execute_result"]);
  expect(notebook).toContain("late");
});
