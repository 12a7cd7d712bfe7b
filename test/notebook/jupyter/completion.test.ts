// What a person is offered while typing a cell, and what Shift+Tab tells.
import { describe, expect, test } from "vitest";
import { operators } from "../../../src/model/index.js";
import { kernelForFile, newFolder } from "./kernel.js";

const folder = newFolder({
  "model.ts": "export const a = 1;",
  "data.json": "{}",
  "notes.txt": "",
  "deep/inner.ts": "",
});
const kernel = kernelForFile(() => ({ cwd: folder }));

interface Completion {
  readonly matches: readonly string[];
  readonly cursor_start: number;
  readonly cursor_end: number;
  readonly metadata: {
    readonly _jupyter_types_experimental: readonly {
      text: string;
      type: string;
      signature?: string;
      start: number;
      end: number;
    }[];
  };
}

interface Inspection {
  readonly found: boolean;
  readonly data: Readonly<Record<string, string>>;
}

/** The cursor is where `|` stands. */
async function ask<T>(type: string, text: string, more: Readonly<Record<string, unknown>> = {}): Promise<T> {
  const [before, after] = text.split("|");
  const content = { code: before + after, cursor_pos: [...before].length, ...more };
  return (await kernel().request("shell", type, content)).reply.content as unknown as T;
}
const complete = (text: string): Promise<Completion> => ask("complete_request", text);
const inspect = (text: string, detail = 0): Promise<Inspection> =>
  ask("inspect_request", text, { detail_level: detail });

async function declareKernel(): Promise<void> {
  const { reply } = await kernel().execute(`import { VirtualGPU, kernel, i32, f32 } from "warplab";
/** Adds a scaled vector. */
const saxpy = kernel("saxpy", { n: i32, a: f32, x: f32.ptr, y: f32.ptr }, ({ n, a, x, y }, { threadIdx }) => {
  if (threadIdx.x < n) y[threadIdx.x] = a * x[threadIdx.x];
});
const gpu = new VirtualGPU("h100");
interface Shape { /** How many. */ sides: number }
type Side = "left" | "right";
/** Of a circle. */
function area(radius: number): number {
  return 3 * radius ** 2;
}`);
  expect(reply.status).toBe("ok");
}

