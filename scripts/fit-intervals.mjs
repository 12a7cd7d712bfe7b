// `npm run fit:intervals -- DIR`: how far measured times lie about predicted ones, over the tables of a folder, written into
// src/model/prediction/error-quantiles.ts. A cell of that table is what answered, the kind of kernel and what binds it. Its factors
// are the 10 % and 90 % quantiles of measured / predicted, every device weighing the same, spread further until the devices that
// were left out are covered by 80 % on average. Prints how well each device is covered by the others.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { Comparer } from "../dist/model/accuracy/comparison.js";
import { attributed, isNotCovered, readRow } from "../dist/model/accuracy/rows/index.js";
import { rowsOf } from "../dist/model/accuracy/table.js";
import { cellNames } from "../dist/model/prediction/interval.js";

const goal = 0.8;
/** A cell needs so many rows, of two devices at least; a device of few rows weighs no more than they do in so many. */
const fewest = 60;

const folder = process.argv[2];
if (folder === undefined) {
  console.error("Give the folder of the tables: npm run fit:intervals -- measurements");
  process.exit(2);
}
const comparisons = compareAll(folder);
const samples = [...comparisons.flatMap(plannerAndIdeal), ...constantEfficiencies(comparisons)];
const names = [...new Set(samples.flatMap((sample) => sample.names))].sort();
const quantiles = {};
for (const name of names) {
  const own = samples.filter((sample) => sample.names.includes(name));
  const devices = new Set(own.map(({ device }) => device));
  if (devices.size < 2 || own.length < fewest) continue;
  const widening = wideningOf(own);
  quantiles[name] = { ...spread(own, widening), rows: own.length, devices: devices.size, widening };
}
writeFileSync(new URL("../src/model/prediction/error-quantiles.ts", import.meta.url), source(quantiles));
report(quantiles);

/** Every row that can be predicted: its device, and the times. */
function compareAll(folder) {
  const comparer = new Comparer();
  const all = [];
  for (const name of readdirSync(folder).filter((name) => name.endsWith(".csv"))) {
    const { rows } = attributed(rowsOf({ name, text: readFileSync(join(folder, name), "utf8") }));
    for (const row of rows) {
      const question = readRow(row);
      const answer = isNotCovered(question) ? question : comparer.compare(question);
      if (!isNotCovered(answer)) all.push(answer);
    }
  }
  return all;
}

function plannerAndIdeal({ question, device, ideal, realistic, cell }) {
  const { measured } = question;
  const sample = (cell, predicted) => ({ names: cellNames(cell), device: device.key, ratio: measured / predicted });
  const roofline = sample({ ...cell, model: "ideal", bottleneck: ideal.bottleneck }, ideal.time);
  return cell.model === "planner" ? [sample(cell, realistic), roofline] : [roofline];
}

/** What a table of efficiencies would say of products: that of the largest, of each device, operator and format, for all. */
function constantEfficiencies(comparisons) {
  const groups = groupedBy(
    comparisons.filter(({ cell }) => cell.kind === "matmul"),
    ({ device, question: { op, dtype } }) => [device.key, op, dtype].join(" "),
  );
  return [...groups.values()].flatMap((group) =>
    ["memory", "compute"].flatMap((bottleneck) => {
      const own = group.filter(({ ideal }) => ideal.bottleneck === bottleneck);
      if (own.length < 2) return [];
      const largest = own.reduce((most, one) => (one.ideal.time > most.ideal.time ? one : most));
      const efficiency = largest.ideal.time / largest.question.measured;
      return own.map(({ question, device, ideal }) => ({
        names: cellNames({ model: "table", kind: "matmul", bottleneck }),
        device: device.key,
        ratio: (question.measured * efficiency) / ideal.time,
      }));
    }),
  );
}

function groupedBy(values, keyOf) {
  const groups = new Map();
  for (const value of values) {
    const key = keyOf(value);
    if (groups.has(key)) groups.get(key).push(value);
    else groups.set(key, [value]);
  }
  return groups;
}

