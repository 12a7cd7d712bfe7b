// Bars for calls that last: under the cell in warplab's own kernel, on standard error of a plain program when that is a
// terminal, nowhere else. Also `progress`, the bar for a person's own loops. How a bar looks is view/progress.ts's.
import { randomUUID } from "node:crypto";
import { InputError } from "../core/errors.js";
import {
  Progress,
  type ProgressListener,
  type ProgressReporter,
  type ProgressState,
  type ProgressTask,
  Throttle,
} from "../core/progress.js";
import { progressHtml, progressLine, progressText } from "../view/progress.js";
import { type CellEnding, type KernelBridge, kernelBridge } from "./bridge.js";

/** Nothing is shown of what is over sooner, in seconds. */
export const progressPatience = 0.5;

/** The metadata of an output that is a bar: whoever executes notebooks for their outputs leaves it out, for it tells times. */
export const progressMetadata: { readonly warplab: { readonly progress: true } } = { warplab: { progress: true } };

/** Whether an output's metadata says that it is a bar. */
export function isProgressMetadata(metadata: unknown): boolean {
  const { warplab } = (metadata ?? {}) as { warplab?: { progress?: unknown } | null };
  return warplab?.progress === true;
}

/** Where bars are drawn. `lasting`: nothing of them changes any more. */
export interface BarSurface {
  draw(states: readonly ProgressState[], stage: "running" | "lasting"): void;
}

/** A terminal, as far as a bar needs it. */
export interface TerminalStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** The notebook in warplab's own kernel, else a terminal, else nobody; `WARPLAB_PROGRESS=off` is nobody everywhere. */
export const reportProgress: ProgressReporter = (task, current) => {
  if (process.env["WARPLAB_PROGRESS"] === "off") return undefined;
  const bridge = kernelBridge();
  return bridge === undefined ? terminalProgress(process.stderr)(task, current) : inNotebook(bridge).join(current);
};

/** Bars on a terminal; nobody is told where the stream is none, or cannot go back on its line. */
export function terminalProgress(stream: TerminalStream): ProgressReporter {
  return (_task, current) => {
    if (!stream.isTTY || process.env["TERM"] === "dumb") return undefined;
    const group = onTerminals.get(stream) ?? new BarGroup(terminalSurface(stream), () => onTerminals.delete(stream));
    onTerminals.set(stream, group);
    return group.join(current);
  };
}

export interface ProgressBarOptions {
  /** What it is that takes long; `progress` unless given. */
  readonly label?: string;
  /** How many items there are, where they do not say it themselves. */
  readonly total?: number;
  /** What is counted, in the plural: `shapes`. */
  readonly unit?: string;
}

/**
 * A bar for a loop of one's own. Of a number: a handle to advance, `const bar = progress(100); bar.advance()`. Of anything that
 * can be looped over, also asynchronously: the same items, counted as they are done. It shows when half a second has passed;
 * a bar inside another one is shown with it. Throws InputError for anything else.
 *
 * @example
 * for (const shape of progress(shapes, { label: "shapes" })) measure(shape);
 */
export function progress(total: number, options?: ProgressBarOptions): Progress;
export function progress<T>(items: Iterable<T>, options?: ProgressBarOptions): IterableIterator<T>;
export function progress<T>(items: AsyncIterable<T>, options?: ProgressBarOptions): AsyncIterableIterator<T>;
export function progress(
  what: number | Iterable<unknown> | AsyncIterable<unknown>,
  options: ProgressBarOptions = {},
): Progress | IterableIterator<unknown> | AsyncIterableIterator<unknown> {
  const total = typeof what === "number" ? what : (options.total ?? countOf(what));
  if (total !== undefined && !(total >= 0)) {
    throw new InputError(`a total is a number from 0 on, got ${total}`, { where: "progress" });
  }
  const task: ProgressTask = { label: options.label ?? "progress", total, unit: options.unit };
  if (typeof what === "number") return new Progress(task);
  if (typeof what === "string" || (typeof what === "object" && what !== null)) {
    if (Symbol.iterator in Object(what)) return counted(what as Iterable<unknown>, task);
    if (Symbol.asyncIterator in (what as object)) return countedAsync(what as AsyncIterable<unknown>, task);
  }
  throw new InputError(`progress counts the items of a loop, got ${what === null ? "null" : typeof what}`, {
    fix: 'Write for (const x of progress(items, { label: "sweep" })), or const bar = progress(100) and bar.advance().',
  });
}

function countOf(items: unknown): number | undefined {
  const { length, size } = Object(items) as { length?: unknown; size?: unknown };
  return typeof length === "number" ? length : typeof size === "number" ? size : undefined;
}

function* counted(items: Iterable<unknown>, task: ProgressTask): IterableIterator<unknown> {
  const bar = new Progress(task);
  let ending: "done" | "stopped" | "failed" = "stopped";
  try {
    for (const item of failing(items, () => (ending = "failed"))) {
      yield item;
      bar.advance();
    }
    ending = "done";
  } finally {
    bar.end(ending);
  }
}

