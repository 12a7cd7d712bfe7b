// Chrome traces and PyTorch's profiles, read onto a timeline.
import { describe, expect, it } from "vitest";
import { ChromeReader } from "../../../src/trace/read/index.js";
import type { Timeline } from "../../../src/trace/timeline/index.js";

function read(trace: unknown): Timeline {
  return readText(typeof trace === "string" ? trace : JSON.stringify(trace));
}

function readText(text: string): Timeline {
  const reader = new ChromeReader("trace.json");
  reader.push(new TextEncoder().encode(text));
  return reader.finish();
}

const events = (timeline: Timeline) => Array.from({ length: timeline.events.length }, (_, at) => timeline.event(at));

describe("a Chrome trace", () => {
  it("of whole events keeps names, times, tracks and arguments", () => {
    const timeline = read({
      traceEvents: [
        { ph: "M", pid: 1, name: "process_name", args: { name: "python" } },
        { ph: "M", pid: 1, tid: 2, name: "thread_name", args: { name: "main" } },
        { ph: "X", pid: 1, tid: 2, ts: 10.5, dur: 2.25, name: "step", cat: "work", args: { n: 1 } },
      ],
    });
    expect(timeline.source.format).toBe("chrome");
    expect(timeline.origin).toBe(10_500n);
    expect(events(timeline)).toMatchObject([
      {
        name: "step",
        category: "work",
        start: 0,
        duration: 2250,
        args: { n: 1 },
        process: { pid: 1, name: "python" },
        track: { tid: 2, name: "main", kind: "thread" },
      },
    ]);
  });

  it("of begins and ends pairs them per thread, nested, interleaved and out of order", () => {
    const at = (ph: string, tid: number, ts: number, name?: string) => ({ ph, pid: 1, tid, ts, name });
    const timeline = read([
      at("B", 1, 0, "outer"),
      at("B", 2, 1, "other"),
      at("B", 1, 2, "inner"),
      at("E", 1, 3),
      at("E", 1, 9),
      at("E", 2, 5, "other"),
      at("E", 2, 6),
      at("B", 1, 20, "open"),
    ]);
    expect(events(timeline).map(({ name, start, duration, form }) => [name, start, duration, form])).toEqual([
      ["outer", 0, 9000, "slice"],
      ["other", 1000, 4000, "slice"],
      ["inner", 2000, 1000, "slice"],
      ["open", 20000, 0, "unfinished"],
    ]);
    expect(timeline.notes).toEqual([
      { what: "an end without a beginning", count: 1, first: "without a name" },
      { what: "an event whose end was not recorded", count: 1, first: "open" },
    ]);
  });
});
