import { existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { warplab, warplabJson } from "./command.js";

const folder = mkdtempSync(join(tmpdir(), "warplab-validate-"));
const gb10 = "hardware/measurements/gb10.json";

function file(name: string, content: unknown): string {
  const path = join(folder, name);
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
  return path;
}

const row = { kernel_type: "gemm", shape: [4096, 4096, 4096], precision: "FP16", measured_time_us: 14339 };

describe("warplab validate", () => {
  it("accepts the five figures of the GB10", async () => {
    const { results, skipped, summary } = (await warplabJson(["validate", gb10])) as {
      results: { kernel_type: string; precision: string; status: string }[];
      skipped: unknown[];
      summary: unknown;
    };
    expect(results.map(({ kernel_type, precision, status }) => `${kernel_type} ${precision} ${status}`)).toEqual([
      "gemv FP16 green",
      "gemv FP8_E4M3 green",
      "gemm FP16 green",
      "gemm FP8_E4M3 green",
      "gemm TF32 green",
    ]);
    expect(Object.keys(results[0])).toEqual([
      "kernel_type",
      "shape",
      "precision",
      "predicted_time_us",
      "measured_time_us",
      "error_pct",
      "predicted_tflops",
      "measured_tflops",
      "bottleneck",
      "status",
    ]);
    expect(skipped).toEqual([]);
    expect(summary).toEqual({ mean_error_pct: 0.2, max_error_pct: 0.5, num_benchmarks: 5, accepted: true });
  });

  it("ends with 1 when a benchmark is outside its band", async () => {
    const path = file("slow.json", { hardware_key: "gb10", benchmarks: [{ ...row, measured_time_us: 30000 }] });
    const { status, stdout, stderr } = await warplab(["validate", path, "--json"]);
    expect({ status, stderr }).toEqual({ status: 1, stderr: "" });
    expect(JSON.parse(stdout)).toMatchObject({ results: [{ status: "red" }], summary: { accepted: false } });
  });

  it("says what it did not read", async () => {
    const path = file("more.json", { hardware_key: "gb10", author: "me", benchmarks: [{ ...row, note: "warm" }] });
    const { status, stderr } = await warplab(["validate", path]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: `${path}: not read: author, benchmarks[0].note\n` });
  });

  it("names the field of a device that is unknown", async () => {
    const path = file("zzz.json", { hardware_key: "zzz", benchmarks: [row] });
    const { status, stderr } = await warplab(["validate", path]);
    expect(status).toBe(2);
    expect(stderr).toContain(`${path}: hardware_key: unknown device "zzz"\nKnown: `);
    expect(stderr).toContain("Nothing is compared: 1 benchmark of an unknown device.");
  });

  it("puts the roofline below the table of its page", async () => {
    const path = join(folder, "deep/er/report.html");
    expect(await warplab(["validate", gb10, "--html", path])).toMatchObject({ status: 0 });
    const page = readFileSync(path, "utf8");
    expect(page).toMatch(/<figure><svg[\s\S]*<\/svg><figcaption>/);
    expect(page).not.toMatch(/<script|src="http/);
  });

  it("does not write the page over the times that it read", async () => {
    const path = join(folder, "own-times.json");
    const text = readFileSync(gb10, "utf8");
    writeFileSync(path, text);
    const { status, stderr } = await warplab(["validate", path, "--html", path]);
    expect({ status, stderr }).toEqual({
      status: 2,
      stderr: `warplab: --html: ${path} is the file that is read\nWrite to another file.\n`,
    });
    expect(readFileSync(path, "utf8")).toBe(text);
  });

  it("says before it begins that a page cannot be written", async () => {
    const below = join(file("afile", ""), "x.html");
    const { status, stdout, stderr } = await warplab(["validate", gb10, "--html", below]);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toContain("afile: page: this is a file, or lies below one");
    expect((await warplab(["validate", gb10, "--html", folder])).stderr).toContain("page: this is a folder");
  });

  it("writes a page from a file with a byte order mark, too", async () => {
    const path = file("marked.json", `\uFEFF${JSON.stringify({ hardware_key: "gb10", benchmarks: [row] })}`);
    const page = join(folder, "marked.html");
    expect(await warplab(["validate", path, "--html", page])).toMatchObject({ status: 0, stderr: `wrote ${page}\n` });
  });

  it("predicts another device when told to", async () => {
    const { status, stdout } = await warplab(["validate", gb10, "--device", "h100"]);
    expect(status).toBe(1);
    expect(stdout).toMatch(/^H100 SXM: 5 benchmarks/);
  });

  it("names what it skipped", async () => {
    const path = file("conv.json", { hardware_key: "gb10", benchmarks: [row, { ...row, kernel_type: "sort" }] });
    const { status, stdout } = await warplab(["validate", path]);
    expect(status).toBe(0);
    expect(stdout).toContain('skipped 1 benchmark (1): kernel type "sort" is not predicted');
  });

  it("writes the table as a page that needs nothing else", async () => {
    const page = join(folder, "deep", "report.html");
    expect(await warplab(["validate", gb10, "--html", page])).toMatchObject({ status: 0, stderr: `wrote ${page}\n` });
    expect(existsSync(page)).toBe(true);
    const html = readFileSync(page, "utf8");
    expect(html).toMatch(/14.?302/);
    expect(html).not.toMatch(/(src|href)="https?:/);
  });

  it.each([
    {
      content: '{"hardware_key": "gb10",\n "benchmarks": [,]}',
      says: /bad\.json, line 2, column 17: not valid JSON: expected a value/,
    },
    { content: { benchmarks: [row] }, says: /hardware_key/ },
    { content: { hardware_key: "gb10" }, says: /benchmarks/ },
    { content: { hardware_key: "gb10", benchmarks: [{ ...row, shape: [1, 2] }] }, says: /benchmarks\[0\]\.shape/ },
    {
      content: { hardware_key: "gb10", benchmarks: [{ ...row, measured_time_us: "9" }] },
      says: /benchmarks\[0\]\.measured_time_us/,
    },
    { content: { hardware_key: "gb11", benchmarks: [row] }, says: /unknown device "gb11"\nDid you mean "gb10"\?/ },
  ])("refuses a file that $says", async ({ content, says }) => {
    const { status, stdout, stderr } = await warplab(["validate", file("bad.json", content)]);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toMatch(says);
    expect(stderr).not.toMatch(/^ {4}at /m);
  });

  it("says that there is no such file", async () => {
    const { status, stderr } = await warplab(["validate", "nowhere.json"]);
    expect(status).toBe(2);
    expect(stderr).toMatch(/^warplab: nowhere\.json: benchmark file: there is no such file/);
  });
});
