// Work on a turn of the event loop of its own. What cuts the work's JavaScript short ends that turn and nothing else: a message
// port keeps no queue in JavaScript, as immediates do, that would be lost with it. Knows nothing of what the work is.
import { AsyncResource } from "node:async_hooks";
import { MessageChannel } from "node:worker_threads";

/** Calls `work` soon, in the caller's asynchronous context. */
export function onOwnTurn(work: () => void): void {
  const { port1, port2 } = new MessageChannel();
  const bound = AsyncResource.bind(work);
  port1.once("message", () => {
    port1.close();
    bound();
  });
  port2.postMessage(undefined);
}
