// A run in one line of text. Knows nothing of how it is shown otherwise.
import type { RunSummary, ServiceRun } from "./run.js";

/** Whether it keeps up, in a sentence, and how good that is. */
export function serviceVerdict({ overloaded, rejected_requests, total_requests }: RunSummary): {
  readonly text: string;
  readonly verdict: "good" | "bad";
} {
  if (overloaded) return { text: "Overloaded: more is offered than can be served.", verdict: "bad" };
  if (total_requests === 0) {
    return { text: "No request arrived within the duration: nothing was measured.", verdict: "bad" };
  }
  if (rejected_requests === 0) return { text: "The service keeps up with what is offered.", verdict: "good" };
  const are = rejected_requests === 1 ? "is" : "are";
  return {
    text: `Of ${total_requests} requests ${rejected_requests} ${are} turned away; the service keeps up with the others.`,
    verdict: "bad",
  };
}

/** `demo: 2 requests/s of 2 offered, p50 28.9 ms, p99 28.9 ms, gpu 1.28 % busy, nothing limits`. */
export function describeRun({ scenario, summary, bottleneck }: ServiceRun): string {
  const { throughput_rps, offered_rps, p50_ms, p99_ms, gpu_util_percent, rejected_requests } = summary;
  const parts = [
    `${digits(throughput_rps)} requests/s of ${digits(offered_rps)} offered`,
    ...(p50_ms === null || p99_ms === null ? [] : [`p50 ${digits(p50_ms)} ms`, `p99 ${digits(p99_ms)} ms`]),
    `gpu ${digits(gpu_util_percent)} % busy`,
    ...(rejected_requests === 0 ? [] : [`${rejected_requests} turned away`]),
    summary.overloaded ? `OVERLOADED: ${bottleneck.evidence}` : limitWords(bottleneck),
  ];
  return `${scenario.name}: ${parts.join(", ")}`;
}

function limitWords({ kind, resource }: ServiceRun["bottleneck"]): string {
  if (kind === "none") return "nothing limits";
  return kind === "queue" ? `waiting for ${resource} prevails` : `${resource} limits`;
}

function digits(value: number): string {
  return `${Number(value.toPrecision(3))}`;
}
