// A real JupyterLab for tests (scripts/ci/jupyterlab-rootfs.sh) and a hand that drives it in Chromium. Knows no notebook.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { createServer } from "node:net";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import type { Locator, Page } from "playwright-core";

const repository = fileURLToPath(new URL("../../", import.meta.url)).replace(/\/$/, "");
const rootfs = `${repository}/scripts/ci/jupyterlab-rootfs.sh`;

/** Whether there is a JupyterLab. Throws where there is none and WARPLAB_REQUIRE_JUPYTERLAB is set. */
export const hasJupyterLab: boolean = find();

/** Whether there is a newer Debian with Notebook 7; nothing asks for one. */
export const hasNewerJupyter: boolean =
  process.getuid?.() === 0 && spawnSync(rootfs, ["check"], { env: newerEnvironment() }).status === 0;

/** What makes jupyterlab-rootfs.sh take another suite, beside the root of the tests. */
function newerEnvironment(): NodeJS.ProcessEnv {
  const cache = process.env["XDG_CACHE_HOME"] ?? "/var/cache";
  return { ...process.env, WARPLAB_JUPYTERLAB: `${cache}/warplab-jupyterlab-sid`, WARPLAB_JUPYTERLAB_SUITE: "sid" };
}

function find(): boolean {
  if (process.getuid?.() === 0 && spawnSync(rootfs, ["check"]).status === 0) return true;
  const what = "no JupyterLab for tests (as root: scripts/ci/jupyterlab-rootfs.sh build)";
  if (process.env["WARPLAB_REQUIRE_JUPYTERLAB"]) throw new Error(what);
  console.warn(`Skipping the JupyterLab tests: ${what}.`);
  return false;
}

/** A server of JupyterLab over the repository, with warplab's kernel and widgets. */
export class LabServer {
  private constructor(
    readonly url: string,
    private readonly process: ChildProcess,
    /** What the server and its kernels have printed. */
    readonly log: () => string,
  ) {}

  static async start(options: {
    widgetManager: boolean;
    /** A program of the newer Debian instead. */
    newer?: "jupyter-lab" | "jupyter-notebook";
  }): Promise<LabServer> {
    const port = await freePort();
    // As it was built: the kernelspec names the file that Jupyter is to start.
    const built = `${repository}/dist/notebook/lab.js`;
    const { jupyterPaths } = (await import(built)) as typeof import("../../src/notebook/lab.js");
    const child = spawn(rootfs, ["serve", String(port), repository], {
      env: {
        ...(options.newer === undefined ? process.env : newerEnvironment()),
        WARPLAB_JUPYTER_PROGRAM: options.newer ?? "jupyter-lab",
        ...jupyterPaths({}),
        WARPLAB_HIDE_LABEXTENSIONS: options.widgetManager ? "" : "@jupyter-widgets/jupyterlab-manager",
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let log = "";
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text) => (log += text));
    const server = new LabServer(`http://127.0.0.1:${port}`, child, () => log);
    await server.answering();
    // Lists the kernels once, so that the first page finds them listed.
    await fetch(`${server.url}/api/kernelspecs`);
    // Its question about news would lie over what is to be seen.
    await server.setSettings("@jupyterlab/apputils-extension:notification", {
      fetchNews: "false",
      checkForUpdates: false,
    });
    return server;
  }

  async stop(): Promise<void> {
    if (this.process.exitCode !== null) return;
    const ended = new Promise((done) => this.process.once("exit", done));
    // With unshare gone, its namespace ends and every kernel with it.
    this.process.kill("SIGKILL");
    await ended;
  }

  /** Sets JupyterLab's colours for pages that are opened from now on. */
  setTheme(theme: "JupyterLab Light" | "JupyterLab Dark"): Promise<void> {
    return this.setSettings("@jupyterlab/apputils-extension:themes", { theme });
  }

  /** Sets a plugin's settings, as a person does in JupyterLab, for pages that are opened from now on. */
  async setSettings(plugin: string, settings: object): Promise<void> {
    const answer = await fetch(`${this.url}/lab/api/settings/${plugin}`, {
      method: "PUT",
      body: JSON.stringify({ raw: JSON.stringify(settings) }),
    });
    if (!answer.ok) throw new Error(`the settings of ${plugin} answered ${answer.status}`);
  }

  private async answering(): Promise<void> {
    for (let i = 0; i < 240; i++) {
      if (this.process.exitCode !== null) throw new Error(`JupyterLab ended:\n${this.log()}`);
      const answer = await fetch(`${this.url}/api/status`).catch(() => undefined);
      if (answer?.ok) return;
      await new Promise((resume) => setTimeout(resume, 250));
    }
    throw new Error(`JupyterLab does not answer:\n${this.log()}`);
  }
}

/** A notebook that is open in JupyterLab. */
export class LabNotebook {
  readonly cells: Locator;

  constructor(private readonly page: Page) {
    this.cells = page.locator(".jp-NotebookPanel .jp-CodeCell");
  }

  /** Opens a notebook below the repository, in a workspace without memory, and waits for its kernel. */
  static async open(page: Page, server: LabServer, path: string, address = "lab/tree"): Promise<LabNotebook> {
    await page.goto(`${server.url}/${address}/${relative(repository, path)}?reset`, { waitUntil: "domcontentloaded" });
    const notebook = new LabNotebook(page);
    await notebook.idle().catch((error) => {
      throw new Error(`${path} does not open. JupyterLab said:\n${server.log()}`, { cause: error });
    });
    return notebook;
  }

