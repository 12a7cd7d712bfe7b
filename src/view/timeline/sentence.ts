// What happened in a trace, in a sentence or two: what stands above its picture. Knows no picture.
import { analyse, type GapCause, type TraceAnalysis } from "../../trace/analysis/index.js";
import { formatNanoseconds, type Timeline, traceFormats } from "../../trace/timeline/index.js";

/**
 * What the trace is, how long it took, how busy each device was and why the busiest was idle the longest: `mlp.jsonl (driver calls as
 * JSON lines, simulated, H100): 20 events in 230 us. The device is busy for 52.2 % of it, and idle the longest, for 70 us, because ...`
 */
export function describeTimeline(timeline: Timeline, analysis: TraceAnalysis = analyse(timeline)): string {
  const { source, events, end } = timeline;
  const origin = [
    source.simulated === undefined ? undefined : source.simulated ? "simulated" : "recorded",
    source.device,
  ].filter((word) => word !== undefined);
  const from = `${source.name} (${[traceFormats[source.format], ...origin].join(", ")})`;
  if (events.length === 0) return `${from}: no events.`;
  const count = `${events.length.toLocaleString("en-US")} event${events.length === 1 ? "" : "s"}`;
  return `${from}: ${count} in ${formatNanoseconds(end)}. ${deviceWords(analysis)}`;
}

function deviceWords({ gaps }: TraceAnalysis): string {
  const { devices, by_cause } = gaps;
  if (devices.length === 0) return "No device times were recorded: when the device was busy is not known.";
  const named = devices
    .slice(0, 4)
    .map(
      ({ device, busy_share }) => `${devices.length === 1 ? "The device" : device} is busy for ${percent(busy_share)}`,
    );
  const more = devices.length > 4 ? `, and there are ${devices.length - 4} more devices` : "";
  // What lies before the first work and after the last is the program's beginning and end: only where there is nothing else.
  const worst = by_cause.find(({ cause }) => cause !== "start" && cause !== "end") ?? by_cause[0];
  const idle =
    worst === undefined
      ? ""
      : `; most of what it idles, ${formatNanoseconds(worst.total_ns)} in ${worst.count.toLocaleString("en-US")} gap${worst.count === 1 ? "" : "s"}, ${causeWords[worst.cause]}`;
  return `${named.join(", ")}${more}${idle}.`;
}

const causeWords: Readonly<Record<GapCause, string>> = {
  sync: "is because the host waited for it before it gave it more",
  host: "is because the host was late with the next launch",
  dependency: "it waits for other work of the device",
  start: "is before its first work",
  end: "is after its last work",
  unknown: "is for reasons that were not recorded",
};

function percent(share: number): string {
  return share > 0 && share < 0.0005 ? "less than 0.1 %" : `${(100 * share).toFixed(1)} %`;
}
