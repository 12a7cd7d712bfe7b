// How many predictions a second one core makes into columns: shapes that repeat nothing, in the three ways to answer.
import { operators, predictColumns, silent, sweep } from "../dist/index.js";

const runs = 5;

/** Predictions a second of CPU time, the best of a few runs, for each model and, planned, for each operator. */
export function measurePredictions() {
  const fixed = [
    { what: "ideal", kernel: "gemm", device: "h100", mode: "ideal", rows: 500_000, bar: 1e6 },
    { what: "table", kernel: "gemm", device: "gb10", mode: "realistic", rows: 500_000, bar: 1e6 },
  ];
  const planned = [...operators.keys()].map((kernel) => ({
    what: `planner, ${kernel}`,
    kernel,
    device: "h100",
    mode: "planner",
    rows: 10_000,
    bar: 3e4,
  }));
  return [
    sweepRate(),
    ...[...fixed, ...planned].flatMap(({ what, kernel, device, mode, rows, bar }) => {
      const asked = { kernel, device, mode, precision: "FP16", shape: columnsOf(operators.get(kernel), rows) };
      try {
        return [{ what, rows, predictions_per_s: bestRate(() => predictColumns(asked), rows), bar }];
      } catch (error) {
        // An operator that this device cannot do (a collective without a link) has no rate.
        console.error(`${what}: ${error.message.split("\n")[0]}`);
        return [];
      }
    }),
  ];
}

/** A million combinations into an Arquero table with every column, which is to take two seconds at most. */
function sweepRate() {
  const shapes = Array.from({ length: 250_000 }, (_, i) => [1 + (i % 1000), 16 + 16 * Math.floor(i / 1000), 4096]);
  const asked = {
    kernel: "gemm",
    shapes,
    precisions: ["FP16", "INT8"],
    devices: ["h100", "a100"],
    modes: ["ideal"],
    progress: silent,
  };
  const rows = 1_000_000;
  return { what: "sweep into a table, ideal", rows, predictions_per_s: bestRate(() => sweep(asked), rows), bar: 5e5 };
}

export function predictionsTable(rates) {
  return rates.map(({ what, predictions_per_s, bar }) => {
    const rate = (value) => `${(value / 1000).toLocaleString("en-US", { maximumFractionDigits: 0 })} k/s`;
    return `  ${what.padEnd(26)} ${rate(predictions_per_s).padStart(12)}  (bar: ${rate(bar)})`;
  });
}

/** Extents from a quarter of an operator's example to the whole of it, in steps that divide by 16 where there is room. */
function columnsOf({ dimensions }, rows) {
  return Object.fromEntries(
    dimensions
      .filter(({ otherwise }) => otherwise === undefined)
      .map(({ name, example }, i) => {
        const step = example >= 1024 ? 16 : 1;
        const values = Math.max(1, Math.floor((0.75 * example) / step));
        const first = example - step * (values - 1);
        const stride = 7 + 6 * i;
        return [name, Float64Array.from({ length: rows }, (_, row) => first + step * ((row * stride) % values))];
      }),
  );
}

function bestRate(work, count) {
  let best = 0;
  for (let run = 0; run < runs; run++) {
    const start = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(start);
    best = Math.max(best, count / ((user + system) * 1e-6));
  }
  return best;
}
