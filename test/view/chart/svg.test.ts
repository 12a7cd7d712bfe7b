import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { InputError } from "../../../src/core/errors.js";
import { measured, sweep, validate } from "../../../src/model/index.js";
import { type ChartCompiler, type ChartSpec, roofline, toSvg, validationDocument } from "../../../src/view/index.js";

// The bundle as the build makes it, loaded as a notebook's cell loads it: by require().
const folder = mkdtempSync(join(tmpdir(), "warplab-svg-"));
let compiler: ChartCompiler;

beforeAll(async () => {
  const outfile = join(folder, "vega.js");
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  await build({
    entryPoints: ["widgets/chart/svg.ts"],
    bundle: true,
    format: "esm",
    platform: "neutral",
    mainFields: ["module", "main"],
    outfile,
    logLevel: "error",
  });
  const { renderSvg } = createRequire(import.meta.url)(outfile);
  compiler = { svg: renderSvg };
});

afterAll(() => rmSync(folder, { recursive: true }));

const report = validate(measured("gb10"));

describe("a chart as SVG", () => {
  it("has the words, the points, a title and a description", async () => {
    const svg = await toSvg(roofline(report), compiler);
    expect(svg).toMatch(/^<svg [^>]*role="img"[^>]*><title>Roofline of GB10<\/title><desc>Throughput over/);
    expect(svg).toContain("GB10 \u00b7 287 GB/s");
    expect(svg.match(/aria-label="gem[mv] [^"]*, measured: [\d.]+ TFLOP\/s at /g)).toHaveLength(5);
  });

  it("paints nothing behind itself", async () => {
    const svg = await toSvg(roofline(report), compiler);
    expect(svg).not.toMatch(/<rect[^>]*fill="(?!transparent|none)/);
  });

  it("is the same bytes each time", async () => {
    const spec = roofline(report);
    expect(await toSvg(spec, compiler)).toBe(await toSvg(JSON.parse(JSON.stringify(spec)), compiler));
  });

  it("is drawn without a warning of vega's", async () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    await toSvg(roofline(report), compiler);
    await toSvg(roofline([], { devices: ["gb10", "a100", "h100"] }), compiler);
    const shapes = [64, 512, 4096].map((n) => [n, n, n]);
    const table = sweep({
      kernel: "gemm",
      shapes,
      precisions: ["FP16", "TF32"],
      devices: ["gb10", "h100"],
      modes: ["ideal", "realistic"],
    });
    await toSvg(roofline(table), compiler);
    expect(warn.mock.calls).toEqual([]);
    warn.mockRestore();
  });

  it("escapes what people write", async () => {
    const svg = await toSvg(roofline(report, { title: 'a < b & "c"' }), compiler);
    expect(svg).toContain("<title>a &lt; b &amp; &quot;c&quot;</title>");
  });

  it("belongs into a page that stands alone", async () => {
    const page = validationDocument(report, {
      charts: [{ title: "Roofline", svg: await toSvg(roofline(report), compiler) }],
    });
    expect(page).toMatch(/^<!doctype html>/);
    expect(page).not.toMatch(/(?:src|href)="http|<script/);
    expect(page).toContain("<svg");
  });
});

describe("what cannot be drawn", () => {
  it("is refused when it is no chart", async () => {
    await expect(toSvg({ mark: "point" } as never, compiler)).rejects.toThrow(InputError);
    await expect(toSvg({ mark: "point" } as never, compiler)).rejects.toThrow(
      "only a Vega-Lite or Vega specification can be drawn",
    );
  });

  it("is an error when its data are elsewhere", async () => {
    const spec: ChartSpec = {
      ...roofline(report),
      layer: undefined,
      data: { url: "https://example.org/x.json" },
      mark: "point",
    };
    await expect(toSvg(spec, compiler)).rejects.toThrow("it wants to load https://example.org/x.json");
  });

  it("is an error when the compiler gives no SVG", async () => {
    await expect(toSvg(roofline(report), { svg: async () => "oops" })).rejects.toThrow(
      "the chart compiler gave no SVG: oops",
    );
  });
});
