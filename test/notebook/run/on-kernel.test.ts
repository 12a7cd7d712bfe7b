// The built package from end to end: notebooks on the real kernel.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, expect, it } from "vitest";
import { builtFile } from "../../../src/notebook/installation.js";
import type { CellProgress, NotebookError, runNotebook as RunNotebook } from "../../../src/notebook/run/run.js";
import type { Notebook } from "../../../src/view/page/index.js";

const { runNotebook } = (await import(pathToFileURL(builtFile("notebook", "run", "run.js")).href)) as {
  runNotebook: typeof RunNotebook;
};

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "warplab-kernel-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function notebook(...sources: string[]): string {
  const path = join(folder, "nb.ipynb");
  const cells = sources.map((source, i) => ({
    cell_type: "code",
    source,
    metadata: i === 0 ? { tags: ["parameters"] } : {},
  }));
  writeFileSync(path, JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata: {}, cells }));
  return path;
}

const stepping = `
import { VirtualGPU, kernel, i32, f32, show } from "warplab";
const saxpy = kernel("saxpy", { n: i32, a: f32, x: f32.ptr, y: f32.ptr },
  ({ n, a, x, y }, { blockIdx, blockDim, threadIdx }) => {
    const i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) y[i] = a * x[i] + y[i];
  });
const gpu = new VirtualGPU("h100");
const x = gpu.array(f32, [1, 2, 3, 4], { label: "x" });
const y = gpu.zeros(f32, 4, { label: "y" });
const stepper = gpu.step(saxpy, { grid: 1, block: 32 }, { n, a: 2, x, y });
show(stepper);
stepper.cursor = 3;
`;

it("a stepper that a cell showed is in the notebook and alive in the page, the same bytes twice", async () => {
  const path = notebook("const n = 4;", stepping, "n + 1");
  const write = async (): Promise<string[]> => {
    const { notebook, page } = await runNotebook(path, { outDir: join(folder, "out"), set: { n: "3" } });
    return [notebook, page].map((file) => readFileSync(file, "utf8"));
  };
  const [text, page] = await write();
  const { cells, metadata } = JSON.parse(text) as Notebook;
  expect(cells[1].source).toEqual(["// Set by warplab run\n", "const n = 3;"]);
  expect(cells[3].outputs).toMatchObject([{ output_type: "execute_result", data: { "text/plain": ["4"] } }]);
  const saved = (metadata["widgets"] as Record<string, { state: Record<string, { state: object }> }>)[
    "application/vnd.jupyter.widget-state+json"
  ];
  expect(saved.state["widget-2"].state).toMatchObject({ view: "stepper", cursor: 3, image: { kernel: "saxpy" } });
  expect(page).toContain('data-warplab-widget="widget-2"');
  expect(page.length).toBeLessThan(400_000);
  expect(await write()).toEqual([text, page]);
}, 60_000);

it.each([
  ["a timer", "setTimeout(() => console.log('late'), 700);"],
  [
    "a loop of its own",
    "void (async () => { for (const n of [1, 2, 3]) { await new Promise((go) => setTimeout(go, 200)); console.log(n, 'late'); } })();",
  ],
  [
    "a program",
    "import { spawn } from 'node:child_process';\nspawn('sh', ['-c', 'sleep 0.7; echo late'], { stdio: 'inherit' });",
  ],
])(
  "what the last cell's background puts out is in the page: %s",
  async (_, source) => {
    const { page, notebook: written } = await runNotebook(notebook("1", source), { outDir: join(folder, "out") });
    expect(readFileSync(page, "utf8")).toContain("late");
    const { cells } = JSON.parse(readFileSync(written, "utf8")) as Notebook;
    expect(JSON.stringify(cells[1].outputs)).toContain("late");
  },
  60_000,
);

it("a timer without end is waited for as long as was said, and a server not at all", async () => {
  const notices: string[] = [];
  const run = (source: string) =>
    runNotebook(notebook(source), {
      outDir: join(folder, "out"),
      patience: 600,
      onNotice: (text) => notices.push(text),
    });
  await run("import { createServer } from 'node:http';\ncreateServer().listen(0);");
  expect(notices).toEqual([]);
  await run("setInterval(() => console.log('tick'), 100);");
  expect(notices).toEqual([expect.stringMatching(/^a timer of a cell still went on/)]);
}, 60_000);