/** The items themselves; `failed` is called where they throw, which a loop over them cannot tell from its own end. */
function* failing(items: Iterable<unknown>, failed: () => void): IterableIterator<unknown> {
  const iterator = items[Symbol.iterator]();
  let exhausted = false;
  try {
    for (;;) {
      let next: IteratorResult<unknown>;
      try {
        next = iterator.next();
      } catch (error) {
        exhausted = true;
        failed();
        throw error;
      }
      exhausted = next.done === true;
      if (exhausted) return;
      yield next.value;
    }
  } finally {
    if (!exhausted) iterator.return?.();
  }
}

async function* countedAsync(items: AsyncIterable<unknown>, task: ProgressTask): AsyncIterableIterator<unknown> {
  const bar = new Progress(task);
  const iterator = items[Symbol.asyncIterator]();
  let ending: "done" | "stopped" | "failed" = "failed";
  try {
    for (;;) {
      const next = await iterator.next();
      if (next.done === true) break;
      ending = "stopped";
      yield next.value;
      ending = "failed";
      bar.advance();
    }
    ending = "done";
  } finally {
    bar.end(ending);
    if (ending === "stopped") await iterator.return?.();
  }
}

interface Bar {
  /** The task as it is. */
  readonly current: () => ProgressState;
  /** The task as it ended, or as its cell ended it. */
  last?: ProgressState | undefined;
  /** Its cell was interrupted or failed: what a survivor of it still reports is not shown. */
  closed?: true;
}

/** Bars that are shown as one: each began while the one before it ran. It is over when none runs any more. */
export class BarGroup {
  private bars: Bar[] = [];
  private shown = false;

  constructor(
    private readonly surface: BarSurface,
    private readonly over: () => void,
    private readonly throttle: Throttle = new Throttle(),
  ) {}

  join(current: () => ProgressState): ProgressListener {
    const { throttle } = this;
    // An inner bar that did not end well stays until the next one takes its place.
    this.bars = this.bars.filter(isOpen);
    const bar: Bar = { current };
    this.bars.push(bar);
    return { throttle, update: (state) => this.update(bar, state) };
  }

  /** The cell in which the bars began has ended: none of them may seem to run. */
  cellEnded(ending: CellEnding): void {
    const open = this.bars.filter(isOpen);
    if (open.length === 0) return;
    for (const bar of open) {
      bar.last = { ...bar.current(), status: ending === "done" ? "stopped" : ending };
      if (ending !== "done") bar.closed = true;
    }
    this.draw("lasting");
    this.over();
  }

  private update(bar: Bar, state: ProgressState): void {
    if (bar.closed) return;
    if (state.status === "running") {
      // What goes on behind a cell that has ended runs again.
      bar.last = undefined;
      this.draw("running");
      return;
    }
    bar.last = state;
    if (!this.bars.some(isOpen)) {
      this.draw("lasting");
      this.over();
      return;
    }
    if (state.status === "done") this.bars = this.bars.filter((other) => other !== bar);
    if (this.shown && this.throttle.due()) this.draw("running");
  }

  private draw(stage: "running" | "lasting"): void {
    const states = this.bars.map(({ last, current }) => last ?? current());
    const shown = states.filter(({ seconds }) => seconds >= progressPatience);
    if (shown.length === 0 && !this.shown) return;
    this.shown = true;
    this.surface.draw(shown, stage);
  }
}

function isOpen({ last }: Bar): boolean {
  return last === undefined;
}

const inNotebooks = new WeakMap<KernelBridge, BarGroup>();
const onTerminals = new WeakMap<TerminalStream, BarGroup>();

function inNotebook(bridge: KernelBridge): BarGroup {
  const running = inNotebooks.get(bridge);
  if (running !== undefined) return running;
  const group: BarGroup = new BarGroup(notebookSurface(bridge), () => {
    if (inNotebooks.get(bridge) === group) inNotebooks.delete(bridge);
  });
  inNotebooks.set(bridge, group);
  // A synchronous call that is interrupted is cut off wherever it is, its `finally` included: only the kernel knows.
  bridge.whenCellEnds?.((ending) => group.cellEnded(ending));
  return group;
}

function notebookSurface(bridge: KernelBridge): BarSurface {
  const displayId = `progress-${randomUUID()}`;
  let shown = false;
  return {
    draw(states) {
      const bundle = { "text/html": progressHtml(states), "text/plain": progressText(states) };
      bridge.display(bundle, { displayId, update: shown, metadata: progressMetadata });
      shown = true;
    },
  };
}

function terminalSurface(stream: TerminalStream): BarSurface {
  let lines = 0;
  return {
    draw(states, stage) {
      const back = lines > 1 ? `\u001b[${lines - 1}A` : "";
      // A terminal that does not know its width says 0. The last columns are for the ^C that it writes behind a bar.
      const width = (stream.columns || 80) - 3;
      const drawn = states.map((state) => progressLine(state, width)).join("\n");
      // From the first of the old lines on, everything below is taken away.
      stream.write(`\r${back}\u001b[J${drawn}${stage === "lasting" && drawn !== "" ? "\n" : ""}`);
      lines = stage === "lasting" ? 0 : states.length;
    },
  };
}
