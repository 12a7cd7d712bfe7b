// When work that a cell awaits is to end early: its caller says so, or the cell was interrupted. Knows nothing of the work.
import { kernelBridge } from "./bridge.js";

/** What an AbortController's `signal` is, told without the types of a browser or of Node, which a cell need not have. */
export interface StopSignal {
  readonly aborted: boolean;
  addEventListener(type: "abort", listener: () => void, options?: { readonly once?: boolean }): void;
}

/**
 * Aborted when `signal` is, and, in warplab's own kernel, when the cell that runs now is interrupted, or fails while what it began
 * still runs.
 */
export function cellInterruption(signal?: StopSignal): StopSignal {
  const controller = new AbortController();
  kernelBridge()?.whenCellEnds?.((ending) => {
    if (ending !== "done") controller.abort();
  });
  if (signal?.aborted === true) controller.abort();
  signal?.addEventListener("abort", () => controller.abort());
  return controller.signal;
}
