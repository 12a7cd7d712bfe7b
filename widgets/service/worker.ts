// The worker's side: takes tasks, tells what comes of them. Knows no page.
import { perform } from "./labour.js";
import type { Envelope, Task, Telling } from "./task.js";

/** What is used of a worker's global scope. */
interface Scope {
  onmessage: ((event: MessageEvent<Envelope<Task | null>>) => void) | null;
  postMessage(message: Envelope<Telling> | "ready", transfer?: Transferable[]): void;
}

/** Serves a page until it ends the worker. A task of null cancels the one of that number. */
export function serve(scope: Scope): void {
  let current = 0;
  scope.onmessage = ({ data: { id, content } }) => {
    if (content === null) {
      if (current === id) current = 0;
      return;
    }
    current = id;
    void perform(content, {
      tell: (telling) => scope.postMessage({ id, content: telling }, buffersIn(telling)),
      isCancelled: () => current !== id,
    });
  };
  scope.postMessage("ready");
}

/** The columns of a run's log, which need not be copied. */
function buffersIn(telling: Telling): ArrayBuffer[] {
  if (telling.kind !== "run" || telling.run.log === undefined) return [];
  const found = new Set<ArrayBuffer>();
  const visit = (value: unknown): void => {
    if (ArrayBuffer.isView(value)) found.add(value.buffer as ArrayBuffer);
    else if (typeof value === "object" && value !== null) for (const inner of Object.values(value)) visit(inner);
  };
  visit(telling.run.log);
  return [...found];
}
