// Predictions as cards: the time, what binds it, and what it is made of; and why the planner chose as it did. Predicts nothing.
import { devices } from "../hardware/index.js";
import type { ExplainedKernel, Explanation, Prediction } from "../model/index.js";
import { levelNames } from "../model/index.js";
import { cardHtml, type Figure } from "./card.js";
import { formatNumber, type Row, tableHtml } from "./table.js";
import { surface, surroundings } from "./theme.js";
import { type TilePlan, tilePicture, tilesInWords } from "./tile-picture.js";

/** A prediction: the time, what binds it, and what it was reckoned from. */
export function predictionCard(prediction: Prediction): string {
  const { device, mode, model, protocol, bottleneck, limiter } = prediction;
  const { predicted_time_low_us: low, predicted_time_high_us: high } = prediction;
  const how = mode === model ? mode : `${mode}, by the ${model} model`;
  const interval =
    low === undefined || high === undefined
      ? ""
      : `; in 4 of 5 cases between ${formatNumber(low)} and ${formatNumber(high)} us`;
  return cardHtml({
    kind: "prediction",
    title: prediction.subject,
    beside: `on ${device}, ${how}${protocol === null ? "" : `, timed by ${protocol}`}`,
    remarks: prediction.notes.map((text) => ({ text, verdict: "plain" as const })),
    figures: [
      {
        name: "time",
        value: `${formatNumber(prediction.predicted_time_us)} us`,
        remark: `${bottleneck}-bound, by ${limiter}${interval}`,
        meaning: "Predicted; an estimate, not a measurement.",
      },
      ...resourceFigures(prediction),
      {
        name: "rate",
        value: `${formatNumber(prediction.predicted_tflops)} TFLOP/s`,
        meaning: "Operations over the predicted time.",
      },
      ...ceilingFigure(prediction),
      ...intensityFigures(prediction),
      ...(prediction.efficiency_factor === null
        ? []
        : [
            {
              name: "efficiency",
              value: formatNumber(prediction.efficiency_factor),
              meaning:
                "The measured share of the roofline; above 1 it stands for a cache that the roofline does not have.",
            },
          ]),
      { name: "FLOP", value: formatNumber(prediction.flops, 15), meaning: "Operations; a fused multiply-add is two." },
      {
        name: "bytes",
        value: formatNumber(prediction.bytes, 15),
        meaning: "Across the DRAM interface, everything once.",
      },
    ],
  });
}

/** The most ways that a table shows: the first is taken, the last of these is seldom near. */
const waysShown = 8;

/** Why the planner answers so: the prediction, and for each kernel the ways that it could take with their costs. */
export function explanationCard(explanation: Explanation): string {
  const { prediction, kernels } = explanation;
  const sms = devices().find(({ key }) => key === prediction.device)?.sms;
  const { device, bottleneck, limiter, protocol } = prediction;
  const card = cardHtml({
    kind: "why",
    title: prediction.subject,
    beside: `takes ${formatNumber(prediction.predicted_time_us)} us on ${device}, ${bottleneck}-bound, by ${limiter}`,
    remarks: prediction.notes.map((text) => ({ text, verdict: "plain" as const })),
    facts: [
      ...kernels.map(({ kind, time_us }) => ({ name: kind, value: `${formatNumber(time_us)} us` })),
      { name: `launch, timed by ${protocol}`, value: `${formatNumber(explanation.launch_us, 3)} us` },
    ],
  });
  return card + kernels.map((kernel) => kernelPart(kernel, sms)).join("");
}

function kernelPart(kernel: ExplainedKernel, sms: number | undefined): string {
  const { candidates, kind, plan } = kernel;
  const tiles = tilesOf(kernel, sms);
  const picture =
    tiles === undefined
      ? ""
      : `<figure>${tilePicture(tiles)}<figcaption>${tilesInWords(tiles)} The last wave is orange, above in the matrix and below by the SMs that it uses.</figcaption></figure>`;
  const more = candidates.length > waysShown ? `, the ${waysShown} cheapest` : "";
  const caption =
    candidates.length === 1
      ? `${kind}: ${plan}`
      : `${kind}: ${candidates.length} ways were priced${more}; times in us, each resource as if it were alone`;
  const table = tableHtml(
    candidates.slice(0, waysShown).map((candidate) => rowOf(candidate, candidates[0].time_us)),
    {
      caption,
    },
  );
  return `<div class="warplab-plan">${style}${table}${picture}</div>`;
}

