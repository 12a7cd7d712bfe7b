// A service to work with, from the kernel's side: what the page is told, and what it may ask.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { bundleOf } from "../../src/notebook/mime.js";
import { serviceExplorer } from "../../src/notebook/service-explorer.js";
import { show } from "../../src/notebook/show.js";
import { costsOf } from "../../src/serving/cost/predicted.js";
import { presets, type Scenario, simulate } from "../../src/serving/index.js";
import { serviceCard } from "../../src/view/index.js";
import { asKernel, RecordingBridge } from "./recording-bridge.js";

const demo = presets.get("demo") as Scenario;
const onDevice: Scenario = {
  name: "gpt2 on a device",
  workload: { rps: 5, duration_s: 2, batch_size: 2 },
  target: { device: "h100", concurrency: 1 },
  pipeline: [{ name: "compute", kind: "graph", model: "gpt2" }],
};

describe("without a kernel", () => {
  it("is the card of its run and its line", () => {
    const bundle = bundleOf(serviceExplorer(demo));
    expect(bundle["text/plain"]).toBe("A service to explore: demo");
    expect(bundle["text/html"]).toBe(serviceCard(simulate(demo, { keep: "figures" })));
  });

  it("refuses at once what cannot be run, by field", () => {
    expect(() => serviceExplorer({ ...demo, workload: { rps: -1, duration_s: 1 } })).toThrow(/workload\.rps/);
    expect(() => serviceExplorer(demo, { against: { name: "x" } })).toThrow(/^against/);
  });
});

describe("in the kernel", () => {
  let bridge: RecordingBridge;
  let leave: () => void;
  beforeEach(() => {
    bridge = new RecordingBridge();
    leave = asKernel(bridge);
  });
  afterEach(() => leave());

  const comm = () =>
    bridge.comms.find(({ opening }) => (opening.data["state"] as { view?: string }).view === "service")!;
  const stateOf = () => comm().opening.data["state"] as Record<string, unknown>;
  const update = (state: object): Record<string, unknown> => {
    const before = comm().sent.length;
    comm().onMessage!({ method: "update", state }, []);
    return Object.assign(
      {},
      ...comm()
        .sent.slice(before)
        .map(({ data }) => data["state"]),
    );
  };

  it("shares the scenario, and costs only where a page could not know them", () => {
    bundleOf(serviceExplorer(demo, { against: onDevice }));
    const { scenario, compared_with, costs, devices } = stateOf();
    expect({ scenario, compared_with }).toEqual({ scenario: demo, compared_with: onDevice });
    expect(costs).toEqual([{ scenario: onDevice, costs: costsOf(onDevice) }]);
    expect(devices).toContain("h100-sxm");
  });

  it("keeps the scenario as it stands in the page", () => {
    const explorer = serviceExplorer(demo);
    bundleOf(explorer);
    update({ scenario: { ...demo, seed: 7 } });
    expect(explorer.scenario.seed).toBe(7);
    expect(explorer.run().summary).toEqual(simulate({ ...demo, seed: 7 }).summary);
  });

  it("tells what computing takes when it is asked, and why not where it cannot", () => {
    bundleOf(serviceExplorer(demo));
    const asked = { ...onDevice, workload: { ...onDevice.workload, batch_size: 3 } };
    expect(update({ request: { scenario: asked } })["answer"]).toEqual({ scenario: asked, costs: costsOf(asked) });
    const wrong = { ...onDevice, target: { device: "h1000" } };
    expect(update({ request: { scenario: wrong } })["answer"]).toEqual({
      scenario: wrong,
      error: expect.stringMatching(/^target\.device: .*h1000/),
    });
  });

  it("shows a run by its scenario and seed, from which the page has the same run", () => {
    const run = simulate(demo, { seed: 5 });
    show(run);
    expect(stateOf()["scenario"]).toEqual({ ...demo, seed: 5 });
    expect(simulate(stateOf()["scenario"]).summary).toEqual(run.summary);
    show(run);
    expect(
      bridge.comms.filter(({ opening }) => (opening.data["state"] as { view?: string }).view === "service"),
    ).toHaveLength(1);
  });
});
