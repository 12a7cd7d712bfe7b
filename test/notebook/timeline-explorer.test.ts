// A timeline to work with, from the notebook's side: its forms, what the page is given, and what it may choose.
import { inflateSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { f32, VirtualGPU } from "../../src/index.js";
import { bundleOf } from "../../src/notebook/mime.js";
import { show } from "../../src/notebook/show.js";
import { type TimelineExplorer, timelineExplorer } from "../../src/notebook/timeline-explorer.js";
import { unpackTimeline } from "../../src/view/timeline/index.js";
import { inference, program } from "../view/timeline/examples.js";
import { asKernel, RecordingBridge } from "./recording-bridge.js";

describe("without a kernel", () => {
  it("is a picture and words, whether it is an explorer or the timeline itself", () => {
    const timeline = inference();
    for (const value of [timeline, timelineExplorer(timeline)]) {
      const bundle = bundleOf(value);
      expect(Object.keys(bundle)).toEqual(["image/svg+xml", "text/plain"]);
      expect(bundle["image/svg+xml"]).toMatch(/^<svg /);
      expect(String(bundle["text/plain"]).split("\n")).toEqual([
        "mlp.jsonl (driver calls as JSON lines, simulated, H100): 17 events in 230 \u00b5s. The device is busy for 52.2 % of the time, " +
          "40.9 % of its idle time before the first work and after the last; 84.6 % of the rest comes of the host waiting for the device " +
          "before it launches more.",
        "1 \u00d7 a line that is no JSON (first: line 17)",
      ]);
    }
  });

  it("draws the stage in which the kernels are, what the notebook zoomed to, or all of it", () => {
    const drawn = (explorer: TimelineExplorer) => {
      const svg = String(explorer.still()["image/svg+xml"]);
      return [/>(Shown: [^<]*)</.exec(svg)?.[1], svg.includes(">cuCtxCreate_v2<"), svg.includes(">sgemm<")];
    };
    const explorer = timelineExplorer(program());
    expect(drawn(explorer)).toEqual(["Shown: inference, 312 \u00b5s of 270.4 ms.", false, true]);
    explorer.zoom("load weights");
    expect(drawn(explorer)).toEqual(["Shown: 104 \u00b5s of 270.4 ms.", false, false]);
    explorer.zoom();
    expect(drawn(explorer)).toEqual([undefined, true, false]);
  });

  it("is its lines where it is printed", () => {
    expect(String(timelineExplorer([inference(), inference({ name: "b.jsonl" })])).split("\n")).toHaveLength(2);
  });

  it("refuses what is no timeline, three of them, and an event to align by that a trace has not", () => {
    expect(() => timelineExplorer({ a: 1 } as never)).toThrow("timelineExplorer: this is no timeline");
    expect(() => timelineExplorer([inference(), "b" as never])).toThrow("the second is no timeline");
    expect(() => timelineExplorer([inference(), inference(), inference()])).toThrow("3 timelines cannot be compared");
    expect(() => timelineExplorer([inference(), inference()], { align: { first: "iteration 9" } })).toThrow(
      'align: no event of mlp.jsonl (A) is called "iteration 9"',
    );
    expect(() => timelineExplorer(inference(), { titles: ["a", "b"] })).toThrow("there are 2 titles for 1 timelines");
  });
});

describe("in the kernel", () => {
  let bridge: RecordingBridge;
  let leave: () => void;
  beforeEach(() => {
    bridge = new RecordingBridge();
    leave = asKernel(bridge);
  });
  afterEach(() => leave());

  const commOf = () =>
    bridge.comms.find(({ opening }) => (opening.data["state"] as { view?: string }).view === "timeline")!;

  it("gives the page the whole trace, compressed", () => {
    const timeline = inference();
    const bundle = bundleOf(timelineExplorer(timeline));
    expect(bundle["application/vnd.jupyter.widget-view+json"]).toBeDefined();
    const { data, buffers } = commOf().opening;
    expect(data).toMatchObject({
      state: { view: "timeline", align: "start", range: null, chosen: null, area: null },
      buffer_paths: [["traces", 0, "bytes"]],
    });
    const arrived = unpackTimeline(inflateSync(buffers[0]));
    expect(arrived.event(5)).toEqual(timeline.event(5));
    expect(String(arrived)).toBe(String(timeline));
  });

  it("says how many arguments stayed behind", () => {
    bundleOf(timelineExplorer(inference(), { argumentBytes: 100 }));
    const { traces } = commOf().opening.data["state"] as { traces: { leftOut: string }[] };
    expect(traces[0].leftOut).toMatch(/^The arguments of \d+ events are not in this view/);
  });

  it("shows a timeline as one widget, however often it is shown", () => {
    const timeline = inference();
    show(timeline);
    show(timeline);
    expect(bridge.displays).toHaveLength(2);
    const [first, second] = bridge.displays.map(({ bundle }) => bundle["application/vnd.jupyter.widget-view+json"]);
    expect(first).toBeDefined();
    expect(second).toEqual(first);
    expect(Object.keys(bridge.displays[0].bundle)).toContain("image/svg+xml");
  });

  it("shows the driver calls of a simulation, and those that were added since", () => {
    const gpu = new VirtualGPU("h100");
    const trace = gpu.recordTrace();
    gpu.array(f32, [1, 2]).free();
    show(trace);
    show(trace);
    gpu.array(f32, [3]).free();
    show(trace);
    const views = bridge.displays.map(({ bundle }) => bundle["application/vnd.jupyter.widget-view+json"]);
    expect(views[1]).toEqual(views[0]);
    expect(views[2]).not.toEqual(views[0]);
    expect(bridge.displays[2].bundle["text/plain"]).toContain("8 events in ");
    const explorer = timelineExplorer([trace, trace]);
    expect(explorer.timelines.map(({ source }) => source.name)).toEqual(["H100 SXM trace", "H100 SXM trace"]);
  });

  it("hears what is chosen in the page, and nothing that is not there", () => {
    const explorer = timelineExplorer(inference());
    bundleOf(explorer);
    const say = (state: object): void => commOf().onMessage!({ method: "update", state }, []);
    expect(explorer.event).toBeUndefined();
    say({ chosen: { trace: 0, event: 1 }, area: { start: 0, end: 5000 } });
    expect(explorer.event?.name).toBe("cuMemAlloc_v2");
    expect(explorer.area).toEqual({ start: 0, end: 5000 });
    say({ chosen: { trace: 1, event: 0 }, area: { start: 7, end: 7 } });
    expect(explorer.event).toBeUndefined();
    expect(explorer.area).toBeUndefined();
    say({ chosen: { trace: 0, event: 9999 } });
    expect(explorer.event).toBeUndefined();
  });

  it("moves every page to a part of time", () => {
    const explorer = timelineExplorer(inference());
    bundleOf(explorer);
    explorer.zoom({ start: 100_000, end: 165_000 });
    expect(commOf().sent.at(-1)?.data).toMatchObject({ state: { range: { start: 100_000, end: 165_000 } } });
    // A reader may have moved on meanwhile: asking again is a change.
    const before = commOf().sent.length;
    explorer.zoom({ start: 100_000, end: 165_000 });
    explorer.zoom();
    expect(commOf().sent.length).toBe(before + 2);
    expect(commOf().sent.at(-1)?.data).toMatchObject({ state: { range: { start: 0, end: 230_000 } } });
    explorer.zoom("iteration 1");
    expect(commOf().sent.at(-1)?.data).toMatchObject({ state: { range: { start: 163_700, end: 231_300 } } });
    explorer.zoom("load weights");
    expect(commOf().sent.at(-1)?.data).toMatchObject({ state: { range: { start: -2_000, end: 102_000 } } });
    expect(() => explorer.zoom("inference")).toThrow(
      'zoom: no stage and no event is called "inference"\nIts stages are "load weights".',
    );
    expect(() => explorer.zoom({ start: 5, end: 5 })).toThrow("range: the end, 5, must come after the start, 5");
  });
});