/** The quantiles of samples, each device weighing the same, `widening` times as far from the median (of logarithms). */
function spread(samples, widening = 1) {
  const counts = new Map();
  for (const { device } of samples) counts.set(device, (counts.get(device) ?? 0) + 1);
  const sorted = [...samples].sort((a, b) => a.ratio - b.ratio);
  const weight = ({ device }) => 1 / Math.max(fewest, counts.get(device));
  const total = sorted.reduce((sum, sample) => sum + weight(sample), 0);
  const at = (share) => {
    let sum = 0;
    for (const sample of sorted) {
      sum += weight(sample);
      if (sum >= share * total) return sample.ratio;
    }
    return sorted.at(-1).ratio;
  };
  const median = at(0.5);
  const widened = (ratio) => median * (ratio / median) ** widening;
  return { low: widened(at((1 - goal) / 2)), high: widened(at((1 + goal) / 2)) };
}

/** The share of one device's samples that the others' spread covers, for each device. */
function coverages(samples, widening) {
  return [...groupedBy(samples, ({ device }) => device)].map(([device, own]) => {
    const { low, high } = spread(
      samples.filter((sample) => sample.device !== device),
      widening,
    );
    return {
      device,
      rows: own.length,
      share: own.filter(({ ratio }) => ratio >= low && ratio <= high).length / own.length,
    };
  });
}

function wideningOf(samples) {
  for (let widening = 1; widening < 4; widening += 0.05) {
    const shares = coverages(samples, widening);
    const weights = shares.map(({ rows }) => Math.min(1, rows / fewest));
    const mean = shares.reduce((sum, { share }, i) => sum + share * weights[i], 0) / weights.reduce((a, b) => a + b);
    if (mean >= goal) return Number(widening.toFixed(2));
  }
  return 4;
}

function source(quantiles) {
  const entries = Object.entries(quantiles).map(
    ([name, { low, high, rows, devices }]) =>
      `  // ${rows} rows of ${devices} devices.\n` +
      `  ${name.includes(" ") ? `"${name}"` : name}: { low: ${Number(low.toPrecision(3))}, high: ${Number(high.toPrecision(3))} },`,
  );
  return `// Made by \`npm run fit:intervals\`; do not edit. The 10 % and 90 % quantiles of measured over predicted times in tables of
// measured latencies (aiconfigurator, Vidur, NeuSight, LLMCompass, DeepBench, mamf, NVIDIA's examples), by what answered, the kind of
// kernel and what binds it; every device weighs the same, and the quantiles are spread further until a device that was left out is
// covered by 80 % on average. The planner's constants were found on tables of the same sources.
import type { Spread } from "./interval.js";

export const errorQuantiles: Readonly<Record<string, Spread>> = {
${entries.join("\n")}
};
`;
}

function report(quantiles) {
  for (const [name, { low, high, rows, devices, widening }] of Object.entries(quantiles)) {
    const factors = `${low.toFixed(2)} to ${high.toFixed(2)}`;
    console.log(`${name.padEnd(32)} ${factors.padStart(14)}  ${rows} rows of ${devices} devices, widened ${widening}`);
  }
  const covered = new Map();
  for (const [name, { widening }] of Object.entries(quantiles)) {
    if (name.split(" ").length < 3 || !name.startsWith("planner")) continue;
    const own = samples.filter((sample) => sample.names[0] === name);
    for (const { device, rows, share } of coverages(own, widening)) {
      const sum = covered.get(device) ?? { rows: 0, within: 0 };
      covered.set(device, { rows: sum.rows + rows, within: sum.within + share * rows });
    }
  }
  console.log("\nCovered by intervals made of the other devices alone (planner):");
  for (const [device, { rows, within }] of [...covered].sort()) {
    console.log(`  ${device.padEnd(20)} ${((100 * within) / rows).toFixed(1).padStart(5)} % of ${rows} rows`);
  }
}
