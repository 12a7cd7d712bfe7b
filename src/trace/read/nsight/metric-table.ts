// The table of what a GPU's counters were, sampled: curves of the device. Knows no other table.
import type { TableReader } from "./device-tables.js";
import type { EventRows } from "./event-rows.js";

/** A name for each metric of each kind of GPU. */
const names = "TARGET_INFO_GPU_METRICS";

export const gpuMetrics: TableReader = {
  table: "GPU_METRICS",
  needs: ["timestamp", "typeId", "metricId", "value"],
  read(rows) {
    const { tables, builder, base } = rows;
    const known = metricNames(rows);
    const numbers = cudaNumbers(rows);
    const [time, type, metric, level] = ["timestamp", "typeId", "metricId", "value"].map((column) =>
      tables.placeOf(gpuMetrics.table, column),
    );
    const cells = tables.scan(gpuMetrics.table, base);
    try {
      while (cells.next()) {
        const [at, value] = [cells.time(time), cells.value(level)];
        // The lowest byte of a kind's number is the machine's number of the GPU, which need not be CUDA's.
        const gpu = cells.lowBits(type) % 2 ** 8;
        if (Number.isNaN(at) || Number.isNaN(gpu) || typeof value !== "number" || !Number.isFinite(value)) {
          builder.note("a row without a time, a value or a kind", gpuMetrics.table);
          continue;
        }
        const number = cells.value(metric);
        const name = known.get(`${cells.value(type)} ${number}`) ?? `metric ${number}`;
        builder.counter(rows.device(numbers.get(gpu) ?? gpu), name, at, value);
      }
    } finally {
      cells.close();
    }
  },
};

function metricNames({ tables }: EventRows): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  if (!tables.has(names, "typeId", "metricId", "metricName")) return found;
  for (const { typeId, metricId, metricName } of tables.rows(`SELECT typeId, metricId, metricName FROM ${names}`)) {
    found.set(`${typeId} ${metricId}`, String(metricName));
  }
  return found;
}

function cudaNumbers({ tables }: EventRows): ReadonlyMap<number, number> {
  const found = new Map<number, number>();
  if (!tables.has("TARGET_INFO_CUDA_DEVICE", "gpuId", "cudaId")) return found;
  for (const { gpuId, cudaId } of tables.rows("SELECT gpuId, cudaId FROM TARGET_INFO_CUDA_DEVICE")) {
    found.set(Number(gpuId), Number(cudaId));
  }
  return found;
}
