import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { startWarplab, warplab, warplabJson } from "./command.js";

/** A folder of its own with a notebook of these cells. */
function notebook(...cells: readonly string[]): { folder: string; path: string } {
  const folder = mkdtempSync(join(tmpdir(), "warplab-run-"));
  const path = join(folder, "small.ipynb");
  const written = cells.map((source, i) => ({
    cell_type: "code",
    id: `c${i}`,
    metadata: i === 0 ? { tags: ["parameters"] } : {},
    source,
    execution_count: null,
    outputs: [],
  }));
  writeFileSync(path, JSON.stringify({ cells: written, metadata: {}, nbformat: 4, nbformat_minor: 5 }));
  return { folder, path };
}

describe("warplab run", () => {
  it("executes a notebook in any folder, leaves it alone, and prints the two files it wrote", async () => {
    const { folder, path } = notebook("let n = 2;", "console.log('n is', n * 21);");
    const before = readFileSync(path, "utf8");
    const { status, stdout, stderr } = await warplab(["run", "small.ipynb"], { cwd: folder });
    expect({ status, stdout }).toEqual({ status: 0, stdout: "out/small.ipynb\nout/small.html\n" });
    expect(stderr).toMatch(/^\[1\/2\] let n = 2; {2}\d+\.\d s\n\[2\/2\] .+ {2}\d+\.\d s\n2 cells in \d+\.\d s\n$/);
    expect(readFileSync(path, "utf8")).toBe(before);
    expect(readFileSync(join(folder, "out/small.ipynb"), "utf8")).toContain("n is 42");
    expect(readFileSync(join(folder, "out/small.html"), "utf8")).toContain("n is 42");
  });

  it("sets parameters", async () => {
    const { folder, path } = notebook("let n = 2;", "n * 21");
    const { status, stdout } = await warplab(["run", path, "--set", "n=10", "--out", "here", "--json"], {
      cwd: folder,
    });
    expect(status).toBe(0);
    const result = JSON.parse(stdout);
    expect(result).toMatchObject({ page: join(folder, "here/small.html"), cells: 3 });
    expect(readFileSync(result.notebook, "utf8")).toContain("210");
  });

  it("ends with 1 at a cell that fails, having written what ran until then", async () => {
    const { folder } = notebook("let n = 2;", "throw new RangeError('too deep');", "console.log('never');");
    const { status, stderr } = await warplab(["run", "small.ipynb"], { cwd: folder });
    expect(status).toBe(1);
    expect(stderr).toMatch(/small\.ipynb, code cell 2 failed:[\s\S]*RangeError: too deep/);
    expect(existsSync(join(folder, "out/small.html"))).toBe(true);
    expect(readFileSync(join(folder, "out/small.ipynb"), "utf8")).not.toContain('"never');
  });

  it("goes on after errors with --allow-errors, keeping them", async () => {
    const { folder } = notebook("let n = 2;", "throw new RangeError('too deep');", "console.log('after');");
    const { status, stderr } = await warplab(["run", "small.ipynb", "--allow-errors"], { cwd: folder });
    expect(status).toBe(0);
    expect(stderr).toMatch(/\[2\/3\] .+ {2}\d+\.\d s, with an error\n\[3\/3\]/);
    const written = readFileSync(join(folder, "out/small.ipynb"), "utf8");
    expect(written).toContain("RangeError");
    expect(written).toContain("after");
  });

  it("ends with 1 at a cell that ends the kernel, having written what ran until then", async () => {
    const { folder } = notebook("console.log('heard');", "process.exit(0);", "1");
    const { status, stdout, stderr } = await warplab(["run", "small.ipynb"], { cwd: folder });
    expect({ status, stdout }).toEqual({ status: 1, stdout: "out/small.ipynb\nout/small.html\n" });
    expect(stderr).toContain("small.ipynb, code cell 2 ended the kernel (code 0)\n");
    expect(readFileSync(join(folder, "out/small.html"), "utf8")).toContain("heard");
  });

  it("ends with 1 at Ctrl-C, saying which cell it interrupted and having written what ran until then", async () => {
    const { folder } = notebook("console.log('heard');", "for (;;) {}");
    const child = startWarplab(["run", "small.ipynb"], { cwd: folder });
    const text = { stdout: "", stderr: "" };
    child.stdout.on("data", (chunk) => (text.stdout += chunk));
    child.stderr.on("data", (chunk) => {
      text.stderr += chunk;
      // The line of the first cell is written when it has ended: the second one runs now, or is about to.
      if (text.stderr.includes("[1/2]") && !child.killed) child.kill("SIGINT");
    });
    const [status] = await once(child, "close");
    expect(text.stderr).toMatch(/\[2\/2\] .+ {2}interrupted\n/);
    expect(text.stderr).toContain("small.ipynb, code cell 2 was interrupted\nWhat ran until then is written.\n");
    expect({ status, stdout: text.stdout }).toEqual({ status: 1, stdout: "out/small.ipynb\nout/small.html\n" });
    expect(readFileSync(join(folder, "out/small.html"), "utf8")).toContain("heard");
  });

  it("leaves no half of a file however often Ctrl-C is pressed, and however a cell resists", async () => {
    const { folder } = notebook("console.log('heard');", "for (;;) try { for (;;) {} } catch {}");
    const child = startWarplab(["run", "small.ipynb"], { cwd: folder });
    let stderr = "";
    let presses: NodeJS.Timeout | undefined;
    child.stderr.on("data", (chunk) => {
      stderr += chunk;
      // Through the writing of the files, until that is told: while Node takes itself down a signal ends any process.
      if (stderr.includes("is written")) clearInterval(presses);
      else if (stderr.includes("[1/2]")) presses ??= setInterval(() => child.kill("SIGINT"), 20);
    });
    const [status] = await once(child, "close");
    clearInterval(presses);
    expect(stderr).toContain("small.ipynb, code cell 2 was interrupted\nWhat ran until then is written.\n");
    expect(status).toBe(1);
    expect(readdirSync(join(folder, "out")).sort()).toEqual(["small.html", "small.ipynb"]);
    expect(readFileSync(join(folder, "out/small.html"), "utf8")).toMatch(/heard[\s\S]*<\/html>\n$/);
  });

  it("says one cell and two cells", async () => {
    const { folder } = notebook("1");
    expect((await warplab(["run", "small.ipynb"], { cwd: folder })).stderr).toMatch(/\n1 cell in \d+\.\d s\n$/);
  });

  it.each([
    { words: ["nowhere.ipynb"], says: /nowhere\.ipynb: there is no such notebook/ },
    { words: ["small.ipynb", "--set", "m=1"], says: /small\.ipynb/ },
    { words: ["small.ipynb", "--set", "n=many"], says: /small\.ipynb: --set n=many: this must be a number, like 2/ },
    { words: ["small.ipynb", "--set", "n"], says: /--set: "n" sets nothing\nWrite --set name=value\./ },
    { words: ["small.ipynb", "--port", "80"], says: /--port goes with --serve/ },
    { words: ["small.ipynb", "--serve", "--port", "eighty"], says: /--port: "eighty" is no port/ },
    { words: ["text.ipynb"], says: /text\.ipynb/ },
    { words: ["small.ipynb", "--out", "text.ipynb"], says: /text\.ipynb: results: this is a file, or lies below one/ },
    { words: ["small.ipynb", "--out", "text.ipynb/x"], says: /text\.ipynb\/x: results: this is a file/ },
  ])("refuses $words", async ({ words, says }) => {
    const { folder } = notebook("let n = 2;");
    writeFileSync(join(folder, "text.ipynb"), "# not a notebook");
    const { status, stdout, stderr } = await warplab(["run", ...words], { cwd: folder });
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toMatch(says);
    expect(stderr).not.toMatch(/^ {4}at /m);
  });

  it("says that a port is taken", async () => {
    const { folder } = notebook("1");
    const other = createServer();
    await new Promise<void>((done) => other.listen(0, "127.0.0.1", done));
    const { port } = other.address() as AddressInfo;
    const { status, stderr } = await warplab(["run", "small.ipynb", "--serve", "--port", String(port)], {
      cwd: folder,
    });
    other.close();
    expect(status).toBe(2);
    expect(stderr).toContain(`--port: port ${port} is taken\n--port 0 finds a free one.`);
  });
});

