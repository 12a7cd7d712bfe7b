// Charts of a service: what they draw, by hand where it can be counted, and that Vega takes them without a word.
import fc from "fast-check";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { silent } from "../../../../src/core/progress.js";
import {
  type LoadSweep,
  loadSweepStudy,
  presets,
  runStudy,
  type Scenario,
  type ServiceRun,
  simulate,
} from "../../../../src/serving/index.js";
import { checkChart } from "../../../../src/view/chart/chart-mistakes.js";
import { type ChartSpec, kneeChart, latencyChart, utilisationChart } from "../../../../src/view/index.js";
import { renderSvg } from "../../../../widgets/chart/svg.js";

const demo = presets.get("demo") as Scenario;

function sweepOf(scenario: Scenario, vary: Parameters<typeof loadSweepStudy>[1]["vary"]): LoadSweep {
  const study = loadSweepStudy(scenario, { vary, requests: 200 });
  return runStudy(
    study,
    ({ scenario: each, seed }) => simulate(each, { seed, keep: "figures", progress: silent }),
    silent,
  );
}

/** Every value of every `values` below a specification. */
function valuesIn(spec: unknown): Readonly<Record<string, unknown>>[] {
  if (Array.isArray(spec)) return spec.flatMap(valuesIn);
  if (typeof spec !== "object" || spec === null) return [];
  const { values } = spec as { readonly values?: Readonly<Record<string, unknown>>[] };
  return Array.isArray(values) && typeof values[0] === "object" ? values : Object.values(spec).flatMap(valuesIn);
}

const subtitle = ({ title }: ChartSpec): unknown => (title as Readonly<Record<string, unknown>>)["subtitle"];

describe("the chart of a knee", () => {
  const sweep = sweepOf(demo, { rps: [50, 100, 150, 200] });
  const chart = kneeChart(sweep);

  it("draws p50, mean and p99 over the rate, and throughput below", () => {
    const points = valuesIn(chart).filter((value) => "figure" in value);
    const drawn = (figure: string) => points.filter((point) => point["figure"] === figure).map(({ value }) => value);
    expect(drawn("p50")).toEqual(sweep.rows.map(({ p50_ms }) => p50_ms));
    expect(drawn("mean")).toEqual(sweep.rows.map(({ avg_ms }) => avg_ms));
    expect(drawn("p99")).toEqual(sweep.rows.map(({ p99_ms }) => p99_ms));
    expect(drawn("throughput")).toEqual(sweep.rows.map(({ throughput_rps }) => throughput_rps));
    expect(points.filter(({ state }) => state === "overloaded").map(({ rps }) => rps)).toEqual([200, 200, 200, 200]);
  });

  it("names the knee and the capacity at their lines, and says what they mean", () => {
    expect(valuesIn(chart).flatMap(({ text }) => text ?? [])).toEqual(["knee 150/s", "capacity 156.3/s"]);
    expect(subtitle(chart)).toEqual([
      "The knee is at 150 requests a second, 28.93 ms: at 200 it is overloaded.",
      "Hollow: overloaded.",
    ]);
    expect(chart.description).toBe(
      "Knee of demo. The knee is at 150 requests a second, 28.93 ms: at 200 it is overloaded.",
    );
  });

  it("compares lines by p99, each named by what differs", () => {
    const compared = kneeChart(sweepOf(demo, { rps: [50, 100, 200], concurrency: [1, 4] }), { title: "Slots" });
    const points = valuesIn(compared).filter((value) => "figure" in value);
    expect(new Set(points.map(({ figure }) => figure))).toEqual(new Set(["p99", "throughput"]));
    expect(new Set(points.map(({ line }) => line))).toEqual(new Set(["1 slot", "4 slots"]));
    expect(compared.description).toContain("Slots. 1 slot: No knee: 50 requests a second, the least rate");
  });

  it("is refused where nothing was measured", () => {
    const nothing: LoadSweep = { ...sweep, rows: sweep.rows.map((row) => ({ ...row, avg_ms: null })) };
    expect(() => kneeChart(nothing)).toThrow("kneeChart: there is nothing to draw: nothing was measured");
  });
});

