// `clearOutput`: takes away what the running cell has put out. Knows nothing of what that was.
import { kernelBridge } from "./bridge.js";
import { forgetShown } from "./show.js";

export interface ClearOutputOptions {
  /** Take it away only when the next output comes, which does not flicker; `false` unless given. */
  readonly wait?: boolean;
}

/**
 * Takes away what the running cell has put out, so that it can put something else there. Where nothing can be taken back, in a
 * plain program and under stock tslab, what was printed stays and the rest follows it; `show` with an `id` changes in place there.
 */
export function clearOutput({ wait = false }: ClearOutputOptions = {}): void {
  const bridge = kernelBridge();
  if (bridge === undefined) return;
  bridge.clearOutput({ wait: wait === true });
  forgetShown(bridge);
}
