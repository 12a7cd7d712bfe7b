// How a kernel's process ended, as an error. Knows nothing of messages.

/** The kernel's process is gone, or was never there. */
export class KernelDied extends Error {
  override readonly name: string = "KernelDied";
  /** What the process exited with; null when a signal ended it, or when it did not start or answer. */
  readonly exitCode: number | null;
  /** What ended the process; null when it exited by itself. */
  readonly signal: NodeJS.Signals | null;

  constructor(message: string, { exitCode = null, signal = null }: Partial<ProcessEnd> = {}) {
    super(message);
    this.exitCode = exitCode;
    this.signal = signal;
  }
}

export interface ProcessEnd {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
}
