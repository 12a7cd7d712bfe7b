// An inference as text for a terminal: stages, iterations or tokens, averages, memory, and what was computed. Knows nothing of how it ran.
import type { InferenceRun, SpanRow } from "../inference/index.js";
import { type Column, formatNumber, formatTable, type Paint } from "./terminal.js";

/** The run in a line, then tables and sentences. */
export function describeInference(run: InferenceRun, paint: Paint): string {
  const [what, ...answer] = run.toString().split(": ");
  return [
    `${paint("bold", what)}: ${answer.join(": ")}`,
    stagesTable(run, paint),
    spansTable(run, paint),
    averages(run),
    memory(run),
    computed(run, paint),
    run.hostTimes,
  ].join("\n\n");
}

function stagesTable({ table, time }: InferenceRun, paint: Paint): string {
  const total: SpanRow = {
    name: "all",
    start_ms: 0,
    time_ms: time * 1e3,
    share: 1,
    device_ms: sum(table, "device_ms"),
    calls: sum(table, "calls"),
    launches: sum(table, "launches"),
  };
  const columns: Column<SpanRow>[] = [
    { title: "stage", cell: ({ name }) => name },
    { title: "ms", cell: ({ time_ms }) => time_ms.toFixed(3), align: "right" },
    { title: "share", cell: ({ share }) => `${(100 * share).toFixed(1)}%`, align: "right" },
    { title: "driver calls", cell: ({ calls }) => String(calls), align: "right" },
    { title: "launches", cell: ({ launches }) => String(launches), align: "right" },
    { title: "kernels ms", cell: ({ device_ms }) => device_ms.toFixed(3), align: "right" },
  ];
  return formatTable([...table, total], columns, paint);
}

/** Rows from the beginning and from the end where there are too many of them to read. */
const [shownFirst, shownLast] = [20, 3];

function spansTable({ iterationRows, tokenRows }: InferenceRun, paint: Paint): string {
  const rows = tokenRows.length === 0 ? iterationRows : tokenRows;
  const what = tokenRows.length === 0 ? "iteration" : "token";
  const isShort = rows.length <= shownFirst + shownLast;
  const shown = isShort ? rows : [...rows.slice(0, shownFirst), ...rows.slice(-shownLast)];
  const columns: Column<SpanRow>[] = [
    { title: what, cell: ({ name }) => name.slice(what.length + 1) },
    { title: "ms", cell: ({ time_ms }) => time_ms.toFixed(3), align: "right" },
    { title: "kernels ms", cell: ({ device_ms }) => device_ms.toFixed(3), align: "right" },
    { title: "launches", cell: ({ launches }) => String(launches), align: "right" },
  ];
  const left = `${rows.length - shown.length} more ${what}s between them, all in --json.`;
  return [formatTable(shown, columns, paint), ...(isShort ? [] : [left])].join("\n");
}

function averages(run: InferenceRun): string {
  const { ttft, tpot, tokens, iterationTime, iterations, deviceTime, inferenceTime } = run;
  return [
    ...(ttft === undefined
      ? []
      : [`Time to first token ${formatNumber(ttft * 1e3)} ms (a prompt of ${run.promptTokens}).`]),
    ...(tpot === undefined ? [] : [`Time per output token ${formatNumber(tpot * 1e3)} ms on average.`]),
    ...(tokens.length > 0 && iterations.length === 1
      ? []
      : [`An iteration takes ${formatNumber(iterationTime * 1e3)} ms on average.`]),
    `${formatNumber(run.throughput)} ${run.unit} a second.`,
    `Kernels run for ${formatNumber((100 * deviceTime) / inferenceTime)}% of the time of inference: the planner's prediction.`,
  ].join("\n");
}

function memory({ memory: bytes, parameters }: InferenceRun): string {
  const cache =
    bytes.kvCache === 0
      ? ""
      : `, KV cache ${size(bytes.kvCache)} (${bytes.kvCachePerToken.toLocaleString("en-US")} bytes a token, allocated as it grows)`;
  return (
    `${parameters.toLocaleString("en-US")} parameters in ${size(bytes.weights)}; inputs ${size(bytes.inputs)}, activations ` +
    `${size(bytes.activations)}, workspace ${size(bytes.workspace)}${cache};\n` +
    `at most ${size(bytes.peak)} at once, all of it freed.`
  );
}

function computed({ computed: result }: InferenceRun, paint: Paint): string {
  if ("reason" in result) return `Not computed: ${result.reason}.`;
  const { launches, warpInstructions, kernels, maxError, relativeError, bound, agrees } = result;
  const verdict = agrees ? "agrees" : paint("red", "does not agree");
  return (
    `Computed: the ${launches} launches of the first iteration, by ${kernels.join(" and ")}, ${formatNumber(warpInstructions)} warp ` +
    `instructions.\nIt ${verdict} with plain arithmetic: off by ${maxError.toExponential(1)} at most, ` +
    `${relativeError.toExponential(1)} of the greatest value, where ${bound.toExponential(1)} is allowed.`
  );
}

/** `237.3 MiB`: one unit for all of them, so that they add up on sight. */
function size(bytes: number): string {
  return `${formatNumber(bytes / 2 ** 20)} MiB`;
}

function sum(rows: readonly SpanRow[], field: "device_ms" | "calls" | "launches"): number {
  return rows.reduce((total, row) => total + row[field], 0);
}
