// What a trace says, as text for a terminal: a clear word first, then stages, calls, kernels, transfers, memory, gaps and what could not
// be read. Knows nothing of how it was found.
import { extent, mean } from "../core/statistics.js";
import type { RangeKind, RangeStatistics, TraceAnalysis, WhatIf } from "../trace/analysis/index.js";
import { describeLimit } from "../trace/text/index.js";
import { formatNanoseconds, type Timeline } from "../trace/timeline/index.js";
import { formatNumber as formatForPeople } from "../view/table.js";
import { formatBytes } from "../view/trace/sizes.js";
import { type Column, formatTable, type Paint } from "./terminal.js";

/** Rows of each list at most; how many are left out is said. */
export interface TraceReportOptions {
  readonly top: number;
  readonly whatIf?: WhatIf | undefined;
}

export function describeTrace(analysis: TraceAnalysis, paint: Paint, { top, whatIf }: TraceReportOptions): string {
  const section = (title: string, body: string): string => (body === "" ? "" : `${paint("bold", title)}\n${body}`);
  const listed = <Row>(rows: readonly Row[], columns: readonly Column<Row>[], what: string, count?: number): string => {
    if (rows.length === 0) return "";
    const left = (count ?? rows.length) - Math.min(rows.length, top);
    const more = left === 0 ? "" : `\n${paint("dim", `${counted(left, `more ${what}`)}.`)}`;
    return `${formatTable(rows.slice(0, top), columns, paint)}${more}`;
  };
  return [
    heading(analysis, paint),
    ...(whatIf === undefined ? [] : [describeWhatIf(whatIf)]),
    section("ranges", ranges(analysis, paint, listed)),
    section("calls by category", categories(analysis, paint)),
    section("calls", listed(analysis.calls.by_name, callColumns, "name")),
    section("kernels", kernels(analysis, listed)),
    section("other slices", listed(analysis.slices, sliceColumns, "name")),
    section("transfers", transfers(analysis, paint)),
    section("memory", memory(analysis)),
    section("idle gaps", gaps(analysis, paint, listed, top)),
    section("critical path", path(analysis, listed)),
    section(
      "not read",
      noteLines(analysis.timeline)
        .map((line) => paint("yellow", line))
        .join("\n"),
    ),
  ]
    .filter((part) => part !== "")
    .join("\n\n");
}

/** What could not be read of a trace: what, how often and the first of it. */
export function noteLines({ notes }: Timeline): string[] {
  return notes.map(({ what, count: number, first }) => `${what}: ${count(number)}, first ${first}`);
}

/** `count` is how many rows there are where `rows` are only the first of them. */
type Listed = <Row>(rows: readonly Row[], columns: readonly Column<Row>[], what: string, count?: number) => string;

function heading(analysis: TraceAnalysis, paint: Paint): string {
  const { timeline } = analysis;
  const { device, simulated } = timeline.source;
  const where = device === undefined ? "" : `, ${device}`;
  const made = simulated === undefined ? "" : simulated ? ", simulated" : ", recorded";
  return `${paint("bold", String(timeline))}${where}${made}\n${describeLimit(analysis)}`;
}

const time = <Row>(title: string, of: (row: Row) => number | undefined): Column<Row> => ({
  title,
  cell: (row) => timeWords(of(row)),
  align: "right",
});

const figure = <Row>(title: string, of: (row: Row) => number | undefined): Column<Row> => ({
  title,
  cell: (row) => figureWords(of(row)),
  align: "right",
});

const share = <Row>(title: string, of: (row: Row) => number | undefined): Column<Row> => ({
  title,
  cell: (row) => {
    const value = of(row);
    return value === undefined ? "unknown" : `${(100 * value).toFixed(1)} %`;
  },
  align: "right",
});

