import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { layerViolations, type SourceTexts } from "./layers.js";

const root = fileURLToPath(new URL("../../", import.meta.url));

describe("the layer table", () => {
  it("holds for the whole of src/ and widgets/", () => {
    const sources = new Map([...sourcesUnder("src"), ...sourcesUnder("widgets")]);
    expect(sources.size).toBeGreaterThan(10);
    expect(layerViolations(sources)).toEqual([]);
  });
});

describe("the check of the layer table", () => {
  it("accepts imports that go down", () => {
    expect(
      violations({
        "src/core/dim3.ts": "export const x = 1;",
        "src/gpu/host/virtual-gpu.ts": 'import { x } from "../../core/dim3.js"; export const y = x;',
        "widgets/stepper.ts": 'import { y } from "../src/gpu/host/virtual-gpu.js"; console.log(y);',
        "src/cli/main.ts": 'import process from "node:process"; import "../gpu/host/virtual-gpu.js"; process.exit();',
      }),
    ).toEqual([]);
  });

  it("finds an import that goes up, even of a type", () => {
    expect(
      violations({
        "src/core/dim3.ts": '// what\nimport type { Notebook } from "../notebook/run.js";',
        "src/notebook/run.ts": "export interface Notebook {}",
      }),
    ).toEqual(["src/core/dim3.ts:2 imports upwards: core (layer 0) -> notebook (layer 5)"]);
  });

  it("finds gpu and model knowing each other", () => {
    expect(
      violations({
        "src/gpu/host/work.ts": 'export { roof } from "../../model/roofline.js";',
        "src/model/roofline.ts": "export const roof = 1;",
      }),
    ).toEqual(["src/gpu/host/work.ts:1 imports sideways: gpu (layer 2) -> model (layer 2)"]);
  });

  it("lets widgets use view, and not the other way round", () => {
    const view = { "src/view/page.ts": "export const page = 1;", "widgets/frame.ts": "export const frame = 1;" };
    expect(violations({ ...view, "widgets/chart.ts": 'import "../src/view/page.js";' })).toEqual([]);
    expect(violations({ ...view, "src/view/chart.ts": 'import "../../widgets/frame.js";' })).toEqual([
      "src/view/chart.ts:1 imports sideways: view (layer 4) -> widgets (layer 4)",
    ]);
  });

  it.each([
    ["gpu", "ptx", "simt"],
    ["gpu", "ptx", "language"],
    ["gpu", "language", "simt"],
    ["gpu", "simt", "language"],
    ["gpu", "simt", "analysis"],
    ["gpu", "analysis", "host"],
    ["gpu", "analysis", "language"],
    ["model", "operator", "roofline"],
    ["model", "planner", "prediction"],
    ["model", "planner", "graph"],
    ["model", "prediction", "accuracy"],
    ["model", "graph", "prediction"],
    ["model", "calibration", "accuracy"],
  ])("finds, inside %s, %s importing %s", (concept, from, to) => {
    expect(
      violations({
        [`src/${concept}/${from}/a.ts`]: `import "../${to}/b.js";`,
        [`src/${concept}/${to}/b.ts`]: "export const b = 1;",
      }),
    ).toEqual([`src/${concept}/${from}/a.ts:1 breaks the order inside ${concept}: ${from} does not know ${to}`]);
  });

  it("wants every folder inside gpu and model in its order before it imports a neighbour", () => {
    expect(
      violations({
        "src/model/oracle/a.ts": 'import "../operator/b.js"; import "./c.js"; import "../index.js";',
        "src/model/operator/b.ts": "export const b = 1;",
      }),
    ).toEqual(["src/model/oracle/a.ts:1 breaks the order inside model: oracle does not know operator"]);
  });

  it("finds folders that import each other in a circle, though no file does", () => {
    expect(
      violations({
        "src/view/chart/mark.ts": 'import "../page/frame.js";',
        "src/view/chart/axis.ts": "export const axis = 1;",
        "src/view/page/frame.ts": "export const frame = 1;",
        "src/view/page/head.ts": 'import "../chart/axis.js";',
      }),
    ).toEqual(["folders import each other in a circle: src/view/chart -> src/view/page -> src/view/chart"]);
  });

  it("finds such a circle through subfolders, and lets a folder and its own subfolders know each other", () => {
    const inside = {
      "src/gpu/simt/warp.ts": 'import "./execute/step.js";',
      "src/gpu/simt/lane.ts": "export const lane = 1;",
      "src/gpu/simt/execute/step.ts": 'import "../lane.js";',
    };
    expect(violations(inside)).toEqual([]);
    expect(
      violations({
        "src/view/page/html.ts": 'import "../table/cell.js";',
        "src/view/table/cell.ts": 'import "../page/parts/head.js";',
        "src/view/page/parts/head.ts": "export const head = 1;",
      }),
    ).toEqual(["folders import each other in a circle: src/view/page -> src/view/table -> src/view/page"]);
  });

  it.each([
    ['import { readFileSync } from "node:fs";', 'imports "node:fs"'],
    ['import fs from "fs";', 'imports "fs"'],
    ['const fs = await import("node:fs");', 'imports "node:fs"'],
    ['import { Command } from "commander";', 'imports "commander"'],
    ["export const home = process.env;", "uses process of Node"],
    ["export const bytes = Buffer.from([1]);", "uses Buffer of Node"],
    ["export const all = { process };", "uses process of Node"],
  ])("finds Node in a layer that runs in browsers: %s", (text, complaint) => {
    expect(violations({ "src/view/page.ts": text })).toEqual([
      `src/view/page.ts:1 ${complaint}, and layers 0-4 run in browsers`,
    ]);
  });

  it("takes a name of one's own for what it is", () => {
    expect(
      violations({
        "src/view/page.ts":
          "export function f(process: number, m: { Buffer: number }) { const { Buffer: b } = m; return process + m.Buffer + b; }",
      }),
    ).toEqual([]);
  });

  it("finds a widget that would load the kernel language, and says by which way", () => {
    const sources = {
      "src/gpu/language/parse.ts": "export const parse = 1; export type Tree = number;",
      "src/gpu/host/launch.ts": 'import { parse } from "../language/parse.js"; export const go = parse;',
    };
    expect(violations({ ...sources, "widgets/stepper.ts": 'import { go } from "../src/gpu/host/launch.js";' })).toEqual(
      [
        "the browser bundle reaches src/gpu/language/: widgets/stepper.ts -> src/gpu/host/launch.ts -> src/gpu/language/parse.ts",
      ],
    );
    expect(
      violations({ ...sources, "widgets/stepper.ts": 'import type { Tree } from "../src/gpu/language/parse.js";' }),
    ).toEqual([]);
  });

  it.each(["src/core/utils.ts", "src/gpu/helpers/lane.ts", "src/view/common.ts", "widgets/misc.ts"])(
    "refuses a name that says nothing: %s",
    (path) => {
      expect(violations({ [path]: "export const a = 1;" })).toEqual([expect.stringContaining("names no concept")]);
    },
  );

  it("wants a place in the table for every folder", () => {
    expect(violations({ "src/magic/wand.ts": "export const a = 1;" })).toEqual([
      'src/magic/wand.ts: the layer table has no place for "magic"',
    ]);
  });
});

function violations(sources: Readonly<Record<string, string>>): string[] {
  return layerViolations(new Map(Object.entries(sources)));
}

function sourcesUnder(folder: string): SourceTexts {
  const entries = readdirSync(join(root, folder), { recursive: true, withFileTypes: true });
  return new Map(
    entries
      .filter((entry) => entry.isFile() && /\.(m?[tj]s|tsx)$/.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [relative(root, path).replaceAll(sep, "/"), readFileSync(path, "utf8")] as const),
  );
}
