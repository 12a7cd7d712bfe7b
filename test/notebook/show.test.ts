import { table } from "arquero";
import { afterEach, describe, expect, it, vi } from "vitest";
import { u32 } from "../../src/core/dtype.js";
import { VirtualGPU } from "../../src/gpu/host/virtual-gpu.js";
import { device, devices } from "../../src/hardware/index.js";
import { predict } from "../../src/model/index.js";
import { bundleOf } from "../../src/notebook/mime.js";
import { compareRuns, loadSweep, replicate } from "../../src/notebook/service-study/index.js";
import { show } from "../../src/notebook/show.js";
import { stepperWidget } from "../../src/notebook/stepper-widget.js";
import { presets, simulate } from "../../src/serving/index.js";
import { chartTheme, vegaLiteSchema } from "../../src/view/index.js";
import { asKernel, RecordingBridge } from "./recording-bridge.js";

const chart = {
  $schema: vegaLiteSchema,
  title: "Two bars",
  data: {
    values: [
      { a: "x", b: 1 },
      { a: "y", b: 2 },
    ],
  },
  mark: "bar",
  encoding: { x: { field: "a", type: "nominal" }, y: { field: "b", type: "quantitative" } },
};

const ptx = `.version 8.0
.target sm_80
.address_size 64
.visible .entry store(.param .u64 out)
{
  .reg .b32 %r<3>;
  .reg .b64 %rd<5>;
  ld.param.u64 %rd1, [out];
  mov.u32 %r1, %tid.x;
  mul.wide.u32 %rd2, %r1, 4;
  add.s64 %rd3, %rd1, %rd2;
  st.global.u32 [%rd3], %r1;
  ret;
}
`;

let leave: (() => void) | undefined;
afterEach(() => {
  leave?.();
  leave = undefined;
  vi.restoreAllMocks();
});

function kernel(): RecordingBridge {
  const bridge = new RecordingBridge();
  leave = asKernel(bridge);
  return bridge;
}