const callColumns: readonly Column<TraceAnalysis["calls"]["by_name"][number]>[] = [
  { title: "name", cell: ({ name }) => clipped(name) },
  { title: "category", cell: ({ category }) => category },
  figure("count", ({ count }) => count),
  time("total", ({ total_ns }) => total_ns),
  time("self", ({ self_ns }) => self_ns),
  share("self %", (row) => row.share),
  time("mean", ({ mean_ns }) => mean_ns),
  time("p95", ({ p95_ns }) => p95_ns),
  time("max", ({ max_ns }) => max_ns),
  {
    title: "",
    cell: ({ unfinished }) => (unfinished === 0 ? "" : `${count(unfinished)} never returned`),
    style: () => "yellow",
  },
];

const kernelColumns: readonly Column<TraceAnalysis["launches"]["by_kernel"][number]>[] = [
  { title: "name", cell: ({ name }) => clipped(name) },
  figure("count", ({ count }) => count),
  time("total", ({ total_ns }) => total_ns),
  share("of kernels", (row) => row.share),
  time("mean", ({ mean_ns }) => mean_ns),
  time("min", ({ min_ns }) => min_ns),
  time("max", ({ max_ns }) => max_ns),
];

const sliceColumns: readonly Column<TraceAnalysis["slices"][number]>[] = [
  { title: "name", cell: ({ name }) => clipped(name) },
  figure("count", ({ count }) => count),
  time("total", ({ total_ns }) => total_ns),
  time("mean", ({ mean_ns }) => mean_ns),
  time("p95", ({ p95_ns }) => p95_ns),
  time("max", ({ max_ns }) => max_ns),
];

function categories({ calls }: TraceAnalysis, paint: Paint): string {
  if (calls.count === 0) return "";
  return formatTable(
    calls.by_category,
    [
      { title: "category", cell: ({ category }) => category },
      figure("count", ({ count }) => count),
      time("self", ({ self_ns }) => self_ns),
      share("self %", (row) => row.share),
    ],
    paint,
  );
}

function kernels({ launches }: TraceAnalysis, listed: Listed): string {
  const { device_times, latency, queue, tiny, launched } = launches;
  if (launches.launches === 0) return "";
  if (device_times === "unknown") {
    const named = listed(
      launched,
      [{ title: "name", cell: ({ name }) => clipped(name) }, figure("launches", ({ count }) => count)],
      "name",
    );
    return `${counted(launches.launches, "launch")}; when they ran on the device is not known.\n${named}`;
  }
  const facts = [
    `${counted(launches.launches, "launch")} of ${counted(launches.kernels ?? 0, "kernel")}, ${figureWords(launches.launches_per_second)} a second`,
    latency === undefined
      ? ""
      : `from launch to start: median ${timeWords(latency.median_ns)}, p95 ${timeWords(latency.p95_ns)}`,
    queue === undefined ? "" : `queue: mean ${figureWords(queue.mean)}, at most ${figureWords(queue.max)}`,
    tiny === undefined || tiny === 0 ? "" : `${count(tiny)} took less time than their launch`,
  ];
  return `${listed(launches.by_kernel, kernelColumns, "name")}\n${facts.filter((fact) => fact !== "").join("; ")}.`;
}

function transfers({ transfers: { by_kind } }: TraceAnalysis, paint: Paint): string {
  if (by_kind.length === 0) return "";
  return formatTable(
    by_kind,
    [
      { title: "kind", cell: ({ kind }) => kind },
      figure("count", ({ count }) => count),
      { title: "size", cell: ({ bytes }) => formatBytes(bytes), align: "right" },
      time("on the device", ({ device_ns }) => device_ns),
      {
        title: "bandwidth",
        cell: ({ bandwidth_bytes_per_s: rate }) =>
          rate === undefined ? "unknown" : `${formatForPeople(rate / 1e9)} GB/s`,
        align: "right",
      },
      share("below kernels", ({ overlap_share }) => overlap_share),
      time("in calls", ({ call_ns }) => call_ns),
      {
        title: "",
        cell: (row) => (row.without_bytes === 0 ? "" : `${count(row.without_bytes)} do not say their bytes`),
      },
    ],
    paint,
  );
}

