// How many kernels were launched and had not ended, over time, as a Vega-Lite chart. Knows nothing of how they were counted.
import { InputError } from "../../core/errors.js";
import type { TraceAnalysis } from "../../trace/analysis/index.js";
import type { ChartSpec } from "../chart/chart.js";
import { formatNumber } from "../table.js";
import type { TraceChartOptions } from "./named-bars.js";
import { stepsOverTime } from "./steps-over-time.js";

/** Throws InputError where the trace does not say when kernels ran, or which call launched them. */
export function queueChart({ launches, timeline }: TraceAnalysis, options: TraceChartOptions = {}): ChartSpec {
  const { queue } = launches;
  if (queue === undefined) {
    throw new InputError("this trace does not say when kernels were launched and ran", { where: "queueChart" });
  }
  return stepsOverTime(
    {
      at: queue.at_ns,
      value: queue.depth,
      end: timeline.end,
      axis: "kernels launched and not ended",
      format: "d",
      title: "Queue depth",
      subtitle: `Mean ${formatNumber(queue.mean)}; an empty queue is a device without work`,
      peak: `at most ${formatNumber(queue.max)}`,
    },
    options,
  );
}
