// The page that the measurement of the timeline opens: the whole view as a saved page has it, on a made-up trace as large as asked for.
import { packTimeline } from "../../src/view/timeline/packed.js";
import { PageModel } from "../../widgets/hosts/page-model.js";
import { timeline } from "../../widgets/timeline/view.js";
import { madeTimeline } from "./made-trace.js";

declare global {
  interface Window {
    /** Nanoseconds of the shown trace. */
    end: number;
    model: PageModel;
    /** Shows a trace of so many events. Says how many bytes it was packed into, and the milliseconds until its picture is drawn. */
    show(events: number): Promise<{ readonly packed_bytes: number; readonly ready_ms: number }>;
  }
}

window.show = async (events) => {
  const made = madeTimeline(events);
  const stream = new Blob([packTimeline(made).bytes.slice()]).stream().pipeThrough(new CompressionStream("deflate"));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  const traces = [{ title: "made", sentence: "Made up.", bytes, leftOut: "" }];
  window.end = made.end;
  window.model = new PageModel({ view: "timeline", traces, align: "start", range: null, chosen: null, area: null });
  const started = performance.now();
  const el = document.getElementById("host")!;
  timeline.render({ model: window.model, el });
  const root = (): ShadowRoot | null | undefined => el.querySelector('[data-warplab="timeline"]')?.shadowRoot;
  while (root()?.querySelector('[data-part="surface"]') == null) await new Promise(requestAnimationFrame);
  await new Promise(requestAnimationFrame);
  return { packed_bytes: bytes.length, ready_ms: performance.now() - started };
};
