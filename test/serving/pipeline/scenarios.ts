// Scenarios of tests: any pipeline for laws, and short ones to write by hand.
import fc from "fast-check";
import { readScenario, type Scenario, type Stage, type Target, type Workload } from "../../../src/serving/index.js";

/** Stages of all resources, in any order; times of some milliseconds, transfers of some megabytes. */
const anyStage: fc.Arbitrary<Omit<Stage, "name">> = fc.oneof(
  fc.record({
    kind: fc.constant("fixed_ms" as const),
    resource: fc.constantFrom("cpu" as const, "gpu" as const),
    value: fc.integer({ min: 1, max: 20 }),
    distribution: fc.constantFrom("constant" as const, "exponential" as const, "gamma" as const),
  }),
  fc.record({
    kind: fc.constant("bytes" as const),
    resource: fc.constantFrom("h2d" as const, "d2h" as const),
    value: fc.integer({ min: 1e5, max: 2e7 }),
  }),
);

/** One second of random arrivals at any pipeline, from idle to hopelessly overloaded, with batches and short lines among them. */
export const anyScenario: fc.Arbitrary<Scenario> = fc
  .record({
    stages: fc.array(anyStage, { minLength: 1, maxLength: 5 }),
    workload: fc.record({
      rps: fc.integer({ min: 20, max: 400 }),
      arrivals: fc.constantFrom("poisson", "gamma"),
      batch_size: fc.constantFrom(1, 1, 2, 5),
      batch_timeout_ms: fc.integer({ min: 1, max: 40 }),
    }),
    target: fc.record({
      cpu_workers: fc.integer({ min: 1, max: 4 }),
      concurrency: fc.integer({ min: 1, max: 4 }),
      copy_engines: fc.integer({ min: 1, max: 3 }),
      queue_limit: fc.option(fc.integer({ min: 5, max: 20 }), { nil: undefined }),
    }),
    seed: fc.integer({ min: 0, max: 2 ** 40 }),
  })
  .map(({ stages, workload, target: { queue_limit, ...target }, seed }) =>
    readScenario({
      name: "any",
      workload: { ...workload, duration_s: 1 },
      target: { ...target, h2d_gbps: 2, d2h_gbps: 3, ...(queue_limit === undefined ? {} : { queue_limit }) },
      pipeline: stages.map((stage, index) => ({ name: `stage ${index}`, ...stage })),
      seed,
    }),
  );

/** A pipeline whose requests arrive at these milliseconds. */
export function arriving(
  recorded_ms: readonly number[],
  pipeline: readonly Stage[],
  { target = {}, workload = {} }: { readonly target?: Target; readonly workload?: Partial<Workload> } = {},
): Scenario {
  return readScenario({
    name: "by hand",
    workload: { rps: 1, duration_s: 1, arrivals: "recorded", recorded_ms, ...workload },
    target: { h2d_gbps: 1, d2h_gbps: 1, ...target },
    pipeline,
  });
}

/** A stage of so many milliseconds, of the CPU unless said otherwise. */
export function fixed(name: string, value: number, rest: Partial<Stage> = {}): Stage {
  return { name, kind: "fixed_ms", value, ...rest };
}

/** A stage that moves so many bytes; at 1 GB/s a million takes a millisecond. */
export function transfer(name: string, value: number, rest: Partial<Stage> = {}): Stage {
  return { name, kind: "bytes", value, ...rest };
}