it("an error in a cell ends the run with what the person wrote", async () => {
  const failing = runNotebook(notebook("const a = 1;", 'throw new RangeError("too far");'), {
    outDir: join(folder, "out"),
  });
  const error = (await failing.catch((thrown: unknown) => thrown)) as NotebookError;
  expect(error.name).toBe("NotebookError");
  expect(error.cell).toBe(2);
  expect(error.message).toContain("RangeError: too far");
  expect(readFileSync(error.result.page, "utf8")).toContain("too far");
}, 60_000);

it("two cells of the same code are two: what the second shows under an id changes what the first has shown", async () => {
  const path = notebook(
    ...Array<string>(2).fill(
      'import { show } from "warplab"; show(globalThis.n = (globalThis.n ?? 0) + 1, { id: "a" });',
    ),
  );
  const { notebook: written } = await runNotebook(path, { outDir: join(folder, "out") });
  const { cells } = JSON.parse(readFileSync(written, "utf8")) as Notebook;
  expect(cells.map(({ outputs }) => outputs)).toMatchObject([[{ data: { "text/plain": ["2"] } }], []]);
}, 60_000);

it("parameters keep their types", async () => {
  const path = notebook("type Mode = 'fast' | 'exact';\nconst big = 10n, mode: Mode = 'fast';", "[big * 2n, mode]");
  const { notebook: written } = await runNotebook(path, {
    outDir: join(folder, "out"),
    set: { big: "7", mode: "exact" },
  });
  const { cells } = JSON.parse(readFileSync(written, "utf8")) as Notebook;
  expect(cells[1].source).toEqual(["// Set by warplab run\n", "const big = 7n;\n", 'const mode: Mode = "exact";']);
  expect(cells[2].outputs).toMatchObject([{ data: { "text/plain": ["[ 14n, 'exact' ]"] } }]);
}, 60_000);

it("a run that is stopped interrupts a loop that never ends", async () => {
  const stop = new AbortController();
  const stopped = runNotebook(notebook("for (;;) {}"), {
    outDir: join(folder, "out"),
    signal: stop.signal,
    onProgress: () => void setTimeout(() => stop.abort(), 300),
  });
  await expect(stopped).rejects.toThrow("code cell 1 was interrupted");
}, 60_000);

it.each([
  ["process.exit(0)", "(code 0)"],
  ["process.exit(3)", "(code 3)"],
  ["process.kill(process.pid, 'SIGKILL'); for (;;) {}", "(SIGKILL)"],
])(
  "a cell that ends the kernel ends the run: %s",
  async (code, how) => {
    const failing = runNotebook(notebook("console.log('heard');", code, "1"), { outDir: join(folder, "out") });
    const error = (await failing.catch((thrown: unknown) => thrown)) as NotebookError;
    expect(error.message).toMatch(/^code cell 2 ended the kernel /);
    expect(error.message).toContain(how);
    expect(readFileSync(error.result.page, "utf8")).toContain("heard");
  },
  60_000,
);

it("leaves bars out of what it writes, and tells of them while the cell runs", async () => {
  const path = notebook(
    "const rounds = 3;",
    `import { progress } from "warplab";
for (const _ of progress(Array.from({ length: rounds }), { label: "waiting" })) await new Promise((go) => setTimeout(go, 300));
"waited"`,
  );
  const said: string[] = [];
  const write = async (): Promise<string> => {
    const onProgress = ({ bar, number, state }: CellProgress) => {
      if (bar !== undefined) said.push(`cell ${number} ${state}, ${bar}`);
    };
    return readFileSync((await runNotebook(path, { outDir: join(folder, "out"), onProgress })).notebook, "utf8");
  };
  const text = await write();
  const { cells } = JSON.parse(text) as Notebook;
  expect(cells[1].outputs).toMatchObject([{ output_type: "execute_result", data: { "text/plain": ["'waited'"] } }]);
  expect(said[0]).toMatch(/^cell 2 running, waiting: \d+ % · [12] of 3/);
  expect(said.at(-1)).toMatch(/^cell 2 running, waiting: done in/);
  expect(await write()).toBe(text);
});
