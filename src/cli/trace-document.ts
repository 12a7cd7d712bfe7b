// What `warplab trace --json` prints: the source, what could not be read, and every analysis with its units in the names. Knows nothing of
// how it was found.
import type { TraceAnalysis, WhatIf } from "../trace/analysis/index.js";
import { describeLimit } from "../trace/text/index.js";

/** Plain values; what the trace does not say is null. Curves over time are left to the library: they have a point an event. */
export function traceDocument(analysis: TraceAnalysis, whatIf: WhatIf | undefined): object {
  const { timeline, metrics, ranges, calls, slices, launches, transfers, memory, gaps, criticalPath } = analysis;
  const { queue, ...launched } = launches;
  return withNulls({
    source: timeline.source,
    events: timeline.events.length,
    tracks: timeline.tracks.length,
    wall_time_ns: timeline.end,
    limit: describeLimit(analysis),
    notes: timeline.notes,
    metrics,
    ranges: { ranges: ranges.ranges, outside: ranges.outside },
    calls,
    launches: { ...launched, queue: queue && { mean: queue.mean, max: queue.max, max_waiting: queue.max_waiting } },
    slices,
    transfers,
    memory: memory.spaces.map(({ at_ns: _at, bytes: _bytes, ...space }) => space),
    gaps: {
      threshold_ns: gaps.threshold_ns,
      devices: gaps.devices,
      gaps: gaps.longest.slice(0, mostGaps),
      by_cause: gaps.by_cause,
      short: gaps.short,
      host_activity: gaps.host_activity,
      gaps_found: gaps.count,
    },
    critical_path: {
      length_ns: criticalPath.length_ns,
      by_kind: criticalPath.by_kind,
      by_name: criticalPath.by_name,
      segments: criticalPath.count,
    },
    ...(whatIf !== undefined && { what_if: whatIf }),
  }) as object;
}

/** Gaps that are listed, the longest; all are in the sums. */
const mostGaps = 1000;

/** The same with null for what is undefined or NaN, so that every field is there. */
function withNulls(value: unknown): unknown {
  if (value === undefined || (typeof value === "number" && !Number.isFinite(value))) return null;
  if (Array.isArray(value)) return value.map(withNulls);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, withNulls(field)]));
}
