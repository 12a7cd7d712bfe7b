import { describe, expect, it } from "vitest";
import { InputError } from "../../../src/core/errors.js";
import { analyse } from "../../../src/trace/analysis/index.js";
import { TimelineBuilder } from "../../../src/trace/timeline/index.js";
import { checkChart } from "../../../src/view/chart/chart-mistakes.js";
import {
  bandwidthChart,
  type ChartSpec,
  idleChart,
  kernelTimeChart,
  memoryChart,
  queueChart,
  rangeChart,
} from "../../../src/view/index.js";
import { thinned } from "../../../src/view/trace/steps-over-time.js";
import { smallRun } from "../../trace/text/made-run.js";

const small = analyse(smallRun());
const nothing = analyse(new TimelineBuilder().build({ name: "x", format: "chrome" }));

/** 1 KiB from 10 ns on, 3 KiB more from 20 to 50 ns, of a driver; 100 ns in all. */
function allocating() {
  const builder = new TimelineBuilder();
  const track = builder.track(builder.process(1), 1);
  const call = (name: string, start: number, args: { bytes?: number; ptr?: string; label?: string }) =>
    builder.event({ track, name, role: "call", start, duration: 1, bytes: args.bytes, args });
  call("cuMemAlloc_v2", 10, { bytes: 1024, ptr: "0x10", label: "weights" });
  call("cuMemAlloc_v2", 20, { bytes: 3072, ptr: "0x20", label: "scratch" });
  call("cuMemFree_v2", 50, { ptr: "0x20" });
  call("cuCtxSynchronize", 99, {});
  return analyse(builder.build({ name: "x", format: "driver-calls" }));
}

describe("the charts of a trace", () => {
  it.each([
    ["kernels", kernelTimeChart(small), "Kernels by their time: gemm 100 %, 1 x 30 ns."],
    ["idleness", idleChart(small), /^Why the device was idle: shorter than 1 \u00b5s 100 %, \d gaps?\.$/],
    ["queues", queueChart(small), "Queue depth: at most 1."],
    ["memory", memoryChart(allocating()), /^Memory of device: 4 KiB at /],
  ])("say in words what they show: %s", (_name, chart: ChartSpec, words) => {
    expect(chart.description).toMatch(words);
    expect(() => checkChart(chart)).not.toThrow();
  });

  it("says what was live at the peak and what was never freed", () => {
    const { subtitle } = memoryChart(allocating()).title as { text: string; subtitle?: string[] };
    expect(subtitle?.join(" ")).toBe("1 KiB were never freed. At the peak: scratch 3 KiB, weights 1 KiB");
  });

  it("counts bytes on its axis in the unit of the peak beside it", () => {
    const { layer } = memoryChart(allocating()) as unknown as {
      layer: { data: { values: { value: number }[] }; encoding: { y: { title: string } } }[];
    };
    expect(layer[0].encoding.y.title).toBe("allocated, KiB");
    expect(layer[0].data.values.map(({ value }) => value)).toEqual([1, 4, 1, 1]);
  });

  it("puts what is beyond the longest bars into one", () => {
    const builder = new TimelineBuilder();
    const track = builder.track(builder.process("d", { device: 0 }), 0, { kind: "stream" });
    for (let i = 0; i < 20; i++) {
      builder.event({ track, name: `k${i}`, role: "kernel", start: 100 * i, duration: 20 - i });
    }
    const chart = kernelTimeChart(analyse(builder.build({ name: "x", format: "chrome" })), { top: 4 });
    const { values } = chart["data"] as { values: { name: string; value: number }[] };
    expect(values.map(({ name }) => name)).toEqual(["k0", "k1", "k2", "k3", "16 others"]);
    expect(values[4].value).toBeCloseTo(136e-6, 12);
  });

  it.each([
    ["kernelTimeChart", () => kernelTimeChart(nothing), "kernelTimeChart: this trace does not say when kernels ran"],
    ["idleChart", () => idleChart(nothing), "idleChart: this trace does not say when a device worked"],
    ["memoryChart", () => memoryChart(nothing), "memoryChart: this trace tells of no allocation"],
    ["queueChart", () => queueChart(nothing), "queueChart: this trace does not say when kernels were launched and ran"],
    [
      "bandwidthChart",
      () => bandwidthChart(small),
      "bandwidthChart: this trace has no copy of which it says the bytes",
    ],
    ["rangeChart", () => rangeChart(nothing), "rangeChart: this trace marks no layer"],
  ])("refuse what a trace does not say: %s", (_name, draw, message) => {
    expect(draw).toThrow(InputError);
    expect(draw).toThrow(message);
  });
});

describe("a curve of many points", () => {
  it("keeps its peak and its least, at their moments, and few points", () => {
    const at = Float64Array.from({ length: 1e5 }, (_, i) => 10 * i);
    const value = Float64Array.from(at, (_, i) => (i === 54_321 ? 1000 : i === 77_777 ? -5 : i % 7));
    const points = thinned({ at, value, end: 1e6 });
    expect(points.length).toBeLessThanOrEqual(2001);
    expect(points).toContainEqual({ at: 543_210, value: 1000 });
    expect(points).toContainEqual({ at: 777_770, value: -5 });
    expect(points.at(-1)).toEqual({ at: 1e6, value: value[99_999] });
    expect(points.every((point, i) => i === 0 || point.at > points[i - 1].at)).toBe(true);
  });
});
