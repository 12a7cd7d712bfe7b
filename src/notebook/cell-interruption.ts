// When work that a cell awaits is to end early: its caller says so, or the cell was interrupted. Knows nothing of the work.
import { kernelBridge } from "./bridge.js";

/**
 * Aborted when `signal` is, and, in warplab's own kernel, when the cell that runs now is interrupted, or fails while what it began
 * still runs.
 */
export function cellInterruption(signal?: AbortSignal): AbortSignal {
  const controller = new AbortController();
  kernelBridge()?.whenCellEnds?.((ending) => {
    if (ending !== "done") controller.abort();
  });
  return signal === undefined ? controller.signal : AbortSignal.any([signal, controller.signal]);
}