describe("warplab kernel install", () => {
  it("registers the kernel under a prefix", async () => {
    const prefix = mkdtempSync(join(tmpdir(), "warplab-prefix-"));
    const { folder } = (await warplabJson(["kernel", "install", "--prefix", prefix])) as { folder: string };
    expect(folder).toBe(join(prefix, "share/jupyter/kernels/warplab"));
    const { argv, language } = JSON.parse(readFileSync(join(folder, "kernel.json"), "utf8"));
    expect(language).toBe("typescript");
    expect(argv[0]).toBe(process.execPath);
    expect(existsSync(argv.at(-2)!), argv.at(-2)!).toBe(true);
  });

  it("registers it for the user", async () => {
    const home = mkdtempSync(join(tmpdir(), "warplab-home-"));
    const { status, stdout } = await warplab(["kernel", "install"], { env: { JUPYTER_DATA_DIR: home } });
    expect(status).toBe(0);
    expect(stdout).toBe(`Registered "TypeScript (warplab)" in ${join(home, "kernels/warplab")}\n`);
  });

  it.runIf(existsSync("/proc/self"))("says at once when nothing can be made below the prefix", async () => {
    const { status, stderr } = await warplab(["kernel", "install", "--prefix", "/proc/warplab"]);
    expect(status).toBe(2);
    expect(stderr).toContain("/proc/warplab: Jupyter folder: no folder can be made there");
  });

  it.runIf(existsSync("/proc/self"))("says at once when nothing can be made in the user's folder", async () => {
    const { status, stdout, stderr } = await warplab(["kernel", "install"], {
      env: { JUPYTER_DATA_DIR: "/proc/warplab" },
    });
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toMatch(
      /^warplab: \/proc\/warplab\/kernels\/warplab: Jupyter folder: no folder can be made there\n/,
    );
  });

  it("says when the prefix is no folder", async () => {
    const folder = mkdtempSync(join(tmpdir(), "warplab-prefix-"));
    writeFileSync(join(folder, "file"), "");
    const { status, stderr } = await warplab(["kernel", "install", "--prefix", join(folder, "file")]);
    expect(status).toBe(2);
    expect(stderr).toMatch(/file: Jupyter folder: this is a file/);
  });
});

