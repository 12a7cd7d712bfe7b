// The view of a service as a bundle of its own, loaded only where it is shown. The same script is the page's view and, started as a
// worker, what simulates for it: so the simulator is there once.
import { service } from "../service/view.js";
import { serve } from "../service/worker.js";
import { useWorkers } from "../service/workshop.js";
import { registerView } from "./views.js";

if (typeof document === "undefined") serve(globalThis as never);
else {
  const script = document.currentScript as HTMLScriptElement | null;
  if (script !== null) useWorkers(() => workerOf(script));
  registerView("service", service);
}

/** Starts the script once more, as a worker: from where it came, or from its own text where it stands in the page. */
function workerOf({ src, textContent }: HTMLScriptElement): Worker {
  if (src !== "") return new Worker(src);
  const address = URL.createObjectURL(new Blob([textContent ?? ""], { type: "text/javascript" }));
  const worker = new Worker(address);
  URL.revokeObjectURL(address);
  return worker;
}