describe("the forms of a value", () => {
  it("a chart has its specification, a static picture and words", () => {
    const bundle = bundleOf(chart);
    expect(bundle["application/vnd.vegalite.v5+json"]).toEqual({ ...chart, config: chartTheme });
    expect(bundle["image/svg+xml"]).toMatch(/^<svg .*<title>Two bars<\/title>.*<\/svg>$/s);
    expect(bundle["text/plain"]).toBe("Chart: Two bars");
  });

  it("a chart with settings of its own keeps them", () => {
    const own = { ...chart, config: { bar: { color: "#123456" } } };
    expect(bundleOf(own)["application/vnd.vegalite.v5+json"]).toBe(own);
    expect(bundleOf(own)["image/svg+xml"]).toContain("#123456");
  });

  it("two charts in a row are drawn in the call, each its own", () => {
    const other = { ...chart, title: "Other" };
    expect([chart, other].map((spec) => /<title>(.*?)</.exec(String(bundleOf(spec)["image/svg+xml"]))?.[1])).toEqual([
      "Two bars",
      "Other",
    ]);
  });

  it("a chart that cannot be drawn says why", () => {
    expect(() => bundleOf({ ...chart, data: { url: "https://example.org/data.json" } })).toThrow(
      /its data must be inside it/,
    );
  });

  it("a chart with a slip of the finger says where it is and what was meant", () => {
    expect(() => bundleOf({ ...chart, mark: "bra" })).toThrow('mark: "bra" is no mark\nDid you mean "bar"?');
  });

  it("a chart that vega-lite cannot compile says which part of it is to blame", () => {
    const broken = { ...chart, encoding: { ...chart.encoding, y: { field: "b", timeUnit: 5, type: "temporal" } } };
    expect(() => bundleOf(broken)).toThrow(/^encoding\.y: the chart cannot be drawn: .*\nWithout /);
  });

  it("a chart that can be brushed is drawn without a word", () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    const write = vi.spyOn(process.stderr, "write").mockImplementation(() => true);
    const bundle = bundleOf({ ...chart, params: [{ name: "brush", select: "interval" }] });
    expect(bundle["image/svg+xml"]).toMatch(/^<svg/);
    expect(warn).not.toHaveBeenCalled();
    expect(write).not.toHaveBeenCalled();
  });

  it("a chart without a schema is told by its parts", () => {
    const { $schema: _, data, ...rest } = chart;
    for (const spec of [
      { data, ...rest },
      { data, layer: [rest] },
      { data, hconcat: [rest, rest] },
      { data, repeat: ["b"], spec: { mark: "bar", encoding: { y: { field: { repeat: "repeat" } } } } },
    ]) {
      const bundle = bundleOf(spec);
      expect(bundle["application/vnd.vegalite.v5+json"]).toMatchObject({ $schema: vegaLiteSchema });
      expect(bundle["image/svg+xml"]).toMatch(/^<svg/);
    }
    for (const other of [
      { mark: "A" },
      { mark: 1.3, data: { values: [] } },
      { layer: 3 },
      { layer: [1, 2] },
      { spec: {} },
    ])
      expect(Object.keys(bundleOf(other))).toEqual(["text/plain"]);
  });

  it("a Vega specification is a chart, too", () => {
    const spec = {
      $schema: "https://vega.github.io/schema/vega/v5.json",
      width: 40,
      height: 40,
      description: "A square.",
      marks: [
        {
          type: "rect",
          encode: { enter: { x: { value: 0 }, y: { value: 0 }, width: { value: 40 }, height: { value: 40 } } },
        },
      ],
    };
    const bundle = bundleOf(spec);
    expect(bundle["application/vnd.vega.v5+json"]).toMatchObject({ marks: spec.marks });
    expect(bundle["image/svg+xml"]).toMatch(/^<svg .*<desc>A square\.<\/desc>/s);
    expect(bundle["text/plain"]).toBe("Chart: A square.");
  });

  it("an Arquero table has a table and its first rows in words", () => {
    const bundle = bundleOf(table({ device: ["a", "b"], time: [1.5, 2] }));
    expect(bundle["text/html"]).toContain('<th scope="col">device</th>');
    expect(bundle["text/plain"]).toBe("device  time\na        1.5\nb          2\n2 rows");
  });

  it("our results are cards with one line of words", () => {
    const gpu = new VirtualGPU("h100");
    const out = gpu.zeros(u32, 32, { label: "out" });
    const store = gpu.load(ptx).kernel();
    for (const [value, kind, words] of [
      [gpu.launch(store, { grid: 1, block: 32 }, [out]), "launch", /^store<<<\(1\), \(32\)>>> on H100 SXM/],
      [store, "kernel", /^kernel store\(/],
      [out, "array", /^out: u32\[32\]/],
      [gpu, "virtual GPU", /^VirtualGPU H100 SXM/],
      [device("h100"), "device", /^H100 SXM \(h100-sxm\)/],
      [{ ...device("h100"), sms: 4 }, "device", /sms: 4/],
      [predict({ kernel: "gemv", shape: [8, 8], precision: "FP16", device: "h100" }), "prediction", /^gemv 8 x 8/],
      [simulate(presets.get("demo")), "service", /^demo: 2 requests\/s of 2 offered/],
    ] as const) {
      const bundle = bundleOf(value);
      expect(bundle["text/html"], kind).toMatch(
        new RegExp(`^<div class="warplab-card" role="group" aria-label="${kind} `),
      );
      expect(bundle["text/plain"]).toMatch(words);
    }
    expect(bundleOf(devices())["text/html"]).toContain("<td>h100-sxm</td>");
  });

  it("studies of a service are tables with what they say in words", async () => {
    const demo = presets.get("demo");
    const sweep = bundleOf(await loadSweep(demo, { vary: { rps: [100, 200] }, requests: 100 }));
    expect(sweep["text/html"]).toContain("The knee is at 100 requests a second");
    expect(sweep["text/plain"]).toMatch(/^sweep of demo: 2 combinations\nThe knee is at 100/);
    const replications = bundleOf(await replicate(demo, { replications: 2 }));
    expect(replications["text/html"]).toContain("<caption>demo over 2 seeds");
    const comparison = bundleOf(await compareRuns(demo, { ...demo, name: "other" }, { replications: 2 }));
    expect(comparison["text/html"]).toContain("<caption>a: demo; b: other; 2 pairs of runs");
    expect(comparison["text/plain"]).toMatch(/^demo \(a\) with other \(b\) over 2 seeds/);
  });

  it("a value that says itself how it is shown is believed", () => {
    const value = { [Symbol.for("warplab.mime")]: () => ({ "text/html": "<b>1</b>", "text/plain": "1" }) };
    expect(bundleOf(value)).toEqual({ "text/html": "<b>1</b>", "text/plain": "1" });
  });

  it("anything else is as inspect writes it, a text as it is", () => {
    expect(bundleOf({ a: [1, 2] })).toEqual({ "text/plain": "{ a: [ 1, 2 ] }" });
    expect(bundleOf("plain")).toEqual({ "text/plain": "plain" });
  });
});

