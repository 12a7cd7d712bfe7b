// The door between the library in a cell and the Jupyter kernel that runs the cell. The kernel puts a KernelBridge under a
// registered symbol, so that the two meet even when they were loaded from different installations.
import type { TypedFunction } from "../gpu/language/index.js";

export type { TypedFunction };

/** A value's method of this name returns its MIME bundle, in a cell also a promise of it. */
export const mimeForm: unique symbol = Symbol.for("warplab.mime") as never;

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

export interface KernelBridge {
  readonly version: 1;
  openComm(target: string, data: unknown, opening?: CommOpening): Comm;
  /** Calls `handler` when the front end opens a comm to `target`. */
  registerTarget(target: string, handler: (comm: Comm, data: unknown, buffers: readonly Uint8Array[]) => void): void;
  /** Shows a bundle under the cell that runs, or changes what an earlier call with this `displayId` shows. */
  display(bundle: MimeBundle, options?: { metadata?: object; displayId?: string; update?: boolean }): void;
  /** The function that a cell passed to a call whose first argument is the string `name`, given its transpiled text. */
  typedFunction(name: string, transpiled: string): TypedFunction | undefined;
}

const key: unique symbol = Symbol.for("warplab.kernel") as never;

/** The kernel that this process is, or undefined outside warplab's own kernel. */
export function kernelBridge(): KernelBridge | undefined {
  return (globalThis as { [key]?: KernelBridge })[key];
}

export function installKernelBridge(bridge: KernelBridge): void {
  (globalThis as { [key]?: KernelBridge })[key] = bridge;
}