function gaps({ gaps: idleness }: TraceAnalysis, paint: Paint, listed: Listed, top: number): string {
  const { devices, by_cause, longest, count: found, short } = idleness;
  if (devices.length === 0) return "";
  const idle = formatTable(
    devices,
    [
      { title: "device", cell: ({ device }) => device },
      share("busy", ({ busy_share }) => busy_share),
      time("idle", ({ idle_ns }) => idle_ns),
      figure("switches of stream", ({ stream_switches }) => stream_switches),
      figure("of process", ({ process_switches }) => process_switches),
    ],
    paint,
  );
  const causes = by_cause.map(
    ({ cause, count: number, total_ns }) => `${cause} ${timeWords(total_ns)} (${count(number)})`,
  );
  if (short.count > 0) causes.push(`short ones ${timeWords(short.total_ns)} (${count(short.count)})`);
  const list = listed(
    top <= longest.length ? longest : idleness.gaps,
    [
      { title: "longest", cell: ({ duration_ns }) => timeWords(duration_ns), align: "right" },
      time("at", ({ from_ns }) => from_ns),
      { title: "cause", cell: ({ cause }) => cause },
      { title: "host", cell: ({ host }) => clipped(host ?? "") },
    ],
    "gap",
    found,
  );
  return [idle, causes.length === 0 ? "" : `By cause: ${causes.join(", ")}.`, list]
    .filter((part) => part !== "")
    .join("\n");
}

/** Stages one by one, iterations and tokens together, and of layers and operators those with the most time. */
function ranges({ ranges: found }: TraceAnalysis, paint: Paint, listed: Listed): string {
  const of = (...kinds: readonly RangeKind[]): RangeStatistics[] =>
    found.ranges.filter(({ kind }) => kinds.includes(kind));
  const repeated = (["iteration", "token"] as const).flatMap((kind) => {
    if (of(kind).length === 0) return [];
    const own = found.instances.filter((range) => range.kind === kind);
    const times = own.map(({ host_ns }) => host_ns);
    const [least, most] = extent(times);
    return `${counted(own.length, kind)}: mean ${timeWords(mean(times))}, least ${timeWords(least)}, most ${timeWords(most)}`;
  });
  const byTime = (some: readonly RangeStatistics[]): RangeStatistics[] =>
    [...some].sort((a, b) => (b.self_device_ns ?? 0) - (a.self_device_ns ?? 0) || b.self_host_ns - a.self_host_ns);
  const stages = of("stage");
  return [
    stages.length === 0 ? "" : formatTable(stages, rangeColumns, paint),
    repeated.join("\n"),
    listed(byTime(of("layer", "module", "nvtx", "annotation")), rangeColumns, "range"),
    listed(byTime(of("operator")), rangeColumns, "operator"),
  ]
    .filter((part) => part !== "")
    .join("\n\n");
}

const rangeColumns: readonly Column<RangeStatistics>[] = [
  { title: "name", cell: ({ name }) => clipped(name) },
  { title: "kind", cell: ({ kind }) => kind },
  figure("count", ({ count }) => count),
  time("host", ({ host_ns }) => host_ns),
  time("self", ({ self_host_ns }) => self_host_ns),
  time("device", ({ device_ns }) => device_ns),
  share("of device", ({ device_share }) => device_share),
];

function memory({ memory: { spaces } }: TraceAnalysis): string {
  return spaces
    .map(({ name, source, allocations, peak_bytes, peak_ns, peak_holders, leaks, faults }) => {
      const [largest] = peak_holders;
      const held =
        largest === undefined || largest.label === ""
          ? ""
          : `, most of it ${largest.label} (${formatBytes(largest.bytes)})`;
      const strange = [
        [faults.unknown_frees, "frees of what was not seen to be allocated"],
        [faults.double_frees, "double frees"],
        [faults.missed_frees, "frees not seen"],
        [faults.failed, "failed"],
        [faults.without_address, "without an address"],
        [faults.without_bytes, "without their bytes"],
      ] as const;
      return [
        `${name}${source === "calls" ? "" : " (the framework's allocator)"}: ${counted(allocations, "allocation")}, peak ${formatBytes(peak_bytes)} at ${timeWords(peak_ns)}${held}`,
        leaks.count === 0 ? "all of it freed" : `never freed ${count(leaks.count)}, ${formatBytes(leaks.bytes)}`,
        ...strange.flatMap(([number, what]) => (number === 0 ? [] : [`${count(number)} ${what}`])),
      ].join("; ");
    })
    .join("\n");
}

