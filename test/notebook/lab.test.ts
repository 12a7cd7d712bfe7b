import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { jupyterFolder, startLab } from "../../src/notebook/lab.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "warplab-lab-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A program on a PATH of its own that answers as `script` says. */
function program(name: string, script: string): void {
  writeFileSync(join(folder, name), `#!${process.execPath}\n${script}`);
  chmodSync(join(folder, name), 0o755);
}

const env = (): NodeJS.ProcessEnv => ({ PATH: `${folder}:${dirname(process.execPath)}` });

describe("starting JupyterLab", () => {
  it("without one names the way to get it", () => {
    expect(() => startLab({ env: { PATH: folder } })).toThrow(
      /`jupyter-lab` is not on the PATH\n.*pip install jupyterlab ipywidgets/,
    );
  });

  it("in a folder that is not there says so", () => {
    program("jupyter-lab", "");
    expect(() => startLab({ env: env(), notebookDir: join(folder, "none") })).toThrow(/none: there is no such folder/);
  });

  it.skipIf(process.platform === "win32")("hands it our kernel and widgets before those that were there", async () => {
    const heard = join(folder, "heard.json");
    program(
      "jupyter-lab",
      `require("node:fs").writeFileSync(${JSON.stringify(heard)}, JSON.stringify([process.argv.slice(2), process.env.JUPYTER_PATH, process.cwd(), process.env.JUPYTER_CONFIG_PATH]));`,
    );
    const child = startLab({
      env: { ...env(), JUPYTER_PATH: "/elsewhere", JUPYTER_CONFIG_PATH: "/settings" },
      notebookDir: folder,
      port: 8899,
      notebook: "a.ipynb",
    });
    await new Promise((done) => child.once("exit", done));
    const [words, path, cwd, config] = JSON.parse(readFileSync(heard, "utf8")) as [string[], string, string, string];
    expect(words).toEqual([`--ServerApp.root_dir=${folder}`, "--ServerApp.port=8899", "a.ipynb"]);
    expect(path).toBe(`${jupyterFolder()}:/elsewhere`);
    expect(cwd).toBe(folder);
    // A default of ours gives way to what somebody has set.
    expect(config).toBe(`/settings:${join(jupyterFolder(), "config")}`);
  });

  it.skipIf(process.platform === "win32").each([
    [true, []],
    [false, [expect.stringMatching(/no widget manager.*pip install ipywidgets/)]],
  ])("with a widget manager: %s", async (has, notices) => {
    const manager = join(folder, "share/labextensions/@jupyter-widgets/jupyterlab-manager");
    if (has) {
      mkdirSync(manager, { recursive: true });
      writeFileSync(join(manager, "package.json"), "{}");
    }
    program("jupyter-lab", "");
    program("jupyter", `console.log(JSON.stringify({ data: [${JSON.stringify(join(folder, "share"))}] }));`);
    const heard: string[] = [];
    const child = startLab({ env: env(), notebookDir: folder, onNotice: (notice) => heard.push(notice) });
    await new Promise((done) => child.once("exit", done));
    expect(heard).toEqual(notices);
  });
});

it("the folder for JUPYTER_PATH lies in the installation and holds a kernel and a labextension", () => {
  const path = jupyterFolder();
  expect(path).toMatch(/dist[\\/]jupyter$/);
  const kernel = JSON.parse(readFileSync(join(path, "kernels/warplab/kernel.json"), "utf8")) as { argv: string[] };
  expect(kernel.argv[0]).toBe(process.execPath);
  expect(kernel.argv.at(-1)).toBe("{connection_file}");
  const defaults = readFileSync(join(path, "config/labconfig/default_setting_overrides.json"), "utf8");
  expect(JSON.parse(defaults)).toEqual({ "@jupyter-widgets/jupyterlab-manager:plugin": { saveState: true } });
  expect(existsSync(join(path, "labextensions/warplab/static/remoteEntry.js"))).toBe(true);
});
