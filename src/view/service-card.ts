// A run of a service as a card: what stands out, the summary by its names, stages and checks as tables. Knows nothing of how it was
// simulated.
import { type RunCheck, type RunSummary, type ServiceRun, serviceVerdict } from "../serving/index.js";
import { type Card, cardHtml, type Figure } from "./card.js";
import { formatNumber, type Row, tableHtml } from "./table.js";

/** HTML that stands alone. */
export function serviceCard(run: ServiceRun): string {
  const { scenario, seed, summary, stages, resources, bottleneck, checks } = run;
  const broken = checks.filter(({ holds }) => !holds);
  const card: Card = {
    kind: "service",
    title: scenario.name,
    beside: scenario.target.name ?? scenario.target.device ?? "",
    facts: [
      { name: "requests", value: formatNumber(summary.total_requests, 15) },
      { name: "duration", value: `${formatNumber(summary.duration_s)} s` },
      { name: "seed", value: String(seed), meaning: "The same seed gives the same run." },
    ],
    remarks: [
      serviceVerdict(summary),
      { text: bottleneck.evidence, verdict: "plain" },
      broken.length === 0
        ? { text: `${checks.length} checks hold.`, verdict: "good" }
        : {
            text: `Of ${checks.length} checks ${broken.length} do not hold: ${broken.map(({ name }) => name).join(", ")}.`,
            verdict: "bad",
          },
    ],
    figures: [
      ...summaryFigures(summary),
      ...resources.map((use): Figure => {
        const { name, capacity, util_percent, mean_queue } = use;
        return {
          name: `${name} busy`,
          value: `${formatNumber(util_percent, 3)} %`,
          meaning: `Busy share of its ${capacity} server${capacity === 1 ? "" : "s"} over the measured time.`,
          share: util_percent / 100,
          remark: mean_queue < 0.01 ? "" : `${formatNumber(mean_queue, 3)} wait on average`,
          verdict: "plain",
        };
      }),
    ],
  };
  const times = stages.map(
    ({ name, category, avg_ms, count }): Row => ({ stage: name, category, "mean, ms": avg_ms, count }),
  );
  return [
    cardHtml(card),
    tableHtml(times, { caption: "Stages of a request" }),
    tableHtml(checks.map(checkRow), { caption: "What must hold of any such run", sentences: ["in words"] }),
  ].join("");
}

/** The figures of a summary, by the names that a file or HTTP gives them. */
function summaryFigures(summary: RunSummary): Figure[] {
  const { tokens, avg_ms_interval, ...rest } = summary;
  const figures: Figure[] = [];
  for (const [name, value] of Object.entries({ ...rest, ...tokens })) {
    if (typeof value === "boolean" || shownElsewhere.has(name)) continue;
    const isMean = name === "avg_ms" && avg_ms_interval !== null;
    figures.push({
      name,
      value: value === null ? "not measured" : formatNumber(value as number),
      ...(name in meanings && { meaning: meanings[name] }),
      ...(isMean && { remark: `95 % interval ${avg_ms_interval.map((ms) => formatNumber(ms)).join(" to ")}` }),
    });
  }
  return figures;
}

const shownElsewhere: ReadonlySet<string> = new Set(["total_requests", "duration_s"]);

const meanings: Readonly<Record<string, string>> = {
  throughput_rps:
    "Requests completed a second within the measured time: under overload what the service does, not what is offered.",
  p50_ms: "Half of the requests took no longer, from arrival to end.",
  p99_ms: "One request in a hundred took longer.",
  avg_queue_ms: "Mean time that a request waited for resources and batches.",
  gpu_util_percent: "Busy share of the GPU's slots over the measured time.",
  goodput_rps: "Requests a second that were completed within the limits of the SLO.",
  capacity_rps: "Requests a second that the bottleneck could serve.",
  ttft_p50_ms: "Time to first token.",
  tpot_p50_ms: "Time per output token after the first.",
  itl_p50_ms: "Time between two tokens.",
};

function checkRow({ name, holds, expected, measured, interval, unit, detail }: RunCheck): Row {
  const range = interval === undefined ? "" : ` (${interval.map((bound) => formatNumber(bound)).join(" to ")})`;
  return {
    check: name,
    holds: holds ? "yes" : interval === undefined ? "no" : "outside its interval",
    expected: `${formatNumber(expected)} ${unit}`,
    measured: `${formatNumber(measured)}${range} ${unit}`,
    "in words": detail,
  };
}
