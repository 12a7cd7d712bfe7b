// The main thread as the I/O thread masters it: asks it to stop what it runs, and cuts its JavaScript short when it does not hear.
// Knows nothing of sockets or of messages.
import inspector from "node:inspector";
import { signalChildren } from "../process/child-processes.js";
import { beforeTermination, flags } from "./threads.js";

/** How long the main thread may take to hear an interrupt before its JavaScript is cut short, in milliseconds. */
const interruptPatience = 200;
/** How long the kernel's own work is left alone that an interrupt finds going on, in milliseconds. */
const ownWorkPatience = 3000;
/** When the main thread is to look whether an interrupt has left a request without its answer, in milliseconds after it. */
const looksAfterInterrupt = [600, 1500, ownWorkPatience + 1500];
/** How long it may take to react to the end of the kernel before that, in milliseconds. */
const endPatience = 500;

/** What children are told, one after the other. The first is what Ctrl-C on a terminal sends. */
const signals = ["SIGINT", "SIGTERM", "SIGKILL"] as const;

export class MainThread {
  private timer: NodeJS.Timeout | undefined;
  /** The run that has heard the interrupt. */
  private heardIn: number | undefined;
  /** How often cutting short was of no avail. */
  private attempts = 0;
  /** When it was interrupted, in milliseconds since 1970. */
  private since = 0;

  /** `ask` tells the main thread of an interrupt, which it may not hear; `lookAfter` that some time has passed since. */
  constructor(
    private readonly shared: Int32Array,
    private readonly ask: () => void,
    private readonly lookAfter: () => void,
  ) {}

  /**
   * Interrupts the cell that runs: first by asking, and by termination when that is not heard, or when the cell that it interrupts
   * goes on all the same: in a loop that had not begun yet, or in its own `catch`.
   */
  interrupt(): void {
    this.since = Date.now();
    for (const delay of looksAfterInterrupt) setTimeout(this.lookAfter, delay).unref();
    this.ask();
    this.heardIn = undefined;
    this.attempts = 0;
    this.wait();
  }

  /** The main thread has heard the interrupt, in the run of that number. */
  heard(run: number): void {
    this.heardIn = run;
    this.wait();
  }

  /** The main thread is to end: what keeps it from that is cut short, again and again, until `hasReacted`. */
  end(hasReacted: () => boolean): void {
    this.attempts = 0;
    this.since = Date.now();
    const cut = (): void => {
      if (hasReacted()) return;
      this.cutShort();
      setTimeout(cut, interruptPatience);
    };
    setTimeout(cut, endPatience);
  }

  /** Sends a signal to the children that the running cell has started: it may wait for one of them. */
  signalChildren(signal: NodeJS.Signals): void {
    const age = (Date.now() - Atomics.load(this.shared, flags.runStart)) | 0;
    if (Atomics.load(this.shared, flags.run) !== 0) signalChildren(signal, age);
  }

  private wait(): void {
    clearTimeout(this.timer);
    if (this.isInterrupted()) return;
    this.timer = setTimeout(() => {
      this.wait();
      if (!this.isInterrupted()) this.cutShort();
    }, interruptPatience);
  }

  private isInterrupted(): boolean {
    const run = this.heardIn;
    return run !== undefined && (run === 0 || Atomics.load(this.shared, flags.run) !== run);
  }

  private cutShort(): void {
    // What is cut short of the kernel's own work is lost: but not even a value that takes for ever to write down may stay so.
    if (Atomics.load(this.shared, flags.undisturbed) !== 0 && Date.now() - this.since < ownWorkPatience) return;
    this.signalChildren(signals[this.attempts++] ?? "SIGKILL");
    const debug = new inspector.Session();
    debug.connectToMainThread();
    // Node aborts when JavaScript ends without unwinding its stack of asynchronous contexts: the stack is emptied first.
    debug.post("Runtime.evaluate", { expression: `globalThis[Symbol.for("${beforeTermination}")]?.()` });
    debug.post("Runtime.terminateExecution", () => debug.disconnect());
  }
}
