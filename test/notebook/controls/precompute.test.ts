// Answers computed beforehand: which combinations there are, what is saved of each, and what is refused.
import { beforeEach, describe, expect, it } from "vitest";
import { checkbox, dropdown, floatSlider, interact, logSlider, show } from "../../../src/index.js";
import type { CellOutput, MimeBundle, OutputSink } from "../../../src/notebook/bridge.js";
import { installKernelBridge } from "../../../src/notebook/bridge.js";
import { linkOf } from "../../../widgets/controls/links.js";
import { precomputedOf } from "../../../widgets/controls/precomputed.js";
import { PageModel } from "../../../widgets/hosts/page-model.js";
import { RecordingBridge } from "../recording-bridge.js";

/** A bridge that captures what is shown, as the kernel does. */
class CapturingBridge extends RecordingBridge {
  #sink: OutputSink | undefined;

  override display(data: MimeBundle): void {
    this.#sink?.add({ output_type: "display_data", data, metadata: {} } as CellOutput);
  }

  override clearOutput(options: { readonly wait: boolean }): void {
    this.#sink?.clear(options);
  }

  override capture<T>(sink: OutputSink, work: () => T): T {
    const before = this.#sink;
    this.#sink = sink;
    try {
      return work();
    } finally {
      this.#sink = before;
    }
  }
}

let bridge: CapturingBridge;
beforeEach(() => {
  bridge = new CapturingBridge();
  installKernelBridge(bridge);
});

/** The grid of answers as it reached the page. */
function savedGrid(): { axes: [string, string, unknown[]][]; answers: { data?: MimeBundle; ename?: string }[][] } {
  const found = bridge.comms.filter(
    ({ opening }) => (opening.data["state"] as { view?: string }).view === "precomputed",
  );
  expect(found).toHaveLength(1);
  return found[0].opening.data["state"] as never;
}

const texts = (): unknown[] => savedGrid().answers.map(([first]) => first?.data?.["text/plain"] ?? first?.ename);

describe("interact with precompute", () => {
  it("saves the answer to each combination, the last control fastest", () => {
    interact({ n: [1, 3], kind: ["a", "b"] }, ({ n, kind }) => `${n}${kind}`, { precompute: true });
    expect(texts()).toEqual(["1a", "1b", "2a", "2b", "3a", "3b"]);
    expect(savedGrid().axes.map(([, property, values]) => [property, values])).toEqual([
      ["value", [1, 2, 3]],
      ["index", [0, 1]],
    ]);
  });

  it("gives the function what the options stand for, and saves what it throws", () => {
    const kind = dropdown({ low: 1, high: 0 });
    interact(
      { kind, on: checkbox() },
      ({ kind, on }) => {
        if (kind === 0) throw new RangeError("no");
        return on ? kind : -kind;
      },
      { precompute: true },
    );
    expect(texts()).toEqual(["-1", "1", "RangeError", "RangeError"]);
  });

  it("goes through steps that are not exact, up to the end, and through powers", () => {
    const x = floatSlider({ min: 0, max: 0.3, step: 0.1, value: 0 });
    interact({ x }, ({ x }) => x, { precompute: true });
    expect(savedGrid().axes[0][2]).toEqual([0, 0.1, 0.2, 0.3]);
    bridge.comms.length = 0;
    interact({ y: logSlider({ min: 0, max: 2, step: 1, value: 1 }) }, ({ y }) => y, { precompute: true });
    expect(savedGrid().axes[0][2]).toEqual([1, 10, 100]);
  });

  it("waits for what is asynchronous", async () => {
    const view = interact({ n: [1, 3] }, async ({ n }) => 10 * n, { precompute: true });
    await view.settled();
    expect(texts()).toEqual(["10", "20", "30"]);
  });

  it("is what the page reads", () => {
    interact({ n: [1, 2] }, ({ n }) => show(n), { precompute: true });
    const states = new Map(
      bridge.comms.map((comm) => [`IPY_MODEL_${comm.id}`, comm.opening.data["state"] as Record<string, unknown>]),
    );
    const models = new Map([...states].map(([id, state]) => [id, new PageModel(state)]));
    const page = { modelOf: (reference: unknown) => models.get(String(reference)) };
    const grids = [...models.values()].flatMap((model) => precomputedOf(model, page) ?? []);
    expect(grids).toHaveLength(1);
    expect(grids[0].axes[0].values).toEqual([1, 2]);
    expect([...models.values()].every((model) => linkOf(model, page) === undefined)).toBe(true);
  });

  it.each([
    ["a text", { name: "x" }, /name can be anything/],
    ["too many combinations", { a: [0, 99], b: [0, 99] }, /10000 combinations of values \(a has 100, b has 100\)/],
  ] as const)("refuses %s", (_, controls, message) => {
    expect(() => interact(controls, () => 1, { precompute: true })).toThrow(message);
    expect(bridge.comms.filter(({ closed }) => !closed)).toEqual([]);
  });

  it("refuses a button beside it", () => {
    expect(() => interact({ n: 1 }, () => 1, { precompute: true, manual: true })).toThrow(/before a button is pressed/);
  });
});
