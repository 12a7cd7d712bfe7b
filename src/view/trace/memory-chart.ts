// Bytes allocated over time with their peak, as a Vega-Lite chart. Knows nothing of how they were counted.
import { InputError, listChoices } from "../../core/errors.js";
import type { MemorySpace, TraceAnalysis } from "../../trace/analysis/index.js";
import { formatNanoseconds } from "../../trace/timeline/index.js";
import type { ChartSpec } from "../chart/chart.js";
import type { TraceChartOptions } from "./named-bars.js";
import { byteUnit, formatBytes } from "./sizes.js";
import { stepsOverTime } from "./steps-over-time.js";

export interface MemoryChartOptions extends TraceChartOptions {
  /** Which memory, as `traceTables(analysis).memory` names it; the one with the highest peak unless given. */
  readonly space?: string;
}

/** Throws InputError where the trace tells of no allocation, or of none in that space. */
export function memoryChart({ memory, timeline }: TraceAnalysis, options: MemoryChartOptions = {}): ChartSpec {
  const space = spaceOf(memory.spaces, options.space);
  const { name, at_ns, bytes, peak_bytes, peak_ns, peak_holders, leaks } = space;
  const held = peak_holders
    .slice(0, 3)
    .map(({ label, bytes: own }) => `${label === "" ? "unnamed" : label} ${formatBytes(own)}`);
  const left = leaks.count === 0 ? "" : `${formatBytes(leaks.bytes)} were never freed. `;
  // Binary, as the peak is said in words: d3 knows only the decimal prefixes.
  const [factor, unit] = byteUnit(peak_bytes);
  return stepsOverTime(
    {
      at: at_ns,
      value: Float64Array.from(bytes, (each) => each / factor),
      end: timeline.end,
      axis: `allocated, ${unit}`,
      format: ",~r",
      title: `Memory of ${name}`,
      subtitle: `${left}At the peak: ${held.join(", ")}${peak_holders.length > 3 ? " ..." : ""}`,
      peak: `${formatBytes(peak_bytes)} at ${formatNanoseconds(peak_ns)}`,
    },
    options,
  );
}

function spaceOf(spaces: readonly MemorySpace[], named: string | undefined): MemorySpace {
  if (spaces.length === 0) throw new InputError("this trace tells of no allocation", { where: "memoryChart" });
  if (named === undefined) return [...spaces].sort((a, b) => b.peak_bytes - a.peak_bytes)[0];
  const found = spaces.find(({ name }) => name === named);
  if (found !== undefined) return found;
  throw new InputError(`there is no memory "${named}"`, {
    where: "memoryChart: space",
    fix: `There is ${listChoices(spaces.map(({ name }) => name))}.`,
  });
}