  async reload(): Promise<void> {
    await this.page.reload({ waitUntil: "domcontentloaded" });
    await this.idle();
  }

  async save(): Promise<void> {
    const saved = this.page.waitForResponse(
      (response) => response.request().method() === "PUT" && response.url().includes("/api/contents/"),
    );
    await this.page.getByRole("menuitem", { name: "File", exact: true }).click();
    await this.page.getByRole("menuitem", { name: /^Save Notebook(?! As)/ }).click();
    await saved;
  }

  /** Closes its tab, as a person does, and opens it again from the list of files. */
  async closeAndOpen(): Promise<void> {
    const tab = this.page.locator(".lm-DockPanel-tabBar .lm-TabBar-tab.jp-mod-current");
    const name = (await tab.textContent()) ?? "";
    await tab.locator(".lm-TabBar-tabCloseIcon").click();
    await this.page.locator(".jp-NotebookPanel").waitFor({ state: "detached" });
    await this.page.locator(".jp-DirListing-item").filter({ hasText: name }).dblclick();
    await this.idle();
  }

  async restartKernel(): Promise<void> {
    await this.page.getByRole("menuitem", { name: "Kernel", exact: true }).click();
    await this.page.getByRole("menuitem", { name: /^Restart Kernel…/ }).click();
    // Until the server has answered the page may still show that the kernel which ends is idle.
    const restarted = this.page.waitForResponse(/\/api\/kernels\/[^/]+\/restart/);
    await this.page.locator("dialog.jp-Dialog button.jp-mod-accept").click();
    await restarted;
    await this.page.locator("dialog.jp-Dialog").waitFor({ state: "detached" });
    await this.idle();
  }

  /** Makes a cell the active one, and the keyboard the notebook's. */
  async select(cell: number): Promise<void> {
    await this.cells.nth(cell).locator(".jp-InputPrompt").click();
  }

  /** Runs every cell by the menu and waits for the last. Throws with the first error that a cell shows. */
  async runAll(): Promise<void> {
    await this.page.getByRole("menuitem", { name: "Run", exact: true }).click();
    await this.page.getByRole("menuitem", { name: "Run All Cells", exact: true }).click();
    for (let i = 0; i < (await this.cells.count()); i++) await this.finished(i);
  }

  /** Runs one cell by its key and waits for its end. */
  async run(cell: number): Promise<void> {
    const before = await this.promptText(cell);
    for (let attempt = 0; ; attempt++) {
      await this.cells.nth(cell).locator(".jp-InputArea-editor").click();
      await this.page.keyboard.press("Control+Enter");
      const begun = await this.changed(cell, before);
      if (begun) break;
      if (attempt === 3) throw new Error(`JupyterLab does not run cell ${cell}`);
    }
    await this.finished(cell);
  }

  /** The text of a cell's outputs. */
  async output(cell: number): Promise<string> {
    return (await this.cells.nth(cell).locator(".jp-OutputArea-output").allTextContents()).join("\n");
  }

  /**
   * Waits for the notebook's kernel. The toolbar's indicator alone says "idle" also of a notebook that has no kernel yet, and what
   * is run then starts another kernel beside the one that JupyterLab is about to start: the kernel's name tells that there is one.
   * The status bar has both, also where a narrow window's toolbar has neither; Notebook 7 has both in its toolbar.
   */
  private async idle(): Promise<void> {
    await this.page.waitForSelector(".jp-NotebookPanel .jp-Cell", { timeout: 45_000 });
    const kernel = "TypeScript (warplab)";
    const inToolbar = `body:has(.jp-Toolbar-kernelName:has-text("${kernel}")):has(.jp-Notebook-ExecutionIndicator[data-status="idle"])`;
    await this.page
      .locator("#jp-main-statusbar", { hasText: `${kernel} | Idle` })
      .or(this.page.locator(inToolbar))
      .first()
      .waitFor({ state: "attached", timeout: 45_000 });
  }

  private async finished(cell: number): Promise<void> {
    // Far cells are drawn when they come into sight.
    await this.cells.nth(cell).scrollIntoViewIfNeeded();
    await this.prompt(cell, /\[\d+\]/, 120_000);
    const error = this.cells
      .nth(cell)
      .locator('[data-mime-type="application/vnd.jupyter.error"], .jp-RenderedText[data-mime-type*="stderr"]');
    if ((await error.count()) > 0) throw new Error(`cell ${cell} failed:\n${await error.first().textContent()}`);
  }

  private async prompt(cell: number, pattern: RegExp, timeout: number): Promise<void> {
    await this.cells.nth(cell).locator(".jp-InputPrompt").filter({ hasText: pattern }).waitFor({ timeout });
  }

  private async promptText(cell: number): Promise<string> {
    return (await this.cells.nth(cell).locator(".jp-InputPrompt").textContent()) ?? "";
  }

  private async changed(cell: number, before: string): Promise<boolean> {
    for (let i = 0; i < 20; i++) {
      if ((await this.promptText(cell)) !== before) return true;
      await this.page.waitForTimeout(250);
    }
    return false;
  }
}

function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const server = createServer();
    server.once("error", fail);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => done(port));
    });
  });
}
