// The Output control: what a program prints and shows while it works for it, as a part of the page that can be put anywhere.
// Knows no other control.
import { WarplabError } from "../../core/errors.js";
import { type DisplayOutput, joinText, type Output } from "../../view/page/index.js";
import { type CellOutput, type KernelBridge, kernelBridge, type MimeBundle, type OutputSink } from "../bridge.js";
import { ControlBase, type Options, type Shown } from "./control.js";

export interface OutputProperties extends Shown {
  /** What it shows, as the notebook format keeps it. */
  readonly outputs: readonly Output[];
}

export type OutputArea = OutputControl & OutputProperties;

/** A page draws all outputs anew at each change, so that they are sent at most this often, in milliseconds. */
const patience = 50;
/** And less often the more there is: this many characters a millisecond. */
const pace = 2000;

/** Shows what is captured. Its outputs are properties of its model: they survive a reload, and are saved with the notebook. */
export class OutputControl extends ControlBase<OutputProperties> {
  readonly #bridge: KernelBridge;
  readonly #outputs: Output[] = [];
  readonly #shownById = new Map<string, DisplayOutput[]>();
  #clearsBeforeNext = false;
  #timer: NodeJS.Timeout | undefined;
  readonly #sink: OutputSink;

  constructor(options: Options<Shown>) {
    super("Output", options, { where: "output" });
    // A widget that could be opened has a kernel.
    this.#bridge = kernelBridge()!;
    this.#sink = this.newSink();
  }

  /**
   * Does `work`; what it prints and shows, then or later, goes here. A promise's output goes here until it settles and after.
   * Returns what `work` returns and throws what it throws.
   */
  capture<T>(work: () => T): T {
    const flush = (): void => this.flush();
    try {
      const result = this.captureTo(this.#sink, work);
      if (result instanceof Promise) result.then(flush, flush);
      return result;
    } finally {
      flush();
    }
  }

  /** Takes away what is there: now, or with `wait` when the next output comes. */
  clear({ wait = false }: { readonly wait?: boolean } = {}): void {
    // As from inside, so that the kernel knows that there is room again for what it leaves out of endless output.
    this.captureTo(this.#sink, () => this.#bridge.clearOutput({ wait }));
    if (!wait) this.flush();
  }

  /** Adds text, as if it had been printed. */
  print(text: string, stream: "stdout" | "stderr" = "stdout"): void {
    this.#sink.add({ output_type: "stream", name: stream, text: `${text}\n` });
    this.flush();
  }

  /** A sink of its own for a piece of work, whose late output is given up when `isCurrent` says so. */
  newSink(isCurrent: () => boolean = () => true): OutputSink {
    return {
      add: (output, displayId) => {
        if (isCurrent()) this.#add(output, displayId);
      },
      update: (displayId, data, metadata) => this.#update(displayId, data, metadata),
      clear: ({ wait }) => {
        if (!isCurrent()) return;
        this.#clearsBeforeNext = wait;
        if (!wait) this.#empty();
      },
    };
  }

  /** Does `work` for a sink of `newSink`; what it puts out is sent a little later, or by `settle`. */
  captureTo<T>(sink: OutputSink, work: () => T): T {
    return this.#bridge.capture(sink, work);
  }

  /** Takes away what waited for something new to come, and sends what there is. */
  settle(): void {
    if (this.#clearsBeforeNext) this.#empty();
    this.#clearsBeforeNext = false;
    this.flush();
  }

  /** Sends what has gathered. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (!this.closed) this.set({ outputs: structuredClone(this.#outputs) });
  }

  #add(output: CellOutput, displayId: string | undefined): void {
    if (this.#clearsBeforeNext) this.#empty();
    this.#clearsBeforeNext = false;
    const last = this.#outputs.at(-1);
    if (output.output_type === "stream" && last?.output_type === "stream" && last.name === output.name) {
      last.text = joinText(last.text) + output.text;
    } else {
      const added = { ...output } as Output;
      this.#outputs.push(added);
      if (displayId !== undefined && added.output_type === "display_data") {
        this.#shownById.set(displayId, [...(this.#shownById.get(displayId) ?? []), added]);
      }
    }
    this.#later();
  }

  #update(displayId: string, data: MimeBundle, metadata: object): boolean {
    // What is about to be taken away is not there to be changed.
    const shown = this.#clearsBeforeNext ? [] : (this.#shownById.get(displayId) ?? []);
    for (const output of shown) {
      output.data = { ...data };
      output.metadata = { ...metadata };
    }
    if (shown.length > 0) this.#later();
    return shown.length > 0;
  }

  #empty(): void {
    this.#outputs.length = 0;
    this.#shownById.clear();
    this.#later();
  }

  #later(): void {
    if (this.closed || this.#timer !== undefined) return;
    const length = this.#outputs.reduce((sum, output) => sum + lengthOf(output), 0);
    this.#timer = setTimeout(() => this.flush(), Math.max(patience, length / pace));
  }
}

/** An empty output: `const log = output(); log.capture(() => console.log("here"))`. */
export function output(options: Options<Shown> = {}): OutputArea {
  const bridge = kernelBridge();
  if (bridge !== undefined && bridge.capture === undefined) {
    throw new WarplabError("This kernel is of another version of warplab: it cannot capture outputs.", {
      fix: "Restart it, or install it again with `warplab kernel install`.",
    });
  }
  return new OutputControl(options) as OutputArea;
}

function lengthOf(output: Output): number {
  if (output.output_type === "stream") return joinText(output.text).length;
  if (output.output_type === "error") return output.traceback.join("").length;
  return Object.values(output.data).reduce<number>(
    (sum, value) => sum + (typeof value === "string" ? value.length : 1000),
    0,
  );
}
