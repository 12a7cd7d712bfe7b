// A small notebook that shows one of each: a diverging kernel as a stepper, a roofline, a table.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const cells: readonly string[] = [
  `import { VirtualGPU, kernel, i32, f32, show } from "warplab";`,
  `const abs = kernel("abs", { n: i32, x: f32.ptr, y: f32.ptr }, ({ n, x, y }, { blockIdx, blockDim, threadIdx }) => {
  const i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < n) {
    if (x[i] < 0) {
      y[i] = -x[i];
    } else {
      y[i] = x[i];
    }
  }
});
const gpu = new VirtualGPU("h100");
const x = gpu.array(f32, Float32Array.from({ length: 64 }, (_, i) => (i % 3 === 0 ? -i : i)), { label: "x" });
const y = gpu.zeros(f32, 64, { label: "y" });`,
  `const stepper = gpu.step(abs, { grid: 2, block: 32 }, { n: 50, x, y });
show(stepper);`,
  `const launch = gpu.launch(abs, { grid: 2, block: 32 }, { n: 50, x, y });
console.log("y[3] is", y.toArray()[3]);`,
  `stepper.cursor`,
  `stepper.cursor = 12;`,
];

/** Which code cells do what, counted from 0. */
export const fixtureCells = { stepper: 2, launch: 3, cursor: 4, moveCursor: 5, more: 6 } as const;

/** Writes the notebook into a folder; its path. */
export function writeFixtureNotebook(folder: string, more: readonly string[] = []): string {
  return writeNotebook(folder, "fixture", [...cells, ...more]);
}

/** Writes a notebook of code cells into a folder; its path. */
export function writeNotebook(folder: string, name: string, sources: readonly string[]): string {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${name}.ipynb`);
  const notebook = {
    cells: sources.map((source, i) => ({
      cell_type: "code",
      id: `cell-${i}`,
      metadata: {},
      source: source.split(/(?<=\n)/),
      execution_count: null,
      outputs: [],
    })),
    metadata: {
      kernelspec: { display_name: "TypeScript (warplab)", language: "typescript", name: "warplab" },
      language_info: { name: "typescript" },
    },
    nbformat: 4,
    nbformat_minor: 5,
  };
  writeFileSync(path, `${JSON.stringify(notebook, null, 1)}\n`);
  return path;
}
