// When a sweep is to end early: its caller says so, or the cell that awaits it was interrupted. Knows nothing of what a sweep does.
import { WarplabError } from "../../core/errors.js";
import { kernelBridge } from "../bridge.js";

/**
 * Aborted when `signal` is, and, in warplab's own kernel, when the cell that runs now is interrupted, or fails while what it began
 * still runs.
 */
export function interruption(signal: AbortSignal | undefined): AbortSignal {
  const controller = new AbortController();
  kernelBridge()?.whenCellEnds?.((ending) => {
    if (ending !== "done") controller.abort();
  });
  return signal === undefined ? controller.signal : AbortSignal.any([signal, controller.signal]);
}

/** What a sweep throws that was ended early. */
export function interrupted(): WarplabError {
  return new WarplabError("The sweep was interrupted.");
}
