// When a sweep that a cell awaits is to end because its cell was interrupted. Outside of warplab's own kernel it never is.
import { kernelBridge } from "../bridge.js";

/** Aborted when the cell that runs now is interrupted, or fails while what it began still runs. */
export function cellInterruption(): AbortSignal {
  const controller = new AbortController();
  kernelBridge()?.whenCellEnds?.((ending) => {
    if (ending !== "done") controller.abort();
  });
  return controller.signal;
}
