// Executes a notebook from beginning to end on a kernel and writes what came of it: the notebook with its outputs, and one page
// that opens anywhere. Never touches the notebook that it reads. Knows the kernel only as `RunKernel`.
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, extname, join, resolve } from "node:path";
import { InputError, WarplabError } from "../../core/errors.js";
import {
  type Cell,
  joinText,
  type Notebook,
  type Output,
  parseNotebook,
  renderPage,
  splitText,
  widgetStateType,
} from "../../view/page/index.js";
import { pageAssets } from "../assets.js";
import { KernelClient } from "../jupyter/client.js";
import { OutputCollector, type PublishedMessage } from "./outputs.js";
import { withParameters } from "./parameters.js";
import { WidgetCollector } from "./widgets.js";

/** A kernel as a run needs it. */
export interface RunKernel {
  /** Runs one cell; resolves when it has ended and everything it published has been handed over. */
  execute(code: string): Promise<ExecutionReply>;
  interrupt(): Promise<void> | void;
  shutdown(): Promise<void>;
}

export interface ExecutionReply {
  readonly status: string;
  readonly execution_count?: number;
  readonly ename?: string;
  readonly evalue?: string;
  readonly traceback?: readonly string[];
}

/** A cell that begins or has ended. */
export interface CellProgress {
  readonly state: "running" | "done" | "failed";
  /** From 1, among the code cells. */
  readonly number: number;
  readonly total: number;
  /** The heading that the cell stands under and the first line of its code. */
  readonly label: string;
  /** How long it took, when it has ended. */
  readonly seconds?: number;
}

export interface KernelStart {
  /** The notebook's folder. */
  readonly cwd: string;
  /** Is handed everything that the kernel publishes, in order. */
  onMessage(message: PublishedMessage): void;
}

export interface RunOptions {
  /** Starts the kernel; warplab's own unless given. */
  startKernel?(start: KernelStart): Promise<RunKernel>;
  /** Values for the cell tagged `parameters`, by name. */
  readonly set?: Readonly<Record<string, string>>;
  /** Where the notebook and the page go; `out` in the current folder unless given. */
  readonly outDir?: string;
  onProgress?(progress: CellProgress): void;
  /** Stops the run: the cell is interrupted, the kernel shut down, nothing is written. */
  readonly signal?: AbortSignal;
}

export interface RunResult {
  /** The paths of what was written. */
  readonly notebook: string;
  readonly page: string;
  readonly cells: number;
  readonly seconds: number;
}

/** A cell failed. What ran until then has been written. */
export class NotebookError extends WarplabError {
  override readonly name: string = "NotebookError";

  constructor(
    /** From 1, among all cells. */
    readonly cell: number,
    readonly traceback: string,
    readonly result: RunResult,
  ) {
    super(traceback, { where: `cell ${cell}` });
  }
}

/**
 * Runs every code cell in order and stops at the first that fails, with a NotebookError. Throws InputError for a file that is no
 * notebook and for parameters that it does not have.
 */
export async function runNotebook(path: string, options: RunOptions): Promise<RunResult> {
  const started = performance.now();
  const file = resolve(path);
  const source = parseNotebook(readText(file, path), path);
  const notebook = withoutOutputs(withParameters(source, options.set ?? {}, path));
  const outDir = resolve(options.outDir ?? "out");
  const name = basename(file, extname(file));
  const targets = { notebook: join(outDir, `${name}.ipynb`), page: join(outDir, `${name}.html`) };
  if (targets.notebook === file) {
    throw new InputError("the run would overwrite the notebook that it reads", {
      where: path,
      fix: "Choose another folder for the results.",
    });
  }
  options.signal?.throwIfAborted();
  // A page that cannot be written is said before an hour of cells, not after.
  const assets = pageAssets();
  const collector = new OutputCollector();
  const widgets = new WidgetCollector();
  const onMessage = (message: PublishedMessage): void => {
    collector.receive(message);
    widgets.receive(message);
  };
  const kernel = await (options.startKernel ?? startOwnKernel)({ cwd: dirname(file), onMessage });
  let failure: Failure | undefined;
  const interrupt = (): void => void kernel.interrupt();
  options.signal?.addEventListener("abort", interrupt, { once: true });
  try {
    failure = await runCells(notebook, kernel, collector, options);
  } finally {
    options.signal?.removeEventListener("abort", interrupt);
    await kernel.shutdown();
  }
  const executed = withStableIds(withWidgets(notebook, widgets), widgets.ids);
  const page = renderPage(executed, { title: name, assets, picture: (address) => pictureFile(dirname(file), address) });
  mkdirSync(outDir, { recursive: true });
  const result = {
    notebook: writeWhole(targets.notebook, serializeNotebook(executed)),
    page: writeWhole(targets.page, page),
    cells: notebook.cells.filter(isCode).length,
    seconds: (performance.now() - started) / 1000,
  };
  if (failure !== undefined) throw new NotebookError(failure.cell, failure.traceback, result);
  return result;
}

async function startOwnKernel({ cwd, onMessage }: KernelStart): Promise<RunKernel> {
  const client = await KernelClient.start({ cwd });
  client.onIopub = (message) => onMessage(message as unknown as PublishedMessage);
  return {
    execute: async (code) => (await client.execute(code)).reply,
    interrupt: () => client.interrupt(),
    shutdown: () => client.shutdown(),
  };
}

interface Failure {
  readonly cell: number;
  readonly traceback: string;
}

