// A scenario is taken as it is written, or refused by its field with what to do.
import { describe, expect, it } from "vitest";
import { InputError } from "../../../src/core/errors.js";
import { presets, readScenario } from "../../../src/serving/scenario/index.js";

/** The demo as its makers write it. */
const demo = {
  name: "demo",
  workload: { name: "steady", rps: 2, duration_s: 10, batch_size: 1, jitter_pct: 0 },
  target: { name: "L40", tflops: 180, mem_gbps: 3000, ms_per_token: 0.2, h2d_gbps: 32, d2h_gbps: 32, concurrency: 4 },
  pipeline: [
    { name: "preprocess", kind: "fixed_ms", value: 2 },
    { name: "h2d", kind: "bytes", value: 8388608 },
    { name: "compute", kind: "tokens", value: 128 },
    { name: "d2h", kind: "bytes", value: 2097152 },
    { name: "postprocess", kind: "fixed_ms", value: 1 },
  ],
};

type Parts = { workload?: object; target?: object; stage?: object; pipeline?: unknown };

/** The demo with fields replaced; `stage` those of its third stage. A field of undefined is absent. */
function demoWith({ workload, target, stage, pipeline, ...rest }: Parts & Record<string, unknown>): unknown {
  const stages = demo.pipeline.map((one, index) => (index === 2 ? { ...one, ...stage } : one));
  const all = {
    ...demo,
    workload: { ...demo.workload, ...workload },
    target: { ...demo.target, ...target },
    pipeline: pipeline === undefined ? stages : pipeline,
    ...rest,
  };
  return JSON.parse(JSON.stringify(all));
}