describe("show", () => {
  it("in our kernel displays the whole bundle", () => {
    const bridge = kernel();
    show(table({ a: [1] }));
    expect(Object.keys(bridge.displays[0].bundle).sort()).toEqual(["text/html", "text/plain"]);
  });

  it("with an id changes what the first call with it showed", () => {
    const bridge = kernel();
    show("1 of 2", { id: "progress" });
    show("2 of 2", { id: "progress" });
    expect(bridge.displays.map(({ options }) => options)).toEqual([
      { displayId: "progress", update: false },
      { displayId: "progress", update: true },
    ]);
  });

  it("in a plain program prints the words", () => {
    const log = vi.spyOn(console, "log").mockImplementation(() => {});
    show(table({ a: [1] }));
    expect(log.mock.calls).toEqual([["a\n1\n1 row"]]);
  });
});

describe("a stepper", () => {
  function stepper(): ReturnType<VirtualGPU["step"]> {
    const gpu = new VirtualGPU("h100");
    const out = gpu.zeros(u32, 32);
    return gpu.step(gpu.load(ptx).kernel(), { grid: 1, block: 32 }, [out]);
  }

  it("is shown as a widget, as a page of its own, and in words", () => {
    const bridge = kernel();
    const launch = stepper();
    show(launch);
    const { bundle } = bridge.displays[0];
    const widget = bridge.comms.at(-1)!;
    expect(bundle["application/vnd.jupyter.widget-view+json"]).toMatchObject({ model_id: widget.id });
    expect(widget.opening.data["state"]).toMatchObject({
      view: "stepper",
      cursor: 0,
      lane: 0,
      image: { kernel: "store" },
    });
    expect(bundle["text/html"]).toMatch(/^<iframe .*srcdoc="/);
    expect(bundle["text/plain"]).toMatch(/^Stepper of store<<<.*at step 0$/);
  });

  it("the self-contained form reaches for nothing outside itself", () => {
    const html = String(bundleOf(stepper())["text/html"]);
    expect(html).not.toMatch(/(?:src|href)=(?:"|&quot;)?https?:/);
    expect(html.length).toBeLessThan(250_000);
  });

  it("shown twice is one widget, so that its views move together", () => {
    const bridge = kernel();
    const launch = stepper();
    show(launch);
    show(launch);
    const ids = bridge.displays.map(({ bundle }) => bundle["application/vnd.jupyter.widget-view+json"]);
    expect(ids[0]).toEqual(ids[1]);
  });

  it("follows the page, and the page follows it", () => {
    const bridge = kernel();
    const launch = stepper();
    const widget = stepperWidget(launch);
    const comm = bridge.comms.find(({ id }) => id === widget.id)!;
    comm.onMessage?.({ method: "update", state: { cursor: 3, lane: 5 } }, []);
    expect([launch.cursor, launch.lane]).toEqual([3, 5]);
    launch.cursor = 1;
    expect(comm.sent.at(-1)?.data).toEqual({ method: "update", state: { cursor: 1 }, buffer_paths: [] });
  });

  it("tells the page of a stream of moves now and then, and of the last", async () => {
    const bridge = kernel();
    const launch = stepper();
    const widget = stepperWidget(launch);
    const comm = bridge.comms.find(({ id }) => id === widget.id)!;
    const before = comm.sent.length;
    for (let i = 0; i < 10_000; i++) launch.cursor = i % launch.replay.length;
    launch.cursor = 2;
    await expect.poll(() => comm.sent.at(-1)?.data).toMatchObject({ method: "update", state: { cursor: 2 } });
    expect(widget.get("cursor")).toBe(2);
    expect(comm.sent.length - before).toBeLessThan(1000);
  });

  it("sends a page's own move back as an echo only", () => {
    const bridge = kernel();
    const widget = stepperWidget(stepper());
    const comm = bridge.comms.find(({ id }) => id === widget.id)!;
    const before = comm.sent.length;
    comm.onMessage?.({ method: "update", state: { cursor: 3, lane: 5 } }, []);
    expect(comm.sent.slice(before).map(({ data }) => (data as { method: string }).method)).toEqual(["echo_update"]);
  });
});
