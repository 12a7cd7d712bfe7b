// A run, a moment of it and the difference between two, in sentences. Knows no DOM.
import type { ServiceRun } from "../../src/serving/index.js";
import { formatCount, formatMs, formatRate, formatShare, formatTime } from "./figures.js";
import type { Moment } from "./moment.js";

/** What a run came to, in a sentence or two, and how to look at it. */
export interface Verdict {
  readonly kind: "good" | "warning" | "bad";
  readonly text: string;
}

/** Signs beside the colours, so that a verdict is told without them. */
export const verdictSigns: Readonly<Record<Verdict["kind"], string>> = {
  good: "\u2713",
  warning: "\u25b2",
  bad: "\u2717",
};

export function verdictOf({ summary, scenario }: ServiceRun): Verdict {
  const { throughput_rps, offered_rps, p99_ms, rejected_requests, total_requests, capacity_rps } = summary;
  // What a language model can serve is reckoned from its steps, which differ with what runs.
  const about = scenario.serving === undefined ? "" : "about ";
  if (total_requests === 0)
    return { kind: "warning", text: "No request arrived within the duration: nothing was measured." };
  if (summary.overloaded) {
    const limit = capacity_rps === null ? "" : ` It can serve ${about}${formatRate(capacity_rps)}.`;
    const then =
      rejected_requests === 0
        ? "The queue grows for as long as that lasts, and the latencies with it."
        : `The queue is full: ${formatCount(rejected_requests)} of ${formatCount(total_requests)} requests were turned away.`;
    return {
      kind: "bad",
      text: `Overloaded: ${formatRate(offered_rps)} are offered and ${formatRate(throughput_rps)} served.${limit} ${then}`,
    };
  }
  const within = `p50 ${formatMs(summary.p50_ms)}, p99 ${formatMs(p99_ms)}`;
  const load =
    capacity_rps === null
      ? ""
      : `, ${formatShare((100 * offered_rps) / capacity_rps)} of ${about || "the "}${formatRate(capacity_rps)} that it can`;
  const missed =
    scenario.slo === undefined || throughput_rps === 0
      ? ""
      : ` ${formatShare((100 * summary.goodput_rps) / throughput_rps)} of what is served keeps the limits.`;
  if (rejected_requests > 0) {
    const turnedAway = `${formatCount(rejected_requests)} of ${formatCount(total_requests)} requests were turned away by a full queue`;
    return {
      kind: "warning",
      text: `Serves ${formatRate(throughput_rps)} of the ${formatRate(offered_rps)} that are offered${load}: ${turnedAway}; ${within}.${missed}`,
    };
  }
  return { kind: "good", text: `Serves all ${formatRate(offered_rps)} that are offered${load}: ${within}.${missed}` };
}

/** Which resource limits, in words. */
export function bottleneckWords({ bottleneck }: ServiceRun): string {
  if (bottleneck.kind === "none") {
    return `${bottleneck.evidence[0].toUpperCase()}${bottleneck.evidence.slice(1)}.`.replace(/\.\.$/, ".");
  }
  const evidence = bottleneck.evidence.replace(/\.$/, "");
  const kind = bottleneck.kind === bottleneck.resource ? "" : ` (${bottleneck.kind})`;
  return `What limits first is ${bottleneck.resource}${kind}: ${evidence}.`;
}

/** Where everybody is at a moment. */
export function momentWords(moment: Moment, names: readonly string[]): string {
  const busy = moment.stages.flatMap(({ waiting, serving }, s) => {
    const parts = [
      ...(waiting.length > 0 ? [`${formatCount(waiting.length)} waiting`] : []),
      ...(serving.length > 0 ? [`${formatCount(serving.length)} served`] : []),
    ];
    return parts.length === 0 ? [] : [`${names[s]}: ${parts.join(", ")}`];
  });
  const inside = moment.stages.reduce((sum, { waiting, serving }) => sum + waiting.length + serving.length, 0);
  const rejected = moment.rejected === 0 ? "" : `, ${formatCount(moment.rejected)} turned away`;
  const where = busy.length === 0 ? "" : ` ${busy.join("; ")}.`;
  return `${formatTime(moment.time)}: ${formatCount(inside)} inside, ${formatCount(moment.done)} done${rejected}.${where}`;
}
