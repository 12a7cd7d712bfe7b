// The door between the library in a cell and the Jupyter kernel that runs the cell. The kernel puts a KernelBridge under a
// registered symbol, so that the two meet even when they were loaded from different installations.
import type { TypedFunction } from "../gpu/language/index.js";

export type { TypedFunction };

/** A value's method of this name returns its MIME bundle, in a cell also a promise of it. */
export const mimeForm: unique symbol = Symbol.for("warplab.mime") as never;

/** Deno's name for the same. */
export const jupyterDisplay: unique symbol = Symbol.for("Jupyter.display") as never;

/** Data by MIME type, as Jupyter displays it. */
export type MimeBundle = Readonly<Record<string, unknown>>;

/** One end of a Jupyter comm. */
export interface Comm {
  readonly id: string;
  send(data: unknown, options?: { buffers?: readonly Uint8Array[]; metadata?: object }): void;
  close(data?: unknown): void;
  onMessage: ((data: unknown, buffers: readonly Uint8Array[]) => void) | undefined;
  onClose: ((data: unknown) => void) | undefined;
}

export interface CommOpening {
  readonly id?: string;
  readonly buffers?: readonly Uint8Array[];
  readonly metadata?: object;
}

/** What a cell has put out, as the notebook format keeps it. */
export type CellOutput =
  | { readonly output_type: "stream"; readonly name: "stdout" | "stderr"; readonly text: string }
  | { readonly output_type: "display_data"; readonly data: MimeBundle; readonly metadata: object }
  | {
      readonly output_type: "error";
      readonly ename: string;
      readonly evalue: string;
      readonly traceback: readonly string[];
    };

/** Where captured output goes instead of under the cell. */
export interface OutputSink {
  /** One output, in the order in which they are made; text comes in pieces, each of one stream. */
  add(output: CellOutput, displayId?: string): void;
  /** Changes what was shown with this id; false when nothing here was. */
  update(displayId: string, data: MimeBundle, metadata: object): boolean;
  /** Takes away what is there: now, or when the next output comes. */
  clear(options: { readonly wait: boolean }): void;
}

export interface DisplayOptions {
  readonly metadata?: object;
  /** Names the output, to be updated later. */
  readonly displayId?: string;
  /** Change what was shown with `displayId` instead of adding to it. */
  readonly update?: boolean;
}

/** How a cell ended. */
export type CellEnding = "done" | "failed" | "interrupted";

/** One run of a cell. */
export interface CellRun {
  /** The same when the cell is run again. */
  readonly cell: string;
  /** Higher than that of all runs before. */
  readonly run: number;
}

export interface KernelBridge {
  readonly version: 1;
  openComm(target: string, data: unknown, opening?: CommOpening): Comm;
  /** Calls `handler` when the front end opens a comm to `target`. */
  registerTarget(target: string, handler: (comm: Comm, data: unknown, buffers: readonly Uint8Array[]) => void): void;
  /** Shows a bundle under the cell that runs, or changes what an earlier call with this `displayId` shows. */
  display(bundle: MimeBundle, options?: DisplayOptions): void;
  /** Takes away what the cell that runs has put out: now, or when its next output comes. */
  clearOutput(options: { readonly wait: boolean }): void;
  /** Does `work`; what it and the callbacks that it leaves behind print and show goes to `sink`. Throws what `work` throws. */
  capture<T>(sink: OutputSink, work: () => T): T;
  /**
   * Calls back when the cell that runs ends, before its reply, with what it puts out attributed to it. Never where none runs.
   * Absent in kernels of earlier versions.
   */
  whenCellEnds?(callback: (ending: CellEnding) => void): void;
  /** Calls back at each interrupt, after the JavaScript that it cut short. Returns what stops it. Absent in earlier versions. */
  onInterrupt?(callback: () => void): () => void;
  /** The run that what is shown now belongs to; undefined outside cells. Absent in kernels of earlier versions. */
  cellRun?(): CellRun | undefined;
  /** The report of an error as a cell that throws it would show it. */
  describeError(error: unknown): CellOutput;
  /** The function that a cell passed to a call whose first argument is the string `name`, given its transpiled text. */
  typedFunction(name: string, transpiled: string): TypedFunction | undefined;
  /** Where a text stands as it is in a cell, the one that runs first of all. Absent in kernels of earlier versions. */
  findText?(text: string): FoundText | undefined;
}

/** A text in the source of a cell. */
export interface FoundText {
  /** `cell 3`. */
  readonly label: string;
  readonly source: string;
  /** Characters of the source before it. */
  readonly at: number;
}

const key: unique symbol = Symbol.for("warplab.kernel") as never;

/** The kernel that this process is, or undefined outside warplab's own kernel. */
export function kernelBridge(): KernelBridge | undefined {
  return (globalThis as { [key]?: KernelBridge })[key];
}

export function installKernelBridge(bridge: KernelBridge): void {
  (globalThis as { [key]?: KernelBridge })[key] = bridge;
}