function refusal(input: unknown, name?: string): string {
  try {
    readScenario(input, name);
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
  throw new Error("was taken");
}

describe("a scenario", () => {
  it("is taken as it is, from text and from an object", () => {
    expect(readScenario(JSON.stringify(demo))).toEqual(demo);
    expect(readScenario(demo)).toEqual(demo);
  });

  it.each([...presets.keys()])("of the presets is one: %s", (name) => {
    expect(readScenario(JSON.stringify(presets.get(name)))).toEqual(presets.get(name));
    expect(presets.get(name)?.name).toBe(name);
    expect(presets.get(name)?.description).toMatch(/^[A-Z].*\.$/);
  });

  it("that is not JSON is refused with line and column", () => {
    expect(refusal('{\n  "name": "a",\n}', "my.json")).toContain("my.json, line 3, column 1: not valid JSON");
  });
});

describe("a field that cannot be is refused by its path, with what to do", () => {
  const cases: readonly (readonly [string, unknown, string])[] = [
    ["none", 5, "scenario: must be an object { ... }, got 5"],
    ["no workload", { name: "a", target: {} }, "scenario: workload: is missing"],
    [
      "a slip",
      demoWith({ workload: { warmup: 2 } }),
      'scenario: workload.warmup: unknown field\nDid you mean "warmup_s"?',
    ],
    ["an unknown field", demoWith({ target: { colour: "red" } }), "scenario: target.colour: unknown field\nKnown: "],
    ["no rate", demoWith({ workload: { rps: 0 } }), "scenario: workload.rps: must be more than 0, got 0"],
    ["text for a number", demoWith({ workload: { rps: "2" } }), 'scenario: workload.rps: must be a number, got "2"'],
    [
      "jitter",
      demoWith({ workload: { jitter_pct: 101 } }),
      "scenario: workload.jitter_pct: must be at most 100, got 101",
    ],
    ["no batch", demoWith({ workload: { batch_size: 0 } }), "scenario: workload.batch_size: must be at least 1, got 0"],
    [
      "half a batch",
      demoWith({ workload: { batch_size: 1.5 } }),
      "workload.batch_size: must be a whole number, got 1.5",
    ],
    ["too large a batch", demoWith({ workload: { batch_size: 65_537 } }), "workload.batch_size: must be at most 65536"],
    ["a seed", demoWith({ seed: -1 }), "scenario: seed: must be at least 0, got -1"],
    [
      "too many requests",
      demoWith({ workload: { rps: 1e6, duration_s: 100 } }),
      "scenario: workload.rps: 1000000 requests a second for 100 s are 100000000 requests; a run takes 50000000 at most\nLower rps or duration_s.",
    ],
    [
      "too many passages",
      demoWith({
        workload: { rps: 4e6 },
        pipeline: Array.from({ length: 30 }, (_, k) => ({ name: `${k}`, kind: "fixed_ms", value: 1 })),
      }),
      "scenario: workload.rps: so many requests pass the 30 stages 1200000000 times; a run takes 1000000000 at most",
    ],
    [
      "nothing left to measure",
      demoWith({ workload: { warmup_s: 6, cooldown_s: 4 } }),
      "scenario: workload.cooldown_s: warmup_s and cooldown_s together are 10 s of 10 s, so that nothing would be measured",
    ],
    [
      "jitter of random arrivals",
      demoWith({ workload: { arrivals: "poisson", jitter_pct: 5 } }),
      'workload.jitter_pct: is not used by poisson arrivals\nLeave it out, or set "arrivals": "jittered".',
    ],
    ["cv", demoWith({ workload: { cv: 2 } }), "workload.cv: is not used by constant arrivals"],
    ["burst", demoWith({ workload: { burst: 2 } }), "workload.burst: is not used by constant arrivals"],
    ["moments", demoWith({ workload: { recorded_ms: [1] } }), "workload.recorded_ms: is not used by constant arrivals"],
    ["no moments", demoWith({ workload: { arrivals: "recorded" } }), "workload.recorded_ms: is missing"],
    [
      "moments out of order",
      demoWith({ workload: { arrivals: "recorded", recorded_ms: [5, 7, 6] } }),
      "workload.recorded_ms[2]: 6 is before the moment in front of it, 7",
    ],
    [
      "moments behind the end",
      demoWith({ workload: { arrivals: "recorded", recorded_ms: [5, 10_000] } }),
      "workload.recorded_ms[1]: 10000 ms is not within duration_s, 10 s",
    ],
    ["neither", demoWith({ pipeline: null, ...{} }), "pipeline: must be a list"],
    ["both", demoWith({ serving: { model: "gpt2" } }), "serving: is there beside pipeline\nA scenario has exactly one"],
    ["no stages", demoWith({ pipeline: [] }), "pipeline: must have at least 1 element(s), got 0"],
    [
      "two of one name",
      demoWith({ stage: { name: "h2d" } }),
      'pipeline[2].name: "h2d" is the name of pipeline[1] too\nGive each stage its own name.',
    ],
    [
      "a kind",
      demoWith({ stage: { kind: "magic" } }),
      'pipeline[2].kind: must be "fixed_ms", "bytes", "tokens", "work"',
    ],
    [
      "no value",
      demoWith({ stage: { value: undefined } }),
      "pipeline[2].value: is missing\nA stage of kind tokens needs value.",
    ],
    [
      "what a kind does not use",
      demoWith({ stage: { flop: 5 } }),
      "pipeline[2].flop: is not used by a stage of kind tokens\nIt has value, distribution and cv.",
    ],
    [
      "a place where it cannot be",
      demoWith({ stage: { resource: "cpu" } }),
      'pipeline[2].resource: a stage of kind tokens is not served by cpu\nIt is served by "gpu".',
    ],
    ["cv of constant times", demoWith({ stage: { cv: 1 } }), "pipeline[2].cv: is used by gamma times alone"],
    [
      "no time of a token",
      demoWith({ target: { ms_per_token: undefined } }),
      'target.ms_per_token: is missing\npipeline[2] ("compute") computes tokens and needs what one takes.',
    ],
    [
      "no bandwidth",
      demoWith({ target: { h2d_gbps: undefined } }),
      'target.h2d_gbps: is missing\npipeline[1] ("h2d") moves bytes by h2d; give it, or target.device.',
    ],
    ["no bandwidth back", demoWith({ target: { d2h_gbps: undefined } }), "target.d2h_gbps: is missing"],
    [
      "batches of tokens without peaks",
      demoWith({ workload: { batch_size: 2 }, target: { tflops: undefined } }),
      'target.tflops: is missing\npipeline[2] ("compute") computes tokens in batches; give it, or target.device.',
    ],
    [
      "a model without a device",
      demoWith({ stage: { kind: "graph", value: undefined, model: "gpt2" } }),
      'target.device: is missing\npipeline[2] ("compute") runs a model, and that needs a device.',
    ],
    [
      "a line too short for a batch",
      demoWith({ workload: { batch_size: 8 }, target: { queue_limit: 4 } }),
      "target.queue_limit: 4 is less than batch_size, 8, so that no full batch could ever wait",
    ],
    [
      "tokens of a language model",
      demoWith({ workload: { input_tokens: 5 } }),
      "workload.input_tokens: belongs to a language model",
    ],
    ["its limits", demoWith({ slo: { ttft_ms: 5 } }), "slo.ttft_ms: belongs to a language model"],
  ];
  it.each(cases)("%s", (_, input, message) => {
    expect(refusal(input)).toContain(message);
  });

  it("numbers too large to be one", () => {
    expect(refusal(JSON.stringify(demo).replace('"rps":2', '"rps":1e999'))).toContain(
      "workload.rps: must be a number, got a number that is too large",
    );
  });

  it("neither a pipeline nor a language model", () => {
    const { pipeline, ...rest } = demo;
    expect(pipeline).toHaveLength(5);
    expect(refusal(rest)).toContain("pipeline: is missing\nA scenario has exactly one of the two");
  });
});
