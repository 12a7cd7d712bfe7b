// Whether a 95 % interval is one: of a thousand runs of queues of which theory knows the mean time, how many have it in theirs. Takes
// some minutes on each core.
import { availableParallelism } from "node:os";
import { Piscina } from "piscina";
import { silent, simulate } from "../dist/index.js";
import * as theory from "../dist/serving/theory/index.js";
import { coverageCase, loads, systems } from "./coverage-systems.mjs";

const seedsATask = 25;

/** Bars: between 92 and 98 % of the runs. */
export async function measureCoverage(seeds = 1000) {
  const pool = new Piscina({
    filename: new URL("./coverage-worker.mjs", import.meta.url).href,
    maxThreads: availableParallelism(),
  });
  const rows = [];
  // One after the other, so that rows come as they are done: the pool takes what waits in no order.
  for (const load of loads) {
    for (const system of systems) {
      const tasks = [];
      for (let from = 0; from < seeds; from += seedsATask) {
        tasks.push(pool.run({ name: system.name, load, from, to: Math.min(seeds, from + seedsATask) }));
      }
      const sum = (await Promise.all(tasks)).reduce((all, one) => ({
        covered: all.covered + one.covered,
        difference: all.difference + one.difference,
        distance: all.distance + one.distance,
      }));
      const row = {
        system: system.name,
        load,
        requests_a_run: coverageCase(system, load, theory).requests,
        runs: seeds,
        covered_percent: (100 * sum.covered) / seeds,
        mean_difference_percent: (100 * sum.difference) / seeds,
        mean_distance_percent: (100 * sum.distance) / seeds,
      };
      // Some minutes are long without a word.
      console.error(coverageTable([row])[1]);
      rows.push(row);
    }
  }
  await pool.destroy();
  return { rows, constant: measureConstant() };
}

/** D/D/4, which does not vary: the mean time is the service's, to the last digit that milliseconds have. */
function measureConstant() {
  return loads.map((load) => {
    const { scenario } = coverageCase(systems[2], load, theory);
    const pipeline = scenario.pipeline.map((stage) => ({ ...stage, distribution: "constant" }));
    const workload = { ...scenario.workload, arrivals: "constant" };
    const { avg_ms, max_ms } = simulate(
      { ...scenario, pipeline, workload },
      { keep: "figures", progress: silent },
    ).summary;
    const service_ms = pipeline[0].value;
    return {
      load,
      worst_relative_error: Math.max(Math.abs(avg_ms / service_ms - 1), Math.abs(max_ms / service_ms - 1)),
    };
  });
}

export function coverageTable(rows) {
  const columns = [
    ["system", 14, ({ system }) => system],
    ["load", 5, ({ load }) => load.toFixed(2)],
    ["requests a run", 15, ({ requests_a_run }) => requests_a_run.toLocaleString("en-US")],
    ["runs", 6, ({ runs }) => runs.toLocaleString("en-US")],
    ["covered", 9, ({ covered_percent }) => `${covered_percent.toFixed(1)} %`],
    ["mean error", 11, ({ mean_difference_percent }) => `${mean_difference_percent.toFixed(2)} %`],
    ["mean distance", 14, ({ mean_distance_percent }) => `${mean_distance_percent.toFixed(2)} %`],
  ];
  const line = (cells) =>
    `  ${cells.map((cell, i) => (i === 0 ? cell.padEnd(columns[i][1]) : cell.padStart(columns[i][1]))).join(" ")}`;
  return [line(columns.map(([title]) => title)), ...rows.map((row) => line(columns.map(([, , of]) => of(row))))];
}
