import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { device } from "../../src/hardware/index.js";
import { operator, predict, readShape } from "../../src/model/index.js";
import { uniform } from "../../src/model/operator/index.js";
import { plannerOf } from "../../src/model/planner/index.js";

const kinds = ["all_reduce", "all_gather", "reduce_scatter"] as const;
const MiB = 2 ** 20;

function planned(type: string, elements: number, devices: number, on = "h100", pcie = 0) {
  const shape = type === "send_recv" ? { elements, pcie } : { elements, devices, pcie };
  const known = operator(type);
  const [kernel] = known.kernels(readShape(known, shape), uniform("FP16"));
  return plannerOf(device(on)).plan(kernel);
}

describe("exchanges between devices", () => {
  it("a large sum goes around a ring in bulk: 2 (p - 1) / p of the tensor over each link", () => {
    const plan = planned("all_reduce", 512 * MiB, 8);
    const link = (((2 * 7) / 8) * 1024 * MiB) / (450e9 * 0.8);
    const waits = 8.4e-6 + 2 * 7 * 3.4e-6;
    expect(plan.resources).toEqual({ link: expect.closeTo(link, 12), overhead: expect.closeTo(waits, 12) });
    expect(plan.time).toBeCloseTo(link + waits, 12);
    expect(plan.inWords()).toBe("Planned: all_reduce of 8 H100 SXM over its links by ring, in 14 steps, in bulk.");
  });

  it("a small one goes up and down a tree with flags: 2 log2 p steps", () => {
    const plan = planned("all_reduce", 4096, 8);
    expect(plan.time).toBeCloseTo(3.6e-6 + 6 * 0.47e-6 + (2 * 8192) / ((450e9 * 0.8) / 4), 12);
    expect(plan.inWords()).toContain("by tree, in 6 steps, with a flag beside every word");
  });

  it("a whole from its parts, and a sum in parts, take half of that", () => {
    const whole = planned("all_gather", 512 * MiB, 4);
    expect(whole.resources.link).toBeCloseTo(((3 / 4) * 1024 * MiB) / (450e9 * 0.8), 12);
    expect(planned("reduce_scatter", 512 * MiB, 4).time).toBe(whole.time);
  });

  it("a result for the next device crosses the link once", () => {
    expect(planned("send_recv", 512 * MiB, 2).resources.link).toBeCloseTo((1024 * MiB) / (450e9 * 0.8), 12);
  });

  it("goes over PCIe where that is asked for, and where the device states it", () => {
    expect(planned("all_reduce", 512 * MiB, 8, "l4", 1).resources.link).toBeCloseTo(
      ((7 / 4) * 1024 * MiB) / (32e9 * 0.8),
      9,
    );
    expect(() => planned("all_reduce", 4096, 8, "l4")).toThrow(
      "links.peer_gb_s: L4 states no links between devices\nLet them exchange over PCIe (pcie: 1)",
    );
  });

  it("lists every way with its price", () => {
    const ways = planned("all_reduce", MiB, 4).candidates?.() ?? [];
    expect(ways.map(({ choice }) => `${choice["algorithm"]} ${choice["protocol"]}`).sort()).toEqual([
      "ring bulk",
      "ring small",
      "tree bulk",
      "tree small",
    ]);
    expect(ways[0].time).toBe(Math.min(...ways.map(({ time }) => time)));
  });

  it("is predicted as any operator is, and says that the link binds", () => {
    const prediction = predict({
      kernel: "all_reduce",
      shape: { elements: 512 * MiB, devices: 8 },
      precision: "bf16",
      device: "h100",
    });
    expect(prediction).toMatchObject({ model: "planner", bottleneck: "memory", limiter: "link" });
    expect(prediction.flops).toBe((512 * MiB * 7) / 8);
  });

  it("needs somebody to exchange with", () => {
    expect(() => readShape(operator("all_reduce"), { elements: 8, devices: 1 })).toThrow(
      "one device has nobody to exchange with",
    );
  });
});

describe("the laws of exchanges", () => {
  const elements = fc.integer({ min: 1, max: 2 ** 32 });
  const devices = fc.integer({ min: 2, max: 64 });

  test.each(kinds)("%s: more elements and more devices take no less", (type) => {
    fc.assert(
      fc.property(elements, elements, devices, devices, (a, b, p, q) => {
        const time = (count: number, among: number): number => planned(type, count, among).time;
        expect(time(Math.max(a, b), p)).toBeGreaterThanOrEqual(time(Math.min(a, b), p));
        expect(time(a, Math.max(p, q))).toBeGreaterThanOrEqual(time(a, Math.min(p, q)));
      }),
    );
  });

  test("a sum takes no longer than its two halves, a sum in parts and the whole from them", () => {
    fc.assert(
      fc.property(elements, devices, (count, among) => {
        const halves = planned("reduce_scatter", count, among).time + planned("all_gather", count, among).time;
        expect(planned("all_reduce", count, among).time).toBeLessThanOrEqual(halves * (1 + 1e-12));
      }),
    );
  });
});