describe("completion", () => {
  test("has the members of earlier cells' values, with what they are and how they are called", async () => {
    await declareKernel();
    const { matches, metadata } = await complete("gpu.|");
    expect(matches).toEqual(expect.arrayContaining(["launch", "device"]));
    const of = (name: string) => metadata._jupyter_types_experimental.find(({ text }) => text === name);
    expect(of("launch")).toMatchObject({ type: "function", start: 4, end: 4 });
    expect(of("launch")?.signature).toMatch(
      /^<K extends LaunchableKernel>\(kernel: K, config: LaunchConfig, .*\): Launch$/,
    );
    expect(of("device")).toMatchObject({ type: "property" });
  });

  test("has a kernel's arguments in their order, without those that are given", async () => {
    expect((await complete("gpu.launch(saxpy, { grid: 1, block: 32 }, { | })")).matches).toEqual(["n", "a", "x", "y"]);
    expect((await complete("gpu.launch(saxpy, { grid: 1, block: 32 }, { a: 2, |")).matches).toEqual(["n", "x", "y"]);
    expect((await complete("gpu.launch(saxpy, { bl| })")).matches).toEqual(["block"]);
  });

  test("has the notebook's own names first, and those of exports", async () => {
    expect((await complete("|")).matches.slice(0, 9)).toContain("saxpy");
    expect((await complete("exports.sa|")).matches).toEqual(["saxpy"]);
    const { metadata } = await complete("Virtual|");
    expect(metadata._jupyter_types_experimental[0]).toMatchObject({ text: "VirtualGPU", type: "class" });
  });

  test("has the strings that a type allows", async () => {
    expect((await complete(`const side: Side = "|"`)).matches).toEqual(["left", "right"]);
  });

  test("has the devices, precisions and operators that are known, inside their quotes", async () => {
    expect((await complete(`new VirtualGPU("|")`)).matches).toEqual(expect.arrayContaining(["h100", "gb10"]));
    await kernel().execute(`import { device, sweep } from "warplab";`);
    expect((await complete(`device("h1|")`)).matches).toContain("h100-sxm");
    const devices = await complete(
      `sweep({ kernel: "gemm", shapes: [[8, 8, 8]], precisions: ["FP16"], devices: ["|"] })`,
    );
    expect(devices.matches).toContain("a100");
    const precisions = await complete(`sweep({ kernel: "gemm", precisions: ["|"] })`);
    expect(precisions.matches).toEqual(expect.arrayContaining(["FP16", "NVFP4"]));
    expect((await complete(`sweep({ kernel: "|" })`)).matches.toSorted()).toEqual([...operators.keys()].sort());
  });

  test("has packages, Node's modules and the files beside the notebook in an import", async () => {
    expect((await complete(`import { x } from "war|"`)).matches).toEqual(["warplab"]);
    expect((await complete(`import "node:pat|`)).matches).toEqual(["node:path", "node:path/posix", "node:path/win32"]);
    const files = await complete(`import { a } from "./|"`);
    expect(files.matches).toEqual(["./data.json", "./deep/", "./model.ts"]);
    expect([files.cursor_start, files.cursor_end]).toEqual([19, 21]);
    expect((await complete(`await import('./deep/|')`)).matches).toEqual(["./deep/inner.ts"]);
    expect((await complete(`import { VirtualGPU| } from "warplab"`)).matches).toEqual([
      "VirtualGPU",
      "VirtualGPUOptions",
    ]);
  });

  test("counts the cursor in characters, not in UTF-16 units", async () => {
    const { matches, cursor_start, cursor_end } = await complete(`const 𝒜 = "😀😀"; 𝒜.toUpper|`);
    expect(matches).toEqual(["toUpperCase"]);
    expect([cursor_start, cursor_end]).toEqual([18, 25]);
  });

  test.each(["`gp|`", "// gp|", '"gp|"', "/gp|/"])("has nothing inside %s", async (text) => {
    expect((await complete(text)).matches).toEqual([]);
  });
});

describe("inspection", () => {
  test("tells parameters and docstring of a method, a property and a name of an earlier cell", async () => {
    await declareKernel();
    const launch = await inspect("gpu.lau|nch");
    expect(launch.data["text/plain"]).toMatch(/VirtualGPU\.launch<[\s\S]*config: LaunchConfig[\s\S]*Runs a kernel/);
    expect(launch.data["text/markdown"]).toMatch(/^```typescript\n[\s\S]*```\n\n[\s\S]*Runs a kernel/);
    expect((await inspect("gpu.launch(saxpy, { bl|ock: 32 })")).data["text/plain"]).toContain("Threads of a block");
    expect((await inspect("saxp|y")).data["text/plain"]).toContain("Adds a scaled vector.");
  });

  test("inside a call's parentheses tells the call and the argument that stands there", async () => {
    const first = await inspect("area(|)");
    expect(first.data["text/plain"]).toBe("area(radius: number): number\n\nArgument 1: radius: number\n\nOf a circle.");
    expect((await inspect("gpu.launch(saxpy, |)")).data["text/plain"]).toContain("Argument 2: config: LaunchConfig");
  });

  test("of more detail has the source of what a cell declares", async () => {
    expect((await inspect("are|a")).data["text/plain"]).not.toContain("return 3");
    expect((await inspect("are|a", 1)).data["text/plain"]).toContain("return 3 * radius ** 2;");
  });

  test("knows a type that stands alone, and does not know a keyword or a word", async () => {
    expect((await inspect("Shap|e")).data["text/plain"]).toBe("interface Shape");
    expect((await inspect("let side: Sid|e")).data["text/plain"]).toBe(`type Side = "left" | "right"`);
    for (const text of ["awai|t 5", "nobody|", "|"]) expect((await inspect(text)).found).toBe(false);
  });
});
