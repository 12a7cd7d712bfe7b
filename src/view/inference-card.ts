// An inference as a card: how fast it is, what it holds in memory, whether what was computed agrees, stages and iterations or tokens as
// tables. Knows nothing of how it was run.
import type { InferenceRun, SpanRow } from "../inference/index.js";
import { type Card, cardHtml, type Figure } from "./card.js";
import { formatNumber, type Row, tableHtml } from "./table.js";

/** HTML that stands alone. */
export function inferenceCard(run: InferenceRun): string {
  const { inferenceTime, deviceTime, unit } = run;
  const card: Card = {
    kind: "inference",
    title: run.model,
    beside: run.device,
    facts: [
      { name: "precision", value: run.precision },
      { name: "batch", value: formatNumber(run.batch) },
      ...(run.tokens.length === 0 ? [] : [{ name: "prompt", value: `${formatNumber(run.promptTokens)} tokens` }]),
      { name: "parameters", value: formatNumber(run.parameters, 15) },
    ],
    remarks: [computed(run), { text: run.hostTimes, verdict: "plain" }],
    figures: [
      { name: `${unit} a second`, value: formatNumber(run.throughput) },
      ...time("time to first token", run.ttft, "From the prompt to the first token."),
      ...time("time per output token", run.tpot, "For each token after the first, on average."),
      ...time("iteration", run.iterationTime, "On average."),
      {
        name: "kernels",
        value: `${formatNumber(deviceTime * 1e3)} ms`,
        meaning: "How long the device ran kernels while it inferred: the planner's prediction.",
        share: deviceTime / inferenceTime,
        remark: `${formatNumber((100 * deviceTime) / inferenceTime, 3)} % of the time of inference`,
      },
      ...memory(run),
    ],
  };
  const isDecoder = run.tokens.length > 0;
  return [
    cardHtml(card),
    tableHtml(run.table.map(stageRow), { caption: "Stages" }),
    tableHtml((isDecoder ? run.tokenRows : run.iterationRows).map(spanRow), {
      caption: isDecoder ? "Tokens" : "Iterations",
      rows: 50,
    }),
  ].join("");
}

function computed({ computed: result }: InferenceRun): NonNullable<Card["remarks"]>[number] {
  if ("reason" in result) return { text: `Not computed: ${result.reason}.`, verdict: "plain" };
  const { launches, relativeError, bound, agrees } = result;
  const words = `${launches} launches were computed and ${agrees ? "agree" : "do not agree"} with plain arithmetic`;
  return {
    text: `${words}: off by ${relativeError.toExponential(1)} of the greatest value, where ${bound.toExponential(1)} is allowed.`,
    verdict: agrees ? "good" : "bad",
  };
}

function time(name: string, seconds: number | undefined, meaning: string): Figure[] {
  return seconds === undefined ? [] : [{ name, value: `${formatNumber(seconds * 1e3)} ms`, meaning }];
}

function memory({ memory: bytes }: InferenceRun): Figure[] {
  const part = (name: string, count: number, meaning: string): Figure => ({
    name,
    value: `${formatNumber(count / 2 ** 20)} MiB`,
    meaning,
    share: count / bytes.peak,
  });
  return [
    part("peak memory", bytes.peak, "The most that was in use at once; all of it is freed in the end."),
    part("weights", bytes.weights, "Parameters, an allocation each."),
    part("activations", bytes.activations, "The most that lives at the same time between two operators."),
    part("workspace", bytes.workspace, "What the library of matrix products sets aside."),
    ...(bytes.kvCache === 0 ? [] : [part("KV cache", bytes.kvCache, "Keys and values, allocated as it grows.")]),
  ];
}

function stageRow({ name, time_ms, share, calls, launches, device_ms }: SpanRow): Row {
  return {
    stage: name,
    ms: time_ms,
    "share, %": 100 * share,
    "driver calls": calls,
    launches,
    "kernels, ms": device_ms,
  };
}

function spanRow({ name, time_ms, device_ms, launches }: SpanRow): Row {
  return { name, ms: time_ms, "kernels, ms": device_ms, launches };
}
