// Executes a notebook from beginning to end on a kernel and writes what came of it: the notebook with its outputs, and one page
// that opens anywhere. Never touches the notebook that it reads. Knows the kernel only as `RunKernel`.
import { basename, dirname, extname, join, resolve } from "node:path";
import { InputError, WarplabError } from "../../core/errors.js";
import {
  type Cell,
  joinText,
  type MimeData,
  type Notebook,
  type Output,
  parseNotebook,
  renderPage,
  widgetStateType,
} from "../../view/page/index.js";
import { pageAssets } from "../assets.js";
import { makeWritableFolder } from "../folders.js";
import { isProgressMetadata } from "../progress.js";
import { pictureFile, readText, refuseFolders, serializeNotebook, writeTogether } from "./files.js";
import { refuseOtherLanguages } from "./language.js";
import { OutputCollector, type PublishedMessage } from "./outputs.js";
import { type ExecutionReply, KernelEnded, type KernelStart, type RunKernel, startOwnKernel } from "./own-kernel.js";
import { WidgetCollector } from "./widgets.js";

/** A cell that begins or has ended. */
export interface CellProgress {
  /** `raised` has an error that the notebook or the caller allows: the run goes on. */
  readonly state: "running" | "done" | "raised" | "failed" | "interrupted";
  /** From 1, among the code cells. */
  readonly number: number;
  readonly total: number;
  /** The heading that the cell stands under and the first line of its code. */
  readonly label: string;
  /** How long it took, when it has ended. */
  readonly seconds?: number;
  /** What a bar of the cell that runs says: `sweep: 41 %`. */
  readonly bar?: string;
}

export interface RunOptions {
  /** Starts the kernel; warplab's own unless given. */
  startKernel?(start: KernelStart): Promise<RunKernel>;
  /** Values for the cell tagged `parameters`, by name. */
  readonly set?: Readonly<Record<string, string>>;
  /** Where the notebook and the page go; `out` in the current folder unless given. */
  readonly outDir?: string;
  /**
   * Goes on after an error in any cell, which is kept among its outputs. A cell tagged `raises-exception` may always have one. The
   * end of the kernel and an interrupt end the run all the same.
   */
  readonly allowErrors?: boolean;
  onProgress?(progress: CellProgress): void;
  /** Stops the run: the cell is interrupted, the kernel shut down, and what ran until then written, as a NotebookError says. */
  readonly signal?: AbortSignal;
  /** Ends the kernel at once, for who has no patience with `signal`; what ran until then is written all the same. */
  readonly force?: AbortSignal;
  /** How long what cells began (timers, programs, requests) may go on after the last one, in milliseconds; 5000 unless given. */
  readonly patience?: number;
  /** Hears what a person should know, in a sentence. */
  onNotice?(notice: string): void;
}

export interface RunResult {
  /** The paths of what was written. */
  readonly notebook: string;
  readonly page: string;
  readonly cells: number;
  readonly seconds: number;
}

/** How a notebook ended before its end: a cell failed, ended the kernel's process, or was stopped from outside. */
export type NotebookEnding = "failed" | "ended the kernel" | "was interrupted";

/** A notebook did not run to its end. What ran until then has been written. */
export class NotebookError extends WarplabError {
  override readonly name: string = "NotebookError";

  constructor(
    /** From 1, among the code cells that hold code: as the kernel counts them, and as its tracebacks name them. */
    readonly cell: number,
    readonly ending: NotebookEnding,
    /** The traceback of a cell that failed; how the kernel ended, `(code 0)`, and its last words. */
    readonly traceback: string,
    readonly result: RunResult,
  ) {
    const between = ending === "failed" ? ":\n" : " ";
    super(`code cell ${cell} ${ending}${ending === "was interrupted" ? "" : `${between}${traceback}`}`);
  }
}

/**
 * Runs every code cell in order and stops at the first that fails and may not, with a NotebookError. Throws InputError for a file that is no
 * notebook of this kernel's language, for parameters that it does not have and for a folder that cannot be written; that is
 * before any cell runs.
 */
