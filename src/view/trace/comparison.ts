// Two traces beside each other as an Arquero table: what both did, by name, and what takes longer now. Knows nothing of how it was found.
import { type ColumnTable, table } from "arquero";
import type { TraceAnalysis } from "../../trace/analysis/index.js";

/**
 * Calls, kernels and transfers by name, in `a` and in `b`: `count_a`, `count_b`, `a_ms`, `b_ms` and `difference_ms`, which is above 0 where b
 * takes longer; the greatest difference first. Of calls it is their self time, of the others their time on the device; what a trace does
 * not say is null.
 */
export function traceComparison(a: TraceAnalysis, b: TraceAnalysis): ColumnTable {
  const [before, after] = [entriesOf(a), entriesOf(b)];
  const keys = [...new Set([...before.keys(), ...after.keys()])];
  const rows = keys.map((key) => {
    const [first, second] = [before.get(key), after.get(key)];
    const { what, name } = (first ?? second) as Entry;
    const [a_ms, b_ms] = [first, second].map((entry) => (entry === undefined ? 0 : entry.milliseconds));
    const difference = a_ms === null || b_ms === null ? null : b_ms - a_ms;
    return { what, name, count_a: first?.count ?? 0, count_b: second?.count ?? 0, a_ms, b_ms, difference };
  });
  rows.sort((x, y) => Math.abs(y.difference ?? 0) - Math.abs(x.difference ?? 0));
  return table({
    what: rows.map(({ what }) => what),
    name: rows.map(({ name }) => name),
    count_a: rows.map(({ count_a }) => count_a),
    count_b: rows.map(({ count_b }) => count_b),
    a_ms: rows.map(({ a_ms }) => a_ms),
    b_ms: rows.map(({ b_ms }) => b_ms),
    difference_ms: rows.map(({ difference }) => difference),
  });
}

interface Entry {
  readonly what: "all" | "call" | "kernel" | "transfer";
  readonly name: string;
  readonly count: number;
  readonly milliseconds: number | null;
}

function entriesOf({ timeline, calls, launches, transfers }: TraceAnalysis): Map<string, Entry> {
  const entries: Entry[] = [
    { what: "all", name: "wall time", count: 1, milliseconds: timeline.end / 1e6 },
    ...calls.by_name.map(({ name, count, self_ns }) => ({
      what: "call" as const,
      name,
      count,
      milliseconds: self_ns / 1e6,
    })),
    ...launches.by_kernel.map(({ name, count, total_ns }) => ({
      what: "kernel" as const,
      name,
      count,
      milliseconds: total_ns / 1e6,
    })),
    ...transfers.by_kind.map(({ kind, count, device_ns }) => ({
      what: "transfer" as const,
      name: kind,
      count,
      milliseconds: device_ns === undefined ? null : device_ns / 1e6,
    })),
  ];
  return new Map(entries.map((entry) => [`${entry.what} ${entry.name}`, entry]));
}
