// Cards of a device's host side: its memory, its logs, several devices, and recorded driver calls. Knows no notebook.
import type { DeviceLog, DeviceMemory, GPUCluster } from "../gpu/host/index.js";
import type { DriverCall, TraceRecorder } from "../trace/index.js";
import { cardHtml, type Figure } from "./card.js";
import { formatNumber, tableHtml } from "./table.js";

/** The rows of a table below a card. */
const rowsShown = 20;

/** A device's memory: how much is in use, and its allocations, those that were freed too. */
export function memoryCard(memory: DeviceMemory): string {
  const { used, peak, capacity, allocations, freed } = memory.stats;
  const bytes = (value: number): string => `${formatNumber(value, 15)} bytes`;
  const card = cardHtml({
    kind: "memory",
    title: "global memory",
    facts: [
      { name: "allocations", value: formatNumber(allocations, 15) },
      { name: "freed", value: formatNumber(freed, 15) },
    ],
    figures: [
      { name: "in use", value: bytes(used), share: used / capacity },
      { name: "peak", value: bytes(peak), meaning: "The most that was in use at once.", share: peak / capacity },
      { name: "capacity", value: bytes(capacity) },
    ],
  });
  return withTable(card, memory.table);
}

/** What a device has done: counts, and the newest launches and transfers. */
export function logCard(log: DeviceLog): string {
  const { leftOut } = log;
  const count = (name: keyof typeof leftOut): Figure => {
    const total = log[name].length + leftOut[name];
    const older = leftOut[name] === 0 ? {} : { meaning: `The newest ${log[name].length} are kept.` };
    return { name, value: formatNumber(total, 15), ...older };
  };
  const card = cardHtml({
    kind: "log",
    title: "what the device has done",
    facts: [count("launches"), count("transfers"), count("divergences"), count("blocks")],
  });
  const newest = (rows: readonly object[]): object[] => rows.slice(-rowsShown);
  return withTable(withTable(card, newest(log.launches), "Launches"), newest(log.transfers), "Transfers");
}

/** Several devices side by side. */
export function clusterCard(cluster: GPUCluster): string {
  const card = cardHtml({
    kind: "cluster",
    title: `${cluster.length} device${cluster.length === 1 ? "" : "s"}`,
    beside: `device ${cluster.getCurrent().index} is current`,
  });
  return withTable(card, cluster.table);
}

/** Recorded driver calls: how many of each, and the first of them. */
export function traceCard(trace: TraceRecorder): string {
  const counts = new Map<string, number>();
  const kindOf = ({ cat, args }: DriverCall): string => (args?.range === undefined ? cat : "ranges");
  for (const call of trace.calls) counts.set(kindOf(call), (counts.get(kindOf(call)) ?? 0) + 1);
  const card = cardHtml({
    kind: "trace",
    title: trace.header.device,
    beside: `${formatNumber(trace.calls.length - (counts.get("ranges") ?? 0), 15)} driver calls, ${trace.header.source}`,
    facts: [...counts].map(([name, count]) => ({ name, value: formatNumber(count, 15) })),
  });
  return withTable(
    card,
    trace.calls.map(({ ts, name, cat, dur, stream, args }) => ({
      "ts, ns": ts,
      name,
      category: cat,
      "dur, ns": dur,
      stream,
      what: args?.kernel ?? args?.label ?? args?.range,
      bytes: args?.bytes,
    })),
  );
}

function withTable(card: string, rows: readonly object[], caption?: string): string {
  if (rows.length === 0) return card;
  return `${card}${tableHtml(rows, { rows: rowsShown, ...(caption === undefined ? {} : { caption }) })}`;
}