describe("the chart of latencies", () => {
  /** Ten requests that took 1 to 10 ms, and one that arrived before anything was measured. */
  const arrival = Float64Array.from({ length: 11 }, (_, i) => i);
  const run = {
    scenario: { ...demo, workload: { rps: 1, duration_s: 11, warmup_s: 1 } },
    summary: { p50_ms: 5, p90_ms: 9, p99_ms: 10 },
    log: { requests: { count: 11, arrival, end: arrival.map((at, i) => at + (i === 0 ? 99 : i / 1000)) } },
  } as unknown as ServiceRun;

  it("counts the measured requests in bins, with quantiles named", () => {
    const bins = valuesIn(latencyChart(run)).filter((value) => "requests" in value);
    expect(bins.reduce((sum, { requests }) => sum + (requests as number), 0)).toBe(10);
    expect(bins[0]).toMatchObject({ from: expect.closeTo(1), requests: 1, percent: 10 });
    expect(bins.at(-1)).toMatchObject({ to: expect.closeTo(10), below: expect.closeTo(100) });
    expect(valuesIn(latencyChart(run)).flatMap(({ text }) => text ?? [])).toEqual([
      "p50 5 ms",
      "p90 9 ms",
      "p99 10 ms",
    ]);
    expect(subtitle(latencyChart(run))).toBe("10 requests: p50 5 ms, p90 9 ms, p99 10 ms");
  });

  it("draws no quantile's line through the name of another", () => {
    const ms = fc.array(fc.integer({ min: 1, max: 100_000 }), { minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(ms, (three) => {
        const [p50_ms, p90_ms, p99_ms] = three.sort((a, b) => a - b);
        const requests = {
          count: 3,
          arrival: Float64Array.of(0, 0, 0),
          end: Float64Array.from(three, (one) => one / 1e3),
        };
        const spread = { ...run, scenario: demo, summary: { p50_ms, p90_ms, p99_ms }, log: { requests } } as never;
        const names = valuesIn(latencyChart(spread)).filter(({ text }) => text !== undefined) as unknown as {
          at: number;
          begin: number;
          place: number;
          text: string;
          align: "left" | "right";
        }[];
        expect(names).toHaveLength(3);
        for (const { at, place, text, align } of names) {
          const end = at + (align === "left" ? 1 : -1) * (5 + 6.2 * text.length);
          for (const other of names) {
            const isBeside = other.at > Math.min(at, end) && other.at < Math.max(at, end);
            expect(isBeside && other.begin < place).toBe(false);
          }
        }
      }),
    );
  });

  it("puts latencies that are all the same into one bin", () => {
    const bins = valuesIn(latencyChart(simulate(demo, { progress: silent }))).filter(
      ({ requests }) => (requests as number) > 0,
    );
    expect(bins).toMatchObject([{ requests: 20, percent: 100 }]);
  });

  it("needs what happened", () => {
    expect(() => latencyChart(simulate(demo, { keep: "figures", progress: silent }))).toThrow(
      'demo: this run kept figures only, and a distribution needs what happened\nSimulate it again with keep: "log".',
    );
  });
});

describe("the chart of utilisation", () => {
  it("has a bar for each resource, and says which limits", () => {
    const chart = utilisationChart(simulate(presets.get("overload"), { progress: silent }));
    expect(valuesIn(chart).map(({ resource, limits }) => [resource, limits])).toEqual([
      ["cpu", "no"],
      ["h2d", "no"],
      ["gpu", "yes"],
      ["d2h", "no"],
    ]);
    expect(chart.description).toMatch(/^Utilisation of overload: cpu 18\.9 %; .*gpu 99\.9 %, limits;/);
  });
});

describe("Vega draws without a warning", () => {
  const warn = vi.spyOn(console, "warn");
  beforeAll(() => void warn.mockClear());
  const poisson: Scenario = { ...demo, workload: { rps: 130, duration_s: 10, arrivals: "poisson" } };
  it.each([
    ["a knee", () => kneeChart(sweepOf(demo, { rps: [50, 150, 200] })), "knee 150/s"],
    ["knees", () => kneeChart(sweepOf(demo, { rps: [50, 150, 200, 400], concurrency: [2, 4, 8] })), "8 slots"],
    ["latencies", () => latencyChart(simulate(poisson, { progress: silent })), "p99"],
    [
      "latencies on a log axis",
      () => latencyChart(simulate(presets.get("overload"), { progress: silent })),
      "p99 9,131 ms",
    ],
    ["utilisation", () => utilisationChart(simulate(poisson, { progress: silent })), "gpu"],
  ])("%s", async (_name, make, words) => {
    const chart = make();
    checkChart(chart);
    const svg = await renderSvg(chart);
    expect(svg).toContain(words);
    expect(warn).not.toHaveBeenCalled();
  });
});