describe("warplab lab", () => {
  it("says how to get JupyterLab where there is none", async () => {
    const empty = mkdtempSync(join(tmpdir(), "warplab-path-"));
    const { status, stderr } = await warplab(["lab"], { env: { PATH: empty } });
    expect(status).toBe(2);
    expect(stderr).toMatch(/jupyter-lab.*PATH\n.*pip install jupyterlab/);
  });

  it("starts JupyterLab with kernel and widgets on its path, and passes words on", async () => {
    const folder = mkdtempSync(join(tmpdir(), "warplab-lab-"));
    // Stands for JupyterLab: says what it was given, and what it would find.
    mkdirSync(join(folder, "bin"));
    writeFileSync(
      join(folder, "bin/jupyter-lab"),
      `#!${process.execPath}\nconst fs = require("fs");\nconst path = process.env.JUPYTER_PATH.split(":")[0];\n` +
        "console.log(JSON.stringify({ words: process.argv.slice(2), kernel: fs.existsSync(path + '/kernels/warplab/kernel.json'), " +
        "widgets: fs.existsSync(path + '/labextensions/warplab/package.json') }));\n",
      { mode: 0o755 },
    );
    const { status, stdout } = await warplab(["lab", "mine.ipynb", "--port", "9999", "--", "--no-browser"], {
      cwd: folder,
      env: { PATH: join(folder, "bin") },
    });
    expect(status).toBe(0);
    const { words, ...found } = JSON.parse(stdout);
    expect(found).toEqual({ kernel: true, widgets: true });
    expect(words).toEqual([`--ServerApp.root_dir=${folder}`, "--ServerApp.port=9999", "mine.ipynb", "--no-browser"]);
  });
});
