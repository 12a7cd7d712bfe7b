// A page with one timeline in it, as the browser tests open it: the view, and traces that are made here.

import { TimelineBuilder } from "../../src/trace/timeline/index.js";
import { packTimeline } from "../../src/view/timeline/packed.js";
import { describeTimeline } from "../../src/view/timeline/sentence.js";
import { PageModel } from "../../widgets/hosts/page-model.js";
import { timeline } from "../../widgets/timeline/view.js";
import { inference, large, program } from "../view/timeline/examples.js";

const shown = {
  one: () => [inference()],
  program: () => [program()],
  two: () => [inference(), inference({ name: "slow.jsonl", slower: 2 })],
  large: () => [large(200_000)],
  none: () => [],
  empty: () => [new TimelineBuilder().build({ name: "empty.json", format: "chrome" })],
};
export type TimelineName = keyof typeof shown | "broken";

/** What a test does with the page through `window`. */
export interface TimelinePage {
  readonly model: PageModel;
  clean(): void;
}

async function deflated(bytes: Uint8Array): Promise<Uint8Array> {
  const stream = new Blob([bytes.slice()]).stream().pipeThrough(new CompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

const name = new URLSearchParams(location.search).get("trace") as TimelineName;
const timelines = name === "broken" ? [inference()] : shown[name]();
const traces = await Promise.all(
  timelines.map(async (each) => ({
    title: each.source.name,
    sentence: describeTimeline(each),
    bytes: name === "broken" ? new Uint8Array([1, 2, 3]) : await deflated(packTimeline(each).bytes),
    leftOut: "",
  })),
);
const model = new PageModel({ view: "timeline", traces, align: "start", range: null, chosen: null, area: null });
const el = document.createElement("div");
const clean = timeline.render({ model, el });
document.body.append(el);
(globalThis as unknown as { timelinePage: TimelinePage }).timelinePage = { model, clean: () => clean?.() };
