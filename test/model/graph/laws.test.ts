import fc from "fast-check";
import { expect, test } from "vitest";
import { model, predictGraph } from "../../../src/model/graph/index.js";

const names = fc.constantFrom("bert-base", "gpt2", "opt-125m", "mlp-512-1024-512-256");
const devices = fc.constantFrom("h100", "a100", "v100-pcie-32gb", "t4", "l4", "mi100");
const sizes = { batch: fc.integer({ min: 1, max: 16 }), sequence: fc.integer({ min: 1, max: 300 }) };

test("twice the batch takes no less time, and more by the roofline", () => {
  fc.assert(
    fc.property(names, devices, sizes.batch, sizes.sequence, (name, device, batch, sequence) => {
      const [one, two] = [batch, 2 * batch].map((count) =>
        predictGraph(model(name, { batch: count, sequence, precision: "FP16" }), { device }),
      );
      // Another kernel may suit two rows better than one: by less than a percent.
      expect(two.predicted_time_us).toBeGreaterThan(0.99 * one.predicted_time_us);
      expect(two.ideal_time_us).toBeGreaterThan(one.ideal_time_us);
    }),
    { numRuns: 60, seed: 1 },
  );
});

test("what is fused further takes no longer, and parts and waiting are all of the time", () => {
  fc.assert(
    fc.property(names, devices, sizes.batch, sizes.sequence, (name, device, batch, sequence) => {
      const graph = model(name, { batch, sequence, precision: "FP16" });
      const [eager, compiled, engine] = (["eager", "compiled", "engine"] as const).map((execution) =>
        predictGraph(graph, { device, execution }),
      );
      expect(compiled.predicted_time_us).toBeLessThanOrEqual(eager.predicted_time_us);
      expect(engine.predicted_time_us).toBeLessThanOrEqual(compiled.predicted_time_us);
      for (const { waiting_us, predicted_time_us, parts } of [eager, compiled, engine]) {
        const shares = parts.reduce((sum, { share }) => sum + share, 0);
        expect(shares + waiting_us / predicted_time_us).toBeCloseTo(1, 6);
      }
    }),
    { numRuns: 60, seed: 1 },
  );
});
