// The library under tslab as it comes, without our kernel: what a person has who only ran `npm install tslab warplab`.
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Execution, KernelClient } from "../../src/notebook/jupyter/client/client.js";

const root = resolve(import.meta.dirname, "../..");
const tslab = join(dirname(createRequire(import.meta.url).resolve("tslab/package.json")), "bin", "tslab");

let folder: string;
let kernel: KernelClient;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "stock-tslab-"));
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(root, join(folder, "node_modules", "warplab"));
  kernel = await KernelClient.start({
    cwd: folder,
    argv: [process.execPath, tslab, "kernel", "--config-path={connection_file}"],
    transport: "tcp",
  });
}, 60_000);

afterAll(async () => {
  await kernel?.kill();
  rmSync(folder, { recursive: true, force: true });
});

const printed = ({ messages }: Execution): string =>
  messages.map((message) => (message.type === "stream" ? message.content.text : "")).join("");

const displayed = ({ messages }: Execution): Record<string, unknown>[] =>
  messages.flatMap((message) =>
    message.type === "display_data" ? [message.content.data as Record<string, unknown>] : [],
  );

async function run(code: string): Promise<Execution> {
  const execution = await kernel.execute(code);
  expect(execution.reply.status, printed(execution)).toBe("ok");
  return execution;
}

// Arguments are written out, `{ x: x }`: stock tslab loses the shorthand for names of earlier cells.
describe("under stock tslab", () => {
  it("defines and launches a kernel, and says in a line what came of it", async () => {
    await run(`import { VirtualGPU, f32, i32, kernel, measured, roofline, show, validate } from "warplab";
      const saxpy = kernel("saxpy", { n: i32, a: f32, x: f32.ptr, y: f32.ptr },
        ({ n, a, x, y }, { blockIdx, blockDim, threadIdx }) => {
          const i = blockIdx.x * blockDim.x + threadIdx.x;
          if (i < n) y[i] = a * x[i] + y[i];
        });
      const gpu = new VirtualGPU("h100");
      const x = gpu.array(f32, [1, 2, 3, 4], { label: "x" });
      const y = gpu.zeros(f32, 4, { label: "y" });`);
    const launched = await run("gpu.launch(saxpy, { grid: 1, block: 32 }, { n: 4, a: 2, x: x, y: y })");
    expect(printed(launched)).toMatch(/^saxpy<<<\(1\), \(32\)>>> on H100 SXM · \d+ warp instructions/);
    expect(printed(await run("y"))).toBe("y: f32[4] on the device [2, 4, 6, 8]\n");
  });

  it("shows a stepper in its self-contained form", async () => {
    const shown = await run("show(gpu.step(saxpy, { grid: 1, block: 32 }, { n: 4, a: 2, x: x, y: y }))");
    const [stepper] = displayed(shown);
    expect(stepper["text/html"]).toMatch(/<iframe[^>]+srcdoc=/);
    expect(stepper).not.toHaveProperty("application/vnd.jupyter.widget-view+json");
  });

  it("shows a chart with a picture of itself, and a report as a table", async () => {
    const [chart, report] = displayed(
      await run('const report = validate(measured("gb10")); show(roofline(report)); show(report);'),
    );
    expect(chart["application/vnd.vegalite.v5+json"]).toHaveProperty("$schema");
    expect(chart["image/svg+xml"]).toMatch(/^<svg/);
    expect(report["text/html"]).toMatch(/<table/);
  });

  it("says every result in one line", async () => {
    await run(`import { device, devices, predict, progress } from "warplab";
      const stepper = gpu.step(saxpy, { grid: 1, block: 32 }, { n: 4, a: 2, x: x, y: y });`);
    for (const [code, line] of [
      ["saxpy", /^kernel saxpy\(n: i32, .*\): \d+ PTX instructions$/],
      ["gpu", /^VirtualGPU H100 SXM: /],
      ["gpu.memory", /^memory of H100 SXM: 2 arrays in /],
      ["x.add(1)", /^f32\.ptr to x\[1\]/],
      ["stepper", /^Stepper of saxpy<<</],
      ["stepper.replay", /^Replay of saxpy<<<\(1\), \(32\)>>>: \d+ steps, at step 0$/],
      ['device("h100")', /^H100 SXM \(h100-sxm\): Hopper, 132 SMs, 80 GB of HBM3 at 3350 GB\/s$/],
      [
        'predict({ kernel: "gemv", shape: [64, 64], precision: "FP16", device: "h100" })',
        /^gemv 64 x 64 FP16 on h100-sxm: /,
      ],
      ['validate(measured("gb10"))', /^GB10: 5 benchmarks/],
      ["gpu.load(saxpy.ptx)", /^PTX .* for sm_\d+: saxpy$/],
      ["gpu.load(saxpy.ptx).kernel()", /^kernel saxpy\(.*\) from PTX$/],
      ['progress(4, { label: "sweep" })', /^sweep: 0 of 4, running$/],
    ] as const) {
      const lines = printed(await run(code))
        .trimEnd()
        .split("\n");
      expect(lines, code).toHaveLength(1);
      expect(lines[0]).toMatch(line);
    }
  });

  it("names the mistake in a kernel as its author wrote it, and says that the text is transpiled", async () => {
    const execution = await kernel.execute(
      'const outside = 3;\nconst wrong = kernel("wrong", { x: f32.ptr }, ({ x }, { threadIdx }) => { x[threadIdx.x] = outside; });',
    );
    expect(execution.reply.status).toBe("error");
    expect(printed(execution)).toMatch(/wrong \(transpiled\), line 1, column \d+: .*outside/);
  });
});
