// Imported traces, written for Perfetto: its own trace processor takes all of them, and every nanosecond.
import { describe, expect, it } from "vitest";
import { timelineToChrome } from "../../../src/trace/chrome/index.js";
import type { Timeline } from "../../../src/trace/timeline/index.js";
import { madeDriverCalls, madePytorchTrace } from "../made-traces.js";
import { hasTraceProcessor, judge, traceFaults } from "../trace-processor.js";
import { readText } from "./read-text.js";

const profile = [...madePytorchTrace({ launches: 400 }).pieces].join("");

const traces: Readonly<Record<string, string>> = {
  "a profile of PyTorch": profile,
  "a profile whose kernels overlap on one stream": profile.replaceAll(/"pid": 0, "tid": \d+/g, '"pid": 0, "tid": 7'),
  "driver calls": [...madeDriverCalls({ launches: 400 }).pieces].join(""),
};

describe.skipIf(!hasTraceProcessor)("Perfetto", () => {
  it.each(Object.entries(traces))("takes all of %s", { timeout: 30_000 }, async (_what, text) => {
    const timeline: Timeline = await readText(text);
    expect(timeline.notes).toEqual([]);
    const trace = await judge(timelineToChrome(timeline));
    expect(await trace.query(traceFaults)).toEqual([]);
    const { events } = timeline;
    const sum = (column: Float64Array): number => column.reduce((total, value) => total + value, 0);
    const numbers = async (sql: string) => Object.values((await trace.query(sql))[0]).map(Number);
    expect(await numbers("select count(*), sum(ts), sum(dur) from slice")).toEqual([
      events.length,
      sum(events.start),
      sum(events.duration),
    ]);
    expect(await numbers("select count(*) from flow")).toEqual([400]);
  });
});
