// Waits for SIGINT while the main thread may be in a loop that never returns to its event loop. Node hands SIGINT to the
// innermost `breakOnSigint` script of the process, whichever thread runs it: here that script is a wait without end.
import vm from "node:vm";
import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import type { ToIo } from "./threads.js";

const io = (workerData as { io: MessagePort }).io;
const never = new Int32Array(new SharedArrayBuffer(4));

const steps = {
  wait(): void {
    Atomics.wait(never, 0, 0);
  },
  /** The inner of two: between two waits the outer one keeps Node's own handler, which ends the process, away. */
  waitAgainAndAgain(): void {
    for (;;) interruptible("wait");
  },
};
(globalThis as { warplabSignalSteps?: typeof steps }).warplabSignalSteps = steps;

function interruptible(step: keyof typeof steps): void {
  try {
    vm.runInThisContext(`warplabSignalSteps.${step}()`, { breakOnSigint: true });
  } catch {
    io.postMessage({ kind: "signal" } satisfies ToIo);
  }
}

parentPort!.postMessage("ready");
for (;;) interruptible("waitAgainAndAgain");