async function runCells(
  notebook: Notebook,
  kernel: RunKernel,
  collector: OutputCollector,
  { onProgress, signal }: RunOptions,
): Promise<Failure | undefined> {
  const total = notebook.cells.filter((cell) => isCode(cell) && hasCode(cell)).length;
  let number = 0;
  for (const [index, cell] of notebook.cells.entries()) {
    if (!isCode(cell) || !hasCode(cell)) continue;
    const step = { number: ++number, total, label: labelOf(notebook.cells, index) };
    onProgress?.({ ...step, state: "running" });
    const started = performance.now();
    const outputs = collector.beginCell();
    cell.outputs = outputs;
    const reply = await kernel.execute(joinText(cell.source));
    signal?.throwIfAborted();
    cell.execution_count = reply.execution_count ?? number;
    const failed = reply.status !== "ok";
    onProgress?.({ ...step, state: failed ? "failed" : "done", seconds: (performance.now() - started) / 1000 });
    if (failed) return { cell: index + 1, traceback: tracebackOf(reply, outputs) };
  }
  return undefined;
}

function tracebackOf(reply: ExecutionReply, outputs: readonly Output[]): string {
  const error = outputs.findLast((output) => output.output_type === "error");
  const lines = reply.traceback ?? error?.traceback ?? [];
  if (lines.length > 0) return lines.join("\n");
  return `${reply.ename ?? error?.ename ?? "Error"}: ${reply.evalue ?? error?.evalue ?? `the cell ended as "${reply.status}"`}`;
}

/** A copy that a run may fill in. */
function withoutOutputs(notebook: Notebook): Notebook {
  const { widgets: _, ...metadata } = notebook.metadata;
  const cells = notebook.cells.map((cell) =>
    isCode(cell) ? { ...cell, outputs: [], execution_count: null } : { ...cell },
  );
  return {
    nbformat: 4,
    nbformat_minor: Math.max(5, notebook.nbformat_minor),
    metadata: {
      kernelspec: { display_name: "TypeScript (warplab)", language: "typescript", name: "warplab" },
      language_info: { name: "typescript", file_extension: ".ts", mimetype: "text/typescript" },
      ...metadata,
    },
    cells,
  };
}

function withWidgets(notebook: Notebook, widgets: WidgetCollector): Notebook {
  const saved = widgets.saved();
  if (saved === undefined) return notebook;
  return { ...notebook, metadata: { ...notebook.metadata, widgets: { [widgetStateType]: saved } } };
}

/** Widget ids are drawn by lot; in what is saved they count from one, so that two runs give the same bytes. */
function withStableIds(notebook: Notebook, ids: readonly string[]): Notebook {
  if (ids.length === 0) return notebook;
  const stable = new Map(ids.map((id, i) => [id, `widget-${i + 1}`]));
  const any = new RegExp(ids.map((id) => id.replace(/[^\w]/g, "\\$&")).join("|"), "g");
  return JSON.parse(JSON.stringify(notebook).replace(any, (id) => stable.get(id)!)) as Notebook;
}

/** The file's text as Jupyter writes it: an indent of one, long texts as lists of lines, a newline at the end. */
export function serializeNotebook(notebook: Notebook): string {
  const cells = notebook.cells.map((cell) => ({
    ...cell,
    source: splitText(joinText(cell.source)),
    ...(cell.outputs === undefined ? {} : { outputs: cell.outputs.map(splitOutput) }),
  }));
  return `${JSON.stringify({ cells, metadata: notebook.metadata, nbformat: notebook.nbformat, nbformat_minor: notebook.nbformat_minor }, null, 1)}\n`;
}

function splitOutput(output: Output): Output {
  if (output.output_type === "stream") return { ...output, text: splitText(joinText(output.text)) };
  if (output.output_type === "error") return output;
  const data = Object.entries(output.data).map(([type, value]) => {
    const isText = type.startsWith("text/") || type === "image/svg+xml" || type === "application/javascript";
    return [type, isText && typeof value === "string" ? splitText(value) : value];
  });
  return { ...output, data: Object.fromEntries(data) };
}

function labelOf(cells: readonly Cell[], index: number): string {
  let heading: string | undefined;
  for (const cell of cells.slice(0, index)) {
    if (cell.cell_type !== "markdown") continue;
    const found = [...joinText(cell.source).matchAll(/^#{1,3} +(.+)$/gm)].at(-1);
    if (found !== undefined) heading = found[1].trim();
  }
  const lines = joinText(cells[index].source).split("\n");
  const first = lines.find((line) => line.trim() !== "" && !/^\s*(import\b|\/\/)/.test(line)) ?? lines[0];
  return heading === undefined ? first.trim() : `${heading}: ${first.trim()}`;
}

const pictureTypes: Readonly<Record<string, string>> = {
  ".png": "image/png",
  ".jpg": "image/jpeg",
  ".jpeg": "image/jpeg",
  ".gif": "image/gif",
  ".webp": "image/webp",
  ".svg": "image/svg+xml",
};

function pictureFile(folder: string, address: string): string | undefined {
  const type = pictureTypes[extname(address).toLowerCase()];
  if (type === undefined) return undefined;
  try {
    return `data:${type};base64,${readFileSync(resolve(folder, decodeURIComponent(address))).toString("base64")}`;
  } catch {
    // The page says the picture's words instead.
    return undefined;
  }
}

function readText(file: string, path: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const what = code === "ENOENT" ? "there is no such notebook" : `the notebook cannot be read (${code})`;
    throw new InputError(what, { where: path, fix: "Give the path of an .ipynb file." });
  }
}

/** Writes beside and renames, so that nobody ever reads half a file. Returns the path. */
function writeWhole(path: string, text: string): string {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    writeFileSync(temporary, text);
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw new InputError(`cannot be written (${(error as NodeJS.ErrnoException).code})`, { where: path });
  }
  return path;
}

function isCode(cell: Cell): boolean {
  return cell.cell_type === "code";
}

function hasCode(cell: Cell): boolean {
  return joinText(cell.source).trim() !== "";
}
