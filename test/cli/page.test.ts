import { existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { warplab, warplabJson } from "./command.js";

const viewType = "application/vnd.jupyter.widget-view+json";

function notebook(cells: readonly object[], metadata: object = {}): string {
  const folder = mkdtempSync(join(tmpdir(), "warplab-page-"));
  const whole = cells.map((cell, i) => ({ cell_type: "code", id: `c${i}`, metadata: {}, source: "1", ...cell }));
  writeFileSync(
    join(folder, "saved.ipynb"),
    JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata, cells: whole }),
  );
  return folder;
}

describe("warplab page", () => {
  it("gives of a notebook that was run the page of the run, and executes nothing", async () => {
    const folder = notebook([
      { cell_type: "markdown", source: "# Saxpy" },
      {
        source:
          'import { VirtualGPU, kernel, i32, f32, show } from "warplab";\n' +
          'const k = kernel("k", { y: f32.ptr }, ({ y }, { threadIdx }) => { y[threadIdx.x] = 2; });\n' +
          'const gpu = new VirtualGPU("h100");\nconst y = gpu.zeros(f32, 32, { label: "y" });\n' +
          "show(gpu.step(k, { grid: 1, block: 32 }, { y }));\nconsole.log(Date.now() > 0);",
      },
    ]);
    expect((await warplab(["run", "saved.ipynb"], { cwd: folder })).stderr).not.toContain("failed");
    const executed = readFileSync(join(folder, "out/saved.ipynb"), "utf8");
    const { status, stdout, stderr } = await warplab(["page", "out/saved.ipynb", "--out", "pages"], { cwd: folder });
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: "pages/saved.html\n", stderr: "" });
    const page = readFileSync(join(folder, "pages/saved.html"), "utf8");
    expect(page).toBe(readFileSync(join(folder, "out/saved.html"), "utf8"));
    expect(page).toContain("data-warplab-widget=");
    expect(readFileSync(join(folder, "out/saved.ipynb"), "utf8")).toBe(executed);
  });

  it("shows the still form of a widget without a state, and says how to have it saved", async () => {
    const data = { [viewType]: { model_id: "gone" }, "text/html": "<b>still</b>", "text/plain": "a slider" };
    const folder = notebook([{ outputs: [{ output_type: "display_data", data, metadata: {} }] }]);
    const { status, stderr } = await warplab(["page", "saved.ipynb"], { cwd: folder });
    expect(status).toBe(0);
    expect(stderr).toMatch(
      /^warplab: saved\.ipynb: the notebook was saved without the state of a widget, .*its still form;/,
    );
    expect(readFileSync(join(folder, "out/saved.html"), "utf8")).toContain("<b>still</b>");
  });

  it("says where nothing has run, and answers JSON", async () => {
    const folder = notebook([{ source: "1" }]);
    const { status, stdout, stderr } = await warplab(["page", "saved.ipynb", "--json"], { cwd: folder });
    expect({ status, page: JSON.parse(stdout) }).toEqual({ status: 0, page: { page: join(folder, "out/saved.html") } });
    expect(stderr).toContain("no cell has an output yet; `warplab run` executes a notebook");
  });

  it("takes as one document what Jupyter saved", async () => {
    const outputs = [{ output_type: "stream", name: "stdout", text: ["one\n", "two\n"] }];
    const folder = notebook([{ outputs }], { kernelspec: { name: "python3", language: "python" } });
    expect(await warplabJson(["page", join(folder, "saved.ipynb"), "--out", folder])).toEqual({
      page: join(folder, "saved.html"),
    });
    expect(readFileSync(join(folder, "saved.html"), "utf8")).toContain("one\ntwo");
  });

  it.each([
    { words: ["nowhere.ipynb"], says: "nowhere.ipynb: there is no such notebook" },
    { words: ["saved.ipynb", "--out", "saved.ipynb"], says: "saved.ipynb: results: this is a file" },
    { words: [], says: "missing required argument 'notebook'" },
  ])("refuses $words", async ({ words, says }) => {
    const folder = notebook([]);
    const { status, stdout, stderr } = await warplab(["page", ...words], { cwd: folder });
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toContain(says);
    expect(stderr).not.toMatch(/^ {4}at /m);
    expect(existsSync(join(folder, "out"))).toBe(false);
  });
});
