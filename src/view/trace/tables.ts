// What the analyses of a trace say, as Arquero tables: a row a name, a direction, a gap. Times are in the unit of the column's name, shares
// in percent, and what the trace does not say is null. Knows nothing of how it was found.
import { type ColumnTable, table } from "arquero";
import type { DurationFigures, TraceAnalysis } from "../../trace/analysis/index.js";
import { traceEventTable } from "./event-table.js";

/** The tables of a trace, each made when it is asked for: `traceTables(analyse(timeline)).kernels`. */
export class TraceTables {
  constructor(private readonly analysis: TraceAnalysis) {}

  /** Every event, by its start. */
  get events(): ColumnTable {
    return traceEventTable(this.analysis.timeline);
  }

  /** Calls of the driver and the runtime by name, the longest self time first. */
  get calls(): ColumnTable {
    return tableOf(this.analysis.calls.by_name, {
      name: ({ name }) => name,
      category: ({ category }) => category,
      ...durations,
      self_ms: ({ self_ns }) => self_ns / 1e6,
      self_share_pct: ({ share }) => 100 * share,
      never_returned: ({ unfinished }) => unfinished,
    });
  }

  get categories(): ColumnTable {
    return tableOf(this.analysis.calls.by_category, {
      category: ({ category }) => category,
      count: ({ count }) => count,
      self_ms: ({ self_ns }) => self_ns / 1e6,
      self_share_pct: ({ share }) => 100 * share,
    });
  }

  /** What each thread spends in calls. */
  get threads(): ColumnTable {
    return tableOf(this.analysis.calls.by_thread, {
      process: ({ process }) => process,
      pid: ({ pid }) => pid,
      thread: ({ thread }) => thread,
      tid: ({ tid }) => tid,
      calls: ({ count }) => count,
      self_ms: ({ self_ns }) => self_ns / 1e6,
      of_wall_time_pct: ({ busy_share }) => 100 * busy_share,
    });
  }

  /** Kernels on the device by name, the dominant first. */
  get kernels(): ColumnTable {
    return tableOf(this.analysis.launches.by_kernel, {
      name: ({ name }) => name,
      ...durations,
      share_pct: ({ share }) => 100 * share,
    });
  }

  /** Copies by direction, and memsets. */
  get transfers(): ColumnTable {
    return tableOf(this.analysis.transfers.by_kind, {
      kind: ({ kind }) => kind,
      count: ({ count }) => count,
      bytes: ({ bytes }) => bytes,
      without_bytes: (row) => row.without_bytes,
      device_ms: ({ device_ns }) => over(device_ns, 1e6),
      bandwidth_gb_s: ({ bandwidth_bytes_per_s }) => over(bandwidth_bytes_per_s, 1e9),
      below_kernels_pct: ({ overlap_share }) => over(overlap_share, 0.01),
      call_ms: ({ call_ns }) => call_ns / 1e6,
    });
  }

  /** The same by size. */
  get transfer_sizes(): ColumnTable {
    return tableOf(this.analysis.transfers.by_size, {
      kind: ({ kind }) => kind,
      from_bytes: (row) => row.from_bytes,
      to_bytes: (row) => row.to_bytes,
      count: ({ count }) => count,
      bytes: ({ bytes }) => bytes,
      device_ms: ({ device_ns }) => over(device_ns, 1e6),
      bandwidth_gb_s: ({ bandwidth_bytes_per_s }) => over(bandwidth_bytes_per_s, 1e9),
    });
  }

  /** Functions, and what else a trace has, by name. */
  get slices(): ColumnTable {
    return tableOf(this.analysis.slices, { name: ({ name }) => name, ...durations });
  }

  /** The idle gaps of the devices, the longest first. */
  get gaps(): ColumnTable {
    return tableOf(this.analysis.gaps.gaps, {
      device: ({ device }) => device,
      from_ms: ({ from_ns }) => from_ns / 1e6,
      to_ms: ({ to_ns }) => to_ns / 1e6,
      duration_us: ({ duration_ns }) => duration_ns / 1e3,
      cause: ({ cause }) => cause,
      next: ({ next }) => (next === undefined ? null : this.analysis.timeline.nameOf(next)),
      host: ({ host }) => host ?? null,
    });
  }