function rowOf({ choice, resources_us, time_us }: ExplainedKernel["candidates"][number], best: number): Row {
  const resources = Object.entries(resources_us).map(([name, us]) => [nameOf(name), us] as const);
  return {
    ...choice,
    ...Object.fromEntries(resources),
    time: time_us,
    "to the best": time_us === best ? "taken" : `+${formatNumber(100 * (time_us / best - 1), 2)} %`,
  };
}

function tilesOf({ work, candidates }: ExplainedKernel, sms: number | undefined): TilePlan | undefined {
  const { tile, split } = candidates[0].choice;
  const extents = /^(\d+) x (\d+)$/.exec(String(tile));
  if (work.kind !== "matmul" || extents === null || sms === undefined) return undefined;
  const { m, n, batch } = work;
  return { m, n, batch, sms, split: Number(split), tile: [Number(extents[1]), Number(extents[2])] };
}

/** What the kernels' time goes into, as far as the planner says. */
function resourceFigures({ timing }: Prediction): Figure[] {
  if (timing === undefined) return [];
  const seconds = new Map<string, number>();
  for (const { resources } of timing.plans) {
    for (const [name, spent] of Object.entries(resources)) seconds.set(name, (seconds.get(name) ?? 0) + spent);
  }
  seconds.set("launch", timing.launch);
  return [...seconds]
    .filter(([, spent]) => spent > 0)
    .map(([name, spent]) => ({
      name: nameOf(name),
      value: `${formatNumber(spent * 1e6, 3)} us`,
      share: spent / timing.time,
      remark: `${formatNumber((100 * spent) / timing.time, 2)} % of the time`,
      meaning: `${meanings[name] ?? "One of its resources."} If it were alone: resources overlap, so that the shares add up to more.`,
    }));
}

/** Copies and their like have no operations, and no ceiling for them. */
function ceilingFigure({ predicted_tflops, effective_tflops }: Prediction): Figure[] {
  if (effective_tflops === 0) return [];
  const share = predicted_tflops / effective_tflops;
  return [
    {
      name: "ceiling",
      value: `${formatNumber(effective_tflops)} TFLOP/s`,
      meaning: "The most that the roofline allows at this arithmetic intensity.",
      share,
      remark: `${formatNumber(100 * share, 3)} % of it are reached`,
    },
  ];
}

function intensityFigures(prediction: Prediction): Figure[] {
  const { ai, critical_ai, work, flops } = prediction;
  const inner = (["l2", "l1"] as const).flatMap((level) => {
    const bytes = work?.bytes[level];
    return bytes === undefined || bytes === 0 ? [] : [`${formatNumber(flops / bytes, 3)} of ${levelNames[level]}`];
  });
  return [
    {
      name: "arithmetic intensity",
      value: `${formatNumber(ai)} FLOP/byte`,
      remark: [`${ai < critical_ai ? "below" : "above"} the ridge point, ${formatNumber(critical_ai)}`, ...inner].join(
        "; ",
      ),
      meaning: "Operations per byte of device memory; at the ridge point memory and arithmetic take as long.",
    },
  ];
}

function nameOf(resource: string): string {
  return names[resource] ?? resource;
}

const names: Readonly<Record<string, string>> = {
  compute: "arithmetic",
  special: "special functions",
  l1: "L1",
  l2: "L2",
  l2_results: "results to L2",
  dram: "DRAM",
  link: "links",
  overhead: "fixed costs",
  launch: "launch",
};

const meanings: Readonly<Record<string, string>> = {
  compute: "The pipes that do the arithmetic.",
  special: "Units for exponentials and reciprocals.",
  l1: "Between an SM and its shared memory or L1.",
  l2: "Operands from L2 to the SMs.",
  l2_results: "Results from the SMs to L2.",
  dram: "Device memory.",
  link: "Between devices.",
  overhead: "What does not depend on the amount of work: filling pipelines, waits.",
  launch: "What launching and timing add to the kernels.",
};

const style: string = `<style>
.warplab-plan { ${surface} font: 13px/1.5 ${surroundings.words}; padding-top: 12px; }
.warplab-plan figure { margin: 10px 0 0; }
.warplab-plan figcaption { max-width: 46em; font-size: .92em; opacity: .85; }
</style>`;
