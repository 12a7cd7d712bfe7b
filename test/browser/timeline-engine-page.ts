// A page with the timeline's engine alone in it, on a small trace that is known, and a list of what it said.
import { TimelineBuilder } from "../../src/trace/timeline/index.js";
import { TimelineEngine } from "../../widgets/timeline/engine.js";

/** What a test does with the page through `window`. */
export interface EnginePage {
  readonly engine: TimelineEngine;
  /** Names of callbacks with what they were told, as JSON. */
  readonly said: string[];
}

const builder = new TimelineBuilder();
const host = builder.process(1, { name: "host" });
const device = builder.process(2, { name: "GPU 0", device: 0 });
const thread = builder.track(host, 1, { name: "main" });
const stream = builder.track(device, 7, { name: "stream 7", kind: "stream" });
const event = { name: "forward", role: "range" as const, track: thread, start: 0, duration: 1000 };
builder.event(event);
builder.event({ ...event, name: "cuLaunchKernel", role: "call", start: 100, duration: 200, correlation: 1 });
builder.event({ ...event, name: "cuLaunchKernel", role: "call", start: 400, duration: 200, correlation: 2 });
builder.event({ ...event, name: "gemm", role: "kernel", track: stream, start: 320, duration: 200, correlation: 1 });
builder.event({ ...event, name: "softmax", role: "kernel", track: stream, start: 620, duration: 300, correlation: 2 });
builder.counter(device, "bytes", 100, 10);
builder.counter(device, "bytes", 600, 30);

// Many tracks, of which few are in sight.
if (new URLSearchParams(location.search).has("many")) {
  for (let index = 0; index < 300; index++) {
    const track = builder.track(host, `t${index}`, { name: `thread ${index}` });
    builder.event({ ...event, track, name: "work", start: 10 * index, duration: 5 });
  }
}

const said: string[] = [];
const hear =
  (name: string) =>
  (...told: unknown[]): void => {
    said.push(`${name} ${JSON.stringify(told)}`);
  };
const columns = builder.build({ name: "known", format: "chrome" });
const engine = new TimelineEngine(document.getElementById("host")!, [{ columns, label: "known" }], {
  isStill: new URLSearchParams(location.search).has("still"),
  onSelect: hear("select"),
  onArea: hear("area"),
  onHint: hear("hint"),
  onView: hear("view"),
  onLayout: hear("layout"),
  onHover: (hover) => said.push(`hover ${hover?.key} ${hover?.event?.event} ${hover?.value}`),
});
(globalThis as unknown as { enginePage: EnginePage }).enginePage = { engine, said };