export async function runNotebook(path: string, options: RunOptions): Promise<RunResult> {
  const started = performance.now();
  const file = resolve(path);
  const source = parseNotebook(readText(file, path), path);
  refuseOtherLanguages(source, path);
  const notebook = withoutOutputs(await withValues(source, options.set ?? {}, path));
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
  // What cannot be written is said before an hour of cells, not after.
  const assets = pageAssets();
  makeWritableFolder(outDir, "results");
  refuseFolders(Object.values(targets));
  const collector = new OutputCollector();
  const widgets = new WidgetCollector();
  let running: CellProgress | undefined;
  const onProgress = (progress: CellProgress): void => {
    running = progress;
    options.onProgress?.(progress);
  };
  const onMessage = (message: PublishedMessage): void => {
    const bar = progressOf(message);
    if (bar !== undefined && running?.state === "running") options.onProgress?.({ ...running, bar });
    collector.receive(message);
    widgets.receive(message);
  };
  const kernel = await (options.startKernel ?? startOwnKernel)({ cwd: dirname(file), onMessage });
  let failure: Failure | undefined;
  const interrupt = (): void => {
    // A kernel that is gone by now is what the cell's reply says.
    Promise.resolve(kernel.interrupt()).catch(() => {});
  };
  const kill = (): void => void kernel.kill?.();
  options.signal?.addEventListener("abort", interrupt, { once: true });
  options.force?.addEventListener("abort", kill, { once: true });
  try {
    failure = await runCells(notebook, kernel, collector, { ...options, onProgress });
    if (failure === undefined) await waitForTheRest(kernel, options);
  } finally {
    options.signal?.removeEventListener("abort", interrupt);
    await kernel.shutdown();
    options.force?.removeEventListener("abort", kill);
  }
  const executed = withStableIds(withWidgets(notebook, widgets), widgets.ids);
  const page = renderPage(executed, { title: name, assets, picture: (address) => pictureFile(dirname(file), address) });
  writeTogether({ [targets.notebook]: serializeNotebook(executed), [targets.page]: page });
  const result = {
    ...targets,
    cells: notebook.cells.filter(isCode).length,
    seconds: (performance.now() - started) / 1000,
  };
  if (failure !== undefined) throw new NotebookError(failure.cell, failure.ending, failure.traceback, result);
  return result;
}

/** What a cell began may put something out after the last cell has ended: that belongs into what is written. */
async function waitForTheRest(kernel: RunKernel, { patience = 5000, signal, onNotice }: RunOptions): Promise<void> {
  const started = performance.now();
  const left = await kernel.settle?.(patience, signal);
  if (left === undefined) return;
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  onNotice?.(`${left} of a cell still went on ${seconds} s after the last cell; what comes of it later is not written`);
}

/** The words of a bar that is shown or changed. */
function progressOf({ content }: PublishedMessage): string | undefined {
  if (!isProgressMetadata(content["metadata"])) return undefined;
  return String((content["data"] as MimeData | undefined)?.["text/plain"])
    .split("\n")
    .at(-1);
}

async function withValues(source: Notebook, set: Readonly<Record<string, string>>, path: string): Promise<Notebook> {
  if (Object.keys(set).length === 0) return source;
  // Loaded only here, for it loads a compiler, which the kernel has in its own process.
  const { withParameters } = await import("./parameters.js");
  return withParameters(source, set, path);
}

interface Failure {
  readonly cell: number;
  readonly ending: NotebookEnding;
  readonly traceback: string;
}

async function runCells(
  notebook: Notebook,
  kernel: RunKernel,
  collector: OutputCollector,
  { onProgress, signal, allowErrors = false }: RunOptions,
): Promise<Failure | undefined> {
  const total = notebook.cells.filter((cell) => isCode(cell) && hasCode(cell)).length;
  let number = 0;
  for (const [index, cell] of notebook.cells.entries()) {
    if (!isCode(cell) || !hasCode(cell)) continue;
    const step = { number: ++number, total, label: labelOf(notebook.cells, index) };
    if (signal?.aborted) return { cell: number, ending: "was interrupted", traceback: "" };
    onProgress?.({ ...step, state: "running" });
    const started = performance.now();
    const outputs = collector.beginCell();
    cell.outputs = outputs;
    const ended = await kernel.execute(joinText(cell.source), cell.id).catch(asEnded);
    const failure = failureOf(ended, number, outputs, signal);
    cell.execution_count = ended instanceof KernelEnded ? number : (ended.execution_count ?? number);
    const goesOn = failure?.ending === "failed" && (allowErrors || hasTag(cell, "raises-exception"));
    onProgress?.({
      ...step,
      state:
        failure === undefined
          ? "done"
          : goesOn
            ? "raised"
            : failure.ending === "was interrupted"
              ? "interrupted"
              : "failed",
      seconds: (performance.now() - started) / 1000,
    });
    if (failure !== undefined && !goesOn) return failure;
  }
  return undefined;
}

function asEnded(error: unknown): KernelEnded {
  if (error instanceof KernelEnded) return error;
  throw error;
}

function failureOf(
  ended: ExecutionReply | KernelEnded,
  cell: number,
  outputs: Output[],
  signal: AbortSignal | undefined,
): Failure | undefined {
  if (ended instanceof KernelEnded) {
    const traceback = [`(${ended.how})`, ended.lastWords].filter((line) => line !== "").join("\n");
    // Without it the page would show nothing where the notebook ends.
    outputs.push({
      output_type: "error",
      ename: "KernelEnded",
      evalue: ended.how,
      traceback: `The kernel ended ${traceback}`.split("\n"),
    });
    return { cell, ending: signal?.aborted ? "was interrupted" : "ended the kernel", traceback };
  }
  if (ended.status === "ok") return undefined;
  return { cell, ending: signal?.aborted ? "was interrupted" : "failed", traceback: tracebackOf(ended, outputs) };
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

function hasTag(cell: Cell, tag: string): boolean {
  return cell.metadata.tags?.includes(tag) ?? false;
}

function isCode(cell: Cell): boolean {
  return cell.cell_type === "code";
}

function hasCode(cell: Cell): boolean {
  return joinText(cell.source).trim() !== "";
}
