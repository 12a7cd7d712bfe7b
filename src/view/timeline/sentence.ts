// What happened in a trace, in a sentence or two: what stands above its picture. Knows no picture.
import { analyse, type TraceAnalysis } from "../../trace/analysis/index.js";
import { describeLimit } from "../../trace/text/index.js";
import { formatNanoseconds, sourceWords, type Timeline } from "../../trace/timeline/index.js";

/**
 * What the trace is, how long it took and what limits it: `mlp.jsonl (driver calls as JSON lines, simulated, H100): 20 events in 230 µs. The
 * device is busy for 52.2 % of the time; 84.6 % of its idle time ...`
 */
export function describeTimeline(timeline: Timeline, analysis: TraceAnalysis = analyse(timeline)): string {
  const { source, events, end } = timeline;
  const origin = [
    source.simulated === undefined ? undefined : source.simulated ? "simulated" : "recorded",
    source.device,
  ].filter((word) => word !== undefined);
  const from = sourceWords(source, origin);
  if (events.length === 0) return `${from}: no events.`;
  const count = `${events.length.toLocaleString("en-US")} event${events.length === 1 ? "" : "s"}`;
  return `${from}: ${count} in ${formatNanoseconds(end)}. ${describeLimit(analysis)}`;
}