  /** Memory of each device and of the host: its peak, and what was never freed. */
  get memory(): ColumnTable {
    return tableOf(this.analysis.memory.spaces, {
      space: ({ name }) => name,
      told_by: ({ source }) => source,
      allocations: ({ allocations }) => allocations,
      frees: ({ frees }) => frees,
      allocated_bytes: (row) => row.allocated_bytes,
      peak_bytes: (row) => row.peak_bytes,
      peak_ms: ({ peak_ns }) => peak_ns / 1e6,
      never_freed: ({ leaks }) => leaks.count,
      never_freed_bytes: ({ leaks }) => leaks.bytes,
      unknown_frees: ({ faults }) => faults.unknown_frees,
      double_frees: ({ faults }) => faults.double_frees,
      failed: ({ faults }) => faults.failed,
    });
  }

  /** What was allocated and never freed. */
  get leaks(): ColumnTable {
    const blocks = this.analysis.memory.spaces.flatMap(({ name, leaks }) =>
      leaks.blocks.map((block) => ({ space: name, ...block })),
    );
    return tableOf(blocks, {
      space: ({ space }) => space,
      label: ({ label }) => label,
      address: ({ address }) => address,
      bytes: ({ bytes }) => bytes,
      from_ms: ({ from_ns }) => from_ns / 1e6,
    });
  }

  /** Stages, iterations, layers, operators by name, as the program marked them. */
  get ranges(): ColumnTable {
    return tableOf(this.analysis.ranges.ranges, {
      kind: ({ kind }) => kind,
      name: ({ name }) => name,
      count: ({ count }) => count,
      host_ms: ({ host_ns }) => host_ns / 1e6,
      self_host_ms: ({ self_host_ns }) => self_host_ns / 1e6,
      device_ms: ({ device_ns }) => over(device_ns, 1e6),
      self_device_ms: ({ self_device_ns }) => over(self_device_ns, 1e6),
      device_work: (row) => row.device_work,
      device_share_pct: ({ device_share }) => over(device_share, 0.01),
    });
  }

  /** What lies on the critical path, by name. */
  get critical_path(): ColumnTable {
    return tableOf(this.analysis.criticalPath.by_name, {
      kind: ({ kind }) => kind,
      name: ({ name }) => name,
      count: ({ count }) => count,
      total_ms: ({ total_ns }) => total_ns / 1e6,
    });
  }

  /** What of the file is not on the timeline. */
  get notes(): ColumnTable {
    return tableOf(this.analysis.timeline.notes, {
      what: ({ what }) => what,
      count: ({ count }) => count,
      first: ({ first }) => first,
    });
  }
}

/** The names of the tables. */
export const traceTableNames = [
  "events",
  "ranges",
  "calls",
  "categories",
  "threads",
  "kernels",
  "slices",
  "transfers",
  "transfer_sizes",
  "memory",
  "leaks",
  "gaps",
  "critical_path",
  "notes",
] as const;
export type TraceTableName = (typeof traceTableNames)[number];

/** The tables of a trace. */
export function traceTables(analysis: TraceAnalysis): TraceTables {
  return new TraceTables(analysis);
}

/** The figures of durations, in the units in which people read those of calls and kernels. */
const durations = {
  count: ({ count }: DurationFigures) => count,
  total_ms: ({ total_ns }: DurationFigures) => total_ns / 1e6,
  mean_us: ({ mean_ns }: DurationFigures) => over(mean_ns, 1e3),
  median_us: ({ median_ns }: DurationFigures) => over(median_ns, 1e3),
  p95_us: ({ p95_ns }: DurationFigures) => over(p95_ns, 1e3),
  p99_us: ({ p99_ns }: DurationFigures) => over(p99_ns, 1e3),
  max_us: ({ max_ns }: DurationFigures) => over(max_ns, 1e3),
};

function over(value: number | undefined, divisor: number): number | null {
  return value === undefined || Number.isNaN(value) ? null : value / divisor;
}

/** A table that has its columns also without a row. */
function tableOf<Row>(rows: readonly Row[], columns: Readonly<Record<string, (row: Row) => unknown>>): ColumnTable {
  return table(Object.fromEntries(Object.entries(columns).map(([name, cell]) => [name, rows.map(cell)])));
}
