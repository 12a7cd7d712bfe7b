// Starts JupyterLab with warplab's kernel and widgets and with one setting, found through JUPYTER_PATH and JUPYTER_CONFIG_PATH:
// nothing is written outside the installation.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import { InputError } from "../core/errors.js";
import { builtFile, installation } from "./installation.js";
import { writeKernelspec } from "./jupyter/kernelspec.js";

export interface LabOptions {
  /** The port to listen at; JupyterLab finds a free one from 8888 unless given. */
  readonly port?: number;
  /** The folder that JupyterLab shows; the current one unless given. */
  readonly notebookDir?: string;
  /** The file to open, relative to that folder. */
  readonly notebook?: string;
  /** More words for `jupyter-lab`. */
  readonly extra?: readonly string[];
  /** Where to look for `jupyter-lab`, and what it inherits; the process's own unless given. */
  readonly env?: NodeJS.ProcessEnv;
  /** Hears what a person should know, in a sentence. */
  onNotice?(notice: string): void;
}

/**
 * Starts JupyterLab; it writes to this terminal. Throws InputError when there is none, with the way to get it; says through
 * `onNotice` when its widget manager is missing.
 */
export function startLab(options: LabOptions = {}): ChildProcess {
  const env = options.env ?? process.env;
  const program = onPath("jupyter-lab", env);
  if (program === undefined) {
    throw new InputError("`jupyter-lab` is not on the PATH", {
      fix:
        "Install JupyterLab with its widget manager, `pip install jupyterlab ipywidgets`, or your system's package " +
        "(`jupyterlab` and `python3-ipywidgets` on Debian), and start again. Without it, `warplab run NOTEBOOK` makes a page.",
    });
  }
  const folder = resolve(options.notebookDir ?? ".");
  if (!existsSync(folder)) throw new InputError("there is no such folder", { where: options.notebookDir ?? folder });
  const paths = jupyterPaths(env);
  if (!hasWidgetManager(env)) {
    options.onNotice?.(
      "This JupyterLab has no widget manager: views are shown as pages of their own and do not follow the notebook's cursor. " +
        "Install it with `pip install ipywidgets` (on Debian `python3-ipywidgets`).",
    );
  }
  const words = [`--ServerApp.root_dir=${folder}`];
  if (options.port !== undefined) words.push(`--ServerApp.port=${options.port}`);
  if (options.notebook !== undefined) words.push(options.notebook);
  words.push(...(options.extra ?? []));
  return spawn(program, words, { cwd: folder, env: { ...env, ...paths }, stdio: "inherit" });
}

/** What tells Jupyter of warplab's kernel, widgets and setting, in front of or behind what is in `env` already. */
export function jupyterPaths(env: NodeJS.ProcessEnv): { JUPYTER_PATH: string; JUPYTER_CONFIG_PATH: string } {
  const ours = jupyterFolder();
  const joined = (...parts: readonly (string | undefined)[]): string =>
    parts.filter((part) => part !== undefined && part !== "").join(delimiter);
  return {
    JUPYTER_PATH: joined(ours, env["JUPYTER_PATH"]),
    // Behind, for the first that says something wins: it is a default, and somebody may have another.
    JUPYTER_CONFIG_PATH: joined(env["JUPYTER_CONFIG_PATH"], join(ours, "config")),
  };
}

/** Without it a saved notebook has the places of its widgets and not the widgets. What a person sets in JupyterLab goes before. */
const defaultSettings = { "@jupyter-widgets/jupyterlab-manager:plugin": { saveState: true } };

/**
 * The folder of the installation that Jupyter reads: `kernels/warplab`, `labextensions/warplab` and, as an entry of
 * JUPYTER_CONFIG_PATH, `config`. It is made anew when it is asked for, since it names this Node and this place on the disk.
 */
export function jupyterFolder(): string {
  const folder = join(installation().root, "dist", "jupyter");
  const fresh = `${folder}.${process.pid}`;
  rmSync(fresh, { recursive: true, force: true });
  writeKernelspec(fresh);
  const extension = join(builtFile("labextension", "package.json"), "..");
  cpSync(extension, join(fresh, "labextensions", "warplab"), { recursive: true });
  const settings = join(fresh, "config", "labconfig");
  mkdirSync(settings, { recursive: true });
  writeFileSync(join(settings, "default_setting_overrides.json"), `${JSON.stringify(defaultSettings, null, 2)}\n`);
  rmSync(folder, { recursive: true, force: true });
  renameSync(fresh, folder);
  return folder;
}

/** Whether JupyterLab knows the widget manager's extension, by its own list of folders. */
function hasWidgetManager(env: NodeJS.ProcessEnv): boolean {
  const jupyter = onPath("jupyter", env);
  const folders = jupyter === undefined ? [] : dataFolders(jupyter, env);
  const name = join("labextensions", "@jupyter-widgets", "jupyterlab-manager", "package.json");
  // Where the list cannot be had nothing is claimed.
  return folders.length === 0 || folders.some((folder) => existsSync(join(folder, name)));
}

function dataFolders(jupyter: string, env: NodeJS.ProcessEnv): string[] {
  const { status, stdout } = spawnSync(jupyter, ["--paths", "--json"], { env, encoding: "utf8", timeout: 20_000 });
  if (status !== 0) return [];
  try {
    const { data } = JSON.parse(stdout) as { data?: unknown };
    return Array.isArray(data) ? data.filter((folder) => typeof folder === "string") : [];
  } catch {
    return [];
  }
}

function onPath(program: string, env: NodeJS.ProcessEnv): string | undefined {
  const endings = process.platform === "win32" ? [".exe", ".cmd", ".bat"] : [""];
  for (const folder of (env["PATH"] ?? "").split(delimiter)) {
    for (const ending of endings) {
      const file = join(folder, `${program}${ending}`);
      if (folder !== "" && existsSync(file)) return file;
    }
  }
  return undefined;
}