function path(analysis: TraceAnalysis, listed: Listed): string {
  // Without calls and devices nothing says what waited for what.
  if (analysis.calls.count === 0 && analysis.gaps.devices.length === 0) return "";
  const { by_kind, by_name } = analysis.criticalPath;
  const kinds = by_kind.map(
    ({ kind, total_ns, share }) => `${kind} ${timeWords(total_ns)} (${(100 * share).toFixed(1)} %)`,
  );
  const list = listed(
    by_name,
    [
      { title: "on it", cell: ({ name }) => (name === "" ? "(nothing recorded)" : clipped(name)) },
      { title: "kind", cell: ({ kind }) => kind },
      figure("stretches", ({ count }) => count),
      time("total", ({ total_ns }) => total_ns),
    ],
    "name",
  );
  return `${kinds.join(", ")}.\n${list}`;
}

/** `Then it takes 251 ms instead of 272 ms: 1.08 times as fast. Of that the host has 93 %.` */
function describeWhatIf({ recorded_ns, total_ns, speedup, before_work: start, limits }: WhatIf): string {
  const parts = limits.slice(0, 3).map(({ kind, share }) => `${kind} ${(100 * share).toFixed(1)} %`);
  return (
    `What if: ${timeWords(total_ns)} instead of ${timeWords(recorded_ns)}, ${formatForPeople(speedup)} times as fast. ` +
    // Who asks what a faster host does for the work might take the program's start for it.
    (start === undefined || start.total_ns === start.recorded_ns
      ? ""
      : `Of that the start, until the device's first work, is ${timeWords(start.total_ns)} instead of ${timeWords(start.recorded_ns)}; the ` +
        `rest ${timeWords(total_ns - start.total_ns)} instead of ${timeWords(recorded_ns - start.recorded_ns)}, ` +
        `${formatForPeople((recorded_ns - start.recorded_ns) / (total_ns - start.total_ns))} times as fast. `) +
    `Then its critical path is ${parts.join(", ")}.`
  );
}

function timeWords(nanoseconds: number | undefined): string {
  if (nanoseconds === undefined) return "unknown";
  return Number.isNaN(nanoseconds) ? "-" : formatNanoseconds(nanoseconds);
}

function figureWords(value: number | undefined): string {
  return value === undefined ? "unknown" : formatForPeople(value);
}

function count(value: number): string {
  return formatForPeople(value, 15);
}

/** `1 launch`, `2 launches` */
function counted(value: number, noun: string): string {
  return `${count(value)} ${value === 1 ? noun : `${noun}${noun.endsWith("ch") ? "es" : "s"}`}`;
}

/** Names of kernels of C++ are as long as sentences; `--json` and the tables have them whole. */
const longestName = 56;

/** Without what a kernel returns and takes, and cut off. */
function clipped(name: string): string {
  const bare = withoutParameters(name.replace(/^void /, ""));
  return bare.length <= longestName ? bare : `${bare.slice(0, longestName - 1)}\u2026`;
}

/** `f<int>` for `f<int>(int, float (*)(int))`: what stands before the parenthesis that the last one closes. */
function withoutParameters(name: string): string {
  if (!name.endsWith(")")) return name;
  let depth = 0;
  for (let at = name.length - 1; at > 0; at--) {
    if (name[at] === ")") depth++;
    else if (name[at] === "(" && --depth === 0) return name.slice(0, at);
  }
  return name;
}
