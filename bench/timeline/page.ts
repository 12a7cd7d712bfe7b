// The page that the measurement of the timeline opens: the engine on a made-up trace, as large as asked for.
import { TimelineEngine } from "../../widgets/timeline/engine.js";
import { madeTimeline } from "./made-trace.js";

declare global {
  interface Window {
    /** Shows a trace of so many events; milliseconds that making it ready took. */
    show(events: number): { readonly events: number; readonly ready_ms: number };
    engine: TimelineEngine;
  }
}

window.show = (events) => {
  const columns = madeTimeline(events);
  const host = document.getElementById("host")!;
  const started = performance.now();
  window.engine = new TimelineEngine(host, [{ columns, label: "made" }]);
  return { events: columns.events.length, ready_ms: performance.now() - started };
};
