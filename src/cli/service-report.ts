// A service's run, and a sweep of it, as text for a terminal. Knows nothing of how they were made.
import { type LoadSweep, type RunCheck, type ServiceRun, serviceVerdict } from "../serving/index.js";
import { type Column, formatNumber, formatTable, type Paint } from "./terminal.js";

/** What stands out, then the summary by its names, stages, resources and checks. */
export function describeServiceRun(run: ServiceRun, paint: Paint): string {
  const { scenario, seed, summary, stages, resources, bottleneck, checks } = run;
  const { tokens = {}, ...figures } = summary;
  const { text, verdict } = serviceVerdict(summary);
  const overload = paint(verdict === "good" ? "green" : "red", text);
  const { kind, resource, evidence } = bottleneck;
  const limit = kind === "none" ? "" : `Bottleneck: ${resource}${kind === resource ? "" : ` (${kind})`}. `;
  return [
    `${paint("bold", scenario.name)}, seed ${seed}`,
    `${overload}\n${limit}${sentence(evidence)}`,
    formatTable(
      Object.entries({ ...figures, ...tokens }),
      [
        { title: "summary", cell: ([name]) => name },
        { title: "", cell: ([, value]) => cellOf(value), align: "right" },
      ],
      paint,
    ),
    formatTable(
      stages,
      [
        { title: "stage", cell: ({ name }) => name },
        { title: "category", cell: ({ category }) => category },
        { title: "avg_ms", cell: ({ avg_ms }) => cellOf(avg_ms), align: "right" },
        { title: "count", cell: ({ count }) => String(count), align: "right" },
      ],
      paint,
    ),
    formatTable(
      resources,
      [
        { title: "resource", cell: ({ name }) => name },
        { title: "servers", cell: ({ capacity }) => String(capacity), align: "right" },
        { title: "busy %", cell: ({ util_percent }) => cellOf(util_percent), align: "right" },
        { title: "mean queue", cell: ({ mean_queue }) => cellOf(mean_queue), align: "right" },
        { title: "mean wait ms", cell: ({ mean_wait_ms }) => cellOf(mean_wait_ms), align: "right" },
        { title: "can serve /s", cell: ({ capacity_rps }) => cellOf(capacity_rps), align: "right" },
      ],
      paint,
    ),
    formatTable(checks, checkColumns, paint),
    ...brokenLaws(checks).map((name) =>
      paint("red", `${name} does not hold of this run: a bug in warplab. Please report the scenario and seed.`),
    ),
  ].join("\n\n");
}

/** The combinations as a table, then the knees in words. */
export function describeLoadSweep({ scenario, rows, knees }: LoadSweep, paint: Paint): string {
  const varies = (name: "concurrency" | "batch_size"): boolean => new Set(rows.map((row) => row[name])).size > 1;
  const figure = (title: string, name: keyof LoadSweep["rows"][number]): Column<LoadSweep["rows"][number]> => ({
    title,
    cell: (row) => cellOf(row[name]),
    align: "right",
  });
  const table = formatTable(
    rows,
    [
      ...(varies("concurrency") ? [figure("concurrency", "concurrency")] : []),
      ...(varies("batch_size") ? [figure("batch_size", "batch_size")] : []),
      figure("rps", "rps"),
      figure("throughput_rps", "throughput_rps"),
      figure("avg_ms", "avg_ms"),
      figure("p50_ms", "p50_ms"),
      figure("p99_ms", "p99_ms"),
      figure("gpu %", "gpu_util_percent"),
      { title: "limits", cell: ({ bottleneck }) => (bottleneck === "none" ? "-" : bottleneck) },
      {
        title: "",
        cell: ({ overloaded }) => (overloaded ? "overloaded" : ""),
        style: () => "red",
      },
    ],
    paint,
  );
  const told = knees.map(({ concurrency, batch_size, evidence }) =>
    knees.length === 1 ? evidence : `concurrency ${concurrency}, batch_size ${batch_size}: ${evidence}`,
  );
  return [paint("bold", `${rows.length} combinations of ${scenario}`), table, told.join("\n")].join("\n\n");
}

const checkColumns: readonly Column<RunCheck>[] = [
  { title: "check", cell: ({ name }) => name },
  {
    title: "holds",
    cell: verdictOf,
    style: ({ holds, interval }) => (holds ? "green" : interval ? "yellow" : "red"),
  },
  { title: "expected", cell: ({ expected }) => cellOf(expected), align: "right" },
  { title: "measured", cell: ({ measured, interval }) => measuredWords(measured, interval), align: "right" },
  { title: "", cell: ({ unit }) => unit },
];

/** An estimate's interval misses the true value one time in twenty. */
function verdictOf({ holds, interval }: RunCheck): string {
  if (holds) return "yes";
  return interval === undefined ? "NO" : "outside its 95 % interval";
}

function measuredWords(measured: number, interval: RunCheck["interval"]): string {
  const range = interval === undefined ? "" : ` (${cellOf(interval[0])} to ${cellOf(interval[1])})`;
  return `${cellOf(measured)}${range}`;
}

function brokenLaws(checks: readonly RunCheck[]): string[] {
  return checks.flatMap(({ name, holds, interval }) => (holds || interval !== undefined ? [] : [name]));
}

function sentence(text: string): string {
  const start = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(start) ? start : `${start}.`;
}

function cellOf(value: unknown): string {
  if (value === null) return "-";
  if (Array.isArray(value)) return value.map(cellOf).join(" to ");
  return typeof value === "number" ? formatNumber(value) : String(value);
}
